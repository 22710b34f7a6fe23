"""Somebody's case: the events that go on from each other, and what an update on the last of them answers."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertRow, EventRow

MOST = 30
"""Events of one case; a name that leads through more of them is no longer one person's."""


async def answered_by(session: AsyncSession, alert_id: int) -> tuple[int, ...]:
    """The alerts of the same case before this update, the first first; empty for what answers nothing.

    They are the first alert, further updates of it, and whatever a moderator merged with one of them.
    """
    alert = await session.get(AlertRow, alert_id)
    if alert is None or alert.replies_to is None:
        return ()
    first = await session.get(AlertRow, alert.replies_to)
    events = {row.event_id for row in (alert, first) if row is not None and row.event_id is not None}
    of_the_case = or_(
        AlertRow.id == alert.replies_to, AlertRow.replies_to == alert.replies_to, AlertRow.event_id.in_(events)
    )
    told = AlertRow.edits.is_(None), AlertRow.topics != 0, AlertRow.cancelled.is_(False), AlertRow.id < alert_id
    return tuple(await session.scalars(select(AlertRow.id).where(of_the_case, *told).order_by(AlertRow.id)))


async def case_of(session: AsyncSession, event_id: int) -> tuple[int, ...]:
    """The events that this one goes on from and that go on from it, in the order of their numbers, with itself."""
    found, fresh = {event_id}, {event_id}
    while fresh and len(found) < MOST:
        either = or_(
            EventRow.follows.in_(fresh), EventRow.id.in_(select(EventRow.follows).where(EventRow.id.in_(fresh)))
        )
        fresh = set(await session.scalars(select(EventRow.id).where(either))) - found
        found |= fresh
    return tuple(sorted(found))
