"""The outbox drains: everything decided reaches every chat that should have it, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.content import Content, Reader
from bot.alerts.message import Message
from bot.delivery.claims import LEASE
from bot.delivery.pace import Rates
from bot.delivery.transport import BotTelegram
from bot.demo.botapi import Fault, Limits
from bot.store.deliveries import cancel
from bot.store.subscribers import erase
from tests.delivery.house import FAST, House, open_house, render


async def drain(house: House, **more: object) -> None:
    async with asyncio.timeout(20):
        await house.sender(**more).drain()  # type: ignore[arg-type]


async def test_every_chat_gets_the_alert_once(house: House) -> None:
    for chat in range(1, 31):
        await house.subscribe(chat)
    alert = await house.publish("Задержание в Бишкеке")
    await drain(house)
    await drain(house)
    assert [house.texts(chat) for chat in range(1, 31)] == [["Задержание в Бишкеке"]] * 30
    assert set(await house.states(alert)) == {"sent"}


async def test_pending_rows_are_sent_after_a_restart(house: House) -> None:
    await house.subscribe(1)
    await house.publish("Задержание")
    stop = asyncio.Event()
    running = asyncio.create_task(house.sender().run(stop))
    await house.api.chat(1).wait_for(lambda message: message.text == "Задержание")
    stop.set()
    await asyncio.wait_for(running, 5)
    assert await house.states() == ["sent"]


async def test_an_alert_published_while_running_goes_at_once(house: House) -> None:
    await house.subscribe(1)
    sender, stop = house.sender(), asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    await asyncio.sleep(0.2)
    await house.publish("Срочно")
    sender.wake()
    await house.api.chat(1).wait_for(lambda message: message.text == "Срочно", 0.5)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert house.texts(1) == ["Срочно"]


async def test_urgent_goes_before_the_rest_and_new_before_old(house: House) -> None:
    await house.subscribe(1)
    for name, priority in (("old", 1), ("new", 1), ("urgent", 9), ("newer", 1)):
        await house.publish(name, priority=priority)
    await drain(house)
    assert house.texts(1) == ["urgent", "newer", "new", "old"]


async def test_chats_take_turns(house: House) -> None:
    for chat in (1, 2, 3):
        await house.subscribe(chat)
    for number in range(3):
        await house.publish(str(number))
    await drain(house, rates=Rates(overall=200, chat_every=0.05))
    chats = [int(request.chat_id or 0) for request in house.api.requests_of("sendMessage")]
    assert [sorted(chats[i : i + 3]) for i in (0, 3, 6)] == [[1, 2, 3]] * 3


async def test_cancelled_alerts_stop(house: House) -> None:
    await house.subscribe(1)
    alert = await house.publish("Ошибка")
    async with house.store.write() as session:
        await cancel(session, alert)
    await drain(house)
    assert house.texts(1) == []
    assert await house.states() == ["expired"]


async def test_an_alert_cancelled_while_it_is_in_hand_is_not_sent(house: House) -> None:
    for chat in range(1, 21):
        await house.subscribe(chat)
    alert = await house.publish("Ошибка")
    sender = house.sender(Rates(overall=20, chat_every=0))
    await house.step_until(sender, lambda: house.api.sent >= 2)
    assert sender.in_hand
    async with house.store.write() as session:
        await cancel(session, alert)
    sent = house.api.sent
    async with asyncio.timeout(5):
        await sender.drain()
    assert house.api.sent <= sent + 1
    assert "expired" in await house.states()


async def test_a_chat_that_leaves_while_waiting_gets_nothing(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    await clocked.publish("Задержание")
    sender = clocked.sender()
    sender.pace.park_all(60)
    await sender.step()
    async with clocked.store.write() as session:
        assert await erase(session, clocked.store.keyring, 1)
    clocked.clock.move(timedelta(seconds=61))
    async with asyncio.timeout(5):
        await sender.drain()
    assert clocked.texts(1) == []


async def test_a_renderer_that_breaks_costs_one_delivery(house: House) -> None:
    def breaks(content: Content, reader: Reader, **more: Any) -> Message:
        if content.headline == "bad":
            raise ZeroDivisionError
        return render(content, reader, **more)

    await house.subscribe(1)
    await house.publish("good")
    await house.publish("bad")
    await drain(house, render=breaks)
    assert house.texts(1) == ["good"]
    assert sorted(await house.states()) == ["failed", "sent"]


async def test_stopping_gives_back_what_was_only_claimed(house: House) -> None:
    for chat in range(1, 20):
        await house.subscribe(chat)
    await house.publish("Задержание")
    stop = asyncio.Event()
    running = asyncio.create_task(house.sender(Rates(overall=10, chat_every=0)).run(stop))
    await asyncio.sleep(0.5)
    stop.set()
    await asyncio.wait_for(running, 5)
    states = await house.states()
    assert set(states) == {"sent", "pending"}
    assert states.count("sent") == house.api.sent
    await drain(house)
    assert house.api.sent == 19


async def test_stopping_waits_for_answers_under_way(house: House) -> None:
    await house.subscribe(1)
    await house.publish("Задержание")
    house.api.fail(Fault.slow(0.5, method="sendMessage"))
    stop = asyncio.Event()
    running = asyncio.create_task(house.sender(FAST).run(stop))
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert await house.states() == ["sent"]


@pytest.mark.parametrize("paid", [True, False])
async def test_a_rate_above_the_free_one_is_a_paid_broadcast(tmp_path: Path, paid: bool) -> None:
    async with open_house(tmp_path, limits=Limits()) as house:
        for chat in range(1, 121):
            await house.subscribe(chat)
        await house.publish("Задержание")
        telegram, rates = BotTelegram(house.bot, paid=paid), Rates(overall=500)
        sender = house.sender(rates, telegram=telegram)
        asked = house.api.requests_of
        await house.step_until(
            sender, lambda: any(r.status == 429 for r in asked("sendMessage")) or house.api.sent == 120
        )
        assert house.api.sent == 120 if paid else house.api.sent < 120
        assert {bool(request.params.get("allow_paid_broadcast")) for request in asked("sendMessage")} == {paid}


@pytest.mark.parametrize(
    "refusal",
    [Fault.bad_request("BALANCE_TOO_LOW", times=1), Fault.answer(403, "Forbidden: not enough Stars", times=1)],
    ids=["400", "403"],
)
async def test_a_lack_of_stars_costs_no_message_and_no_chat(
    house: House, refusal: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    for chat in range(1, 6):
        await house.subscribe(chat)
    house.api.fail(refusal)
    await house.publish("Задержание")
    await drain(house, telegram=BotTelegram(house.bot, paid=True), concurrency=1)
    assert [house.texts(chat) for chat in range(1, 6)] == [["Задержание"]] * 5
    assert set(await house.states()) == {"sent"}
    asked = house.api.requests_of("sendMessage")
    assert [bool(request.params.get("allow_paid_broadcast")) for request in asked] == [True, *[False] * 5]
    assert "NABAT_SEND_RATE" in caplog.text


async def test_a_block_is_a_block_also_in_a_paid_broadcast(house: House) -> None:
    await house.subscribe(1)
    await house.subscribe(2)
    house.api.fail(Fault.forbidden("blocked", chat_id=1))
    await house.publish("Задержание")
    await drain(house, telegram=BotTelegram(house.bot, paid=True))
    assert await house.subscribers() == [2]
    assert len([r for r in house.api.requests_of("sendMessage") if r.chat_id == 1]) == 1


async def test_what_another_sender_left_is_taken_up_when_its_lease_has_ended(clocked: House) -> None:
    assert clocked.clock
    for chat in range(1, 4):
        await clocked.subscribe(chat)
    await clocked.publish("Задержание")
    living, dying = clocked.sender(), clocked.sender()
    assert await living._begin()
    await dying._claim()
    assert len(dying._hand.queue) == 3
    for _ in range(5):
        await living.step()
    assert set(await clocked.states()) == {"claimed"}
    assert clocked.texts(1) == []
    clocked.clock.move(LEASE + timedelta(seconds=31))
    await clocked.step_until(living, lambda: clocked.api.sent == 3)
    await living.drain()
    assert set(await clocked.states()) == {"sent"}
    # The other one was not dead after all, but only slow: it finds that nothing of it is its own any more.
    await dying.step()
    assert clocked.api.sent == 3


async def test_late_alerts_are_marked(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    await clocked.publish("Задержание")
    clocked.clock.move(timedelta(hours=7))
    await drain(clocked)
    assert clocked.texts(1) == ["LATE Задержание"]


async def test_alerts_older_than_a_day_become_lines_of_one_message(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    for name in ("Первое", "Второе"):
        await clocked.publish(name)
    clocked.clock.move(timedelta(hours=25))
    await clocked.publish("Новое")
    await drain(clocked)
    assert clocked.texts(1)[0] == "Новое"
    assert len(clocked.texts(1)) == 2
    assert "Первое" in clocked.texts(1)[1]
    assert "Второе" in clocked.texts(1)[1]


async def test_one_alert_older_than_a_day_is_a_line_too(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    await clocked.publish("Старое")
    clocked.clock.move(timedelta(hours=25))
    await drain(clocked)
    assert len(clocked.texts(1)) == 1
    assert clocked.texts(1)[0].startswith("С опозданием больше суток: 1 сообщение\n")
    assert "Старое" in clocked.texts(1)[0]
    assert [button.data for row in clocked.api.chat(1).last.buttons for button in row] == ["more:1"]


async def test_an_edit_spoils_no_message_of_several_alerts(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    first = await clocked.publish("Первое")
    await clocked.publish("Второе")
    clocked.clock.move(timedelta(hours=25))
    await drain(clocked)
    gathered = clocked.texts(1)
    await clocked.publish("Первое: Kloop, VOA", kind="edit", edits=first)
    await clocked.publish("Выдан", kind="update", replies_to=first)
    await drain(clocked)
    assert clocked.texts(1) == [*gathered, "Выдан"]
    assert clocked.api.chat(1).last.reply_to is None
