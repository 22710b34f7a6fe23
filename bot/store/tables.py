"""Every table. Times are aware and in UTC; what names a subscriber is ciphertext or a keyed hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import Base as Base
from bot.store.columns import Id, partial_index
from bot.store.feed_tables import AddressRow as AddressRow
from bot.store.feed_tables import FeedRow as FeedRow
from bot.store.feed_tables import ItemRow as ItemRow
from bot.store.feed_tables import OutletRow as OutletRow
from bot.store.feed_tables import SightingRow as SightingRow
from bot.store.feed_tables import SubscriptionRow as SubscriptionRow


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
    """The group as it stands. Groups change rarely, so their earlier versions lie in the row itself."""

    __tablename__ = "groups"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    queries: Mapped[dict[str, Any]]
    removed: Mapped[bool] = mapped_column(default=False)
    history: Mapped[list[Any]] = mapped_column(default=list)


class AnalysisRow(Base):
    """An item's words as analysed, so that a rule can be tried on a month of items without analysing them again.

    `terms` is written and read by bot/keywords/stored.py; `analyser` is the version of the words it was made with.
    """

    __tablename__ = "analyses"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    analyser: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    terms: Mapped[str]


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
    """An event as it now stands. `follows` is an earlier event of the same person; `maybe` one that it may be."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(24))
    topics: Mapped[list[Any]]
    countries: Mapped[list[Any]]
    people: Mapped[list[Any]]
    follows: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    maybe: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    closed_at: Mapped[datetime | None]


class OfficialRow(Base):
    """Somebody who is in every story, as a moderator named them: a minister, a spokesperson. Never a reader's name.

    One row for each key under which items name them (`bot.language.skeleton`).
    """

    __tablename__ = "officials"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class EventLinkRow(Base):
    """What a moderator decided about two events, obeyed when items come later.

    "must": `b` was merged into `a`; `anchor` is the first item of `b`, which `a` is known by from then on. "cannot":
    they are two. `actor` is a pseudonym.
    """

    __tablename__ = "event_links"
    a: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    b: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(8))
    anchor: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    actor: Mapped[str]
    at: Mapped[datetime]


class EventKeyRow(Base):
    """The keys by which an item finds the events it may belong to."""

    __tablename__ = "event_keys"
    key: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, index=True)


class AlertRow(Base):
    """What was decided to be pushed: content is a snapshot, rendered for each reader when it is sent.

    `fanned_at` is null until every chat that should have it has its delivery; an unfinished fan-out goes on
    after a restart. `everywhere`: no country narrows it. `due_at`: an edit's fan-out waits until then. Without
    `topics` it is for followers alone; `beside` is an alert whose readers need not have this one too.
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
    beside: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    due_at: Mapped[datetime | None]
    fanned_at: Mapped[datetime | None]
    fanned_up_to: Mapped[int] = mapped_column(Id, default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (partial_index("ix_alerts_unfanned", "fanned_at IS NULL", "id"), Index("ix_alerts_edits", "edits"))


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
    """A followed person, as keyed hashes: a row for each tag that an alert may meet (bot/alerts/following.py).

    `follow`, a keyed hash too, holds the rows of one follow together.
    """

    __tablename__ = "follows"
    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    follow: Mapped[bytes] = mapped_column(primary_key=True)


class AlertNameRow(Base):
    """A person whom an alert names, as the keyed hash that followers are found by."""

    __tablename__ = "alert_names"
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    name_hash: Mapped[bytes] = mapped_column(primary_key=True)


class DeliveryRow(Base):
    """The outbox: one row a chat for each alert. See bot/delivery/outbox.py for its states.

    `fold` says why it goes out as a line of a gathered message (quiet, digest, pause, late); `shown` is the alert
    whose content the message carries, the edit where the alert was edited before its turn came.
    """

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
    fold: Mapped[str | None] = mapped_column(String(8))
    shown: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delete_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("alert_id", "subscriber_id"),
        partial_index("ix_deliveries_waiting", "state = 'pending'", "priority", "alert_id", "subscriber_id"),
        partial_index("ix_deliveries_held", "state = 'held'", "not_before"),
        partial_index("ix_deliveries_leased", "state IN ('claimed', 'in_flight')", "lease_until"),
        partial_index("ix_deliveries_deleting", "delete_at IS NOT NULL", "delete_at"),
        {"sqlite_autoincrement": True},
    )


class ParkRow(Base):
    """Telegram's wish to be left alone, kept over a restart: for one chat, or for all where there is none."""

    __tablename__ = "parks"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), unique=True)
    until: Mapped[datetime]


class ChatMessageRow(Base):
    """A message of a conversation (not an alert) that the bot may still delete: kept for 48 hours at most.

    `hour` is when it was sent, cut to the hour, so that /wipe and the chat's own deletion time can find it.
    """

    __tablename__ = "chat_messages"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hour: Mapped[datetime] = mapped_column(index=True)


class AuditRow(Base):
    """A moderator's act. Append-only: triggers refuse to change or remove a row."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
