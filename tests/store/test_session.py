from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from bot.errors import ConfigurationError
from bot.store import migrate
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.tables import GroupRow


async def test_migrations_bring_an_empty_database_to_the_tables_of_the_code(store: Store) -> None:
    assert await migrate.current(store) == migrate.head()
    assert await migrate.differences(store) == []


async def test_migrating_again_changes_nothing(store: Store) -> None:
    async with store.write() as session:
        await session.execute(insert(GroupRow).values(name="refuge", queries={"": "Bishkek"}))
    await migrate.upgrade(store)
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(GroupRow)) == 1


async def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    async with store.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer Nabat"):
        await migrate.upgrade(store)


async def test_sqlite_runs_in_wal_mode_with_foreign_keys(store: Store) -> None:
    async with store.read() as session:
        assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
        assert await session.scalar(text("PRAGMA secure_delete")) == 1


async def test_a_failed_block_leaves_nothing_behind(store: Store) -> None:
    async def fail() -> None:
        async with store.write() as session:
            await session.execute(insert(GroupRow).values(name="refuge", queries={}))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await fail()
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(GroupRow)) == 0


async def test_writers_wait_for_each_other_instead_of_failing(store: Store) -> None:
    async def write(number: int) -> None:
        async with store.write() as session:
            await session.execute(insert(GroupRow).values(name=f"g{number}", queries={}))
            await asyncio.sleep(0.01)

    await asyncio.gather(*(write(number) for number in range(20)))
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(GroupRow)) == 20


async def test_a_second_process_waits_for_the_write_lock(store: Store, tmp_path: Path, keyring: Keyring) -> None:
    other = Store(str(store.url), keyring)
    try:
        async with store.write() as session:
            await session.execute(insert(GroupRow).values(name="first", queries={}))
            waiting = asyncio.create_task(_insert(other, "second"))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        await waiting
    finally:
        await other.close()
    async with store.read() as session:
        assert set(await session.scalars(select(GroupRow.name))) == {"first", "second"}


async def _insert(store: Store, name: str) -> None:
    async with store.write() as session:
        await session.execute(insert(GroupRow).values(name=name, queries={}))
