"""Faults on command, and Telegram's limits, as clients meet them."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.demo.botapi import FakeBotAPI, Fault, Limits
from bot.demo.botapi.limits import Gate
from bot.demo.botapi.refusal import Refusal
from bot.errors import UserMistake
from tests.demo.conftest import client


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_429_names_its_seconds_and_strikes_as_often_as_ordered(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    api.fail(Fault.too_many(43200, method="sendMessage", times=2))
    for _ in range(2):
        with pytest.raises(RetryAfter, match="Retry in 43200 seconds"):
            await bot.send_message(5, "hello")
    await bot.send_message(5, "hello")
    assert chat.texts == ("hello",)
    assert api.counts["sendmessage", 429] == 2


async def test_a_fault_for_one_chat_spares_the_others(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    other = api.private(6, started=True)
    number = api.fail(Fault.forbidden("kicked", chat_id=5))
    with pytest.raises(Forbidden, match="kicked from the supergroup"):
        await bot.send_message(5, "hello")
    await bot.send_message(6, "hello")
    assert other.texts == ("hello",)
    api.heal(number)
    await bot.send_message(5, "hello")


async def test_a_lasting_429_counts_down(bot: Bot) -> None:
    seconds = Seconds()
    async with FakeBotAPI(monotonic=seconds) as api, client(api) as patient:
        api.private(5, started=True)
        api.fail(Fault.too_many(10, lasting=10))
        seconds.now += 4
        with pytest.raises(RetryAfter, match="Retry in 6 seconds"):
            await patient.send_message(5, "hello")
        seconds.now += 6
        await patient.send_message(5, "hello")


@pytest.mark.parametrize(("after", "kept"), [(False, 0), (True, 1)])
async def test_a_server_error_may_come_after_the_deed(api: FakeBotAPI, bot: Bot, after: bool, kept: int) -> None:
    chat = api.private(5, started=True)
    api.fail(Fault.server_error(502, after=after, method="sendMessage", times=1))
    with pytest.raises(NetworkError, match="502"):
        await bot.send_message(5, "hello")
    assert len(chat.received) == kept


@pytest.mark.parametrize(("fault", "kept"), [(Fault.drop_before(), 0), (Fault.drop_after(), 1)])
async def test_a_dropped_connection_hides_whether_it_was_accepted(
    api: FakeBotAPI, bot: Bot, fault: Fault, kept: int
) -> None:
    chat = api.private(5, started=True)
    api.fail(fault)
    with pytest.raises(NetworkError):
        await bot.send_message(5, "hello")
    assert len(chat.received) == kept
    assert api.requests_of("sendMessage")[0].status == 0
    assert api.requests_of("sendMessage")[0].fault == fault.kind


async def test_a_slow_answer_times_out_although_the_message_came(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    api.fail(Fault.slow(0.5, times=1))
    with pytest.raises(TimedOut):
        await bot.send_message(5, "hello", read_timeout=0.1)
    assert chat.texts == ("hello",)


async def test_the_server_refuses_connections_and_then_listens_again(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    await bot.send_message(5, "before")
    async with api.refusing():
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(5, "lost")
    await bot.send_message(5, "after")
    assert chat.texts == ("before", "after")


async def test_a_migrated_group_names_its_new_id(api: FakeBotAPI, bot: Bot) -> None:
    group = api.group("Exiles")
    new = await group.migrate()
    told = [u.message for u in await bot.get_updates()]
    assert [m.migrate_to_chat_id for m in told if m] == [new.id, None]
    assert [m.migrate_from_chat_id for m in told if m] == [None, group.id]
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "hello")
    await bot.send_message(moved.value.new_chat_id, "hello")
    assert new.texts == ("hello",)


async def test_any_400_can_be_ordered(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    api.fail(Fault.bad_request("PEER_FLOOD"))
    with pytest.raises(BadRequest, match="Peer_flood"):
        await bot.send_message(5, "hello")


async def test_a_share_of_requests_fails_the_same_in_each_run() -> None:
    async def struck() -> list[int]:
        async with FakeBotAPI(seed=7, accept_any_chat=True) as api, aiohttp.ClientSession() as session:
            api.fail(Fault.server_error(probability=0.3, method="sendMessage"))
            for number in range(60):
                data = {"chat_id": "5", "text": str(number)}
                async with session.post(f"{api.url}/bot{api.token}/sendMessage", data=data) as answer:
                    await answer.read()
            return [n for n, request in enumerate(api.requests) if request.status == 502]

    first = await struck()
    assert first == await struck()
    assert 5 < len(first) < 35


def test_a_fault_that_cannot_happen_is_a_mistake() -> None:
    with pytest.raises(UserMistake):
        FakeBotAPI().fail(Fault.drop_before(probability=0))


def assert_waits(refusal: Refusal) -> None:
    assert refusal.code == 429
    assert refusal.parameters
    assert refusal.parameters["retry_after"] >= 1


def admitted(gate: Gate, chat_id: int, times: int) -> int:
    """How many of so many messages at once pass."""
    passed = 0
    for _ in range(times):
        try:
            gate.admit(chat_id)
            passed += 1
        except Refusal as refusal:
            assert_waits(refusal)
    return passed


def test_telegrams_limits_hold_overall_by_chat_and_by_group() -> None:
    seconds = Seconds()
    gate = Gate(Limits(), seconds)
    assert admitted(gate, 5, 10) == 3
    assert sum(admitted(gate, chat, 1) for chat in range(100, 200)) == 27
    seconds.now += 1
    assert admitted(gate, 5, 10) == 1
    seconds.now += 60
    group = 0
    for _ in range(60):
        group += admitted(gate, -7, 1)
        seconds.now += 1
    assert group == 20


async def test_a_flood_is_told_how_long_to_wait(api: FakeBotAPI) -> None:
    async with FakeBotAPI(limits=Limits(), accept_any_chat=True) as strict, client(strict) as bot:
        for _ in range(3):
            await bot.send_message(5, "hello")
        with pytest.raises(RetryAfter, match="Retry in 1 seconds"):
            await bot.send_message(5, "hello")


async def test_the_log_of_requests_has_their_times(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    before = time.monotonic()
    await bot.send_message(5, "one")
    await asyncio.sleep(0.05)
    await bot.send_message(5, "two")
    first, second = api.requests_of("sendMessage")
    assert before <= first.at < second.at - 0.04
    assert (first.chat_id, first.params["text"], first.status) == ("5", "one", 200)
