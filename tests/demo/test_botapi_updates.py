"""What the bot is told: polls, webhooks, and the shapes of updates."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, TelegramObject
from telegram.error import Conflict

from bot.demo.botapi import FakeBotAPI
from tests.demo.conftest import client

GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def test_the_second_poll_ends_the_first(api: FakeBotAPI, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    while not api.updates.is_polled:
        await asyncio.sleep(0.01)
    async with client(api) as second:
        updates = asyncio.create_task(second.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await api.private(5).says("hello")
        assert (await updates)[0].message


async def test_updates_come_again_until_they_are_confirmed(api: FakeBotAPI, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        await api.private(5).says(text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["one", "two"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_kinds_of_updates_that_were_not_asked_for_are_dropped(api: FakeBotAPI, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await api.private(5).says("nobody hears this")
    assert await bot.get_updates() == ()


async def test_a_webhook_keeps_polls_away(api: FakeBotAPI, bot: Bot) -> None:
    await bot.set_webhook("https://example.org/hook")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_any_update_can_be_injected(api: FakeBotAPI, bot: Bot) -> None:
    api.inject("inline_query", {"id": "1", "from": api.user(5).wire(), "query": "kg", "offset": ""})
    query = (await bot.get_updates())[0].inline_query
    assert query
    assert query.query == "kg"


async def test_the_bot_fetches_a_document_that_somebody_sent(api: FakeBotAPI) -> None:
    await api.private(5).sends_file("feeds.opml", b"<opml/>")
    async with Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as bot:
        message = (await bot.get_updates())[0].message
        assert message
        assert message.document
        assert message.document.file_name == "feeds.opml"
        assert await (await message.document.get_file()).download_as_bytearray() == b"<opml/>"


def strangers(told: object) -> dict[str, Any]:
    """Fields that the library does not know, in an object of its own or in anything within it."""
    if isinstance(told, (list, tuple)):
        return {key: value for each in told for key, value in strangers(each).items()}
    if not isinstance(told, TelegramObject):
        return {}
    names = {name for cls in type(told).__mro__ for name in getattr(cls, "__slots__", ()) if not name.startswith("_")}
    inner = [getattr(told, name, None) for name in names - {"api_kwargs"}]
    return {**told.api_kwargs, **strangers(inner)}


async def test_the_fake_sends_no_field_that_the_library_does_not_know(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(api.user(5, "ru", username="lev"), started=True)
    group = api.supergroup("Exiles", is_forum=True)
    await chat.says("/start https://x.org")
    await chat.sends(location={"latitude": 42.87, "longitude": 74.59})
    await bot.send_message(5, "Hello", reply_markup=GO, reply_parameters=ReplyParameters(1))
    await chat.press("Go")
    await chat.block()
    await group.open_topic("Alerts")
    await group.add_bot(admin=True)
    updates = await bot.get_updates()
    assert len(updates) == 6
    assert strangers(updates) == {}
    assert strangers([await bot.get_me(), await bot.get_chat(5), await bot.get_chat_administrators(group.id)]) == {}
