"""The pool of parsers outlives what kills its workers, and ends what takes too long."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.language.html import plain
from bot.model import Feed, Item, Outlet
from bot.news.failures import HostileFeed
from bot.news.reading import Document, Reading, read
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


def judge(item: Item) -> tuple[str, str] | None:
    """Wants items of guid 3."""
    return (
        None if item.id == "3" else (f"{item.language} {item.outlet} {item.country}", f"{item.title}: {item.summary}")
    )


def first_document(count: int = 6, text: str = "plain", feed: Feed | None = None) -> Document:
    items = "".join(
        f"<item><title>&lt;b&gt;{number}&lt;/b&gt;</title><guid>{number}</guid><description>{text}</description></item>"
        for number in range(count)
    )
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    return Document(body, None, "https://wire.example/rss", OUTLET, NOW, feed or Feed("wire", "wire", "ru", "KG"))


def words(reading: Reading) -> list[tuple[str, str] | None]:
    return [entry.words for entry in reading.feed.entries]


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


@pytest.mark.timeout(120)
async def test_the_items_of_a_first_document_are_judged_with_it_in_every_worker() -> None:
    judged = [None if number == 3 else ("ru wire KG", f"{number}: plain") for number in range(6)]
    async with ParserPool(plain, judge) as pool:
        assert words(await pool.read(first_document())) == judged
        assert words(await pool.read(replace(first_document(), first=None))) == [None] * 6
        await broken(pool)
        assert words(await pool.read(first_document())) == judged


def test_what_is_little_or_a_great_deal_is_not_judged_with_its_document() -> None:
    assert words(read(first_document(2), plain, judge)) == [None] * 2
    assert words(read(first_document(50, "a" * 9_000), plain, judge)) == [None] * 50
    assert words(read(first_document(), plain)) == [None] * 6
