"""Queries of moderators' work on events: what they merged and parted, and the moves that go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Status
from bot.store.events import EventChange, columns
from bot.store.items import upsert
from bot.store.tables import AlertRow, EventKeyRow, EventLinkRow, EventRow, ItemRow

MUST, CANNOT = "must", "cannot"


def parted(connection: Connection, event_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """Pairs of events, both among these, that a moderator keeps apart."""
    if len(event_ids) < 2:
        return frozenset()
    query = select(EventLinkRow.a, EventLinkRow.b).where(
        EventLinkRow.kind == CANNOT, EventLinkRow.a.in_(event_ids), EventLinkRow.b.in_(event_ids)
    )
    return frozenset((row.a, row.b) for row in connection.execute(query))


async def merged_into(session: AsyncSession, event_id: int) -> int | None:
    """The event that this one was merged into."""
    query = select(EventLinkRow.a).where(EventLinkRow.kind == MUST, EventLinkRow.b == event_id)
    return await session.scalar(query)


async def part_events(session: AsyncSession, one: int, other: int, actor: str, at: datetime) -> None:
    """Keep two events apart from now on; the hint that they may be one goes."""
    a, b = sorted((one, other))
    row = {"a": a, "b": b, "kind": CANNOT, "actor": actor, "at": at}
    await session.execute(upsert(session, EventLinkRow).values(row).on_conflict_do_nothing())
    await _change(session, update(EventRow).where(EventRow.id == a, EventRow.maybe == b).values(maybe=None))
    await _change(session, update(EventRow).where(EventRow.id == b, EventRow.maybe == a).values(maybe=None))


async def merge_events(
    session: AsyncSession, kept: int, gone: int, change: EventChange, actor: str, at: datetime
) -> list[int]:
    """Everything of `gone` becomes part of `kept`, which is then as `change` says; the ids of the items that moved.

    The row of `gone` stays, closed and empty: its number leads to `kept`.
    """
    items = list(await session.scalars(select(ItemRow.id).where(ItemRow.event_id == gone).order_by(ItemRow.id)))
    await _move_keys(session, kept, gone)
    for table in (ItemRow, AlertRow):
        await _change(session, update(table).where(table.event_id == gone).values(event_id=kept))
    await _relink(session, kept, gone)
    hint = await session.scalar(select(EventRow.maybe).where(EventRow.id == gone))
    await _point_elsewhere(session, kept, gone)
    link = {"a": kept, "b": gone, "kind": MUST, "anchor": items[0] if items else None, "actor": actor, "at": at}
    await session.execute(upsert(session, EventLinkRow).values(link).on_conflict_do_nothing())
    await _change(session, update(EventRow).where(EventRow.id == gone).values(closed_at=at, maybe=None))
    await _change(session, update(EventRow).where(EventRow.id == kept).values(**columns(change)))
    if hint not in (None, kept):
        waits = and_(EventRow.id == kept, EventRow.maybe.is_(None))
        await _change(session, update(EventRow).where(waits).values(maybe=hint))
    return items


async def split_item(session: AsyncSession, item_id: int, new_event: int) -> None:
    """Put an item into another event, together with the alerts that were made of it; its keys are the caller's."""
    await _change(session, update(ItemRow).where(ItemRow.id == item_id).values(event_id=new_event))
    own = select(AlertRow.id).where(AlertRow.item_id == item_id, AlertRow.edits.is_(None)).scalar_subquery()
    mine = or_(AlertRow.id.in_(own), AlertRow.edits.in_(own))
    await _change(session, update(AlertRow).where(mine).values(event_id=new_event))


async def remake_event(session: AsyncSession, event_id: int, change: EventChange, keys: Iterable[str]) -> None:
    """An event that lost an item: it is as `change` says, and found under `keys` alone."""
    await _change(session, update(EventRow).where(EventRow.id == event_id).values(**columns(change)))
    await _change(session, delete(EventKeyRow).where(EventKeyRow.event_id == event_id))
    rows = [{"key": key, "event_id": event_id} for key in sorted(keys)]
    if rows:
        await session.execute(upsert(session, EventKeyRow).values(rows).on_conflict_do_nothing())


async def set_status(session: AsyncSession, event_id: int, status: Status) -> None:
    await _change(session, update(EventRow).where(EventRow.id == event_id).values(status=status.value))


async def _move_keys(session: AsyncSession, kept: int, gone: int) -> None:
    keys = list(await session.scalars(select(EventKeyRow.key).where(EventKeyRow.event_id == gone)))
    rows = [{"key": key, "event_id": kept} for key in keys]
    if rows:
        await session.execute(upsert(session, EventKeyRow).values(rows).on_conflict_do_nothing())
    await _change(session, delete(EventKeyRow).where(EventKeyRow.event_id == gone))


async def _relink(session: AsyncSession, kept: int, gone: int) -> None:
    """Links of the event that goes become links of the one that stays; a "cannot" between the two is taken back."""
    touching = or_(EventLinkRow.a == gone, EventLinkRow.b == gone)
    row = EventLinkRow
    query = select(row.a, row.b, row.kind, row.anchor, row.actor, row.at).where(touching)
    links = list(await session.execute(query))
    await _change(session, delete(EventLinkRow).where(touching))
    for link in links:
        a, b = (kept if end == gone else end for end in (link.a, link.b))
        if a == b:
            continue
        if link.kind == CANNOT:
            a, b = sorted((a, b))
        moved = {"a": a, "b": b, "kind": link.kind, "anchor": link.anchor, "actor": link.actor, "at": link.at}
        await session.execute(upsert(session, EventLinkRow).values(moved).on_conflict_do_nothing())


async def _point_elsewhere(session: AsyncSession, kept: int, gone: int) -> None:
    before = await session.scalar(select(EventRow.follows).where(EventRow.id == gone))
    await _change(session, update(EventRow).where(EventRow.id == kept, EventRow.maybe == gone).values(maybe=None))
    onward = None if before == kept else before
    await _change(session, update(EventRow).where(EventRow.id == kept, EventRow.follows == gone).values(follows=onward))
    await _change(session, update(EventRow).where(EventRow.maybe == gone).values(maybe=kept))
    await _change(session, update(EventRow).where(EventRow.follows == gone).values(follows=kept))


async def _change(session: AsyncSession, statement: Any) -> None:
    await session.execute(statement.execution_options(synchronize_session=False))
