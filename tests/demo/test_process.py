"""The doubles as processes of their own, driven over /control/."""

from __future__ import annotations

import asyncio

import aiohttp
import feedparser
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Forbidden, RetryAfter

from bot.demo.process import ControlRefused, DoubleProcess


async def test_a_fake_bot_api_is_driven_from_outside() -> None:
    async with DoubleProcess("botapi") as api, Bot(api.token, base_url=f"{api.url}/bot") as bot:
        await api.do("private", first=5, count=2)
        await api.do("user", user_id=5, language_code="ru")
        await api.do("says", chat_id=5, text="/start")
        message = (await bot.get_updates(timeout=2))[0].message
        assert message
        assert message.text == "/start"
        go = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
        await bot.send_message(5, "Hello", reply_markup=go)
        pressing = asyncio.create_task(api.do("press", chat_id=5, button="Go", wait=5))
        query = (await bot.get_updates(offset=-1, timeout=2))[-1].callback_query
        while query is None:
            query = (await bot.get_updates(offset=-1, timeout=2))[-1].callback_query
        await query.answer("Done")
        assert (await pressing)["text"] == "Done"
        (shown,) = await api.do("messages", chat_id=5)
        assert (shown["text"], shown["buttons"]) == ("Hello", [[{"text": "Go", "callback_data": "go"}]])


async def test_faults_blocks_and_counts_from_outside() -> None:
    async with DoubleProcess("botapi", "--any-chat") as api, Bot(api.token, base_url=f"{api.url}/bot") as bot:
        await api.do("fault", kind="answer", code=429, retry_after=3, method="sendMessage", times=1)
        with pytest.raises(RetryAfter):
            await bot.send_message(7, "hello")
        await bot.send_message(7, "hello")
        await api.do("block", chat_id=7)
        with pytest.raises(Forbidden):
            await bot.send_message(7, "again")
        group = await api.do("group", title="Exiles")
        new = await api.do("migrate", chat_id=group)
        assert new < -1_000_000_000_000
        stats = await api.do("stats")
        counts = {(method, status): count for method, status, count in stats["counts"]}
        assert counts["sendmessage", 200] == counts["sendmessage", 429] == counts["sendmessage", 403] == 1
        assert [row[3:] for row in await api.do("requests", method="sendMessage")] == [
            [429, "hello"],
            [200, "hello"],
            [403, "again"],
        ]


async def test_a_process_refuses_connections_for_a_while() -> None:
    async with DoubleProcess("botapi") as api, aiohttp.ClientSession() as session:
        url = f"{api.url}/bot{api.token}/getMe"
        await api.do("refuse", seconds=0.5)
        await asyncio.sleep(0.2)
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)
        await asyncio.sleep(0.6)
        async with session.get(url) as answer:
            assert answer.status == 200


async def test_a_wrong_order_is_refused_with_its_reason() -> None:
    async with DoubleProcess("botapi") as api:
        with pytest.raises(ControlRefused, match="There is no act 'sing'"):
            await api.do("sing", chat_id=5)
        with pytest.raises(ControlRefused, match="chat not found"):
            await api.do("messages", chat_id=5)


async def test_a_feed_host_is_driven_from_outside() -> None:
    async with DoubleProcess("feedhost") as host, aiohttp.ClientSession() as session:
        url = await host.do("feed", name="rferl", form="atom")
        (published,) = await host.do(
            "publish", name="rferl", items=[{"title": "One", "published": "2023-06-09T07:30:00+00:00"}]
        )
        async with session.get(url) as answer:
            (entry,) = feedparser.parse(await answer.read()).entries
        assert (entry.title, entry.id, entry.published) == ("One", published["guid"], "2023-06-09T07:30:00Z")
        await host.do("misbehave", path="/rferl.xml", how="answer", args={"status": 503, "retry_after": 60}, times=1)
        async with session.get(url) as answer:
            assert answer.status == 503
        assert await host.do("stats") == [["/rferl.xml", 200, 1], ["/rferl.xml", 503, 1]]
        with pytest.raises(ControlRefused, match="no misbehaviour"):
            await host.do("misbehave", path="/rferl.xml", how="dance")
