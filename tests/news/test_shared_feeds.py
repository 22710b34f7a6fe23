"""Real feeds as they were captured; they are read from beside the checkout and never copied into it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Outlet
from bot.news.failures import NotAFeed
from bot.news.identity import identities
from bot.news.parse import ParsedFeed, parse

FEEDS = Path(__file__).parents[2].parent / "shared" / "feeds"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
OUTLET = Outlet("some", "Some", "https://some.example.org")

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="../shared/feeds, the captured feeds, is not here")

# Entries a reader should see: Al-Monitor repeats 9 of its 20 outright, DW Ukrainian has 2 that say nothing.
ENTRIES = {
    "aljazeera": 25, "almonitor": 11, "bbc": 33, "bbc_ukrainian": 20, "csmonitor": 10, "dw": 141, "dw_ukrainian": 78,
    "economist": 300, "foreignpolicy": 25, "liga_net": 1, "meduza": 10, "mos_ru": 2, "restofworld": 12, "unian": 1,
    "wsj": 20,
}  # fmt: skip


def files() -> list[Path]:
    return sorted(FEEDS.glob("*/*")) if FEEDS.is_dir() else []


def read(path: Path, content_type: str | None = None) -> ParsedFeed:
    return parse(path.read_bytes(), content_type, "https://some.example.org/rss", now=NOW)


def only(folder: str) -> ParsedFeed:
    (path,) = (FEEDS / folder).iterdir()
    return read(path)


@pytest.mark.parametrize(
    "path", [path for path in files() if path.parent.name != "bank_ua"], ids=lambda path: path.name
)
@pytest.mark.parametrize("content_type", [None, "text/xml", "text/html; charset=iso-8859-1"])
def test_every_captured_feed_is_read(path: Path, content_type: str | None) -> None:
    feed = read(path, content_type)
    assert feed.flaw is None
    assert feed == read(path)
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries) > 0
    assert all(entry.title and not entry.title.isspace() for entry in feed.entries)


@pytest.mark.parametrize(("folder", "count"), ENTRIES.items())
def test_no_entry_is_lost(folder: str, count: int) -> None:
    assert len(only(folder).entries) == count


def test_the_banks_page_is_not_a_feed() -> None:
    with pytest.raises(NotAFeed, match="HTML page"):
        only("bank_ua")


def test_old_russian_charsets_are_read() -> None:
    assert read(FEEDS / "ibash_ru" / "koi8r.xml").entries[0].title == "Первая новость"
    quotes = read(FEEDS / "ibash_ru" / "encoding_WINDOWS-1251.xml").entries
    assert len(quotes) == 50
    assert quotes[0].title == "Цитата #17703"


def test_a_scraper_with_one_link_and_dates_of_1970_is_told_apart_by_titles() -> None:
    feed = only("meduza")
    assert all(entry.published is None for entry in feed.entries)
    assert set(identities(feed.entries, OUTLET)) == {None}


def test_dates_are_read_from_every_dialect() -> None:
    assert only("csmonitor").entries[0].published == datetime(2026, 2, 17, 23, 3, 7, tzinfo=UTC)
    for folder in ("almonitor", "dw", "dw_ukrainian"):
        assert all(entry.published for entry in only(folder).entries)


def test_marks_of_the_feed_leave_the_addresses_of_articles() -> None:
    for folder in ("bbc", "dw", "wsj"):
        assert not [address for address in identities(only(folder).entries, OUTLET) if address and "?" in address]
