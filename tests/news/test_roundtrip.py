"""What a generator wrote is what is stored, over HTTP, in every form and encoding."""

from __future__ import annotations

import html
import itertools
import unicodedata
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.demo.feedhost import FeedHost, FeedItem, Form
from bot.store.tables import ItemRow, SightingRow
from tests.conftest import Clock
from tests.news.test_poll import Station

LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґәғқңөұүһңөүabcdefghijklmnopqrstuvwxyzABCАБВГЁҚ0123456789"
SIGNS = "«»“”„'\"…–—-!?.,:;()%№€$/+@#*_=😀🔔한日"
numbers = itertools.count(1)


def text(signs: str, longest: int) -> st.SearchStrategy[str]:
    """Words as people write them, one space between two of them."""
    word = st.text(LETTERS + signs, min_size=1, max_size=12)
    return st.lists(word, min_size=1, max_size=longest).map(lambda words: unicodedata.normalize("NFC", " ".join(words)))


@st.composite
def items(draw: st.DrawFn) -> FeedItem:
    """An item of its own, whose summary is text that a publisher escaped as HTML."""
    number = next(numbers)
    paragraphs = draw(st.lists(text(SIGNS + "<>&", 12), min_size=1, max_size=3))
    return FeedItem(
        title=f"{draw(text(SIGNS, 10))} {number}",
        summary="".join(f"<p>{html.escape(each, quote=False)}</p>" for each in paragraphs),
        link=f"https://wire.example/{draw(st.sampled_from(['a', 'ru/b', 'c%20d']))}/{number}",
        guid=f"tag:wire,2026:{number}",
        published=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 2_400_000))),
    )


def told(item: FeedItem) -> tuple[str, str, str | None, datetime | None]:
    paragraphs = item.summary.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    return item.title, "\n".join(html.unescape(each) for each in paragraphs), item.link, item.published


@pytest.fixture
async def station(clock: Clock, tmp_path: Path) -> AsyncIterator[Station]:
    async with FeedHost(clock=clock) as host:
        station = Station(host, clock, tmp_path)
        async with station.open():
            yield station


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.lists(items(), min_size=1, max_size=8),
    form=st.sampled_from([Form.RSS, Form.ATOM, Form.JSON, Form.RDF]),
    encoding=st.sampled_from(["utf-8", "windows-1251", "utf-16"]),
)
async def test_what_was_written_is_stored(station: Station, written: list[FeedItem], form: Form, encoding: str) -> None:
    station.feed.form, station.feed.encoding = form, encoding
    station.feed.keep(written)
    result = await station.poll()
    assert result.trouble is None
    async with station.parts.store.read() as session:
        rows = await session.scalars(
            select(ItemRow)
            .join(SightingRow, SightingRow.item_id == ItemRow.id)
            .order_by(ItemRow.id.desc())
            .limit(len(written))
        )
        stored = [(row.title, row.summary, row.url, row.published) for row in rows][::-1]
    assert stored == [told(item) for item in written]
