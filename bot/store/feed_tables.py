"""The tables of the news room: outlets, feeds, their items, and what a feed calls them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import Base, Id


class OutletRow(Base):
    __tablename__ = "outlets"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    home: Mapped[str]
    publisher: Mapped[str | None]
    mirrors: Mapped[list[Any]]
    status: Mapped[list[Any]]


class FeedRow(Base):
    """A feed and what its last polls found. A feed that leaves feeds.yaml is kept, with `listed` false.

    `entries` (their number), `ttl` (seconds), `hub` and `topic` are of the last document; `rhythm` is a
    `bot.news.rhythm.Rhythm`; `not_before` is the server's wish to be left alone; `health` and the columns after it
    are a `bot.news.health.Standing`.
    """

    __tablename__ = "feeds"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    outlet_id: Mapped[str] = mapped_column(ForeignKey("outlets.id"))
    language: Mapped[str] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    every: Mapped[float | None]
    hints: Mapped[bool] = mapped_column(default=True)
    listed: Mapped[bool] = mapped_column(default=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[bytes | None]
    first_stored_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    new_item_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None]
    moved_to: Mapped[str | None]
    not_before: Mapped[datetime | None]
    entries: Mapped[int | None]
    ttl: Mapped[float | None]
    rhythm: Mapped[dict[str, Any] | None]
    health: Mapped[str] = mapped_column(String(8), default="good")
    health_since: Mapped[datetime | None]
    health_why: Mapped[str | None]
    suspect: Mapped[str | None] = mapped_column(String(8))
    suspect_since: Mapped[datetime | None]
    suspect_polls: Mapped[int] = mapped_column(default=0)
    hub: Mapped[str | None]
    topic: Mapped[str | None]


class AddressRow(Base):
    """What a moderator decided of the address that a feed moved to: to read it there, or to stay at the old one.

    Obeyed while feeds.yaml names the old address; `url` is the new one.
    """

    __tablename__ = "addresses"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str]
    accepted: Mapped[bool]
    decided_at: Mapped[datetime]


class SubscriptionRow(Base):
    """A WebSub subscription of a feed at its hub; `key` is the secret end of the callback's address.

    No secret for signatures is kept: it is made from `key` with the keyring. States: see bot/news/websub.py.
    """

    __tablename__ = "subscriptions"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    hub: Mapped[str]
    topic: Mapped[str]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]


class ItemRow(Base):
    """A news item, once an outlet: (outlet, canonical URL) is unique; `sightings` holds its guids."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    outlet_id: Mapped[str] = mapped_column(ForeignKey("outlets.id"))
    identity: Mapped[str | None]
    url: Mapped[str | None]
    title: Mapped[str]
    summary: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    published: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    description: Mapped[dict[str, Any] | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    __table_args__ = (UniqueConstraint("outlet_id", "identity"), Index("ix_items_feed_id", "feed_id", "id"))


class SightingRow(Base):
    """An item's guid in one feed; a guid that is seen again is the same item."""

    __tablename__ = "sightings"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    guid: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
