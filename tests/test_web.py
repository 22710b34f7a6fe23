"""One listener of the real service: console, metrics and hubs; and what happens where it cannot be had."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web

from bot.console.listener import UnusableAddress, listening, parted
from bot.demo.feedhost import FeedHost, FeedItem, Misbehaviour
from bot.errors import ConfigurationError
from bot.news.websub import LARGEST
from bot.service import Service
from bot.settings import Settings
from tests.news.test_poll import DETAINED, MORE
from tests.ops.test_metrics import read


@pytest.fixture
async def host() -> AsyncIterator[FeedHost]:
    async with FeedHost() as host:
        yield host


@asynccontextmanager
async def service(folder: Path, host: FeedHost, **settings: Any) -> AsyncIterator[Service]:
    """The service in preview mode, which polls what it is told to poll."""
    feed = {"url": host.feed("wire").url, "language": "ru", "country": "KG"}
    outlet = {"id": "wire", "name": "Tian Shan Wire", "home": "https://wire.example", "feeds": [feed]}
    (folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [outlet]}))
    rule = {"id": "one", "topic": "detention", "state": "auto", "comment": "A rule.", "query": "задержать активист"}
    (folder / "keywords.yaml").write_text(yaml.safe_dump({"groups": {}, "rules": [rule]}))
    chosen = Settings(
        data_dir=folder / "data",
        feeds_file=folder / "feeds.yaml",
        keywords_file=folder / "keywords.yaml",
        allow_hosts=("127.0.0.1",),
        telegram_token=None,
        **settings,
    )
    async with Service(chosen, polling=False) as service:
        yield service


async def get(url: str, **headers: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_what_the_service_does_is_seen_on_the_console_and_in_the_metrics(
    host: FeedHost, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    feed = host.feed("wire")
    caplog.set_level(logging.INFO)
    async with service(tmp_path, host, console_address="127.0.0.1:0") as running:
        url = f"http://127.0.0.1:{running.web.port}"
        assert f"console on {url}/" in caplog.text, "whoever chose port 0 learns which it is"
        await running.poll_now(feed.url)
        feed.publish(FeedItem(DETAINED, MORE, published=datetime.now(UTC)))
        await running.poll_now(feed.url)
        await running.drained()
        feed.misbehave(Misbehaviour.answer(503))
        for _ in range(3):
            await running.poll_now(feed.url)
        # What polls leave is written a second later at most.
        await running.parts.poller.ledger.flush()
        page, table = await get(f"{url}/"), await get(f"{url}/feeds")
        found = read(await get(f"{url}/metrics"))
        await metrics_are_for_prometheus(url)
    assert f"<b>{DETAINED}</b>" in page
    assert "preview" in page
    assert "status 503" in table
    assert table.count('class="mark bad"') == 1
    assert found["nabat_polls_total", ("failed",)] == 3
    assert found["nabat_polls_total", ("new",)] == found["nabat_items_stored_total", ()] == 1
    assert found["nabat_alerts_decided_total", ("new",)] == 1
    assert found["nabat_feeds", ("down",)] == 1
    assert found["nabat_feed_up", (f"{host.url().removeprefix('http://')}/wire.xml", "wire")] == 0
    assert 0 <= found["nabat_last_poll_age_seconds", ()] < 60


async def metrics_are_for_prometheus(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/metrics") as answer:
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert (await answer.text()).endswith("\n")
        async with session.get(f"{url}/metrics", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
        async with session.post(f"{url}/metrics") as answer:
            assert answer.status == 405


@asynccontextmanager
async def default_port_taken() -> AsyncIterator[str]:
    """The console's default address, held by this test; where another service has it, it is waited for a while."""
    address = Settings(telegram_token=None).console_address
    async with asyncio.timeout(60):
        while True:
            try:
                taken = socket.create_server(parted(address))
                break
            except OSError:
                await asyncio.sleep(0.2)
    with taken:
        yield address


async def test_a_taken_default_port_costs_the_console_but_not_the_service(
    host: FeedHost, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NABAT_CONSOLE_ADDRESS", raising=False)
    async with default_port_taken() as address, service(tmp_path, host) as running:
        assert running.web.port is None
        await running.poll_now(host.feed("wire").url)
        assert host.counts[host.feed("wire").path, 200] == 1
    told = [record.getMessage() for record in caplog.records if getattr(record, "action", "") == "no_console"]
    assert len(told) == 1
    assert address in told[0]
    assert "address already in use" in told[0]
    assert "\n" not in told[0]


async def test_an_address_that_the_operator_chose_and_that_cannot_be_had_stops_the_start(
    host: FeedHost, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UnusableAddress, match=r"already in use\. Name an address .* port 0"):
            async with service(tmp_path, host, console_address=address):
                pass
    with pytest.raises(UnusableAddress, match="cannot be used"):
        async with listening(web.Application(), "192.0.2.1:8080"):
            pass


@pytest.mark.parametrize("address", ["127.0.0.1", "8080", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", ":-1"])
def test_an_address_without_a_port_is_told_how_to_be_written(address: str) -> None:
    with pytest.raises(ConfigurationError, match="write it as 127"):
        parted(address)


def test_addresses_of_both_families_are_read() -> None:
    assert [parted(address) for address in ("127.0.0.1:8080", "[::1]:0", ":80")] == [
        ("127.0.0.1", 8080),
        ("::1", 0),
        ("", 80),
    ]


async def test_hubs_are_answered_on_the_same_port_under_any_name_and_large_pushes_are_taken(
    host: FeedHost, tmp_path: Path, unused_tcp_port: int
) -> None:
    host.feed("wire", hub=host.url("/hub"))
    feed, address = host.feed("wire"), f"127.0.0.1:{unused_tcp_port}"
    async with service(tmp_path, host, console_address=address, console_url=f"http://{address}") as running:
        assert running.web.websub is not None
        await running.poll_now(feed.url)
        await running.web.websub.tend()
        async with asyncio.timeout(5):
            while not host.hub.subscriptions:
                await asyncio.sleep(0.01)
        feed.publish(FeedItem(DETAINED, "б" * 900_000, published=datetime.now(UTC)))
        assert await host.push(feed) == [202]
        await running.web.websub.closed()
        found = read(await get(f"http://{address}/metrics"))
        assert found["nabat_items_stored_total", ()] == 1
        assert sum(value for key, value in found.items() if key[0] == "nabat_polls_total") == 1, "a push is no poll"
        (callback,) = [url for url in _callbacks(host) if "/websub/" in url]
        async with aiohttp.ClientSession() as session:
            async with session.post(callback, data=b"<rss/>", headers={"Host": "behind-a-proxy"}) as answer:
                assert answer.status == 202
            async with session.post(callback, data=b"x" * (LARGEST + 1)) as answer:
                assert answer.status == 413


def _callbacks(host: FeedHost) -> list[str]:
    return [subscription.callback for subscription in host.hub.subscriptions.values()]
