"""Subscriptions: the pure machine, and the endpoint between a real hub and a real poller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.console.listener import listening
from bot.demo.feedhost import FeedHost, FeedItem
from bot.demo.feedhost.hub import signature
from bot.engine.push import push_door, reachable
from bot.news.websub import AGAIN, LARGEST, LONGEST, PATIENCE, SHORTEST, WebSub, asked, due, signed, verified, wanted
from bot.store.session import Store
from bot.store.subscriptions import Stage, Subscription, save_subscription, subscriptions
from tests.conftest import Clock
from tests.news.test_poll import DETAINED, MORE, Station

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FRESH = Subscription(1, "https://hub.example/", "https://wire.example/rss", "key")
SUBSCRIBE = {"hub.mode": "subscribe", "hub.topic": FRESH.topic, "hub.lease_seconds": "864000"}


def test_a_feed_that_names_a_hub_is_subscribed_to_and_another_hub_is_another_subscription() -> None:
    first = wanted(1, (FRESH.hub, FRESH.topic), None)
    assert first is not None
    assert due(first, NOW)
    assert wanted(1, (FRESH.hub, FRESH.topic), first) == first
    other = wanted(1, ("https://other.example/", FRESH.topic), first)
    assert other is not None
    assert other.key != first.key
    assert wanted(1, None, None) is None


def test_a_hub_that_does_not_verify_is_asked_again_later() -> None:
    waiting = asked(FRESH, 202, NOW)
    assert waiting.state is Stage.ASKED
    assert not due(waiting, NOW + PATIENCE / 2)
    assert due(waiting, NOW + PATIENCE)


def test_a_refusal_is_asked_again_more_and_more_rarely_but_for_ever() -> None:
    refused = FRESH
    for wait in (*AGAIN, AGAIN[-1], AGAIN[-1]):
        refused = asked(refused, 403, NOW)
        assert refused.state is Stage.REFUSED
        assert not due(refused, NOW + wait - timedelta(seconds=1))
        assert due(refused, NOW + wait)
    assert asked(FRESH, None, NOW).state is Stage.REFUSED


def test_a_lease_is_renewed_before_it_ends() -> None:
    active = verified(asked(FRESH, 202, NOW), SUBSCRIBE, NOW)
    assert active is not None
    assert active.lease_until == NOW + timedelta(days=10)
    assert not due(active, NOW + timedelta(days=9))
    assert due(active, NOW + timedelta(days=10, minutes=-30))


@given(st.text(max_size=12) | st.integers(-5, 10**12).map(str))
def test_a_lease_is_never_endless_nor_over_at_once(seconds: str) -> None:
    active = verified(asked(FRESH, 202, NOW), SUBSCRIBE | {"hub.lease_seconds": seconds}, NOW)
    assert active is not None
    assert active.lease_until is not None
    assert SHORTEST <= active.lease_until - NOW <= LONGEST


def test_nobody_can_subscribe_or_unsubscribe_us() -> None:
    waiting = asked(FRESH, 202, NOW)
    assert verified(FRESH, SUBSCRIBE, NOW) is None, "nobody was asked yet"
    assert verified(waiting, SUBSCRIBE | {"hub.topic": "https://other.example/"}, NOW) is None
    assert verified(waiting, SUBSCRIBE | {"hub.mode": "unsubscribe"}, NOW) is None
    ended = replace(waiting, state=Stage.ENDED)
    assert verified(ended, SUBSCRIBE, NOW) is None
    assert verified(ended, SUBSCRIBE | {"hub.mode": "unsubscribe"}, NOW) == ended
    denied = verified(waiting, SUBSCRIBE | {"hub.mode": "denied"}, NOW)
    assert denied is not None
    assert denied.state is Stage.REFUSED


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20), st.text(max_size=80))
def test_only_the_secret_signs(body: bytes, secret: str, other: str) -> None:
    assert signed(body, signature(secret, body), secret)
    assert not signed(body + b"x", signature(secret, body), secret)
    assert signed(body, other, secret) is (other == signature(secret, body))
    assert not signed(body, f"sha1={'0' * 40}", secret)


def test_only_an_address_that_the_world_can_reach_is_given_to_hubs() -> None:
    assert reachable("https://nabat.example.org", ())
    assert not reachable(None, ())
    assert not reachable("http://localhost:8080", ())
    assert not reachable("http://192.168.1.5", ())
    assert reachable("http://127.0.0.1:8080", ("127.0.0.1",))


@pytest.fixture
async def station(clock: Clock, tmp_path: Path) -> AsyncIterator[Station]:
    async with FeedHost(clock=clock) as host:
        station = Station(host, clock, tmp_path)
        host.feed("pushed", hub=host.url("/hub"))
        station.feed = host.feed("pushed")
        yield station


def endpoint(websub: WebSub) -> web.Application:
    app = web.Application(client_max_size=LARGEST)
    app.add_routes(websub.routes())
    return app


async def test_a_push_is_taken_at_once_and_a_forged_one_is_not(station: Station, unused_tcp_port: int) -> None:
    host, address = station.host, f"127.0.0.1:{unused_tcp_port}"
    async with station.open(), AsyncExitStack() as stack:
        door = push_door(station.parts, f"http://{address}", station.parts.poller.push)
        stack.push_async_callback(door.closed)
        await stack.enter_async_context(listening(endpoint(door), address))
        await door.tend()
        assert not host.hub.subscriptions, "no feed names a hub yet"
        await station.poll()
        await door.tend()
        async with asyncio.timeout(5):
            while not host.hub.subscriptions:
                await asyncio.sleep(0.01)
        station.feed.publish("Поддельная новость о погоде")
        assert await host.push(station.feed, forged=True) == [202]
        await door.closed()
        assert await station.titles() == []
        station.feed.keep([])
        station.feed.publish(FeedItem(DETAINED, MORE))
        assert await host.push(station.feed) == [202]
        await door.closed()
        assert await station.titles() == [DETAINED]
        assert len(station.alerts) == 1
        assert (await station.poll()).new_items == 0, "what was pushed is known to the next poll"
        assert (await station.poll()).wait == 900.0, "polling has become the safety net"
    assert host.hub.subscriptions


async def test_the_endpoint_knows_nobody_without_a_key_and_takes_nothing_large(store: Store, clock: Clock) -> None:
    taken: list[bytes] = []

    async def post(url: str, form: object) -> int:
        return 202

    async def push(feed_id: int, body: bytes, content_type: str | None) -> None:
        taken.append(body)

    websub = WebSub(store, "http://127.0.0.1", post, push, clock)
    async with listening(endpoint(websub), "127.0.0.1:0") as port, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/websub/guessed"
        async with session.get(url, params=SUBSCRIBE | {"hub.challenge": "x"}) as answer:
            assert answer.status == 404
        async with session.post(url, data=b"<rss/>") as answer:
            assert answer.status == 404
        async with store.write() as writing:
            from bot.model import Feed, Outlet
            from bot.store.news import listed_feeds, save_catalogue

            await save_catalogue(
                writing, [Outlet("wire", "Wire", "https://wire.example")], [Feed(FRESH.topic, "wire", "ru")]
            )
            (feed,) = await listed_feeds(writing)
            await save_subscription(writing, replace(asked(FRESH, 202, clock()), feed_id=feed.id))
        url = f"http://127.0.0.1:{port}/websub/{FRESH.key}"
        async with session.post(url, data=b"x" * (LARGEST + 1)) as answer:
            assert answer.status == 413
        async with session.get(url, params=SUBSCRIBE | {"hub.challenge": "x<y>"}) as answer:
            assert (answer.status, await answer.text(), answer.content_type) == (200, "x<y>", "text/plain")
    assert taken == []
    async with store.read() as reading:
        assert (await subscriptions(reading))[feed.id].state is Stage.ACTIVE
    assert not websub.pushes(feed.id + 1)
    assert websub.pushes(feed.id)
