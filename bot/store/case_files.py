"""Events as moderators see them: reading only. Nothing here knows of readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Description, Item, Status
from bot.store.event_links import CANNOT, MUST
from bot.store.events import read_description
from bot.store.tables import AlertRow, EventLinkRow, EventRow, ItemRow, OutletRow

MOST = 40
"""Items, and as many alerts, of one event that are read."""


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event in one look. `headline` is its first item's; `maybe` is an event that it may be."""

    id: int
    updated_at: datetime
    status: Status
    countries: tuple[str, ...]
    people: tuple[str, ...]
    headline: str
    outlets: tuple[str, ...]
    items: int
    maybe: int | None
    follows: int | None


@dataclass(frozen=True, slots=True)
class Filed:
    """One item of an event; `at` is when it was published, or seen where it has no date."""

    id: int
    outlet: str
    title: str
    at: datetime
    description: Description


@dataclass(frozen=True, slots=True)
class FiledAlert:
    """An alert on the event that went to everybody whom it concerns."""

    id: int
    kind: str
    at: datetime
    stopped: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An event with all that was filed under it, and the events it is kept apart from."""

    event: ListedEvent
    items: tuple[Filed, ...]
    alerts: tuple[FiledAlert, ...]
    apart: tuple[int, ...]


async def latest_events(session: AsyncSession, *, limit: int, offset: int = 0) -> list[ListedEvent]:
    """The events touched last, the newest first; not those that were merged into others."""
    gone = exists().where(EventLinkRow.b == EventRow.id, EventLinkRow.kind == MUST)
    query = select(EventRow).where(~gone).order_by(EventRow.updated_at.desc(), EventRow.id.desc())
    rows = list(await session.scalars(query.limit(limit).offset(offset)))
    return await _listed(session, rows)


async def case_file(session: AsyncSession, event_id: int) -> CaseFile | None:
    row = await session.get(EventRow, event_id)
    if row is None:
        return None
    (event,) = await _listed(session, [row])
    items = await session.execute(
        select(ItemRow, OutletRow.name)
        .join(OutletRow, OutletRow.id == ItemRow.outlet_id)
        .where(ItemRow.event_id == event_id)
        .order_by(ItemRow.id)
        .limit(MOST)
    )
    # What went to followers alone stays unseen: it tells that somebody follows a name.
    alerts = await session.scalars(
        select(AlertRow)
        .where(AlertRow.event_id == event_id, AlertRow.topics != 0)
        .order_by(AlertRow.id.desc())
        .limit(MOST)
    )
    return CaseFile(
        event,
        tuple(_filed(item, name) for item, name in items),
        tuple(FiledAlert(a.id, a.kind, a.created_at, a.cancelled) for a in reversed(list(alerts))),
        await _apart(session, event_id),
    )


async def event_of_item(session: AsyncSession, item_id: int) -> int | None:
    return await session.scalar(select(ItemRow.event_id).where(ItemRow.id == item_id))


async def stored_item(session: AsyncSession, item_id: int) -> tuple[Item, int] | None:
    """An item to be read again, and its event; None where it is in none."""
    row = await session.get(ItemRow, item_id)
    if row is None or row.event_id is None:
        return None
    item = Item(str(row.id), row.title, row.summary, row.url, row.outlet_id, row.language, row.published, row.country)
    return item, row.event_id


async def event_of_alert(session: AsyncSession, alert_id: int) -> tuple[bool, int | None]:
    """Whether there is such an alert, and its event; those for followers alone are not told of."""
    row = await session.get(AlertRow, alert_id)
    there = row is not None and row.topics != 0
    return there, row.event_id if row is not None and there else None


async def edits_of(session: AsyncSession, alert_id: int) -> list[int]:
    return list(await session.scalars(select(AlertRow.id).where(AlertRow.edits == alert_id)))


async def descriptions(session: AsyncSession, event_id: int) -> list[tuple[int, Description]]:
    """What each item of an event is about, by item id, the first first."""
    query = select(ItemRow.id, ItemRow.description).where(ItemRow.event_id == event_id).order_by(ItemRow.id)
    return [(item_id, read_description(stored or {})) for item_id, stored in await session.execute(query)]


async def _apart(session: AsyncSession, event_id: int) -> tuple[int, ...]:
    query = select(EventLinkRow.a, EventLinkRow.b).where(
        EventLinkRow.kind == CANNOT, or_(EventLinkRow.a == event_id, EventLinkRow.b == event_id)
    )
    return tuple(sorted(b if a == event_id else a for a, b in await session.execute(query)))


async def _listed(session: AsyncSession, rows: Sequence[EventRow]) -> list[ListedEvent]:
    ids = [row.id for row in rows]
    heads, outlets, counts = await _reported(session, ids)
    return [
        ListedEvent(
            id=row.id,
            updated_at=row.updated_at,
            status=Status(row.status),
            countries=tuple(row.countries),
            people=tuple(name for name, _key in row.people),
            headline=heads.get(row.id, ""),
            outlets=tuple(outlets.get(row.id, {})),
            items=counts.get(row.id, 0),
            maybe=row.maybe,
            follows=row.follows,
        )
        for row in rows
    ]


async def _reported(
    session: AsyncSession, event_ids: list[int]
) -> tuple[dict[int, str], dict[int, dict[str, None]], dict[int, int]]:
    """The first headline of each event, its outlets in the order in which they came, and the number of its items."""
    of_these = ItemRow.event_id.in_(event_ids)
    firsts = select(func.min(ItemRow.id)).where(of_these).group_by(ItemRow.event_id)
    heads = await session.execute(select(ItemRow.event_id, ItemRow.title).where(ItemRow.id.in_(firsts)))
    query = (
        select(ItemRow.event_id, OutletRow.name, func.count(), func.min(ItemRow.id).label("first"))
        .join(OutletRow, OutletRow.id == ItemRow.outlet_id)
        .where(of_these)
        .group_by(ItemRow.event_id, OutletRow.name)
        .order_by("first")
    )
    outlets: dict[int, dict[str, None]] = {}
    counts: dict[int, int] = {}
    for event_id, name, count, _first in await session.execute(query):
        outlets.setdefault(event_id or 0, {})[name] = None
        counts[event_id or 0] = counts.get(event_id or 0, 0) + count
    return {event_id or 0: title for event_id, title in heads}, outlets, counts


def _filed(row: ItemRow, outlet: str) -> Filed:
    return Filed(row.id, outlet, row.title, row.published or row.seen_at, read_description(row.description or {}))
