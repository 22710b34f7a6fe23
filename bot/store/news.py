"""Queries of the news room: outlets and feeds, items and their guids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Feed, LegalStatus, Outlet
from bot.store.tables import FeedRow, ItemRow, OutletRow, SightingRow

CHUNK = 400
"""Values in one statement: SQLite takes 32,766 variables, and a query plan is happier with far fewer."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as the store knows it: what to ask for, and how the last polls went."""

    id: int
    feed: Feed
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    first_poll: bool
    succeeded_at: datetime | None
    new_item_at: datetime | None
    failures: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item about to be stored; `identity` is its canonical address within the outlet, if it has one."""

    guid: str
    identity: str | None
    url: str | None
    title: str
    summary: str
    language: str
    country: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Polled:
    """What a good poll leaves on its feed."""

    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    moved_to: str | None = None
    new_items: int = 0


def upsert(session: AsyncSession, table: type[Any]) -> Any:
    """INSERT of the database at hand, the one that has ON CONFLICT."""
    return (insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql)(table)


async def save_catalogue(session: AsyncSession, outlets: Iterable[Outlet], feeds: Iterable[Feed]) -> None:
    """Make the store list exactly these feeds. What was polled before keeps its items and its state."""
    for outlet in outlets:
        values: dict[str, Any] = {
            "name": outlet.name,
            "home": outlet.home,
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
            "listed": True,
        }
        statement = upsert(session, FeedRow).values(url=feed.url, failures=0, **values)
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


def _state(row: FeedRow) -> FeedState:
    feed = Feed(row.url, row.outlet_id, row.language, row.country, row.every)
    return FeedState(
        row.id,
        feed,
        row.etag,
        row.last_modified,
        row.body_hash,
        row.first_stored_at is None,
        row.succeeded_at,
        row.new_item_at,
        row.failures,
        row.trouble,
    )


async def known_guids(session: AsyncSession, feed_id: int, guids: Sequence[str]) -> set[str]:
    """Those of the guids that this feed has shown before."""
    return await _known(session, SightingRow.guid, SightingRow.feed_id == feed_id, guids)


async def known_identities(session: AsyncSession, outlet: str, identities: Sequence[str]) -> set[str]:
    """Those of the canonical addresses under which this outlet's items are stored."""
    return await _known(session, ItemRow.identity, ItemRow.outlet_id == outlet, identities)


async def _known(session: AsyncSession, column: Any, where: ColumnElement[bool], values: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(values), CHUNK):
        found.update(await session.scalars(select(column).where(where, column.in_(values[start : start + CHUNK]))))
    return found


async def add_item(session: AsyncSession, feed_id: int, outlet: str, item: NewItem, now: datetime) -> int | None:
    """Store an item and its guid; None where another feed of the outlet was faster, and the guid is noted then."""
    values = {
        "feed_id": feed_id,
        "outlet_id": outlet,
        "identity": item.identity,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "country": item.country,
        "published": item.published,
        "seen_at": now,
    }
    statement = upsert(session, ItemRow).values(**values).on_conflict_do_nothing().returning(ItemRow.id)
    item_id: int | None = (await session.execute(statement)).scalar_one_or_none()
    if item_id is None:
        await note_guids(session, feed_id, outlet, [(item.guid, str(item.identity))])
        return None
    await session.execute(_sighting(session, feed_id, [(item.guid, item_id)]))
    return item_id


async def note_guids(session: AsyncSession, feed_id: int, outlet: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Tie guids (guid, canonical address) of items that another feed of the outlet brought to those items."""
    for start in range(0, len(pairs), CHUNK):
        chunk = {identity: guid for guid, identity in pairs[start : start + CHUNK]}
        query = select(ItemRow.identity, ItemRow.id).where(
            tuple_(ItemRow.outlet_id, ItemRow.identity).in_([(outlet, identity) for identity in chunk])
        )
        found = [(chunk[str(identity)], item_id) for identity, item_id in await session.execute(query)]
        if found:
            await session.execute(_sighting(session, feed_id, found))


def _sighting(session: AsyncSession, feed_id: int, pairs: Sequence[tuple[str, int]]) -> Any:
    rows = [{"feed_id": feed_id, "guid": guid, "item_id": item_id} for guid, item_id in pairs]
    return upsert(session, SightingRow).values(rows).on_conflict_do_nothing()


async def save_polled(session: AsyncSession, feed_id: int, polled: Polled, now: datetime) -> None:
    """Note a good poll: the validators for the next one, in the same transaction as the items they stand for."""
    values: dict[str, Any] = {
        "etag": polled.etag,
        "last_modified": polled.last_modified,
        "body_hash": polled.body_hash,
        "moved_to": polled.moved_to,
        "polled_at": now,
        "succeeded_at": now,
        "failures": 0,
        "trouble": None,
    }
    if polled.new_items:
        values["new_item_at"] = now
    await session.execute(update(FeedRow).where(FeedRow.id == feed_id).values(**values))
    first = update(FeedRow).where(FeedRow.id == feed_id, FeedRow.first_stored_at.is_(None))
    await session.execute(first.values(first_stored_at=now))


async def save_unchanged(session: AsyncSession, feed_id: int, now: datetime) -> None:
    values = {"polled_at": now, "succeeded_at": now, "failures": 0, "trouble": None}
    await session.execute(update(FeedRow).where(FeedRow.id == feed_id).values(**values))


async def save_trouble(session: AsyncSession, feed_id: int, trouble: str, now: datetime) -> None:
    """Note a failed poll in one clear line; the validators stay as they are."""
    values = {"polled_at": now, "failures": FeedRow.failures + 1, "trouble": trouble}
    await session.execute(update(FeedRow).where(FeedRow.id == feed_id).values(**values))
