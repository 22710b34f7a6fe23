"""Queries of the events room: events found by their keys, opened, and grown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Description, Person, Status, Topic
from bot.store.news import upsert
from bot.store.tables import EventKeyRow, EventLinkRow, EventRow, ItemRow

CANDIDATES = 50
"""Events that one item is held against at most, the newest first: a key that more events share says nothing."""
REPORTS = 8
"""Reports of an event that are read: the first, which named it, and the latest."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One item of an event; `at` is when it was published, or seen where it has no date."""

    item_id: int
    outlet: str
    title: str
    at: datetime
    description: Description


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands; `reports` are its first item and its latest ones."""

    id: int
    status: Status
    topics: tuple[Topic, ...]
    countries: tuple[str, ...]
    people: tuple[Person, ...]
    reports: tuple[StoredReport, ...]
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class EventChange:
    """What an item makes of its event: the columns as they shall be."""

    status: Status
    topics: tuple[Topic, ...]
    countries: tuple[str, ...]
    people: tuple[Person, ...]


async def events_by_keys(session: AsyncSession, keys: Collection[str], since: datetime) -> tuple[StoredEvent, ...]:
    """Open events that share a key and were touched since then, the newest first."""
    if not keys:
        return ()
    shared = select(EventKeyRow.event_id).where(EventKeyRow.key.in_(list(keys)))
    query = select(EventRow).where(EventRow.id.in_(shared), EventRow.updated_at >= since, EventRow.closed_at.is_(None))
    rows = list(await session.scalars(query.order_by(EventRow.updated_at.desc()).limit(CANDIDATES)))
    reports = await _reports(session, [row.id for row in rows])
    return tuple(_stored(row, reports.get(row.id, [])) for row in rows)


async def events_with_key(session: AsyncSession, keys: Collection[str], since: datetime) -> dict[str, int]:
    """In how many events touched since then each key occurs: a name that is everywhere says nothing."""
    query = (
        select(EventKeyRow.key, func.count())
        .join(EventRow, EventRow.id == EventKeyRow.event_id)
        .where(EventKeyRow.key.in_(list(keys)), EventRow.updated_at >= since)
        .group_by(EventKeyRow.key)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def describe_item(session: AsyncSession, item_id: int, description: Description) -> None:
    """Keep with an item what it is about, so that later items can be held against it."""
    await session.execute(update(ItemRow).where(ItemRow.id == item_id).values(description=_to_json(description)))


async def open_event(
    session: AsyncSession,
    item_id: int,
    change: EventChange,
    keys: Iterable[str],
    now: datetime,
    *,
    follows: int | None = None,
    maybe: int | None = None,
) -> int:
    """A new event that the item reports; its id."""
    row = EventRow(opened_at=now, updated_at=now, follows=follows, maybe=maybe, **columns(change))
    session.add(row)
    await session.flush()
    await _join(session, row.id, item_id, keys)
    return row.id


async def grow_event(
    session: AsyncSession, event_id: int, item_id: int, change: EventChange, keys: Iterable[str], now: datetime
) -> None:
    """Add an item to an event, which is now as `change` says."""
    await session.execute(update(EventRow).where(EventRow.id == event_id).values(updated_at=now, **columns(change)))
    await _join(session, event_id, item_id, keys)


async def _join(session: AsyncSession, event_id: int, item_id: int, keys: Iterable[str]) -> None:
    await session.execute(update(ItemRow).where(ItemRow.id == item_id).values(event_id=event_id))
    rows = [{"key": key, "event_id": event_id} for key in keys]
    if rows:
        await session.execute(upsert(session, EventKeyRow).values(rows).on_conflict_do_nothing())


async def _reports(session: AsyncSession, event_ids: list[int]) -> dict[int, list[StoredReport]]:
    """The reports of events, the first first; of each event the first, the latest, and the first of what was merged."""
    found: dict[int, list[StoredReport]] = {}
    if not event_ids:
        return found
    first = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id)
    last = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id.desc())
    numbered = (
        select(ItemRow.id, first.label("first"), last.label("last")).where(ItemRow.event_id.in_(event_ids)).subquery()
    )
    chosen = select(numbered.c.id).where((numbered.c.first == 1) | (numbered.c.last < REPORTS))
    anchors = select(EventLinkRow.anchor).where(EventLinkRow.a.in_(event_ids), EventLinkRow.kind == "must")
    known = ItemRow.id.in_(chosen.union(anchors))
    of_these = ItemRow.event_id.in_(event_ids)
    for row in await session.scalars(select(ItemRow).where(known, of_these).order_by(ItemRow.id)):
        at = row.published or row.seen_at
        report = StoredReport(row.id, row.outlet_id, row.title, at, read_description(row.description or {}))
        found.setdefault(row.event_id or 0, []).append(report)
    return found


def _stored(row: EventRow, reports: Iterable[StoredReport]) -> StoredEvent:
    return StoredEvent(
        row.id,
        Status(row.status),
        tuple(Topic(topic) for topic in row.topics),
        tuple(row.countries),
        tuple(Person(name, key) for name, key in row.people),
        tuple(reports),
        row.follows,
    )


def columns(change: EventChange) -> dict[str, Any]:
    """The columns of an event that a change writes."""
    return {
        "status": change.status.value,
        "topics": [topic.value for topic in change.topics],
        "countries": list(change.countries),
        "people": _people(change.people),
    }


def _people(people: Iterable[Person]) -> list[list[str]]:
    return [[person.name, person.key] for person in people]


def _to_json(description: Description) -> dict[str, Any]:
    return {
        "topics": [topic.value for topic in description.topics],
        "countries": list(description.countries),
        "people": _people(description.people),
        "status": description.status.value,
        "numbers": sorted(description.numbers),
        "terms": sorted(description.terms),
        "voices": sorted(description.voices),
    }


def read_description(data: dict[str, Any]) -> Description:
    """The description that an item is stored with."""
    return Description(
        topics=tuple(Topic(topic) for topic in data.get("topics", ())),
        countries=tuple(data.get("countries", ())),
        people=tuple(Person(name, key) for name, key in data.get("people", ())),
        status=Status(data.get("status", Status.UNKNOWN)),
        numbers=frozenset(data.get("numbers", ())),
        terms=frozenset(data.get("terms", ())),
        voices=frozenset(data.get("voices", ())),
    )
