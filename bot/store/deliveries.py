"""The outbox's own questions: what waits, whose turn it is, what became of it. States as in bot/delivery/outbox.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, literal_column, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertRow, DeliveryRow, ParkRow, SubscriberRow


class State(StrEnum):
    """Where a delivery stands. One line each; bot/delivery/outbox.py has the ways between them."""

    PENDING = "pending"
    """It may go as soon as its chat has its turn."""
    HELD = "held"
    """It waits until `not_before`: the reader's hours, Telegram's retry_after, or a pause after a failure."""
    CLAIMED = "claimed"
    """A sender has it, until `lease_until`; nothing was sent yet."""
    IN_FLIGHT = "in_flight"
    """Its request is under way: after a crash nobody knows whether it arrived."""
    SENT = "sent"
    """Telegram took it."""
    FAILED = "failed"
    """It cannot be sent; `error` says why."""
    EXPIRED = "expired"
    """There is no longer a reason to send it; `error` says why."""


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


def _waiting() -> Select[*tuple[Any, ...]]:
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


async def _rows(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> list[Waiting]:
    found = await session.execute(query.with_for_update(of=DeliveryRow, skip_locked=True))
    return [_waiting_row(row) for row in found]


def _waiting_row(row: Row[*tuple[Any, ...]]) -> Waiting:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
    return Waiting(*values)


_ORDER = (DeliveryRow.priority.desc(), DeliveryRow.alert_id.desc(), DeliveryRow.id)


async def waiting(session: AsyncSession, busy: Collection[int], limit: int) -> list[Waiting]:
    """The most urgent, then the newest deliveries of chats that are not `busy`, locked for this transaction."""
    first = (
        select(DeliveryRow.id)
        .where(_PENDING, DeliveryRow.subscriber_id.not_in(busy))
        .order_by(DeliveryRow.priority.desc(), DeliveryRow.alert_id.desc())
        .limit(limit)
        .scalar_subquery()
    )
    return await _rows(session, _waiting().where(DeliveryRow.id.in_(first)).order_by(*_ORDER))


async def waiting_of(session: AsyncSession, ids: Collection[int]) -> list[Waiting]:
    return await _rows(session, _waiting().where(_PENDING, DeliveryRow.id.in_(ids)).order_by(*_ORDER))


async def to_fold(session: AsyncSession, subscriber_id: int, stale: datetime, limit: int) -> list[Waiting]:
    """What waits for the chat and goes into its gathered message: folded before, or older than `stale`."""
    query = _waiting().where(
        _PENDING,
        DeliveryRow.subscriber_id == subscriber_id,
        AlertRow.edits.is_(None),
        or_(DeliveryRow.fold.is_not(None), AlertRow.created_at < stale),
    )
    return await _rows(session, query.order_by(*_ORDER).limit(limit))


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


async def newest_edits(session: AsyncSession, alert_ids: Collection[int]) -> dict[int, int]:
    """For each alert that was edited, the newest edit: what a message that goes out now should say."""
    found = await session.execute(
        select(AlertRow.edits, func.max(AlertRow.id))
        .where(AlertRow.edits.in_(alert_ids), AlertRow.cancelled.is_(False))
        .group_by(AlertRow.edits)
    )
    return {alert: newest for alert, newest in found if alert is not None}


async def contents(session: AsyncSession, alert_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    found = await session.execute(select(AlertRow.id, AlertRow.content).where(AlertRow.id.in_(alert_ids)))
    return dict(found.all())


async def claim(session: AsyncSession, ids: Collection[int], lease_until: datetime) -> None:
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == State.PENDING)
        .values(state=State.CLAIMED, lease_until=lease_until, not_before=None)
        .execution_options(synchronize_session=False)
    )


async def launch(session: AsyncSession, ids: Collection[int], lease_until: datetime) -> set[int]:
    """Mark claimed deliveries as in flight. What is not returned must not be sent: its chat left, or it was lost."""
    found = await session.scalars(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == State.CLAIMED)
        .values(state=State.IN_FLIGHT, lease_until=lease_until)
        .returning(DeliveryRow.id)
        .execution_options(synchronize_session=False)
    )
    return set(found)


async def release(session: AsyncSession, ids: Collection[int]) -> None:
    """Give claimed deliveries back unsent."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == State.CLAIMED)
        .values(state=State.PENDING, lease_until=None)
        .execution_options(synchronize_session=False)
    )


async def put(session: AsyncSession, ids: Collection[int], state: State, **values: Any) -> None:
    """Give up the lease and write the state with what belongs to it."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids))
        .values(state=state, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )


_TABLE: Any = DeliveryRow.__table__
_SENT = (
    _TABLE.update()
    .where(_TABLE.c.id == bindparam("row"))
    .values(
        state=State.SENT,
        lease_until=None,
        error=None,
        message_id=bindparam("message"),
        shown=bindparam("shows"),
        sent_at=bindparam("at"),
        delete_at=bindparam("until"),
    )
)


async def put_sent(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record what Telegram took: of each `row` its `message`, the alert it `shows`, `at`, its end `until`."""
    await (await session.connection()).execute(_SENT, rows)


async def put_shown(session: AsyncSession, delivery_id: int, alert_id: int) -> None:
    """An edit arrived: the message of that delivery now says what `alert_id` says."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id)
        .values(shown=alert_id)
        .execution_options(synchronize_session=False)
    )


async def wake(session: AsyncSession, now: datetime) -> int:
    """Held deliveries whose time has come wait for their turn again."""
    outcome = await session.execute(
        update(DeliveryRow)
        .where(literal_column("state = 'held'"), DeliveryRow.not_before <= now)
        .values(state=State.PENDING, not_before=None)
        .execution_options(synchronize_session=False)
    )
    return outcome.rowcount  # type: ignore[attr-defined, no-any-return]


async def held_until(session: AsyncSession) -> datetime | None:
    """When the next held delivery wakes; None if nothing is held."""
    return await session.scalar(
        select(DeliveryRow.not_before).where(literal_column("state = 'held'")).order_by(DeliveryRow.not_before).limit(1)
    )


async def release_held(session: AsyncSession, subscriber_id: int) -> None:
    """To be called when a chat changed its hours: what is held for it is decided anew."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.subscriber_id == subscriber_id, DeliveryRow.state == State.HELD)
        .values(state=State.PENDING, not_before=None, fold=None)
        .execution_options(synchronize_session=False)
    )


async def cancel(session: AsyncSession, alert_id: int) -> None:
    """A moderator stopped an alert: what has not gone out yet never will."""
    await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(cancelled=True))
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.alert_id == alert_id, DeliveryRow.state.in_((State.PENDING, State.HELD, State.CLAIMED)))
        .values(state=State.EXPIRED, lease_until=None, error="cancelled")
        .execution_options(synchronize_session=False)
    )


async def forget_event(session: AsyncSession, event_id: int) -> None:
    """An event closed: its deliveries and message ids go, but those that a deletion still needs."""
    alerts = select(AlertRow.id).where(AlertRow.event_id == event_id)
    await session.execute(
        delete(DeliveryRow).where(
            DeliveryRow.alert_id.in_(alerts),
            DeliveryRow.state.in_((State.SENT, State.FAILED, State.EXPIRED)),
            DeliveryRow.delete_at.is_(None),
        )
    )


async def parks(session: AsyncSession, now: datetime) -> dict[int | None, datetime]:
    """Until when Telegram wants to be left alone: by chats, and under None by all. Past ones are removed."""
    await session.execute(delete(ParkRow).where(ParkRow.until <= now))
    found = await session.execute(select(ParkRow.subscriber_id, ParkRow.until))
    return dict(found.all())


async def park(session: AsyncSession, subscriber_id: int | None, until: datetime) -> None:
    """Remember a park, and hold what waits for that chat."""
    same = ParkRow.subscriber_id == subscriber_id if subscriber_id is not None else ParkRow.subscriber_id.is_(None)
    await session.execute(delete(ParkRow).where(same))
    session.add(ParkRow(subscriber_id=subscriber_id, until=until))
    await session.flush()
    if subscriber_id is not None:
        await session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.subscriber_id == subscriber_id, DeliveryRow.state == State.PENDING)
            .values(state=State.HELD, not_before=until)
            .execution_options(synchronize_session=False)
        )
