"""A real PostgreSQL server in the test environment, for what must hold on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import migrate
from bot.store.crypto import Keyring
from bot.store.session import Store
from tests.conftest import lay_database

KEY = (1, bytes(range(64)))


@pytest.fixture(params=["sqlite", "postgresql"])
async def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A migrated, empty database: each test runs once on SQLite and once on PostgreSQL."""
    sqlite = request.param == "sqlite"
    url = lay_database(tmp_path) if sqlite else request.getfixturevalue("postgres")
    opened = Store(url, Keyring((KEY,)))
    await migrate.upgrade(opened)
    yield opened
    if not sqlite:
        async with opened.engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    await opened.close()
