"""Queries of the events room: the moderators' list of those who are in every story."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.items import upsert
from bot.store.tables import OfficialRow

_LISTED = select(OfficialRow.key).where(OfficialRow.key.in_(bindparam("keys", expanding=True)))


def listed(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys that are on the list."""
    return frozenset(connection.execute(_LISTED, {"keys": list(keys)}).scalars())


async def names(session: AsyncSession) -> list[str]:
    """The list as moderators wrote it, in the order of the alphabet."""
    return sorted(set(await session.scalars(select(OfficialRow.name))))


async def add(session: AsyncSession, name: str, keys: Collection[str]) -> None:
    """Put somebody on the list under these keys; who stands under one of them already gets this name."""
    statement = upsert(session, OfficialRow)
    for key in keys:
        values = statement.values(key=key, name=name)
        await session.execute(values.on_conflict_do_update(index_elements=["key"], set_={"name": name}))


async def remove(session: AsyncSession, keys: Collection[str]) -> bool:
    """Take off the list whoever stands under one of these keys, with all their keys; whether somebody did."""
    named = list(await session.scalars(select(OfficialRow.name).where(OfficialRow.key.in_(keys))))
    await session.execute(delete(OfficialRow).where(OfficialRow.name.in_(named)))
    return bool(named)
