"""What waits in the outbox, and what its turn depends on: reading only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.deliveries import State
from bot.store.tables import AlertRow, DeliveryRow, SubscriberRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery together with what its turn depends on. `created_at` and `topics` are the alert's."""

    id: int
    alert_id: int
    subscriber_id: int
    priority: int
    attempts: int
    plain: bool
    fold: str | None
    created_at: datetime
    edits: int | None
    replies_to: int | None
    topics: int
    cancelled: bool
    chat: bytes
    kind: str
    thread_id: int | None
    language: str
    jurisdictions: tuple[str, ...]
    discreet: bool
    time_zone: str
    quiet_from: int | None
    quiet_to: int | None
    quiet_unless_urgent: bool
    digest_at: tuple[int, ...]
    delete_after_hours: int | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The delivery that an edit changes or a reply answers, in the same chat."""

    id: int
    state: State
    message_id: int | None
    fold: str | None
    shown: int | None
    not_before: datetime | None


_PENDING = text("deliveries.state = 'pending'")  # in so many letters, or no partial index is used


def query() -> Select[*tuple[Any, ...]]:
    """Deliveries with what their turn depends on, to be narrowed."""
    d, a, s = DeliveryRow, AlertRow, SubscriberRow
    return (
        select(
            *(d.id, d.alert_id, d.subscriber_id, d.priority, d.attempts, d.plain, d.fold),
            *(a.created_at, a.edits, a.replies_to, a.topics, a.cancelled),
            *(s.chat, s.kind, s.thread_id, s.language, s.jurisdictions, s.discreet, s.time_zone),
            *(s.quiet_from, s.quiet_to, s.quiet_unless_urgent, s.digest_at, s.delete_after_hours, s.paused_until),
        )
        .join(a, a.id == d.alert_id)
        .join(s, s.id == d.subscriber_id)
    )


async def _rows(session: AsyncSession, narrowed: Select[*tuple[Any, ...]]) -> list[Waiting]:
    found = await session.execute(narrowed.with_for_update(of=DeliveryRow, skip_locked=True))
    return [waiting_row(row) for row in found]


def waiting_row(row: Iterable[Any]) -> Waiting:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return Waiting(*values)


_ORDER = (DeliveryRow.priority.desc(), DeliveryRow.alert_id.desc(), DeliveryRow.id)


async def most_urgent(session: AsyncSession, busy: Collection[int], limit: int) -> list[Waiting]:
    """The most urgent, then the newest deliveries of chats that are not `busy`, locked for this transaction."""
    first = (
        select(DeliveryRow.id)
        .where(_PENDING, DeliveryRow.subscriber_id.not_in(busy))
        .order_by(DeliveryRow.priority.desc(), DeliveryRow.alert_id.desc())
        .limit(limit)
        .scalar_subquery()
    )
    return await _rows(session, query().where(DeliveryRow.id.in_(first)).order_by(*_ORDER))


async def by_id(session: AsyncSession, ids: Collection[int]) -> list[Waiting]:
    return await _rows(session, query().where(_PENDING, DeliveryRow.id.in_(ids)).order_by(*_ORDER))


async def to_fold(session: AsyncSession, subscriber_id: int, stale: datetime, limit: int) -> list[Waiting]:
    """What waits for the chat and goes into its gathered message: folded before, or older than `stale`."""
    foldable = query().where(
        _PENDING,
        DeliveryRow.subscriber_id == subscriber_id,
        AlertRow.edits.is_(None),
        AlertRow.cancelled.is_(False),
        or_(DeliveryRow.fold.is_not(None), AlertRow.created_at < stale),
    )
    return await _rows(session, foldable.order_by(*_ORDER).limit(limit))


async def earlier(session: AsyncSession, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Earlier]:
    """The deliveries of these (alert, subscriber) pairs."""
    if not pairs:
        return {}
    d = DeliveryRow
    found = await session.execute(
        select(d.alert_id, d.subscriber_id, d.id, d.state, d.message_id, d.fold, d.shown, d.not_before).where(
            d.alert_id.in_({alert for alert, _ in pairs}), d.subscriber_id.in_({chat for _, chat in pairs})
        )
    )
    return {(r[0], r[1]): Earlier(r[2], State(r[3]), *r[4:]) for r in found}


async def newest_edits(session: AsyncSession, alert_ids: Collection[int], by: datetime | None = None) -> dict[int, int]:
    """For each alert that was edited, the newest edit (`by` then): what a message that goes out should say."""
    late = [] if by is None else [AlertRow.created_at <= by]
    found = await session.execute(
        select(AlertRow.edits, func.max(AlertRow.id))
        .where(AlertRow.edits.in_(alert_ids), AlertRow.cancelled.is_(False), *late)
        .group_by(AlertRow.edits)
    )
    return {alert: newest for alert, newest in found if alert is not None}


async def contents(session: AsyncSession, alert_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    found = await session.execute(select(AlertRow.id, AlertRow.content).where(AlertRow.id.in_(alert_ids)))
    return dict(found.all())


async def held_until(session: AsyncSession) -> datetime | None:
    """When the next held delivery wakes; None if nothing is held."""
    return await session.scalar(
        select(DeliveryRow.not_before).where(literal_column("state = 'held'")).order_by(DeliveryRow.not_before).limit(1)
    )


async def anything(session: AsyncSession) -> bool:
    """Whether any delivery could go out now."""
    return await session.scalar(select(DeliveryRow.id).where(_PENDING).limit(1)) is not None
