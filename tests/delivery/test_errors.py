"""Each error is sorted by what it proves, and the delivery goes its way accordingly: against the fake Bot API."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.errors import Proof, Unconnected, Verdict, classify
from bot.delivery.judge import DOUBTS, Situation, Trouble, judge
from bot.delivery.link import STRANGERS
from bot.delivery.outbox import WAYS
from bot.delivery.pace import Rates
from bot.delivery.parcel import Parcel
from bot.delivery.request import AiohttpRequest
from bot.delivery.transport import BotTelegram
from bot.delivery.turn import Send
from bot.demo.botapi import Fault, Standing
from bot.demo.botapi.refusal import OTHER_POLL
from bot.model import Topic
from bot.store.deliveries import State
from bot.store.waiting import Waiting
from tests.delivery.house import START, House, content

WAYS_FROM_FLIGHT = {after for (before, _), after in WAYS.items() if before is State.IN_FLIGHT}
ROW = Waiting(
    id=1,
    alert_id=1,
    subscriber_id=1,
    priority=5,
    attempts=0,
    plain=False,
    fold=None,
    created_at=START,
    edits=None,
    replies_to=None,
    topics=Topic.DETENTION.bit,
    cancelled=False,
    chat=b"",
    kind="private",
    thread_id=None,
    language="ru",
    jurisdictions=(),
    discreet=False,
    time_zone="UTC",
    quiet_from=None,
    quiet_to=None,
    quiet_unless_urgent=True,
    digest_at=(),
    delete_after_hours=None,
    paused_until=None,
)


async def drain(house: House, seconds: float = 20, **more: Any) -> None:
    async with asyncio.timeout(seconds):
        await house.sender(**more).drain()


@pytest.mark.parametrize(
    ("error", "proof"),
    [
        (RetryAfter(3), Proof.LIMITED),
        (ChatMigrated(-100123), Proof.MOVED),
        (Forbidden("Forbidden: bot was blocked by the user"), Proof.LEFT),
        (Forbidden("Forbidden: user is deactivated"), Proof.LEFT),
        (Forbidden("Forbidden: bot was kicked from the channel chat"), Proof.LEFT),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Proof.STRANGER),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), Proof.STRANGER),
        (BadRequest("Bad Request: chat not found"), Proof.STRANGER),
        (BadRequest("Chat not found"), Proof.STRANGER),
        (BadRequest("Bad Request: group chat was deactivated"), Proof.LEFT),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Proof.NO_RIGHTS),
        (BadRequest("Bad Request: TOPIC_CLOSED"), Proof.TOPIC_GONE),
        (BadRequest("Bad Request: message thread not found"), Proof.TOPIC_GONE),
        (BadRequest("Bad Request: message is not modified: specified new …"), Proof.SAME),
        (BadRequest("Bad Request: message to edit not found"), Proof.MESSAGE_GONE),
        (BadRequest("Bad Request: can't parse entities: unclosed tag"), Proof.REFUSED),
        (InvalidToken(), Proof.NO_TOKEN),
        (Conflict("Conflict: terminated by other getUpdates request"), Proof.SECOND),
        (Unconnected("ClientConnectorDNSError"), Proof.NOT_SENT),
        (TimedOut(), Proof.NOTHING),
        (NetworkError("Bad Gateway"), Proof.NOTHING),
        (TelegramError("Invalid server response"), Proof.NOTHING),
        (EndPointNotFound("Not Found"), Proof.NOTHING),
        (ZeroDivisionError(), Proof.BROKEN),
    ],
)
def test_an_error_proves(error: Exception, proof: Proof) -> None:
    assert classify(error).proof is proof


@pytest.mark.parametrize("proof", Proof)
@pytest.mark.parametrize("situation", [Situation(), Situation(True, True, True, True)])
def test_every_error_leads_somewhere(proof: Proof, situation: Situation) -> None:
    parcel = Parcel((ROW,), Send(), (content(),), (1,))
    change = judge(Verdict(proof, "why", 30, -100), parcel, situation, START)
    assert change.state in WAYS_FROM_FLIGHT
    if change.state is State.HELD:
        assert change.until is not None


def test_what_is_kept_of_an_error_names_no_chat() -> None:
    told = classify(BadRequest("Bad Request: chat -1001234567890 of user 123456789 is odd")).text
    assert "123456789" not in told
    assert "is odd" in told


async def test_a_refused_text_goes_again_as_plain_text(house: House) -> None:
    await house.subscribe(1)
    house.api.fail(Fault.bad_request("can't parse entities: unsupported start tag", method="sendMessage", times=1))
    await house.publish("Задержание")
    await drain(house)
    assert house.texts(1) == ["Задержание"]
    assert house.api.chat(1).last.entities == ()
    assert await house.states() == ["sent"]


async def test_a_text_refused_twice_stops_with_a_record(house: House) -> None:
    await house.subscribe(1)
    await house.subscribe(2)
    house.api.fail(Fault.bad_request("can't parse entities", method="sendMessage", chat_id=1))
    await house.publish()
    await drain(house)
    failed, sent = await house.deliveries()
    assert (failed.state, sent.state) == ("failed", "sent")
    assert failed.error is not None
    assert "parse entities" in failed.error
    assert len([r for r in house.api.requests_of("sendMessage") if r.chat_id == 1]) == 2
    assert [notice.trouble for notice in house.notices] == [Trouble.REFUSED]


@pytest.mark.parametrize(
    "why",
    ["blocked", "deactivated", "kicked", "kicked from group", "kicked from channel", "deleted group", "not a member"],
)
async def test_a_chat_that_left_is_erased(house: House, why: str) -> None:
    await house.subscribe(1)
    await house.subscribe(2)
    house.api.fail(Fault.forbidden(why, chat_id=1))
    await house.publish("Первое")
    await house.publish("Второе")
    await drain(house)
    assert await house.subscribers() == [2]
    assert await house.states() == ["sent", "sent"]
    assert len([r for r in house.api.requests_of("sendMessage") if r.chat_id == 1]) == 1


async def test_a_chat_that_is_not_found_is_erased(house: House) -> None:
    await house.subscribe(1)
    await house.subscribe(2)
    house.api.fail(Fault.bad_request("chat not found", chat_id=1))
    await house.publish()
    await drain(house)
    assert await house.subscribers() == [2]


async def test_another_bots_token_does_not_erase_everybody(house: House) -> None:
    for chat in range(1, 41):
        await house.subscribe(chat)
    house.api.fail(Fault.bad_request("chat not found"))
    await house.publish()
    sender = house.sender(concurrency=1)
    await house.step_until(sender, lambda: bool(house.notices))
    assert [notice.trouble for notice in house.notices] == [Trouble.WRONG_BOT]
    assert len(await house.subscribers()) == 40 - STRANGERS + 1


async def test_a_migrated_group_gets_the_same_message(house: House) -> None:
    group = house.api.group("Exiles")
    await house.subscribe(group.id, kind="group")
    new = await group.migrate()
    await house.publish("Задержание")
    await drain(house)
    assert house.texts(new.id) == ["Задержание"]
    assert await house.subscribers() == [new.id]


async def test_a_migrated_group_that_was_subscribed_twice_gets_it_once(house: House) -> None:
    group = house.api.group("Exiles")
    await house.subscribe(group.id, kind="group", countries=frozenset({"KG"}), every_country=False)
    new = await group.migrate()
    await house.subscribe(new.id, kind="supergroup", countries=frozenset({"KZ"}), every_country=False)
    await house.publish("В обеих", countries=("KG", "KZ"))
    await house.publish("Только в старой", countries=("KG",))
    await drain(house)
    assert sorted(house.texts(new.id)) == ["В обеих", "Только в старой"]
    assert await house.subscribers() == [new.id]


@pytest.mark.parametrize("act", ["close_topic", "delete_topic"])
async def test_a_lost_topic_falls_back_to_the_general_one(house: House, act: str) -> None:
    forum = house.api.supergroup("Forum", is_forum=True)
    thread = await forum.open_topic("News")
    await house.subscribe(forum.id, kind="supergroup", thread_id=thread)
    await house.publish("Первое")
    await drain(house)
    assert forum.last.thread == thread
    await getattr(forum, act)(thread)
    await house.publish("Второе")
    await drain(house)
    assert forum.last.text == "Второе"
    assert forum.last.thread is None
    assert [message.thread for message in forum.received if "/start" in message.text] == [None]
    assert [notice.trouble for notice in house.notices] == [Trouble.TOPIC_GONE]


async def test_missing_rights_stop_that_chats_delivery_alone(house: House) -> None:
    group = house.api.supergroup("Exiles")
    group.bot = Standing.RESTRICTED
    await house.subscribe(group.id, kind="supergroup")
    await house.subscribe(1)
    await house.publish()
    await drain(house)
    assert await house.states() == ["failed", "sent"]
    assert [notice.trouble for notice in house.notices] == [Trouble.NO_RIGHTS]


async def test_one_chats_429_parks_that_chat_alone(house: House) -> None:
    for chat in range(1, 6):
        await house.subscribe(chat)
    house.api.fail(Fault.too_many(43_200, chat_id=3, times=1))
    for number in range(3):
        await house.publish(str(number))
    await drain(house, rates=Rates(overall=200, chat_every=0.02), concurrency=2)
    assert [len(house.texts(chat)) for chat in range(1, 6)] == [3, 3, 0, 3, 3]
    assert (await house.states()).count("held") == 3
    await house.publish("later")
    await drain(house)
    assert len([r for r in house.api.requests_of("sendMessage") if r.chat_id == 3]) == 1


async def test_a_429_of_twelve_hours_is_kept_over_restarts_and_then_ends(clocked: House) -> None:
    assert clocked.clock

    await clocked.subscribe(1)
    await clocked.subscribe(2)
    clocked.api.fail(Fault.too_many(43_200, chat_id=1, times=1))
    await clocked.publish("Задержание")
    await drain(clocked, concurrency=1)
    clocked.clock.move(timedelta(hours=11, minutes=59))
    await clocked.publish("Второе")
    await drain(clocked)
    assert clocked.texts(1) == []
    clocked.clock.move(timedelta(minutes=2))
    await drain(clocked)
    assert clocked.texts(1) == ["Второе", "LATE Задержание"]


async def test_a_429_of_all_parks_everything(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 31):
        await clocked.subscribe(chat)
    fault = clocked.api.fail(Fault.too_many(20))
    await clocked.publish()
    sender = clocked.sender(concurrency=4)
    await clocked.step_until(sender, lambda: sender.pace.all_parked_for() > 0 and sender.in_hand == 0)
    refused = clocked.api.requests_of("sendMessage")
    assert 2 <= len(refused) <= 5
    assert Trouble.LIMITED in [notice.trouble for notice in clocked.notices]
    clocked.api.heal(fault)
    clocked.clock.move(timedelta(seconds=15))
    for _ in range(20):
        await sender.step()
        await asyncio.sleep(0.002)
    assert clocked.api.requests_of("sendMessage") == refused
    clocked.clock.move(timedelta(seconds=6))
    await clocked.step_until(sender, lambda: clocked.api.sent == 30)
    await drain(clocked)
    assert set(await clocked.states()) == {"sent"}
    assert clocked.api.sent == 30


async def test_a_429_of_all_for_twelve_hours_costs_a_trial_each_five_minutes_and_no_message(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 11):
        await clocked.subscribe(chat)
    fault = clocked.api.fail(Fault.too_many(43_200))
    await clocked.publish("Задержание")
    sender = clocked.sender(concurrency=4)
    await clocked.step_until(sender, lambda: sender.pace.all_parked_for() > 0 and sender.in_hand == 0)
    begun = len(clocked.api.requests_of("sendMessage"))
    for _ in range(30):
        clocked.clock.move(timedelta(minutes=1))
        for _ in range(3):
            await sender.step()
            await sender._pause(0.002)
    assert 1 <= len(clocked.api.requests_of("sendMessage")) - begun <= 6
    assert set(await clocked.states()) <= {"pending", "held"}
    # A process that starts meanwhile keeps the wait.
    asked = len(clocked.api.requests_of("sendMessage"))
    restarted = clocked.sender()
    assert await restarted._begin()
    await restarted.step()
    assert len(clocked.api.requests_of("sendMessage")) == asked
    clocked.api.heal(fault)
    clocked.clock.move(timedelta(hours=12))
    await drain(clocked)
    assert [clocked.texts(chat) for chat in range(1, 11)] == [["LATE Задержание"]] * 10


@pytest.mark.parametrize("after", [False, True])
async def test_a_5xx_proves_nothing_so_telegram_is_asked_before_it_is_sent_again(clocked: House, after: bool) -> None:
    assert clocked.clock

    await clocked.subscribe(1)
    await clocked.subscribe(2)
    clocked.api.fail(Fault.server_error(502, after=after, chat_id=1, times=1))
    await clocked.publish()
    sender = clocked.sender()
    await sender.drain()
    assert sorted(await clocked.states()) == ["in_flight", "sent"]
    assert not clocked.api.requests_of("editMessageText")
    clocked.clock.move(timedelta(seconds=6))
    await sender.drain()
    assert clocked.api.requests_of("editMessageText")
    assert [len(clocked.texts(1)), len(clocked.texts(2))] == [1, 1]
    assert len([r for r in clocked.api.requests_of("sendMessage") if r.chat_id == 1]) == (1 if after else 2)
    assert await clocked.states() == ["sent", "sent"]


@pytest.mark.parametrize("fault", [Fault.drop_before(chat_id=1, times=1), Fault.drop_after(chat_id=1, times=1)])
async def test_a_lost_connection_is_in_doubt_and_the_message_comes_once(clocked: House, fault: Fault) -> None:
    assert clocked.clock

    await clocked.subscribe(1)
    clocked.api.fail(fault)
    await clocked.publish()
    await drain(clocked)
    assert [row.attempts for row in await clocked.deliveries()] == [1]
    clocked.clock.move(timedelta(seconds=6))
    await drain(clocked)
    assert await clocked.states() == ["sent"]
    assert len(clocked.texts(1)) == 1


async def test_a_slow_answer_is_in_doubt_and_the_message_comes_once(clocked: House) -> None:
    await clocked.subscribe(1)
    clocked.api.fail(Fault.slow(0.5, chat_id=1, times=1))
    await clocked.publish()
    hasty = Bot(clocked.api.token, base_url=f"{clocked.api.url}/bot", request=AiohttpRequest(read_timeout=0.2))
    async with hasty:
        await drain(clocked, telegram=BotTelegram(hasty))
    assert await clocked.states() == ["in_flight"]
    assert [row.attempts for row in await clocked.deliveries()] == [1]
    assert clocked.clock
    clocked.clock.move(timedelta(seconds=6))
    await drain(clocked)
    assert await clocked.states() == ["sent"]
    assert len(clocked.texts(1)) == 1


async def test_a_delivery_whose_fate_stays_unknown_is_given_up_while_others_go(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1, topics=Topic.DETENTION.bit)
    await clocked.subscribe(2)
    clocked.api.fail(Fault.server_error(500, chat_id=1))
    await clocked.publish()
    for _ in range(DOUBTS):
        await clocked.publish(topic=Topic.LAW)
        await drain(clocked)
        clocked.clock.move(timedelta(minutes=2))
    first = (await clocked.deliveries())[0]
    assert (first.state, first.attempts) == ("failed", DOUBTS)
    assert len(clocked.texts(2)) == 1 + DOUBTS


async def test_an_outage_costs_no_trial(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 9):
        await clocked.subscribe(chat)
    fault = clocked.api.fail(Fault.server_error(503))
    await clocked.publish()
    sender = clocked.sender(concurrency=3)
    for _ in range(40):
        await clocked.step_until(sender, lambda: sender.in_hand == 0)
        clocked.clock.move(timedelta(minutes=2))
    clocked.api.heal(fault)
    clocked.clock.move(timedelta(minutes=2))
    await drain(clocked)
    rows = await clocked.deliveries()
    assert {row.state for row in rows} == {"sent"}
    assert max(row.attempts for row in rows) <= 1


async def test_refused_connections_cost_no_trial(house: House) -> None:
    for chat in range(1, 11):
        await house.subscribe(chat)
    await house.publish()
    sender = house.sender()
    async with house.api.refusing():
        await house.step_until(sender, lambda: sender.link.outage)
        assert house.api.sent == 0
    async with asyncio.timeout(20):
        await sender.drain()
    assert house.api.sent == 10
    assert {row.attempts for row in await house.deliveries()} == {0}
    assert [notice.trouble for notice in house.notices] == [Trouble.UNREACHABLE]


async def test_an_unknown_host_proves_that_nothing_was_sent() -> None:
    request = AiohttpRequest(connect_timeout=2)
    async with request:
        with pytest.raises(Unconnected):
            await request.do_request("http://nowhere.invalid/bot1:a/getMe", "POST")


async def test_a_host_without_an_address_costs_nothing_but_time(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 6):
        await clocked.subscribe(chat)
    await clocked.publish()
    lost = Bot(clocked.api.token, base_url="http://nowhere.invalid/bot", request=AiohttpRequest(connect_timeout=2))
    await lost.request.initialize()
    sender = clocked.sender(telegram=BotTelegram(lost))
    await clocked.step_until(sender, lambda: sender.link.outage and sender.in_hand == 0)
    await sender.step()
    await lost.request.shutdown()
    assert set(await clocked.states()) <= {"pending", "claimed"}
    assert [notice.trouble for notice in clocked.notices] == [Trouble.UNREACHABLE]
    await drain(clocked)
    assert [(row.state, row.attempts) for row in await clocked.deliveries()] == [("sent", 0)] * 5


async def test_a_second_process_on_the_token_makes_sending_wait_and_loses_nothing(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 6):
        await clocked.subscribe(chat)
    clocked.api.fail(Fault.answer(409, OTHER_POLL, method="sendMessage", times=1))
    await clocked.publish()
    sender = clocked.sender(concurrency=1)
    await clocked.step_until(sender, lambda: bool(clocked.notices) and sender.in_hand == 0)
    assert [notice.trouble for notice in clocked.notices] == [Trouble.SECOND_PROCESS]
    assert clocked.api.sent == 0
    clocked.clock.move(timedelta(minutes=6))
    await drain(clocked)
    assert [len(clocked.texts(chat)) for chat in range(1, 6)] == [1] * 5


async def test_a_revoked_token_stops_sending_and_loses_nothing(house: House) -> None:
    for chat in range(1, 6):
        await house.subscribe(chat)
    await house.publish()
    house.api.revoke_token()
    sender = house.sender(concurrency=2)
    await house.step_until(sender, lambda: bool(house.notices) and sender.in_hand == 0)
    assert [notice.trouble for notice in house.notices] == [Trouble.NO_TOKEN]
    asked = len(house.api.requests)
    for _ in range(20):
        await sender.step()
    assert len(house.api.requests) == asked
    assert set(await house.states()) == {"pending"}
    renewed = Bot(house.api.token, base_url=f"{house.api.url}/bot", request=AiohttpRequest())
    async with renewed:
        await drain(house, telegram=BotTelegram(renewed))
    assert set(await house.states()) == {"sent"}


async def test_no_log_line_holds_a_token_or_a_chat_id(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    chat = 777_888_999
    await house.subscribe(chat)
    for fault in (
        Fault.server_error(500, times=1),
        Fault.drop_before(times=1),
        Fault.bad_request(f"odd chat {chat}", times=2),
    ):
        house.api.fail(fault)
        await house.publish()
        await drain(house)
    async with house.api.refusing():
        await house.publish()
        sender = house.sender()
        await house.step_until(sender, lambda: sender.link.outage)
    assert caplog.records
    assert house.api.token not in caplog.text
    assert house.api.token.split(":")[1] not in caplog.text
    assert str(chat) not in caplog.text
