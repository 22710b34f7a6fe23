"""Queries of the news room: items, and the guids by which a feed calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import EventRow, FeedRow, ItemRow, SightingRow

CHUNK = 400
"""Values in one statement: SQLite takes 32,766 variables, and a query plan is happier with far fewer."""
MOST_SIBLINGS = 20
"""Feeds of an outlet that are looked through for an item; no outlet that is listed has half as many."""


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
class KnownItem:
    """A stored item, as far as it takes to know it again. `feed_id` is the feed that brought it first."""

    id: int
    feed_id: int
    identity: str | None
    title: str
    published: datetime | None
    event_id: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """An item as it is stored: its texts, and the names of all whom its event names."""

    title: str
    summary: str
    people: tuple[str, ...]


def upsert(session: AsyncSession, table: type[Any]) -> Any:
    """INSERT of the database at hand, the one that has ON CONFLICT."""
    return (insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql)(table.__table__)


_ITEM = ItemRow.__table__.c
_KNOWN = (ItemRow.id, ItemRow.feed_id, ItemRow.identity, ItemRow.title, ItemRow.published, ItemRow.event_id)


async def items_by_guid(session: AsyncSession, feed_id: int, guids: Sequence[str]) -> dict[str, KnownItem]:
    """The items that this feed has shown before, by their guids in it."""
    found: dict[str, KnownItem] = {}
    query = select(SightingRow.guid, *_KNOWN).join(ItemRow, ItemRow.id == SightingRow.item_id)
    query = query.where(SightingRow.feed_id == feed_id)
    for start in range(0, len(guids), CHUNK):
        rows = await session.execute(query.where(SightingRow.guid.in_(guids[start : start + CHUNK])))
        found.update({row[0]: KnownItem(*row[1:]) for row in rows})
    return found


async def items_by_identity(session: AsyncSession, outlet: str, identities: Sequence[str]) -> dict[str, KnownItem]:
    """The outlet's items that are stored under these canonical addresses."""
    found: dict[str, KnownItem] = {}
    for start in range(0, len(identities), CHUNK):
        chunk = identities[start : start + CHUNK]
        rows = await session.execute(
            select(*_KNOWN).where(ItemRow.outlet_id == outlet, ItemRow.identity.in_(chunk)),
        )
        found.update({str(row.identity): KnownItem(*row) for row in rows})
    return found


async def latest_items(session: AsyncSession, feed_id: int, limit: int) -> list[KnownItem]:
    """The items that this feed brought last, the newest first."""
    query = select(*_KNOWN).where(ItemRow.feed_id == feed_id).order_by(ItemRow.id.desc()).limit(limit)
    return [KnownItem(*row) for row in await session.execute(query)]


async def latest_of_siblings(session: AsyncSession, feed_id: int, outlet: str, limit: int) -> list[KnownItem]:
    """The items that each other feed of the outlet brought last; also of feeds that are not listed any more."""
    query = select(FeedRow.id).where(FeedRow.outlet_id == outlet, FeedRow.id != feed_id)
    siblings = await session.scalars(query.order_by(FeedRow.id.desc()).limit(MOST_SIBLINGS))
    return [item for sibling in siblings.all() for item in await latest_items(session, sibling, limit)]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one feed of an outlet brings."""

    feed_id: int
    outlet: str
    items: Sequence[NewItem]


async def add_items(session: AsyncSession, arrivals: Sequence[Arrival], now: datetime) -> list[dict[str, int]]:
    """Store items with their guids; for each arrival the ids of its new items, by guid.

    Where another feed of the outlet was faster, the item is left out of the answer and its guid is tied to it.
    """
    added: list[dict[str, int]] = [{} for _ in arrivals]
    named: dict[tuple[str, str], tuple[int, NewItem]] = {}
    unnamed: list[tuple[int, NewItem]] = []
    for place, arrival in enumerate(arrivals):
        for item in arrival.items:
            if item.identity is None:
                unnamed.append((place, item))
            else:
                named.setdefault((arrival.outlet, item.identity), (place, item))
    connection = await session.connection()
    if named:
        statement = upsert(session, ItemRow).on_conflict_do_nothing()
        statement = statement.returning(_ITEM.outlet_id, _ITEM.identity, _ITEM.id)
        rows = await connection.execute(statement, [_values(arrivals[at], item, now) for at, item in named.values()])
        for outlet, identity, item_id in rows:
            place, item = named[outlet, identity]
            added[place][item.guid] = item_id
    if unnamed:
        statement = upsert(session, ItemRow).returning(_ITEM.id, sort_by_parameter_order=True)
        rows = await connection.execute(statement, [_values(arrivals[at], item, now) for at, item in unnamed])
        for (place, item), row in zip(unnamed, rows, strict=True):
            added[place][item.guid] = row.id
    await _note_arrivals(session, arrivals, added)
    return added


async def _note_arrivals(session: AsyncSession, arrivals: Sequence[Arrival], added: Sequence[dict[str, int]]) -> None:
    pairs = zip(arrivals, added, strict=True)
    await note_sightings(session, [(a.feed_id, guid, id) for a, new in pairs for guid, id in new.items()])
    for arrival, new in zip(arrivals, added, strict=True):
        late = [(item.guid, item.identity) for item in arrival.items if item.identity and item.guid not in new]
        await note_guids(session, arrival.feed_id, arrival.outlet, late)


def _values(arrival: Arrival, item: NewItem, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": arrival.feed_id,
        "outlet_id": arrival.outlet,
        "identity": item.identity,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "country": item.country,
        "published": item.published,
        "seen_at": now,
    }


async def note_guids(session: AsyncSession, feed_id: int, outlet: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Tie guids (guid, canonical address) of items that another feed of the outlet brought to those items."""
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        query = select(ItemRow.identity, ItemRow.id).where(
            tuple_(ItemRow.outlet_id, ItemRow.identity).in_([(outlet, identity) for _, identity in chunk])
        )
        ids = {str(identity): item_id for identity, item_id in await session.execute(query)}
        await note_sightings(session, [(feed_id, guid, ids[name]) for guid, name in chunk if name in ids])


async def note_sightings(session: AsyncSession, sightings: Sequence[tuple[int, str, int]]) -> None:
    """Tie guids of feeds to items: (feed id, guid, item id). A guid stands for what it was last given to."""
    if sightings:
        rows = [{"feed_id": feed_id, "guid": guid, "item_id": item_id} for feed_id, guid, item_id in sightings]
        connection = await session.connection()
        statement = upsert(session, SightingRow)
        tied = {"item_id": statement.excluded.item_id}
        await connection.execute(statement.on_conflict_do_update(index_elements=["feed_id", "guid"], set_=tied), rows)


async def change_texts(session: AsyncSession, item_id: int, title: str, summary: str) -> None:
    """An editor changed the title: the item reads so from now on."""
    await session.execute(update(ItemRow).where(ItemRow.id == item_id).values(title=title, summary=summary))


async def told_in(session: AsyncSession, item_ids: Sequence[int]) -> dict[int, Told]:
    """What items say, by their ids."""
    found: dict[int, Told] = {}
    query = select(ItemRow.id, ItemRow.title, ItemRow.summary, EventRow.people)
    query = query.outerjoin(EventRow, EventRow.id == ItemRow.event_id)
    for start in range(0, len(item_ids), CHUNK):
        for row in await session.execute(query.where(ItemRow.id.in_(item_ids[start : start + CHUNK]))):
            found[row.id] = Told(row.title, row.summary, tuple(name for name, _key in row.people or ()))
    return found


async def give_up_addresses(session: AsyncSession, item_ids: Sequence[int]) -> None:
    """Other articles stand now where these stood: their addresses are free."""
    if item_ids:
        await session.execute(update(ItemRow).where(ItemRow.id.in_(item_ids)).values(identity=None))
