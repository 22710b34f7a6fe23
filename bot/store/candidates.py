"""The events that an item may belong to, with the reports they are known by: found by keys, read with one query."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Text, bindparam, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Description
from bot.store.events import read_description
from bot.store.tables import EventKeyRow, EventLinkRow, EventRow, ItemRow

NAMED, NAMELESS = 20, 12
"""Events that one item is held against at most, the newest: that share a name, and that share a country alone. At 360
new events a day in twenty countries, twelve reach back most of a day; other outlets come within hours, and what comes
later shares a name or nothing."""
REPORTS = 8
"""Reports of an event that are read: the first, which named it, and the latest."""
SHELF = 6_000
"""Descriptions kept in memory, some 3 kB each: about all that items are held against in a week."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One item of an event; `at` is when it was published, or seen where it has no date."""

    item_id: int
    outlet: str
    title: str
    at: datetime
    description: Description


@dataclass(frozen=True, slots=True)
class Found:
    """An event that shares a key; `reports` are its first item, its latest ones, and the first of what was merged.

    `parted`: a moderator keeps it apart from some other event.
    """

    id: int
    parted: bool
    reports: tuple[StoredReport, ...]


class Shelf:
    """Descriptions read before. What an item is about never changes under the same id, title and time of arrival."""

    def __init__(self, most: int = SHELF) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[int, str, datetime], Description] = OrderedDict()

    def get(self, key: tuple[int, str, datetime]) -> Description | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[int, str, datetime], description: Description) -> None:
        self._kept[key] = description
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


async def events_by_keys(
    session: AsyncSession,
    names: Collection[str],
    others: Collection[str],
    shelf: Shelf,
    *,
    since: datetime,
    others_since: datetime,
) -> tuple[Found, ...]:
    """Open events that share a key of a name and were touched since then, and those that share any other key."""
    if not names and not others:
        return ()
    given = {"names": list(names), "others": list(others), "since": since, "others_since": others_since}
    rows = (await (await session.connection()).execute(_near(), given)).all()
    reports: dict[int, list[StoredReport]] = {}
    for row in rows:
        report = StoredReport(row.id, row.outlet_id, row.title, row.published or row.seen_at, _description(row, shelf))
        reports.setdefault(row.event_id, []).append(report)
    apart = {row.event_id for row in rows if row.parted}
    return tuple(Found(event_id, event_id in apart, tuple(found)) for event_id, found in reports.items())


def _description(row: Row[Any], shelf: Shelf) -> Description:
    """What a report is about; its JSON is only read where it was not read before."""
    place = (row.id, row.title, row.seen_at)
    known = shelf.get(place)
    if known is None:
        known = read_description(json.loads(row.description or "{}"))
        shelf.put(place, known)
    return known


@cache
def _near() -> Select[*tuple[Any, ...]]:
    """The reports of the events near: built once, for the building takes longer than the reading."""
    both = select(_sharing("names", "since", NAMED).c.id).union(
        select(_sharing("others", "others_since", NAMELESS).c.id)
    )
    near = both.cte("near")
    of_these = ItemRow.event_id.in_(select(near.c.id))
    first = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id)
    last = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id.desc())
    item = ItemRow
    columns = (item.id, item.event_id, item.outlet_id, item.title, item.published, item.seen_at, item.description)
    numbered = select(*columns, first.label("first"), last.label("last")).where(of_these).subquery()
    anchors = select(EventLinkRow.anchor).where(EventLinkRow.kind == "must", EventLinkRow.a.in_(select(near.c.id)))
    c = numbered.c
    parted = exists().where(
        EventLinkRow.kind == "cannot", or_(EventLinkRow.a == c.event_id, EventLinkRow.b == c.event_id)
    )
    return (
        select(
            *(c.id, c.event_id, c.outlet_id, c.title, c.published, c.seen_at),
            *(cast(c.description, Text).label("description"), parted.label("parted")),
        )
        .where(or_(c.first == 1, c.last < REPORTS, c.id.in_(anchors)))
        .order_by(c.id)
    )


def _sharing(keys: str, since: str, most: int) -> Any:
    """The newest open events with one of the keys. The parameters are named: the statement is made once."""
    shared = select(EventKeyRow.event_id).where(EventKeyRow.key.in_(bindparam(keys, expanding=True)))
    query = select(EventRow.id).where(
        EventRow.id.in_(shared), EventRow.updated_at >= bindparam(since), EventRow.closed_at.is_(None)
    )
    return query.order_by(EventRow.updated_at.desc()).limit(most).subquery()
