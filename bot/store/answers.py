"""What an update answers: the alerts of its case, of which each chat has had some or other."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertRow


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
