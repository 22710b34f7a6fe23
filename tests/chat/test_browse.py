from __future__ import annotations

from datetime import timedelta

from bot.demo.botapi import Chat
from bot.model import Topic
from tests.chat.conftest import House


async def reader(house: House, language: str = "en", *presses: str) -> Chat:
    chat = house.api.private(house.api.user(701, language_code=language))
    await chat.says("/start")
    await chat.wait_for()
    for data in presses:
        await (await chat.press(lambda b: b.data is not None, chat.received[0])).answer()
        await (await chat.press(data)).answer()
    return chat


async def asks(chat: Chat) -> list[str]:
    """Say /latest, then /help; what came between them."""
    before = chat.received[-1].id
    await chat.says("/latest")
    await chat.says("/help")
    end = await chat.wait_for(lambda m: "/wipe" in m.text, after=before)
    return [m.text for m in chat.received if before < m.id < end.id]


async def test_latest_shows_the_newest_three_in_reading_order_and_more_behind_a_button(house: House) -> None:
    for number in range(1, 6):
        await house.alert(f"Headline {number}")
    chat = await reader(house)
    texts = await asks(chat)
    assert [t for n in (3, 4, 5) for t in texts if f"Headline {n}" in t] == texts[:3]
    first, second = await chat.press("Show earlier ones"), await chat.press("Show earlier ones")
    await first.answer()
    await second.answer()
    await chat.wait_for(lambda m: "Headline 2" in m.text)
    assert sum("Headline 1" in t for t in chat.texts) == 1
    assert all(m.silent for m in chat.received if "Headline" in m.text)


async def test_latest_keeps_to_the_chats_topics_and_countries(house: House) -> None:
    await house.alert("In Bishkek", countries="KG")
    await house.alert("In Almaty", countries="KZ")
    await house.alert("A law for all", Topic.LAW, countries="")
    await house.alert("Spied on in Bishkek", Topic.SURVEILLANCE, countries="KG")
    chat = await reader(house)
    await (await chat.press("✓ English")).answer()
    await (await chat.press("Kyrgyzstan")).answer()
    await (await chat.press("Next →")).answer()
    await (await chat.press("✓ Surveillance")).answer()
    texts = await asks(chat)
    assert len(texts) == 2
    assert "In Bishkek" in texts[0]
    assert "A law for all" in texts[1]


async def test_latest_shows_an_alert_as_last_edited_and_no_cancelled_or_old_one(house: House) -> None:
    first = await house.alert("One outlet says")
    await house.alert("Two outlets say", edits=first)
    await house.alert("A mistake", cancelled=True)
    await house.alert("Long ago", created_at=house.clock() - timedelta(days=31))
    texts = await asks(await reader(house))
    assert len(texts) == 1
    assert "Two outlets say" in texts[0]


async def test_latest_says_when_there_is_nothing(house: House) -> None:
    assert "nothing has happened" in (await asks(await reader(house)))[0]


async def test_latest_without_a_subscription_points_to_start(house: House) -> None:
    await house.alert("Headline")
    chat = house.api.private(house.api.user(701, language_code="en"))
    await chat.says("/latest")
    assert "/start makes one" in (await chat.wait_for()).text


async def test_more_answers_the_alert_once_with_the_readers_choices(house: House) -> None:
    alert = await house.alert("Headline")
    chat = await reader(house, "ru")
    await chat.says("/latest")
    shown = await chat.wait_for(lambda m: "Headline" in m.text)
    first, second = await chat.press(f"more:{alert}"), await chat.press(f"more:{alert}")
    await first.answer()
    await second.answer()
    stories = [m for m in chat.received if "The whole story" in m.text]
    assert [m.reply_to for m in stories] == [shown.id]
    assert [asked[0] for asked in house.asked] == [alert]
    assert house.asked[0][1].language == "ru"


async def test_readers_of_a_channel_cannot_make_the_bot_write_before_all_of_them(house: House) -> None:
    for number in range(5):
        alert = await house.alert(f"Headline {number}")
    channel = house.api.channel("Mirror", admins=[701])
    await channel.says("/start", by=701)
    await channel.wait_for()
    said = await channel.says("/latest", by=701)
    shown = await channel.wait_for(lambda m: "Headline 4" in m.text, after=said.id)
    assert [
        button.data
        for m in channel.received
        if "Headline" in m.text
        for row in m.buttons
        for button in row
        if button.data
    ] == []
    before = len(channel.received)
    for data in (f"more:{alert}", f"latest:{alert}"):
        press = channel.world.press()
        channel.world.updates.push(
            "callback_query",
            {
                "id": press.id,
                "from": channel.world.user(702).wire(),
                "message": channel.message_wire(shown),
                "chat_instance": "1",
                "data": data,
            },
        )
        await press.answer()
    assert len(channel.received) == before


async def test_more_of_an_alert_that_is_gone_says_so(house: House) -> None:
    chat = await reader(house)
    press = chat.world.press()
    chat.world.updates.push(
        "callback_query",
        {
            "id": press.id,
            "from": chat.world.user(701).wire(),
            "message": chat.message_wire(chat.last),
            "chat_instance": "1",
            "data": "more:5000",
        },
    )
    answer = await press.answer()
    assert "no longer kept" in (answer.text or "")


async def test_discreet_readers_get_discreet_latest(house: House) -> None:
    await house.alert("Headline")
    chat = await reader(house)
    await chat.says("/settings")
    await chat.wait_until(lambda: len(chat.received) == 2)
    await (await chat.press("Discreet mode")).answer()
    await (await chat.press("On")).answer()
    await chat.says("/latest")
    shown = await chat.wait_for(lambda m: "Headline" in m.text)
    assert shown.protected
    assert shown.silent
    assert "Headline" in "".join(shown.spans("spoiler"))
