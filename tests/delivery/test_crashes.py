"""The real process is killed while it drains: nothing is lost, and only what was in flight may come twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.demo.botapi import Fault
from tests.delivery import drainer
from tests.delivery.house import House, open_house

CHATS, ALERTS, KILLS = 100, 30, 50
RATE = 400.0
"""A second; 30 is all that Telegram allows without paid broadcast."""
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.delivery.drainer"])

Row = tuple[str, int]
"""What an alert says, and the chat."""


async def fill(house: House, alerts: int = ALERTS) -> None:
    for chat in range(1, CHATS + 1):
        await house.subscribe(chat)
    for number in range(alerts):
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


@dataclass(frozen=True)
class Toll:
    """What became of all deliveries: how often each came, which were in flight at a kill, whose answer was lost."""

    left: int
    got: Counter[Row]
    doubtful: Counter[Row]
    dropped: Counter[Row]
    questions: int

    @property
    def twice(self) -> Counter[Row]:
        return self.got - Counter(dict.fromkeys(self.got, 1))


async def killed(house: House, times: int, chance: random.Random, *, to_the_end: bool = True) -> Toll:
    """Drain while the process is killed again and again; then let it end, with the same faults `to_the_end`."""
    doubtful: Counter[Row] = Counter()
    fault = house.api.fail(Fault.drop_after(method="sendMessage", probability=0.02))
    for _ in range(times):
        process = start(house, RATE)
        moment = len(house.api.requests) + chance.randint(1, 110)
        async with asyncio.timeout(30):
            while len(house.api.requests) < moment:
                await asyncio.sleep(0.004)
        await asyncio.sleep(chance.uniform(0, 0.02))
        process.kill()
        await ended(process)
        doubtful.update(set(await in_flight(house)))
    if not to_the_end:
        house.api.heal(fault)
    left = await unsent(house)
    process = start(house, RATE)
    async with asyncio.timeout(60):
        while await unsent(house):
            await asyncio.sleep(0.05)
    process.terminate()
    await ended(process)
    questions = len(house.api.requests_of("editMessageText"))
    return Toll(left, received(house), doubtful, lost_answers(house), questions)


EVERYTHING = {(f"Alert {number}", chat) for number in range(ALERTS) for chat in range(1, CHATS + 1)}


@pytest.mark.timeout(300)
async def test_fifty_kills_lose_nothing_and_almost_nothing_comes_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_house(tmp_path, seed=5) as house:
        await fill(house)
        toll = await killed(house, KILLS, random.Random(5))
    by_kill = toll.twice - toll.dropped
    with capsys.disabled():
        sys.stdout.write(
            f"\n{KILLS} kills, {RATE:g} a second: {toll.doubtful.total()} times in flight, {toll.dropped.total()}"
            f" answers lost, {toll.left} left after the last; {toll.questions} questions; twice: {toll.twice.total()}"
            f" ({toll.twice.total() / len(EVERYTHING):.2%}), {by_kill.total()} of them by a kill\n"
        )
    assert 0 < toll.left < len(EVERYTHING)
    assert toll.doubtful.total() > 0.03 * len(EVERYTHING)
    assert set(toll.got) == EVERYTHING
    assert not by_kill - toll.doubtful
    assert toll.twice.total() < 0.01 * len(EVERYTHING)


@pytest.mark.parametrize(
    "refusal",
    [Fault.server_error(500, method="editMessageText"), Fault.too_many(1, method="editMessageText")],
    ids=["500", "429"],
)
async def test_where_telegram_cannot_be_asked_nothing_is_lost_either(tmp_path: Path, refusal: Fault) -> None:
    alerts = 5
    async with open_house(tmp_path, seed=7) as house:
        await fill(house, alerts)
        house.api.fail(refusal)
        toll = await killed(house, 5, random.Random(7), to_the_end=False)
    assert toll.questions
    assert set(toll.got) == {(f"Alert {number}", chat) for number in range(alerts) for chat in range(1, CHATS + 1)}
    assert not toll.twice - toll.dropped - toll.doubtful


async def test_sigterm_repeats_nothing_and_ends_within_five_seconds(tmp_path: Path) -> None:
    chance = random.Random(6)
    async with open_house(tmp_path) as house:
        await fill(house)
        house.api.fail(Fault.slow(0.3, method="sendMessage", probability=0.05))
        for _ in range(8):
            process = start(house, RATE)
            moment = house.api.sent + chance.randint(1, 100)
            while house.api.sent < moment:
                await asyncio.sleep(0.004)
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
