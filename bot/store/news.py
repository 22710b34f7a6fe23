"""Queries of the news room: outlets, and feeds with what their last polls found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Feed, LegalStatus, Outlet
from bot.store.items import upsert as upsert
from bot.store.tables import FeedRow, OutletRow


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as the store knows it: what to ask for, and how the last polls went.

    `rhythm` is the JSON of bot.news.rhythm.Rhythm; `health` to `suspect_polls` are a bot.news.health.Standing.
    """

    id: int
    feed: Feed
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    first_stored_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    new_item_at: datetime | None = None
    failures: int = 0
    trouble: str | None = None
    moved_to: str | None = None
    not_before: datetime | None = None
    entries: int | None = None
    ttl: float | None = None
    rhythm: dict[str, Any] | None = None
    health: str = "good"
    health_since: datetime | None = None
    health_why: str | None = None
    suspect: str | None = None
    suspect_since: datetime | None = None
    suspect_polls: int = 0
    hub: str | None = None
    topic: str | None = None

    @property
    def first_poll(self) -> bool:
        """Whether none of its documents was stored yet."""
        return self.first_stored_at is None

    def with_news(self, now: datetime) -> FeedState:
        """The state once a poll stored a new item."""
        return replace(self, new_item_at=now)


async def save_catalogue(session: AsyncSession, outlets: Iterable[Outlet], feeds: Iterable[Feed]) -> None:
    """Make the store list exactly these feeds. What was polled before keeps its items and its state."""
    for outlet in outlets:
        values: dict[str, Any] = {
            "name": outlet.name,
            "home": outlet.home,
            "publisher": outlet.publisher,
            "mirrors": list(outlet.mirrors),
            "status": [_status_json(status) for status in outlet.status],
        }
        statement = upsert(session, OutletRow).values(id=outlet.id, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    await session.execute(update(FeedRow).values(listed=False))
    for feed in feeds:
        values = {
            "outlet_id": feed.outlet,
            "language": feed.language,
            "country": feed.country,
            "every": feed.every,
            "hints": feed.hints,
            "listed": True,
        }
        fresh = {"url": feed.url, "failures": 0, "health": "good", "suspect_polls": 0}
        statement = upsert(session, FeedRow).values(**fresh, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))


def _status_json(status: LegalStatus) -> dict[str, str | None]:
    return {
        "jurisdiction": status.jurisdiction,
        "label": status.label,
        "since": status.since,
        "source": status.source,
        "checked": status.checked.isoformat() if status.checked else None,
    }


async def listed_feeds(session: AsyncSession) -> tuple[FeedState, ...]:
    rows = await session.scalars(select(FeedRow).where(FeedRow.listed).order_by(FeedRow.id))
    return tuple(_state(row) for row in rows)


async def feed_state(session: AsyncSession, feed_id: int) -> FeedState:
    return _state((await session.scalars(select(FeedRow).where(FeedRow.id == feed_id))).one())


async def health_counts(session: AsyncSession) -> dict[str, int]:
    """How many listed feeds are in each state of bot.news.health.Health that occurs."""
    query = select(FeedRow.health, func.count()).where(FeedRow.listed).group_by(FeedRow.health)
    return {row[0]: row[1] for row in await session.execute(query)}


def _state(row: FeedRow) -> FeedState:
    feed = Feed(row.url, row.outlet_id, row.language, row.country, row.every, row.hints)
    return FeedState(row.id, feed, **{name: getattr(row, name) for name in _AFTER_A_DOCUMENT})


_AFTER_A_POLL = (
    *("etag", "last_modified", "polled_at", "succeeded_at", "failures", "trouble", "moved_to", "not_before"),
    *("health", "health_since", "health_why", "suspect", "suspect_since", "suspect_polls"),
)
"""What every poll may change."""
_AFTER_A_DOCUMENT = (
    *(
        "body_hash",
        "first_stored_at",
        "new_item_at",
        "entries",
        "ttl",
        "rhythm",
        "hub",
        "topic",
    ),
    *_AFTER_A_POLL,
)
"""What a new document may change besides."""


async def save_states(session: AsyncSession, states: Sequence[FeedState]) -> None:
    """Everything that polls found of feeds, in the same transaction as the items it stands for."""
    await _save(session, states, _AFTER_A_DOCUMENT)


async def save_polls(session: AsyncSession, states: Sequence[FeedState]) -> None:
    """What polls without a new document left on their feeds."""
    await _save(session, states, _AFTER_A_POLL)


async def _save(session: AsyncSession, states: Sequence[FeedState], names: tuple[str, ...]) -> None:
    """One statement for all of the feeds."""
    if states:
        rows = [{"feed": state.id} | {name: getattr(state, name) for name in names} for state in states]
        connection = await session.connection()
        await connection.execute(_saving(names), rows)


@cache
def _saving(names: tuple[str, ...]) -> Update:
    table = FeedRow.__table__
    return update(table).where(table.c.id == bindparam("feed")).values({name: bindparam(name) for name in names})  # type: ignore[arg-type]
