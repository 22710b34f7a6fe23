"""The states of a delivery, and every write that changes one. bot/delivery/outbox.py has the ways between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertRow, DeliveryRow, EventRow


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


async def claim(session: AsyncSession, ids: Collection[int], lease_until: datetime, fold: str | None = None) -> None:
    """Take them, as lines of a gathered message (`fold` says of which kind) or as messages of their own."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == State.PENDING)
        .values(state=State.CLAIMED, lease_until=lease_until, not_before=None, fold=fold)
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


async def put(
    session: AsyncSession, ids: Collection[int], state: State, *, only: State | None = None, **values: Any
) -> None:
    """Give up the lease and write the state with what belongs to it; `only` of deliveries in that state."""
    still = [] if only is None else [DeliveryRow.state == only]
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), *still)
        .values(state=state, lease_until=None, **values)
        .execution_options(synchronize_session=False)
    )


async def doubt(session: AsyncSession, ids: Collection[int], attempts: int, error: str | None) -> None:
    """Nobody knows whether they arrived: they stay in flight, with the moment of their launch in the lease."""
    await session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.state == State.IN_FLIGHT)
        .values(attempts=attempts, error=error)
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


async def forget_closed(session: AsyncSession, before: datetime) -> int:
    """Remove the deliveries and message ids of closed events, and of alerts from `before`; the number that went.

    Those of messages that are still to be deleted stay until they are.
    """
    closed = select(EventRow.id).where(EventRow.closed_at.is_not(None))
    alerts = select(AlertRow.id).where(or_(AlertRow.event_id.in_(closed), AlertRow.created_at < before))
    outcome = await session.execute(
        delete(DeliveryRow).where(
            DeliveryRow.alert_id.in_(alerts),
            DeliveryRow.state.in_((State.SENT, State.FAILED, State.EXPIRED)),
            DeliveryRow.delete_at.is_(None),
        )
    )
    return outcome.rowcount  # type: ignore[attr-defined, no-any-return]
