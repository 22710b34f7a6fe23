from __future__ import annotations

from collections.abc import AsyncIterator
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
