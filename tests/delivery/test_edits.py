"""One event, one alert: edits never overtake their message, replies stand by themselves where there is none."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from telegram import Bot

from bot.delivery.pace import Rates
from bot.delivery.transport import BotTelegram
from bot.demo.botapi import Fault
from bot.store.tables import EventRow
from tests.delivery.house import House, content


async def drain(house: House, **more: Any) -> None:
    async with asyncio.timeout(20):
        await house.sender(**more).drain()


class Timed(BotTelegram):
    """Notes when each request begins: its arrival may be late."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self.moments: list[float] = []

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        self.moments.append(time.monotonic())
        return await super()._call(method, parameters)


def methods(house: House) -> list[str]:
    return [request.method for request in house.api.requests if request.method != "getme"]


async def test_an_edit_changes_the_message_that_was_sent(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    await drain(house)
    await house.publish("Kloop, VOA", kind="edit", edits=first)
    await drain(house)
    assert house.texts(1) == ["Kloop, VOA"]
    assert methods(house) == ["sendmessage", "editmessagetext"]


async def test_what_waits_goes_out_in_its_newest_form_with_one_request(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    await house.publish("Kloop, VOA", kind="edit", edits=first)
    await house.publish("Kloop, VOA, AP", kind="edit", edits=first)
    await drain(house)
    assert house.texts(1) == ["Kloop, VOA, AP"]
    assert methods(house) == ["sendmessage"]
    assert await house.states() == ["sent", "sent", "sent"]


async def test_an_edit_that_is_more_urgent_than_its_message_waits_for_it(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop", priority=1)
    for number in range(5):
        await house.publish(f"other {number}", priority=3)
    await house.publish("Kloop, VOA", kind="edit", edits=first, priority=9)
    await drain(house)
    assert methods(house) == ["sendmessage"] * 6
    assert house.texts(1)[0] == "Kloop, VOA"


async def test_an_edit_published_while_its_message_is_under_way_comes_after_it(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    house.api.fail(Fault.slow(0.5, method="sendMessage", times=1))
    sender, stop = house.sender(), asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    await house.api.chat(1).wait_for()
    await house.publish("Kloop, VOA", kind="edit", edits=first)
    sender.wake()
    await house.api.chat(1).wait_for(lambda message: message.text == "Kloop, VOA")
    stop.set()
    await running
    assert methods(house) == ["sendmessage", "editmessagetext"]


async def test_an_edit_of_a_message_that_the_reader_deleted_expires(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    await drain(house)
    house.api.chat(1).remove(house.api.chat(1).last.id)
    await house.publish("Kloop, VOA", kind="edit", edits=first)
    await drain(house)
    assert await house.states() == ["sent", "expired"]


async def test_an_edit_that_says_nothing_new_is_done(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    await drain(house)
    await house.publish("Kloop", kind="edit", edits=first)
    await drain(house)
    assert await house.states() == ["sent", "sent"]


async def test_a_message_older_than_two_days_is_not_edited(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    first = await clocked.publish("Kloop")
    await drain(clocked)
    await clocked.publish("Kloop, VOA", kind="edit", edits=first)
    clocked.clock.move(timedelta(hours=49))
    await drain(clocked)
    assert await clocked.states() == ["sent", "expired"]


async def test_a_change_of_status_answers_the_first_alert(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Задержан")
    await house.publish("Выдан", kind="update", replies_to=first, priority=9)
    await drain(house)
    assert house.texts(1) == ["Задержан", "Выдан"]
    assert house.api.chat(1).last.reply_to == house.api.chat(1).received[0].id


async def test_an_answer_to_a_message_that_never_arrived_is_sent_plain(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Задержан")
    house.api.fail(Fault.bad_request("can't parse entities", times=2))
    await drain(house)
    await house.publish("Выдан", kind="update", replies_to=first)
    await drain(house)
    assert await house.states() == ["failed", "sent"]
    assert house.api.chat(1).last.reply_to is None


async def test_an_answer_to_a_message_that_was_deleted_is_sent_plain(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Задержан")
    await drain(house)
    house.api.chat(1).remove(house.api.chat(1).last.id)
    await house.publish("Выдан", kind="update", replies_to=first)
    await drain(house)
    assert house.texts(1) == ["Выдан"]


async def test_a_chat_that_joined_later_gets_the_update_plain(house: House) -> None:
    first = await house.publish("Задержан")
    await house.subscribe(1)
    await house.publish("Выдан", kind="update", replies_to=first)
    await drain(house)
    assert house.texts(1) == ["Выдан"]
    assert house.api.chat(1).last.reply_to is None


async def test_every_change_of_status_answers_the_first_message_that_the_chat_has(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Задержан")
    await drain(house)
    await house.subscribe(2)
    await house.publish("Выдача одобрена", kind="update", replies_to=first)
    await drain(house)
    await house.publish("Выдан", kind="update", replies_to=first)
    await drain(house)
    old, new = house.api.chat(1).received, house.api.chat(2).received
    assert [message.reply_to for message in old] == [None, old[0].id, old[0].id]
    assert [message.reply_to for message in new] == [None, new[0].id], "the first that this one got"


async def test_after_a_merge_an_update_answers_whichever_alert_the_chat_has(house: House) -> None:
    event_id = await house.event()
    first = await house.publish("Задержан в Оше", event_id=event_id, countries=("KZ",))
    await house.subscribe(1)
    await house.publish("Задержан в Бишкеке", event_id=event_id)
    await drain(house)
    await house.change(1, topics=0)
    await house.publish("Выдан", event_id=event_id, kind="update", replies_to=first)
    await drain(house)
    assert house.texts(1) == ["Задержан в Бишкеке", "Выдан"], "who had the one alert or the other gets the update"
    assert house.api.chat(1).last.reply_to == house.api.chat(1).received[0].id


async def test_edits_and_sends_of_a_chat_keep_its_pace(house: House) -> None:
    await house.subscribe(1)
    first = await house.publish("Kloop")
    await drain(house)
    await house.publish("Kloop, VOA", kind="edit", edits=first)
    await house.publish("Другое")
    telegram = Timed(house.bot)
    await drain(house, rates=Rates(overall=1000, chat_every=0.3), telegram=telegram)
    edited, sent = telegram.moments
    assert sent - edited >= 0.29


async def test_deliveries_go_when_their_event_closes(house: House) -> None:
    await house.subscribe(1)
    event_id = await house.event()
    await house.publish("Kloop", event_id=event_id)
    kept = await house.publish("Другое")
    await drain(house)
    async with house.store.write() as session:
        await session.execute(update(EventRow).where(EventRow.id == event_id).values(closed_at=house.now()))
    await drain(house)
    assert [row.alert_id for row in await house.deliveries()] == [kept]


@pytest.mark.parametrize("broken", [{}, {"topic": "nonsense"}, content().to_json() | {"bold": 3}])
async def test_an_unreadable_alert_fails_alone(house: House, broken: dict[str, Any]) -> None:
    await house.subscribe(1)
    await house.publish("unreadable", content=broken)
    await house.publish("readable")
    await drain(house)
    assert house.texts(1) == ["readable"]
    assert await house.states() == ["failed", "sent"]
