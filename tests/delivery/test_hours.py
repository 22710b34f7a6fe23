"""When each reader wants it: the same alerts, held, gathered and deleted as each chat chose. The clock is moved."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.alerts import render as alerts
from bot.alerts.content import Reader
from bot.demo.botapi import Fault
from bot.model import Topic
from bot.store.deliveries import release_held
from tests.delivery.house import START, Clock, House, content, open_house

BISHKEK = "Asia/Bishkek"  # UTC+6: the house's clock starts at 18:00 there


async def drain(house: House) -> None:
    async with asyncio.timeout(20):
        await house.sender().drain()


def to_local(house: House, hour: int) -> None:
    """Move the clock to the next time it is that hour in Bishkek."""
    assert house.clock
    local = house.now().astimezone(ZoneInfo(BISHKEK))
    goal = local.replace(hour=hour, minute=0, second=1)
    house.clock.move((goal if goal > local else goal + timedelta(days=1)) - local)


async def test_quiet_hours_end_with_one_message_for_all_that_was_held(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, quiet_from=23 * 60, quiet_to=7 * 60)
    to_local(clocked, 2)
    for name in ("Закон", "Слежка"):
        await clocked.publish(name, topic=Topic.LAW)
    await clocked.publish("Похищен", topic=Topic.ABDUCTION)
    await drain(clocked)
    assert clocked.texts(1) == ["Похищен"]
    to_local(clocked, 7)
    await drain(clocked)
    assert len(clocked.texts(1)) == 2
    assert "Закон" in clocked.texts(1)[1]
    assert "Слежка" in clocked.texts(1)[1]
    assert set(await clocked.states()) == {"sent"}


async def test_one_alert_held_alone_comes_as_itself(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, quiet_from=23 * 60, quiet_to=7 * 60)
    to_local(clocked, 5)
    await clocked.publish("Закон", topic=Topic.LAW)
    await drain(clocked)
    to_local(clocked, 7)
    await drain(clocked)
    assert clocked.texts(1) == ["Закон"]


async def test_a_digest_comes_twice_a_day_at_the_chosen_hours(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, digest_at=(9 * 60, 21 * 60))
    await clocked.publish("Первое")
    await drain(clocked)
    assert clocked.texts(1) == []
    to_local(clocked, 21)
    await drain(clocked)
    await clocked.publish("Второе")
    await clocked.publish("Третье")
    await drain(clocked)
    assert len(clocked.texts(1)) == 1
    to_local(clocked, 9)
    await drain(clocked)
    assert ["Первое" in clocked.texts(1)[0], "Второе" in clocked.texts(1)[1]] == [True, True]
    assert "Третье" in clocked.texts(1)[1]


@pytest.mark.parametrize("days", [1, 7])
async def test_a_pause_ends_with_one_message(clocked: House, days: int) -> None:
    assert clocked.clock
    await clocked.subscribe(1, paused_until=START + timedelta(days=days))
    for number in range(6):
        await clocked.publish(f"Новость {number}")
        await drain(clocked)
        clocked.clock.move(timedelta(days=days) / 7)
    assert clocked.texts(1) == []
    clocked.clock.move(timedelta(days=days) / 7 + timedelta(minutes=1))
    await drain(clocked)
    assert len(clocked.texts(1)) == 1
    assert all(f"Новость {number}" in clocked.texts(1)[0] for number in range(6))


async def test_a_digest_once_a_day_comes_at_its_hour_also_when_summer_time_begins(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Belgrade")
    clock = Clock(datetime(2026, 3, 28, 9, 30, tzinfo=zone).astimezone(UTC))
    async with open_house(tmp_path, clock) as house:
        await house.subscribe(1, time_zone="Europe/Belgrade", digest_at=(9 * 60,), topics=Topic.LAW.bit)
        await house.publish("Закон", topic=Topic.LAW)
        await drain(house)
        clock.move(timedelta(hours=22, minutes=25))  # 8:55 by the new clock, 7:55 by the old one
        await drain(house)
        assert house.texts(1) == []
        clock.move(timedelta(minutes=10))
        await drain(house)
        assert len(house.texts(1)) == 1
        assert "Закон" in house.texts(1)[0]


async def test_an_alert_that_was_held_alone_is_edited_and_answered_like_any_other(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, quiet_from=23 * 60, quiet_to=7 * 60)
    to_local(clocked, 5)
    first = await clocked.publish("Закон", topic=Topic.LAW)
    await drain(clocked)
    to_local(clocked, 7)
    await drain(clocked)
    await clocked.publish("Закон: Kloop, VOA", topic=Topic.LAW, kind="edit", edits=first)
    await drain(clocked)
    assert clocked.texts(1) == ["Закон: Kloop, VOA"]
    to_local(clocked, 5)
    await clocked.publish("Закон принят", topic=Topic.LAW, kind="update", replies_to=first)
    await drain(clocked)
    to_local(clocked, 7)
    await drain(clocked)
    assert clocked.texts(1) == ["Закон: Kloop, VOA", "Закон принят"]
    assert clocked.api.chat(1).last.reply_to == clocked.api.chat(1).received[0].id


async def test_quiet_hours_on_the_night_of_summer_time_and_a_reader_whom_nothing_wakes(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Belgrade")
    clock = Clock(datetime(2026, 3, 29, 0, 30, tzinfo=zone).astimezone(UTC))
    async with open_house(tmp_path, clock) as house:
        night = {"time_zone": "Europe/Belgrade", "quiet_from": 23 * 60, "quiet_to": 7 * 60}
        await house.subscribe(1, **night)
        await house.subscribe(2, **night, quiet_unless_urgent=False)
        await house.publish("Закон", topic=Topic.LAW)
        await house.publish("Похищен", topic=Topic.ABDUCTION)
        await drain(house)
        assert [house.texts(1), house.texts(2)] == [["Похищен"], []]
        clock.move(timedelta(hours=5, minutes=25))  # 6:55 by the new clock, 5:55 by the old one
        await drain(house)
        assert [house.texts(1), house.texts(2)] == [["Похищен"], []]
        clock.move(timedelta(minutes=10))
        await drain(house)
        assert house.texts(1) == ["Похищен", "Закон"]
        assert len(house.texts(2)) == 1
        assert house.texts(2)[0].startswith("За тихие часы: 2 сообщения")


async def test_a_long_nights_alerts_come_in_one_message_and_none_is_left_out(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, quiet_from=23 * 60, quiet_to=7 * 60, quiet_unless_urgent=False)
    to_local(clocked, 1)
    for number in range(1, 41):
        await clocked.publish(f"Новость {number}, о которой рассказали друзья задержанного и его адвокат в Бишкеке")
    await drain(clocked)
    to_local(clocked, 7)
    await drain(clocked)
    assert len(clocked.texts(1)) == 1
    assert all(f"Новость {number}," in clocked.texts(1)[0] for number in range(1, 41))


async def test_a_reader_who_ends_quiet_hours_gets_what_was_held(clocked: House) -> None:
    subscriber = await clocked.subscribe(1, time_zone=BISHKEK, quiet_from=0, quiet_to=1439)
    await clocked.publish("Закон", topic=Topic.LAW)
    await drain(clocked)
    assert clocked.texts(1) == []
    await clocked.change(1, quiet_from=None, quiet_to=None)
    async with clocked.store.write() as session:
        await release_held(session, subscriber)
    await drain(clocked)
    assert clocked.texts(1) == ["Закон"]


async def test_an_edit_of_what_was_gathered_is_dropped(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, digest_at=(9 * 60,))
    first = await clocked.publish("Kloop")
    await drain(clocked)
    to_local(clocked, 9)
    await drain(clocked)
    await clocked.publish("Kloop, VOA", kind="edit", edits=first)
    await drain(clocked)
    assert await clocked.states() == ["sent", "expired"]


async def test_a_digest_shows_the_newest_form_of_its_alerts(clocked: House) -> None:
    await clocked.subscribe(1, time_zone=BISHKEK, digest_at=(9 * 60,))
    first = await clocked.publish("Kloop")
    await drain(clocked)
    await clocked.publish("Kloop, VOA", kind="edit", edits=first)
    await drain(clocked)
    to_local(clocked, 9)
    await drain(clocked)
    to_local(clocked, 10)
    await drain(clocked)
    assert "Kloop, VOA" in clocked.texts(1)[0]
    assert await clocked.states() == ["sent", "sent"]


async def test_discreet_messages_are_deleted_after_a_day_also_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with open_house(tmp_path, clock) as house:
        await house.subscribe(1, discreet=True)
        await house.subscribe(2)
        await house.publish("Задержание")
        await drain(house)
        clock.move(timedelta(hours=23))
        await drain(house)
        assert house.texts(1) == ["Задержание"]
        clock.move(timedelta(hours=2))
        await drain(house)
        assert house.texts(1) == []
        assert house.texts(2) == ["Задержание"]
        assert [row.message_id is None for row in await house.deliveries()] == [True, False]


async def test_a_deletion_that_fails_is_tried_again(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1, delete_after_hours=1)
    await clocked.publish("Задержание")
    await drain(clocked)
    clocked.clock.move(timedelta(hours=2))
    clocked.api.fail(Fault.server_error(502, method="deleteMessage", times=1))
    await drain(clocked)
    assert clocked.texts(1) == ["Задержание"]
    clocked.clock.move(timedelta(minutes=6))
    await drain(clocked)
    assert clocked.texts(1) == []


async def test_the_running_service_deletes_beside_sending(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1, delete_after_hours=1)
    await clocked.publish("Задержание")
    await drain(clocked)
    clocked.clock.move(timedelta(hours=2))
    stop = asyncio.Event()
    running = asyncio.create_task(clocked.sender().run(stop))
    await clocked.api.chat(1).wait_until(lambda: not clocked.texts(1))
    stop.set()
    await running


async def test_telegram_unreachable_for_an_hour_then_newest_first_with_late_marks(clocked: House) -> None:
    assert clocked.clock
    for chat in (1, 2):
        await clocked.subscribe(chat)
    await clocked.publish("Старое")
    clocked.clock.move(timedelta(hours=5, minutes=30))
    await clocked.publish("Перед обрывом")
    sender = clocked.sender()
    async with clocked.api.refusing():
        for _ in range(60):
            await sender.step()
            await asyncio.sleep(0.005)
            clocked.clock.move(timedelta(minutes=1))
        await clocked.publish("Во время обрыва")
    async with asyncio.timeout(20):
        await sender.drain()
    assert clocked.texts(1) == clocked.texts(2) == ["Во время обрыва", "Перед обрывом", "LATE Старое"]
    assert clocked.now() - START < timedelta(hours=7)


async def test_a_channel_gets_one_call_for_any_number_of_readers(house: House) -> None:
    channel = house.api.channel("Mirror")
    await house.subscribe(channel.id, kind="channel")
    await house.publish("Задержание")
    await drain(house)
    assert house.texts(channel.id) == ["Задержание"]
    assert len(house.api.requests_of("sendMessage")) == 1


async def test_every_language_has_its_own_mirror_and_each_is_one_call(house: House) -> None:
    mirrors = {language: house.api.channel(f"Mirror {language}") for language in ("ru", "en", "uk", "kk", "ky")}
    for language, channel in mirrors.items():
        await house.subscribe(channel.id, kind="channel", language=language)
    await house.publish("Задержание")
    async with asyncio.timeout(20):
        await house.sender(render=alerts.render).drain()
    assert len(house.api.requests_of("sendMessage")) == len(mirrors)
    for language, channel in mirrors.items():
        assert len(channel.received) == 1
        expected = alerts.render(content("Задержание"), Reader(language, ("RU", "BY")), now=house.now(), alert_id=1)
        assert channel.last.text == expected.text
        # What a stranger asked for would be answered before all the channel's readers.
        assert [button.data for row in channel.last.buttons for button in row if button.data] == []
        assert [button.url for row in channel.last.buttons for button in row] == ["https://example.org/1"]
    assert "Detention" in mirrors["en"].last.text
    assert "Detention" not in mirrors["ru"].last.text


def test_the_house_starts_in_the_evening_of_bishkek() -> None:
    assert datetime.astimezone(START, ZoneInfo(BISHKEK)).hour == 18
