"""Telegram's wishes to be left alone (429), kept over restarts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.deliveries import State
from bot.store.tables import DeliveryRow, ParkRow


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
