"""Queries of WebSub subscriptions: which feed is subscribed to at which hub, and how that stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.items import upsert
from bot.store.tables import FeedRow, SubscriptionRow


class Stage(StrEnum):
    """How far a subscription is; bot/news/websub.py has the ways between."""

    WANTED = "wanted"
    """The feed names a hub that was not asked yet."""
    ASKED = "asked"
    """The hub was asked, and has to verify that we meant it."""
    ACTIVE = "active"
    """Verified: the hub pushes until `lease_until`."""
    REFUSED = "refused"
    """The hub said no, or could not be reached; it is asked again later."""
    ENDED = "ended"
    """The feed names no hub any more, or is not listed: a hub's question whether to end is answered with yes."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`key` is the secret end of the callback's address; `tries` counts requests since the last success."""

    feed_id: int
    hub: str
    topic: str
    key: str
    state: Stage = Stage.WANTED
    asked_at: datetime | None = None
    tries: int = 0
    lease_until: datetime | None = None
    pushed_at: datetime | None = None


async def subscriptions(session: AsyncSession) -> dict[int, Subscription]:
    """Every subscription, by the id of its feed."""
    return {row.feed_id: _stored(row) for row in await session.scalars(select(SubscriptionRow))}


async def subscription_of_key(session: AsyncSession, key: str) -> Subscription | None:
    row = await session.scalar(select(SubscriptionRow).where(SubscriptionRow.key == key))
    return None if row is None else _stored(row)


async def named_hubs(session: AsyncSession) -> dict[int, tuple[str, str]]:
    """(hub, topic) of every listed feed whose document names a hub, by its id."""
    query = select(FeedRow.id, FeedRow.hub, FeedRow.topic).where(FeedRow.listed, FeedRow.hub.is_not(None))
    return {row.id: (str(row.hub), str(row.topic)) for row in await session.execute(query)}


async def save_subscription(session: AsyncSession, subscription: Subscription) -> None:
    values = asdict(subscription)
    statement = upsert(session, SubscriptionRow).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["feed_id"], set_=values))


async def note_push(session: AsyncSession, feed_id: int, now: datetime) -> None:
    await session.execute(update(SubscriptionRow).where(SubscriptionRow.feed_id == feed_id).values(pushed_at=now))


def _stored(row: SubscriptionRow) -> Subscription:
    return Subscription(
        row.feed_id,
        row.hub,
        row.topic,
        row.key,
        Stage(row.state),
        row.asked_at,
        row.tries,
        row.lease_until,
        row.pushed_at,
    )
