"""Queries of the news room: what moderators decided of the addresses that feeds moved to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.items import upsert
from bot.store.tables import AddressRow


@dataclass(frozen=True, slots=True)
class Decision:
    """`accepted`: the feed is read at `url`, its new address; else it stays where feeds.yaml says."""

    url: str
    accepted: bool


async def decisions(session: AsyncSession) -> dict[int, Decision]:
    """The decisions that stand, by feed id."""
    rows = await session.execute(select(AddressRow.feed_id, AddressRow.url, AddressRow.accepted))
    return {feed_id: Decision(url, accepted) for feed_id, url, accepted in rows}


async def decide(session: AsyncSession, feed_id: int, decision: Decision, at: datetime) -> None:
    """Keep a decision, in place of the one before."""
    values = {"url": decision.url, "accepted": decision.accepted, "decided_at": at}
    statement = upsert(session, AddressRow).values(feed_id=feed_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["feed_id"], set_=values))


async def take_back(session: AsyncSession, feed_id: int) -> None:
    """Nothing is decided of this feed any more."""
    await session.execute(delete(AddressRow).where(AddressRow.feed_id == feed_id))
