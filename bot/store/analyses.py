"""Items' words as analysed, kept so that a rule can be tried on weeks of items in a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Item
from bot.store.tables import AnalysisRow, ItemRow

CHUNK = 400
"""Ids in one statement; SQLite takes far more variables, but a query plan is happier with fewer."""


_INSERT = insert(AnalysisRow)


class Stored(NamedTuple):
    """An analysed item: what its rows say, without title and summary."""

    item_id: int
    seen_at: datetime
    outlet: str
    country: str | None
    url: str | None
    languages: str
    terms: str


async def save_analyses(
    session: AsyncSession, analyser: int, found: Mapping[int, tuple[str, str]], *, new: bool = False
) -> None:
    """Keep the words of items, by item id as (languages, terms), in place of what was kept for them before.

    `new`: whether nothing was.
    """
    ids = list(found)
    for start in range(0, 0 if new else len(ids), CHUNK):
        await session.execute(delete(AnalysisRow).where(AnalysisRow.item_id.in_(ids[start : start + CHUNK])))
    if ids:
        rows = [
            {"item_id": item_id, "analyser": analyser, "language": languages, "terms": terms}
            for item_id, (languages, terms) in found.items()
        ]
        # On the connection: a session would look at every row for what the ORM may want to know of it.
        await (await session.connection()).execute(_INSERT, rows)


async def chunk(session: AsyncSession, since: datetime, after: int, limit: int) -> list[Stored]:
    """Up to `limit` analysed items first seen at or after `since`, by id, from the one after `after`."""
    rows = await session.execute(
        select(
            AnalysisRow.item_id,
            ItemRow.seen_at,
            ItemRow.outlet_id,
            ItemRow.country,
            ItemRow.url,
            AnalysisRow.language,
            AnalysisRow.terms,
        )
        .join(ItemRow, ItemRow.id == AnalysisRow.item_id)
        .where(AnalysisRow.item_id > after, ItemRow.seen_at >= since)
        .order_by(AnalysisRow.item_id)
        .limit(limit)
    )
    return [Stored(*row) for row in rows]


async def not_analysed(session: AsyncSession, analyser: int, limit: int) -> list[Item]:
    """Items, newest first, that were never analysed or by another version of the words."""
    rows = await session.scalars(
        select(ItemRow)
        .outerjoin(AnalysisRow, AnalysisRow.item_id == ItemRow.id)
        .where(func.coalesce(AnalysisRow.analyser, -1) != analyser)
        .order_by(ItemRow.id.desc())
        .limit(limit)
    )
    return [_item(row) for row in rows]


async def items(session: AsyncSession, ids: Sequence[int]) -> list[tuple[Item, datetime]]:
    """Whole items with the time they were first seen, in the order of `ids`."""
    rows = await session.scalars(select(ItemRow).where(ItemRow.id.in_(ids)))
    found = {row.id: (_item(row), row.seen_at) for row in rows}
    return [found[item_id] for item_id in ids if item_id in found]


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Remove the words of items first seen before `moment`: no rule is tried on them any more."""
    old = select(ItemRow.id).where(ItemRow.seen_at < moment)
    await session.execute(delete(AnalysisRow).where(AnalysisRow.item_id.in_(old)))


def _item(row: ItemRow) -> Item:
    return Item(
        id=str(row.id),
        title=row.title,
        summary=row.summary,
        url=row.url,
        outlet=row.outlet_id,
        language=row.language,
        published=row.published,
        country=row.country,
    )
