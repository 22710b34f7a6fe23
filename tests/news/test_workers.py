"""The pool of parsers outlives what kills its workers, and ends what takes too long."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from datetime import UTC, datetime

import pytest

from bot.language.html import plain
from bot.model import Outlet
from bot.news.failures import HostileFeed
from bot.news.reading import Document, Reading
from bot.news.workers import ParserPool

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OUTLET = Outlet("wire", "Wire", "https://wire.example")
TRAP = "a trap"


def document(title: str) -> Document:
    body = f"<rss version='2.0'><channel><item><title>{title}</title><guid>1</guid></item></channel></rss>"
    return Document(body.encode(), None, "https://wire.example/rss", OUTLET, NOW)


def caught(markup: str) -> str:
    """Plain text, unless the text is a trap: that takes for ever."""
    while markup == TRAP:
        pass
    return plain(markup)


def crashing(markup: str) -> str:
    if markup == TRAP:
        os._exit(7)
    return plain(markup)


def titles(reading: Reading) -> list[str]:
    return [entry.title for entry in reading.feed.entries]


async def kill_workers() -> None:
    for worker in multiprocessing.active_children():
        worker.kill()
    while multiprocessing.active_children():
        await asyncio.sleep(0.01)


async def broken(pool: ParserPool) -> None:
    """Kill idle workers, as the system does when memory is short, until the pool calls itself broken."""
    under = pool._pool
    for _ in range(100):
        await kill_workers()
        await asyncio.sleep(0.05)
        if not under.active:
            return
    raise AssertionError("the pool outlives everything: this test tests nothing")


async def test_a_document_is_read_to_plain_text_and_named() -> None:
    async with ParserPool(plain) as pool:
        body = b"""<rss version='2.0'><channel><item><title>&lt;b&gt;Raid&lt;/b&gt; in\n Osh</title>
            <link>https://www.wire.example/a/1?utm_source=rss</link><description>&lt;p&gt;One.&lt;/p&gt;</description>
            </item></channel></rss>"""
        reading = await pool.read(Document(body, None, "https://wire.example/rss", OUTLET, NOW))
    assert [(entry.title, entry.summary) for entry in reading.feed.entries] == [("Raid in Osh", "One.")]
    assert reading.identities == ("https://wire.example/a/1",)


@pytest.mark.timeout(120)
async def test_a_broken_pool_is_replaced_for_all_that_wait() -> None:
    async with ParserPool(plain) as pool:
        assert titles(await pool.read(document("before"))) == ["before"]
        first = pool._pool
        await broken(pool)
        read = await asyncio.gather(*(pool.read(document(f"after {number}")) for number in range(5)))
        assert [titles(reading) for reading in read] == [[f"after {number}"] for number in range(5)]
        second = pool._pool
        assert second is not first
        await broken(pool)
        assert titles(await pool.read(document("again"))) == ["again"]
        assert pool._pool not in (first, second)


@pytest.mark.timeout(120)
async def test_a_parse_that_takes_too_long_is_ended_and_hurts_no_other() -> None:
    async with ParserPool(caught, seconds=1.0) as pool:
        assert titles(await pool.read(document("before"))) == ["before"]
        started = time.monotonic()
        trapped, *others = await asyncio.gather(
            pool.read(document(TRAP)), *(pool.read(document(f"{n}")) for n in range(3)), return_exceptions=True
        )
        assert isinstance(trapped, HostileFeed)
        assert str(trapped) == "parsing took over 1 seconds and was ended"
        assert [titles(reading) for reading in others if isinstance(reading, Reading)] == [["0"], ["1"], ["2"]]
        assert time.monotonic() - started < 60
    assert not multiprocessing.active_children()


@pytest.mark.timeout(120)
async def test_a_parse_that_ends_its_process_is_one_clear_line() -> None:
    async with ParserPool(crashing) as pool:
        with pytest.raises(HostileFeed, match=r"^parsing ended its process \(exit code 7\)$"):
            await pool.read(document(TRAP))
        assert titles(await pool.read(document("after"))) == ["after"]
