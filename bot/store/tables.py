"""Every table. Times are aware and in UTC; what names a subscriber is ciphertext or a keyed hash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; refuses naive ones. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


# SQLite fills a row id in by itself only for INTEGER; PostgreSQL wants room for many deliveries.
Id = BigInteger().with_variant(Integer(), "sqlite")


class OutletRow(Base):
    __tablename__ = "outlets"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    home: Mapped[str]
    mirrors: Mapped[list[Any]]
    status: Mapped[list[Any]]


class FeedRow(Base):
    """A feed and what its last polls found. A feed that leaves feeds.yaml is kept, with `listed` false."""

    __tablename__ = "feeds"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    outlet_id: Mapped[str] = mapped_column(ForeignKey("outlets.id"))
    language: Mapped[str] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    every: Mapped[float | None]
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
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    __table_args__ = (UniqueConstraint("outlet_id", "identity"),)


class SightingRow(Base):
    """An item's guid in one feed; a guid that is seen again is the same item."""

    __tablename__ = "sightings"
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    guid: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)


class RuleRow(Base):
    """The rule as it stands; `rule_versions` has every version. `queries` maps a language ("" for all) to a query."""

    __tablename__ = "rules"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    topic: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    queries: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(default="")
    removed: Mapped[bool] = mapped_column(default=False)


class RuleVersionRow(Base):
    __tablename__ = "rule_versions"
    rule_id: Mapped[str] = mapped_column(ForeignKey("rules.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    queries: Mapped[dict[str, Any]]
    comment: Mapped[str]
    removed: Mapped[bool]
    actor: Mapped[str]
    at: Mapped[datetime]


class GroupRow(Base):
    __tablename__ = "groups"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    queries: Mapped[dict[str, Any]]


class MatchRow(Base):
    """Why an item matched: the rule, its version at the time, and the places."""

    __tablename__ = "matches"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    rule_version: Mapped[int]
    topic: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    places: Mapped[list[Any]]
    __table_args__ = (Index("ix_matches_rule_id", "rule_id"),)


class EventRow(Base):
    __tablename__ = "events"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(24))
    topics: Mapped[list[Any]]
    countries: Mapped[list[Any]]
    people: Mapped[list[Any]]
    numbers: Mapped[list[Any]]
    closed_at: Mapped[datetime | None]


class EventKeyRow(Base):
    """The keys by which an item finds the events it may belong to."""

    __tablename__ = "event_keys"
    key: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, index=True)


class AlertRow(Base):
    """What was decided to be pushed: content is a snapshot, rendered for each reader when it is sent.

    `fanned_at` is null until every chat that should have it has its delivery; an unfinished fan-out goes on
    after a restart. `everywhere`: no country narrows it.
    """

    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    topics: Mapped[int]
    everywhere: Mapped[bool]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    replies_to: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    edits: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    fanned_at: Mapped[datetime | None]
    fanned_up_to: Mapped[int] = mapped_column(Id, default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("ix_alerts_unfanned", "id", sqlite_where=text("fanned_at IS NULL")),)


class AlertCountryRow(Base):
    __tablename__ = "alert_countries"
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)


class SubscriberRow(Base):
    """A chat that gets alerts: its id as ciphertext, its choices, and no time finer than a month."""

    __tablename__ = "subscribers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    thread_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(2))
    topics: Mapped[int]
    every_country: Mapped[bool] = mapped_column(default=False)
    jurisdictions: Mapped[list[Any]]
    discreet: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    quiet_from: Mapped[int | None]
    quiet_to: Mapped[int | None]
    quiet_unless_urgent: Mapped[bool] = mapped_column(default=True)
    digest_at: Mapped[list[Any]] = mapped_column(default=list)
    delete_after_hours: Mapped[int | None]
    paused_until: Mapped[datetime | None]
    since_month: Mapped[str] = mapped_column(String(7))
    # AUTOINCREMENT: an id is never given again, so no left-over row can come to belong to somebody else.
    __table_args__ = ({"sqlite_autoincrement": True},)


class SubscriberCountryRow(Base):
    __tablename__ = "subscriber_countries"
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class FollowRow(Base):
    """A followed person: a keyed hash of the name's skeleton key."""

    __tablename__ = "follows"
    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DeliveryRow(Base):
    """The outbox: one row a chat for each alert. See bot/delivery/outbox.py for its states."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    priority: Mapped[int]
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    plain: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("alert_id", "subscriber_id"),
        Index(
            "ix_deliveries_waiting",
            "priority",
            "alert_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        {"sqlite_autoincrement": True},
    )


class AuditRow(Base):
    """A moderator's act. Append-only: triggers refuse to change or remove a row."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
