from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.store import audit
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.tables import AuditRow, Base

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
CHANGES = (
    "UPDATE audit SET actor = 'm-00000000'",
    "UPDATE audit SET at = '2020-01-01'",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 1",
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A database with the audit table, its guard, and one act in it."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'nabat.db'}"
    else:
        url = request.getfixturevalue("postgres")
    opened = Store(url, Keyring(((1, bytes(range(64))),)))
    async with opened.engine.begin() as connection:
        await connection.run_sync(lambda sync: Base.metadata.tables["audit"].create(sync))
        for statement in audit.guard(request.param):
            await connection.execute(text(statement))
    async with opened.write() as session:
        await audit.record(session, "m-12345678", "rule.add", "raids", {"topic": "law"}, NOW)
    yield opened
    async with opened.engine.begin() as connection:
        for statement in audit.unguard(request.param):
            await connection.execute(text(statement))
        await connection.run_sync(lambda sync: Base.metadata.tables["audit"].drop(sync))
    await opened.close()


@pytest.mark.parametrize("change", CHANGES)
async def test_the_database_itself_refuses_to_change_the_log(store: Store, change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.write() as session:
            await session.execute(text(change))
    async with store.read() as session:
        assert [entry.actor for entry in await audit.entries(session, limit=10)] == ["m-12345678"]


async def test_postgresql_refuses_to_empty_the_log(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="append-only"):
        async with store.write() as session:
            await session.execute(text("TRUNCATE audit"))


async def test_replacing_a_row_of_the_log_is_refused(store: Store, tmp_path: Path) -> None:
    if not store.is_sqlite:
        pytest.skip("only SQLite has INSERT OR REPLACE")
    # Past our own code, as somebody with the file would.
    with sqlite3.connect(tmp_path / "nabat.db") as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("INSERT OR REPLACE INTO audit VALUES (1, '2020-01-01', 'm-0', 'x', 'y', '{}')")


async def test_acts_are_read_newest_first_and_page_by_page(store: Store) -> None:
    async with store.write() as session:
        for number in range(4):
            await audit.record(session, "m-1", "rule.remove", f"r{number}", {}, NOW)
    async with store.read() as session:
        first = await audit.entries(session, limit=3)
        second = await audit.entries(session, limit=3, before=first[-1].id)
    assert [entry.subject for entry in (*first, *second)] == ["r3", "r2", "r1", "r0", "raids"]
    assert second[-1].detail == {"topic": "law"}
    assert second[-1].at == NOW


async def test_an_act_that_fails_leaves_no_line(store: Store) -> None:
    with contextlib.suppress(RuntimeError):
        async with store.write() as session:
            await audit.record(session, "m-1", "rule.add", "lost", {}, NOW)
            raise RuntimeError
    async with store.read() as session:
        assert "lost" not in [entry.subject for entry in await audit.entries(session, limit=10)]
        assert await session.get(AuditRow, 1) is not None
