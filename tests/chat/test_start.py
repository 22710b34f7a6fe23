from __future__ import annotations

import asyncio

from bot.model import ALL_TOPICS, Topic
from tests.chat.conftest import House


async def test_start_alone_subscribes_to_everything_in_the_phones_language(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="ru"))
    await chat.says("/start")
    message = await chat.wait_for()
    assert "Вы подписаны" in message.text
    chosen = await house.choices(501)
    assert chosen is not None
    assert (chosen.language, chosen.every_country, chosen.topics) == ("ru", True, ALL_TOPICS)


async def test_start_tells_the_one_handle_and_the_ways_without_a_list(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="en"))
    await chat.says("/start")
    text = (await chat.wait_for()).text
    for wanted in (f"@{house.api.me.username}", "@nabat_news", "https://nabat.example", "feed.atom"):
        assert wanted in text


async def test_three_taps_in_one_message_make_it_fit(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="fr"))
    await chat.says("/start")
    first = await chat.wait_for()
    assert "Your language?" in first.text
    await (await chat.press("Русский")).answer()
    await (await chat.press("Далее →")).answer()
    await (await chat.press("Готово")).answer()
    assert len(chat.received) == 1
    assert "/settings" in chat.last.text
    assert chat.last.buttons == ()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.language == "ru"


async def test_a_chosen_country_narrows_and_sets_the_clock(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="ru"))
    await chat.says("/start")
    await chat.wait_for()
    await (await chat.press("✓ Русский")).answer()
    await (await chat.press("Кыргызстан")).answer()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.countries == {"KG"}
    assert not chosen.every_country
    assert chosen.time_zone == "Asia/Bishkek"
    await (await chat.press("✓ Кыргызстан")).answer()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.every_country


async def test_a_double_tap_does_the_thing_once(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="en"))
    await chat.says("/start")
    await chat.wait_for()
    await (await chat.press("✓ English")).answer()
    presses = [await chat.press("Armenia") for _ in range(3)]
    await asyncio.gather(*(press.answer() for press in presses))
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.countries == {"AM"}
    assert len(chat.received) == 1


async def test_start_twice_keeps_the_choices(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="en"))
    await chat.says("/start")
    await chat.wait_for()
    await (await chat.press("✓ English")).answer()
    await (await chat.press("Armenia")).answer()
    await chat.says("/start now")
    again = await chat.wait_for(lambda m: "nothing is lost" in m.text)
    assert again.id > chat.received[0].id
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.countries == {"AM"}
    # The older message's buttons still work.
    await (await chat.press("Georgia", chat.received[0])).answer()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.countries == {"AM", "GE"}


async def test_start_said_five_times_at_once_makes_one_subscription(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="en"))
    for _ in range(5):
        await chat.says("/start")
    await chat.wait_until(lambda: len(chat.received) == 5)
    assert sum("Three taps" in text for text in chat.texts) == 1


async def test_topics_go_off_one_by_one_but_never_the_last(house: House) -> None:
    chat = house.api.private(house.api.user(501, language_code="en"))
    await chat.says("/start")
    await chat.wait_for()
    await (await chat.press("✓ English")).answer()
    await (await chat.press("Next →")).answer()
    for topic in list(Topic)[:-1]:
        await (await chat.press(f"s:to:{topic.value}:0")).answer()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.topics == Topic.RELEASE.bit
    answer = await (await chat.press("✓ Release")).answer()
    assert answer.show_alert
    assert "at least one topic" in (answer.text or "")
    await (await chat.press("All topics")).answer()
    chosen = await house.choices(501)
    assert chosen is not None
    assert chosen.topics == ALL_TOPICS
