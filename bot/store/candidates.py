"""The events that an item may belong to, with the reports they are known by: found by keys.

The functions are those of a plain connection: an item is placed in one `AsyncSession.run_sync`, because crossing from
the event loop for each statement takes longer than the statements.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Select, Text, bindparam, cast, exists, func, or_, select

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
"""Reports kept in memory, some 5 kB each: about all that items are held against in a week."""

Told = tuple[int, str]
"""An item's id and title: what its report never changes under."""
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One item of an event; `at` is when it was published, or seen where it has no date."""

    item_id: int
    outlet: str
    title: str
    at: datetime
    description: Description


@dataclass(frozen=True, slots=True)
class Near:
    """An event that shares a key; `items` are its first one, its latest ones, and the first of what was merged.

    `parted`: a moderator keeps it apart from some other event.
    """

    id: int
    parted: bool
    items: tuple[Told, ...]


class Shelf(Generic[Kept]):
    """What was read before, by item id and title; what was not asked for longest is forgotten."""

    def __init__(self, most: int = SHELF) -> None:
        self._most = most
        self._kept: OrderedDict[Told, Kept] = OrderedDict()

    def get(self, told: Told) -> Kept | None:
        found = self._kept.get(told)
        if found is not None:
            self._kept.move_to_end(told)
        return found

    def put(self, told: Told, kept: Kept) -> None:
        self._kept[told] = kept
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def events_by_keys(
    connection: Connection,
    names: Collection[str],
    others: Collection[str],
    *,
    since: datetime,
    others_since: datetime,
) -> tuple[Near, ...]:
    """Open events that share a key of a name and were touched since then, and those that share any other key."""
    if not names and not others:
        return ()
    given = {"names": list(names), "others": list(others), "since": since, "others_since": others_since}
    items: dict[int, list[Told]] = {}
    apart: set[int] = set()
    for item_id, event_id, title, parted in connection.execute(_near(), given).all():
        items.setdefault(event_id, []).append((item_id, title))
        if parted:
            apart.add(event_id)
    return tuple(Near(event_id, event_id in apart, tuple(found)) for event_id, found in items.items())


def stored_reports(connection: Connection, item_ids: Collection[int]) -> list[StoredReport]:
    """The reports that these items are."""
    rows = connection.execute(_REPORTS, {"ids": list(item_ids)}) if item_ids else ()
    return [
        StoredReport(
            row.id,
            row.outlet_id,
            row.title,
            row.published or row.seen_at,
            read_description(json.loads(row.text or "{}")),
        )
        for row in rows
    ]


_REPORTS = select(
    *(ItemRow.id, ItemRow.outlet_id, ItemRow.title, ItemRow.published, ItemRow.seen_at),
    cast(ItemRow.description, Text).label("text"),
).where(ItemRow.id.in_(bindparam("ids", expanding=True)))


@cache
def _near() -> Select[*tuple[Any, ...]]:
    """The items of the events near: built once, for the building takes longer than the reading."""
    both = select(_sharing("names", "since", NAMED).c.id).union(
        select(_sharing("others", "others_since", NAMELESS).c.id)
    )
    near = both.cte("near")
    of_these = ItemRow.event_id.in_(select(near.c.id))
    first = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id)
    last = func.row_number().over(partition_by=ItemRow.event_id, order_by=ItemRow.id.desc())
    columns = (ItemRow.id, ItemRow.event_id, ItemRow.title)
    numbered = select(*columns, first.label("first"), last.label("last")).where(of_these).subquery()
    anchors = select(EventLinkRow.anchor).where(EventLinkRow.kind == "must", EventLinkRow.a.in_(select(near.c.id)))
    c = numbered.c
    parted = exists().where(
        EventLinkRow.kind == "cannot", or_(EventLinkRow.a == c.event_id, EventLinkRow.b == c.event_id)
    )
    return (
        select(c.id, c.event_id, c.title, parted.label("parted"))
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
