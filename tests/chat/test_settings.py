from __future__ import annotations

from datetime import timedelta

import pytest

from bot.demo.botapi import CallbackAnswer, Chat
from bot.store.subscribers import Subscriber
from bot.store.tables import DeliveryRow
from tests.chat.conftest import House


async def tap(chat: Chat, button: str) -> CallbackAnswer:
    return await (await chat.press(button)).answer()


async def open_settings(house: House, language: str = "en") -> Chat:
    chat = house.api.private(house.api.user(601, language_code=language))
    await chat.says("/start")
    await chat.says("/settings")
    await chat.wait_until(lambda: len(chat.received) == 2)
    return chat


async def chosen(house: House, chat: Chat) -> Subscriber:
    found = await house.choices(chat.id)
    assert found is not None
    return found


async def test_settings_without_a_subscription_point_to_start(house: House) -> None:
    chat = house.api.private(house.api.user(601, language_code="en"))
    await chat.says("/settings")
    assert "/start makes one" in (await chat.wait_for()).text
    assert await house.choices(601) is None


async def test_every_screen_comes_back_to_the_menu_in_the_same_message(house: House) -> None:
    chat = await open_settings(house)
    menu = chat.last
    leads = [b.text for row in menu.buttons for b in row][:-1]
    assert len(leads) == 10
    for lead in leads:
        await tap(chat, lead)
        assert chat.last.id == menu.id
        assert chat.last.text != menu.text
        await tap(chat, "← Settings")
    assert len(chat.received) == 2
    assert chat.last.text == menu.text


async def test_close_takes_the_screen_away(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Close")
    assert len(chat.received) == 1


async def test_discreet_mode_deletes_after_a_day_and_shields_its_own_screens(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Discreet mode")
    await tap(chat, "On")
    found = await chosen(house, chat)
    assert (found.discreet, found.delete_after_hours) == (True, 24)
    await chat.says("/settings")
    screen = await chat.wait_for(lambda m: "Discreet mode is on." in m.text, after=chat.last.id)
    assert screen.silent
    assert screen.protected
    await tap(chat, "Deleting messages")
    assert "Never" not in chat.last.labels


async def test_language_changes_the_menu_at_once(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "English")
    await tap(chat, "Русский")
    assert "Настройки" in chat.last.text
    assert (await chosen(house, chat)).language == "ru"


async def test_quiet_hours_move_by_half_an_hour_however_often_a_button_is_hit(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Quiet hours")
    await tap(chat, "23:00–07:00")
    await tap(chat, "From 23:30 →")
    earlier = await chat.press("← Until 06:30")
    again = await chat.press("← Until 06:30")
    await earlier.answer()
    await again.answer()
    found = await chosen(house, chat)
    assert (found.quiet_from, found.quiet_to) == (23 * 60 + 30, 6 * 60 + 30)
    assert "23:30–06:30" in chat.last.text
    await tap(chat, "✓ Detentions and extraditions come even then")
    assert not (await chosen(house, chat)).quiet_unless_urgent
    await tap(chat, "No quiet hours")
    assert (await chosen(house, chat)).quiet_from is None


async def test_quiet_hours_never_have_no_length(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Quiet hours")
    await tap(chat, "23:00–07:00")
    found = await chosen(house, chat)
    for data in ("m:qu:420:420", "m:qu:1500:3", "m:qu:x:3"):
        # Forged or outgrown data: the screen does not offer it.
        await _press_data(chat, data)
        assert await chosen(house, chat) == found


async def _press_data(chat: Chat, data: str) -> CallbackAnswer:
    """Press a button as if it carried other data, as an older version's would."""
    message = chat.last
    press = chat.world.press()
    chat.world.updates.push(
        "callback_query",
        {
            "id": press.id,
            "from": chat.world.user(601).wire(),
            "message": chat.message_wire(message),
            "chat_instance": "1",
            "data": data,
        },
    )
    return await press.answer()


@pytest.mark.parametrize("data", ["z:old", "m", "m:nosuch", "x" * 64, "latest", "m:co:XX:1"])
async def test_an_outgrown_button_changes_nothing_and_is_answered(house: House, data: str) -> None:
    chat = await open_settings(house)
    before = await chosen(house, chat)
    await _press_data(chat, data)
    assert await chosen(house, chat) == before


async def test_a_button_of_an_unknown_screen_says_where_to_go(house: House) -> None:
    chat = await open_settings(house)
    answer = await _press_data(chat, "z:old")
    assert answer.show_alert
    assert "/settings" in (answer.text or "")


async def test_digest_pause_and_deletion_are_kept(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "At once or gathered")
    await tap(chat, "At 09:00 and 20:00")
    await tap(chat, "← Settings")
    await tap(chat, "Deleting messages")
    await tap(chat, "6 hours")
    await tap(chat, "← Settings")
    await tap(chat, "Pause")
    await tap(chat, "For a week")
    found = await chosen(house, chat)
    assert found.digest_at == (540, 1200)
    assert found.delete_after_hours == 6
    assert found.paused_until is not None
    left = found.paused_until - house.clock()
    assert timedelta(days=7) <= left <= timedelta(days=7, hours=1)
    assert found.paused_until.minute == found.paused_until.second == 0
    await tap(chat, "Go on now")
    assert (await chosen(house, chat)).paused_until is None
    await tap(chat, "← Settings")
    for line in ("Gathered: at 09:00 and 20:00", "Messages are deleted after 6 hours."):
        assert line in chat.last.text


async def test_a_digest_comes_at_whatever_half_hours_the_chat_chooses(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "At once or gathered")
    await tap(chat, "At 09:00 and 20:00")
    await tap(chat, "← 08:30")
    await tap(chat, "← 08:00")
    await tap(chat, "20:30 →")
    assert (await chosen(house, chat)).digest_at == (8 * 60, 20 * 60 + 30)
    assert "Now: 08:00, 20:30." in chat.last.text
    found = await chosen(house, chat)
    for data in ("m:dg:at:480,480", "m:dg:at:1,2,3", "m:dg:at:1440", "m:dg:at:x"):
        # Forged or outgrown data: the screen offers one hour or two.
        await _press_data(chat, data)
        assert await chosen(house, chat) == found
    await tap(chat, "← 20:00")
    await _press_data(chat, "m:dg:at:0,30")
    await tap(chat, "01:00 →")
    assert (await chosen(house, chat)).digest_at == (30, 60)
    await tap(chat, "← 00:00")
    await tap(chat, "← 23:30")
    assert (await chosen(house, chat)).digest_at == (60, 23 * 60 + 30)


async def hold(house: House, chat: Chat) -> int:
    """An alert that waits a week for the end of the chat's pause; returns the delivery's id."""
    alert, now = await house.alert("Headline"), house.clock()
    found = await chosen(house, chat)
    async with house.store.write() as session:
        row = DeliveryRow(
            alert_id=alert,
            subscriber_id=found.id,
            state="held",
            priority=0,
            not_before=now + timedelta(days=7),
            fold="pause",
            created_at=now,
        )
        session.add(row)
        await session.flush()
        return row.id


async def state(house: House, delivery: int) -> str:
    async with house.store.read() as session:
        return (await session.get_one(DeliveryRow, delivery)).state


async def test_what_waited_for_the_end_of_a_pause_goes_when_the_pause_is_ended(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Pause")
    await tap(chat, "For a week")
    delivery = await hold(house, chat)
    await tap(chat, "Go on now")
    assert await state(house, delivery) == "pending"


async def test_a_choice_that_is_no_hour_wakes_nothing(house: House) -> None:
    chat = await open_settings(house)
    delivery = await hold(house, chat)
    await tap(chat, "Countries")
    await tap(chat, "Armenia")
    assert await state(house, delivery) == "held"


async def test_a_zone_is_picked_or_typed(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Time zone")
    await tap(chat, "Tbilisi")
    assert (await chosen(house, chat)).time_zone == "Asia/Tbilisi"
    await chat.says("/zone europe/rome")
    await chat.wait_for(lambda m: "Your clock: Rome" in m.text)
    assert (await chosen(house, chat)).time_zone == "Europe/Rome"
    await chat.says("/zone Atlantis")
    await chat.wait_for(lambda m: "no such time zone" in m.text)
    assert (await chosen(house, chat)).time_zone == "Europe/Rome"


async def test_more_countries_come_page_by_page_and_a_tap_stays_on_its_page(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Countries")
    await tap(chat, "More countries (1 of 4)")
    assert "Germany" in chat.last.labels
    await tap(chat, "Germany")
    assert "✓ Germany" in chat.last.labels
    assert (await chosen(house, chat)).countries == {"DE"}
    await tap(chat, "Every country")
    assert (await chosen(house, chat)).every_country


async def test_labels_are_chosen_by_state(house: House) -> None:
    chat = await open_settings(house)
    await tap(chat, "Labels on outlets")
    await tap(chat, "Kyrgyzstan")
    await tap(chat, "✓ Belarus")
    assert (await chosen(house, chat)).jurisdictions == ("RU", "KG")


async def test_a_screen_whose_message_is_gone_comes_again_as_a_new_one(house: House) -> None:
    chat = await open_settings(house)
    old = chat.last
    pressed = old.buttons[0][1]
    assert pressed.text == "Countries"
    press = chat.world.press()
    chat.world.updates.push(
        "callback_query",
        {
            "id": press.id,
            "from": chat.world.user(601).wire(),
            # What Telegram sends for a message it no longer keeps at hand.
            "message": {"chat": chat.wire, "message_id": 9_999_999, "date": 0},
            "chat_instance": "1",
            "data": pressed.data,
        },
    )
    await press.answer()
    assert chat.last.id != old.id
    assert "Choose the countries" in chat.last.text
