import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.entry import Entry, ParsedFeed
from bot.news.failures import HostileFeed, NotAFeed
from bot.news.jsonfeed import parse_json
from bot.news.parse import parse

VERSION = "https://jsonfeed.org/version/1.1"
URL = "https://example.org/feed.json"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def read(**document: object) -> ParsedFeed:
    return parse(json.dumps({"version": VERSION, **document}).encode(), "application/feed+json", URL, now=NOW)


def test_an_item_is_read_as_the_feed_gives_it() -> None:
    item = {
        "id": 17,
        "url": "/a/1",
        "title": "Задержан",
        "content_html": "<p>Текст</p>",
        "date_published": "2026-11-22T15:00:00+03:00",
        "image": "https://example.org/1.jpg",
        "tags": ["Права", "Права", 3],
    }
    feed = read(
        title="Лента", language="ru", items=[item], hubs=[{"type": "WebSub", "url": "https://hub.example.org/"}]
    )
    published = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert feed.entries == (
        Entry(
            "17",
            "https://example.org/a/1",
            "Задержан",
            "<p>Текст</p>",
            published,
            "https://example.org/1.jpg",
            ("Права",),
        ),
    )
    assert (feed.kind, feed.title, feed.language, feed.hub) == ("json", "Лента", "ru", "https://hub.example.org/")


def test_at_most_500_items_are_read() -> None:
    feed = read(items=[{"id": str(number), "title": "t"} for number in range(501)])
    assert (len(feed.entries), feed.left_out) == (500, True)


@pytest.mark.parametrize("text", ["[" * 20_000, "{" + '"a":[' * 10_000, '{"a": 1e999999', '{"version": 3}'])
def test_what_is_no_json_feed_is_told(text: str) -> None:
    with pytest.raises(NotAFeed, match="JSON"):
        parse_json(text, URL, None)


def test_of_too_many_items_the_newest_are_read() -> None:
    dates = [f"2026-03-{day:02}T{hour:02}:00:00Z" for day in range(1, 29) for hour in range(24)]
    items = [{"id": date, "title": "t", "date_published": date} for date in dates]
    for order in (items, items[::-1]):
        assert dates[-1] in [entry.guid for entry in read(items=order).entries]


def test_halves_of_characters_and_zeros_are_left_out() -> None:
    """JavaScript that cuts a title in the middle of an emoji writes half of it as an escape."""
    half = "a\ud83d\x00"
    item = dict.fromkeys(("id", "title", "summary"), half) | {"url": f"https://x.org/{half}", "tags": [half]}
    feed = parse_json(json.dumps({"version": VERSION, "feed_url": f"https://x.org/{half}", "items": [item]}), URL, None)
    (entry,) = feed.entries
    assert (entry.guid, entry.title, entry.summary, entry.url) == ("a", "a", "a", "https://x.org/a")
    assert (entry.tags, feed.own_url) == (("a",), "https://x.org/a")


@pytest.mark.parametrize("unit", ["{},", "0,", "[],"])
def test_countless_parts_are_refused(unit: str) -> None:
    with pytest.raises(HostileFeed):
        parse_json("[" + unit * 300_000, URL, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "url", "title", "summary", "content_html", "date_published", "image", "tags"])


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=8) | JSON, max_size=5))
def test_any_items_become_entries_that_are_whole(items: list[object]) -> None:
    feed = read(items=items)
    assert all(entry.guid and entry.title for entry in feed.entries)
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)
