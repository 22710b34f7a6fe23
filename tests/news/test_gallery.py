"""The gallery of bad servers, met by the whole service: each pays its own price, and leaves one line on its feed.

The servers stand in a process of their own, so that what is measured is what Nabat spends: its processor time and
the peak of its memory, the parser's process included.
"""

from __future__ import annotations

import asyncio
import base64
import multiprocessing
import os
import sys
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.demo.process import DoubleProcess
from bot.news.answer import Limits
from bot.news.ledger import Ledger
from bot.news.poll import Outcome, Poller
from bot.news.routes import Routes
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store.news import FeedState, listed_feeds
from bot.store.tables import ItemRow
from tests.conftest import Clock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is spent is read from /proc")

SECONDS, MEGABYTES = 2.0, 50.0
GOOD = 3
"""Items of the feed that behaves."""
ITEM = "<item><title>{}</title><guid>{}</guid>{}</item>"


def rss(*items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


def dated(*dates: str) -> str:
    return rss(*(ITEM.format(f"Новость {date}", date, f"<pubDate>{date}</pubDate>") for date in dates))


@dataclass(frozen=True)
class Bad:
    """A misbehaviour of the host by its name, or a body; `told` is part of the feed's line, `stored` are its titles."""

    how: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    kind: str = "application/rss+xml; charset=utf-8"
    told: str = ""
    stored: tuple[str, ...] = ()


BILLION = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>' + rss(
    ITEM.format("&c;", 1, "")
)
LONG = rss(*(ITEM.format("", number, f"<description>{'&lt;b&gt;я' * 245}</description>") for number in range(500)))
GALLERY = {
    "an error": Bad("answer", {"status": 500}, told="status 500"),
    "a busy server": Bad("answer", {"status": 503, "retry_after": 60}, told="status 503"),
    "a web page": Bad("html", told="HTML page"),
    "eleven bytes": Bad("tiny", told="11 characters"),
    "a gzip bomb": Bad("bomb", {"megabytes": 200}, told="larger than 5 MiB"),
    "a brotli bomb": Bad("bomb", {"megabytes": 200, "coding": "br"}, told="larger than 5 MiB"),
    "a deflate bomb": Bad("bomb", {"megabytes": 200, "coding": "deflate"}, told="larger than 5 MiB"),
    "silence": Bad("hang", told="no answer from"),
    "a lost connection": Bad("drop", told="broke the connection off"),
    "a slow drip": Bad("drip", told="took longer than"),
    "an endless body": Bad("endless", told="larger than 5 MiB"),
    "a chunk that breaks off": Bad("truncated", told="ended early"),
    "a length too long": Bad("wrong_length", {"by": 500}, told="ended early"),
    "not HTTP": Bad("garbage", told="not proper HTTP"),
    "a loop": Bad("redirect", {"to": "/bad.xml"}, told="redirected in a circle"),
    "into a file": Bad("redirect", {"to": "file:///etc/passwd"}, told="only http and https"),
    "into the cloud": Bad("redirect", {"to": "http://169.254.169.254/latest/"}, told="not on the public internet"),
    "into our network": Bad("redirect", {"to": "http://[::ffff:10.0.0.1]/", "status": 301}, told="not on the public"),
    "to nowhere": Bad("redirect", {"to": "http://["}, told="redirect is not followed"),
    "laughs": Bad(body=BILLION.encode(), told="declares entities"),
    "a file as an entity": Bad(
        body=b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>',
        told="declares entities",
    ),
    "a title of ten megabytes": Bad(body=rss(ITEM.format("a " * 5_000_000, 1, "")).encode(), told="larger than 5 MiB"),
    "a title of four megabytes": Bad(body=rss(ITEM.format("a " * 2_000_000, 1, "")).encode(), told="field of the feed"),
    "a million angles": Bad(body=rss("<" * 1_000_000).encode(), told="not well-formed"),
    "five hundred long texts": Bad(body=LONG.encode(), stored=("я" * 10,)),
    "a charset that is not": Bad(
        body=rss(ITEM.format("Суд в Бишкеке", 1, "")).encode("windows-1251"),
        kind="application/rss+xml; charset=utf-8",
        stored=("Суд в Бишкеке",),
    ),
    "zeros and controls": Bad(
        body=rss(ITEM.format("Су\x00д \x0b\x1b[31mв\x08 Бишкеке\u202e", 1, "")).encode(), stored=("Суд [31mв Бишкеке",)
    ),
    "dates of 1970 and 2099": Bad(
        body=dated("Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 01 Jan 2099 00:00:00 GMT").encode(),
        stored=("Новость Sat, 01 Jan 2099 00:00:00 GMT", "Новость Thu, 01 Jan 1970 00:00:00 GMT"),
    ),
}


@dataclass
class Hall:
    """A feed that behaves and one that does not, and what polls them."""

    host: DoubleProcess
    parts: Parts
    poller: Poller

    @property
    def ids(self) -> dict[str, int]:
        return {state.feed.outlet: state.id for state in self.parts.feeds}

    async def put(self, bad: Bad) -> None:
        if bad.how:
            await self.host.do("misbehave", path="/bad.xml", how=bad.how, args=bad.args)
        else:
            body = base64.b64encode(zlib.compress(bad.body)).decode()
            await self.host.do("serve", path="/bad.xml", base64=body, zlib=True, content_type=bad.kind)

    async def state(self, outlet: str) -> FeedState:
        await self.poller.ledger.flush()
        async with self.parts.store.read() as session:
            return next(state for state in await listed_feeds(session) if state.feed.outlet == outlet)

    async def titles(self, outlet: str) -> list[str]:
        async with self.parts.store.read() as session:
            query = select(ItemRow.title).where(ItemRow.outlet_id == outlet).order_by(ItemRow.id)
            return list(await session.scalars(query))

    async def undated(self) -> bool:
        async with self.parts.store.read() as session:
            query = select(ItemRow.published).where(ItemRow.outlet_id == "bad")
            return all(published is None for published in await session.scalars(query))


@pytest.fixture
async def hall(clock: Clock, tmp_path: Path) -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(DoubleProcess("feedhost"))
        outlets = []
        for name in ("warm", "bad", "good"):
            url = await host.do("feed", name=name)
            outlets.append(
                {"id": name, "name": name, "home": "https://x.example", "feeds": [{"url": url, "language": "ru"}]}
            )
        for name in ("warm", "good"):
            await host.do("publish", name=name, items=[{"title": f"Новость номер {n}"} for n in range(GOOD)])
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"outlets": outlets}))
        settings = Settings(
            data_dir=tmp_path, feeds_file=tmp_path / "feeds.yaml", allow_hosts=("127.0.0.1",), telegram_token=None
        )
        parts = await stack.enter_async_context(open_parts(settings, lambda alert: None, clock))
        quick = Limits(connect=2.0, first_byte=3.0, total=4.0)
        routes = Routes("Nabat", parts.catalogue.outlets, allow=("127.0.0.1",), limits=quick)
        await stack.enter_async_context(routes)
        parsers, ledger = parts.poller._parsers, Ledger(parts.store, parts.feeds)
        yield Hall(host, parts, Poller(parts.store, routes, parsers, parts.pipeline.take, clock, ledger))


def pids() -> Iterator[int]:
    yield os.getpid()
    yield from (child.pid for child in multiprocessing.active_children() if child.pid)


def processor() -> float:
    spent = 0.0
    for pid in pids():
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def megabytes(what: str) -> float:
    """VmRSS, the memory now, or VmHWM, its peak since `forget_peak`."""
    lines = [line for pid in pids() for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def forget_peak() -> None:
    for pid in pids():
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


@pytest.mark.parametrize("name", GALLERY)
async def test_a_bad_server_pays_its_own_price_and_leaves_one_line(hall: Hall, name: str) -> None:
    bad = GALLERY[name]
    assert (await hall.poller.poll(hall.ids["warm"])).new_items == GOOD
    await hall.put(bad)
    forget_peak()
    before, spent, began = megabytes("VmRSS"), processor(), time.monotonic()
    wrong, right = await asyncio.gather(*(hall.poller.poll(hall.ids[outlet]) for outlet in ("bad", "good")))
    assert processor() - spent < SECONDS
    assert megabytes("VmHWM") - before < MEGABYTES
    assert time.monotonic() - began < 60
    assert (right.outcome, right.new_items) == (Outcome.NEW, GOOD)
    assert (await hall.state("good")).trouble is None
    told = (await hall.state("bad")).trouble
    if bad.told:
        assert wrong.outcome is Outcome.FAILED
        assert told == wrong.trouble
        assert told is not None
        assert bad.told in told
        assert "\n" not in told
        assert 10 < len(told) < 200
        assert await hall.titles("bad") == []
    else:
        assert (wrong.outcome, told) == (Outcome.NEW, None)
        titles = await hall.titles("bad")
        assert all(title.startswith(stored) for title, stored in zip(titles, bad.stored, strict=False))
        assert len(titles) >= len(bad.stored)
        assert await hall.undated()
