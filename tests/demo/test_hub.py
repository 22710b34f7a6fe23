"""The WebSub hub of the feed host, with a subscriber on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.demo.feedhost import FeedHost
from bot.demo.feedhost.hub import signature
from bot.demo.listener import Listener


class Subscriber:
    """A callback that confirms what it asked for, and keeps what is pushed."""

    def __init__(self) -> None:
        self.confirms = True
        self.pushed: list[tuple[str | None, bytes]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            return web.Response(text=request.query["hub.challenge"] if self.confirms else "no")
        self.pushed.append((request.headers.get("X-Hub-Signature"), await request.read()))
        return web.Response(status=204)


@pytest.fixture
async def subscriber() -> AsyncIterator[tuple[Subscriber, str]]:
    subscriber = Subscriber()
    listener = Listener(subscriber)
    await listener.open()
    yield subscriber, listener.url
    await listener.close()


async def ask(host: FeedHost, mode: str, topic: str, callback: str) -> None:
    form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback, "hub.secret": "s3"}
    async with aiohttp.ClientSession() as session, session.post(host.url("/hub"), data=form) as answer:
        assert answer.status == 202
    await asyncio.sleep(0.1)


async def test_a_confirmed_subscriber_gets_signed_documents(subscriber: tuple[Subscriber, str]) -> None:
    told, callback = subscriber
    async with FeedHost() as host:
        feed = host.feed("rferl", hub=host.url("/hub"))
        await ask(host, "subscribe", feed.url, callback)
        feed.publish("One")
        assert await host.push(feed) == [204]
        assert told.pushed == [(signature("s3", feed.body.plain), feed.body.plain)]
        await host.push(feed, forged=True)
        assert told.pushed[1][0] != told.pushed[0][0]
        await ask(host, "unsubscribe", feed.url, callback)
        assert await host.push(feed) == []


async def test_whoever_does_not_confirm_is_not_subscribed(subscriber: tuple[Subscriber, str]) -> None:
    told, callback = subscriber
    told.confirms = False
    async with FeedHost() as host:
        feed = host.feed("rferl")
        await ask(host, "subscribe", feed.url, callback)
        assert await host.push(feed) == []
