"""The real process is killed while it drains: nothing is lost, and only what was in flight may come twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.demo.botapi import Fault
from tests.delivery import drainer
from tests.delivery.house import House, open_house

CHATS, ALERTS, KILLS = 100, 30, 50
KILL_RATE, STOP_RATE = 30.0, 400.0
"""A second; 30 is all that Telegram allows. What a kill catches in flight is the rate times some 5 to 15 ms."""
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.delivery.drainer"])

Row = tuple[str, int]
"""What an alert says, and the chat."""


async def fill(house: House) -> None:
    for chat in range(1, CHATS + 1):
        await house.subscribe(chat)
    for number in range(ALERTS):
        await house.publish(f"Alert {number}")


def start(house: House, rate: float) -> BaseProcess:
    process = processes.Process(
        target=drainer.drain, args=(str(house.store.url), house.api.url, house.api.token, rate), daemon=True
    )
    process.start()
    return process


async def ended(process: BaseProcess) -> None:
    while process.is_alive():
        await asyncio.sleep(0.005)
    process.join()


def received(house: House) -> Counter[Row]:
    return Counter((message, chat) for chat in range(1, CHATS + 1) for message in house.texts(chat))


def lost_answers(house: House) -> Counter[Row]:
    """What the fake Bot API took without answering."""
    asked = Counter((str(r.params.get("text")), int(r.chat_id or 0)) for r in house.api.requests_of("sendMessage"))
    answered = Counter(
        (str(r.params.get("text")), int(r.chat_id or 0))
        for r in house.api.requests_of("sendMessage")
        if r.status == 200
    )
    return asked - answered


async def in_flight(house: House) -> list[Row]:
    query = text(
        "SELECT json_extract(a.content, '$.headline'), s.chat FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        " JOIN subscribers s ON s.id = d.subscriber_id WHERE d.state = 'in_flight'"
    )
    async with house.store.read() as session:
        return [(headline, house.store.keyring.open_chat(chat)) for headline, chat in await session.execute(query)]


async def unsent(house: House) -> int:
    async with house.store.read() as session:
        return await session.scalar(text("SELECT count(*) FROM deliveries WHERE state <> 'sent'")) or 0


@pytest.mark.timeout(300)
async def test_fifty_kills_lose_nothing_and_repeat_only_what_was_in_flight(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(5)
    doubtful: Counter[Row] = Counter()
    async with open_house(tmp_path, seed=5) as house:
        await fill(house)
        house.api.fail(Fault.drop_after(method="sendMessage", probability=0.02))
        for _ in range(KILLS):
            process = start(house, KILL_RATE)
            before = house.api.sent
            async with asyncio.timeout(20):
                while house.api.sent == before and await unsent(house):
                    await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 3.2))
            process.kill()
            await ended(process)
            doubtful.update(set(await in_flight(house)))
        left = await unsent(house)
        process = start(house, KILL_RATE)
        async with asyncio.timeout(120):
            while await unsent(house):
                await asyncio.sleep(0.1)
        process.terminate()
        await ended(process)
        got, dropped = received(house), lost_answers(house)
    everything = {(f"Alert {number}", chat) for number in range(ALERTS) for chat in range(1, CHATS + 1)}
    twice = got - Counter(everything)
    by_kill = twice - dropped
    with capsys.disabled():
        sys.stdout.write(
            f"\n{KILLS} kills, {left} deliveries left after the last; twice by a kill: {by_kill.total()}"
            f" ({by_kill.total() / len(everything):.2%}), by a lost answer: {(twice - by_kill).total()}\n"
        )
    assert left < len(everything)
    assert set(got) == everything
    assert not by_kill - doubtful
    assert by_kill.total() < 0.01 * len(everything)


async def test_sigterm_repeats_nothing_and_ends_within_five_seconds(tmp_path: Path) -> None:
    chance = random.Random(6)
    async with open_house(tmp_path) as house:
        await fill(house)
        house.api.fail(Fault.slow(0.3, method="sendMessage", probability=0.05))
        for _ in range(8):
            process = start(house, STOP_RATE)
            before = house.api.sent
            while house.api.sent == before and await unsent(house):
                await asyncio.sleep(0.01)
            await asyncio.sleep(chance.uniform(0, 0.3))
            process.terminate()
            asked = time.monotonic()
            await ended(process)
            assert time.monotonic() - asked < 5
            assert process.exitcode == 0
            assert not await in_flight(house)
        await house.sender().drain()
        got = received(house)
    assert len(got) == CHATS * ALERTS
    assert set(got.values()) == {1}
