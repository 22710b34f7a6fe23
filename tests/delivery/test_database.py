"""A database that takes no writes: the service says so, claims nothing, loses nothing, and goes on when it can."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.delivery.judge import Trouble
from bot.store import session
from tests.delivery.house import House, open_house


class Full:
    """While `full`, the database answers writes as SQLite does on a full disk."""

    def __init__(self, house: House) -> None:
        self.full = False
        event.listen(house.store.engine.sync_engine, "before_cursor_execute", self._refuse)

    def _refuse(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.full and statement.split()[0] in {"UPDATE", "INSERT", "DELETE"}:
            raise sqlite3.OperationalError("database or disk is full")


async def test_a_full_disk_stops_sending_until_there_is_room(house: House) -> None:
    for chat in range(1, 21):
        await house.subscribe(chat)
    await house.publish()
    disk, sender, stop = Full(house), house.sender(), asyncio.Event()
    disk.full = True
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(30):
        while not house.notices:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    assert house.api.sent == 0
    assert [(notice.trouble, notice.detail) for notice in house.notices] == [
        (Trouble.DATABASE, "database or disk is full")
    ]
    disk.full = False
    async with asyncio.timeout(10):
        while house.api.sent < 20:
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert set(await house.states()) == {"sent"}
    assert house.api.sent == 20


async def test_answers_that_came_while_the_disk_was_full_are_written_later(house: House) -> None:
    for chat in range(1, 21):
        await house.subscribe(chat)
    await house.publish()
    disk, sender, stop = Full(house), house.sender(concurrency=5), asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    while not house.api.sent:
        await asyncio.sleep(0.002)
    disk.full = True
    await asyncio.sleep(0.3)
    taken = house.api.sent
    disk.full = False
    async with asyncio.timeout(10):
        while house.api.sent < 20:
            await asyncio.sleep(0.05)
    stop.set()
    await running
    assert 1 <= taken <= 20
    assert house.api.sent == 20
    assert set(await house.states()) == {"sent"}


async def test_a_lock_held_elsewhere_is_told_delays_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUSY_MILLISECONDS", 300)
    async with open_house(tmp_path) as house:
        for chat in range(1, 6):
            await house.subscribe(chat)
        await house.publish()
        other = sqlite3.connect(str(house.store.url.database), timeout=1, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        stop = asyncio.Event()
        running = asyncio.create_task(house.sender().run(stop))
        async with asyncio.timeout(20):
            while not house.notices:
                await asyncio.sleep(0.02)
        assert house.api.sent == 0
        assert [(n.trouble, n.detail) for n in house.notices] == [(Trouble.DATABASE, "database is locked")]
        other.execute("ROLLBACK")
        other.close()
        async with asyncio.timeout(20):
            while house.api.sent < 5:
                await asyncio.sleep(0.05)
        stop.set()
        await running
        assert set(await house.states()) == {"sent"}
        assert house.api.sent == 5
