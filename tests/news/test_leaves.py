"""Plain items read without feedparser are what feedparser reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from xml.sax.saxutils import escape, quoteattr

import pytest
from feedparser.api import StrictFeedParser
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NabatError
from bot.news import parse as module
from bot.news.entry import ParsedFeed
from bot.news.parse import parse

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="urn:unknown"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>Wire</title>'
)
FOOT = "<ttl>7</ttl></channel></rss>"
NAMES = (
    *("title", "link", "guid", "pubDate", "description", "content:encoded", "category", "enclosure") * 3,
    *("author", "comments", "dc:creator", "dc:date", "dc:title", "dc:description", "slash:comments", "updated"),
    *("media:content", "media:thumbnail", "media:title", "media:group", "source", "image", "x:title", "div", "item"),
    *("PubDate", "summary", "entry", "id", "content"),
)
ATTRIBUTES = (
    *("",) * 8,
    *(' isPermaLink="false"', ' isPermaLink="true"', ' isPermaLink="maybe"', ' type="html"', ' type="IMAGE/png"'),
    *(' url="https://a.example/3.jpg"', ' url="/4.jpg" type="image/jpeg" length="5"', ' domain="a"', ' xml:lang="de"'),
    *(' xml:base="https://base.example/d/"', ' rel="enclosure"', ' href="https://a.example/2"', ' xmlns="urn:unknown"'),
    *(' xmlns:y="urn:unknown"', ' url="https://a.example/3" medium="image"'),
)
TEXTS = (
    *("Активиста задержали", "<p>He is <b>held</b>.</p>", "https://a.example/1", "/relative?a=1&b=2", "17", "", "  "),
    *("https://a.example/?x&y;z", "https://a.example/b?x=1&y=2", "HTTPS://a.example", "https://a.example/я", "Ñ"),
    *("Sun, 22 Nov 2026 12:00:00 GMT", "2026-11-22T12:00:00Z", "Ã©", "Łódź \x96 \x91a", "http:////a.example//b"),
    *("&amp;amp; &lt;", "aGVsbG8=", "]]>", "a\n\tb", "Ð¯"),
)


def leaf(name: str, attributes: str, text: str, inside: str = "") -> str:
    return f"<{name}{attributes}>{escape(text)}{inside}</{name}>"


LEAVES = st.builds(leaf, st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES), st.sampled_from(TEXTS))
NESTS = st.builds(leaf, st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES), st.sampled_from(TEXTS), LEAVES)
BETWEEN = st.sampled_from(["", "\n", "<!-- c -->", "<?a b?>", "text"])
PIECES = st.builds(str.__add__, LEAVES | LEAVES | LEAVES | NESTS, BETWEEN)


def ours(body: bytes) -> ParsedFeed | str:
    try:
        return parse(body, "text/xml", "https://feed.example/rss", now=NOW)
    except NabatError as error:
        return str(error)


def theirs(body: bytes) -> ParsedFeed | str:
    """A document as feedparser reads it all by itself; or why it cannot be read."""
    with patch.object(module, "_document", module._feedparser):
        return ours(body)


def wire(*items: str) -> bytes:
    return f"{HEAD}{''.join(items)}{FOOT}".encode()


@given(
    st.lists(st.tuples(st.sampled_from(["", "", "", ' x:a="b"', ' id="7"']), st.lists(PIECES, max_size=7)), max_size=4)
)
def test_items_read_as_feedparser_reads_them(items: list[tuple[str, list[str]]]) -> None:
    body = wire(*(f"<item{attributes}>{''.join(inside)}</item>" for attributes, inside in items))
    assert ours(body) == theirs(body)


@given(st.lists(st.lists(PIECES, max_size=5), max_size=3), st.sampled_from(["<a>", "</channel>", "&nbsp;", "<y:z/>"]))
def test_a_broken_document_reads_as_feedparser_reads_it(items: list[list[str]], flaw: str) -> None:
    body = wire(*(f"<item>{''.join(inside)}</item>" for inside in items), flaw)
    assert ours(body) == theirs(body)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_any_text_reads_as_feedparser_reads_it(title: str, summary: str, guid: str) -> None:
    fields = leaf("title", "", title) + leaf("description", "", summary) + leaf("guid", "", guid)
    body = wire(f"<item>{fields}<enclosure url={quoteattr(guid)}/></item>".encode(errors="replace").decode())
    assert ours(body) == theirs(body)


def test_every_captured_feed_reads_as_feedparser_reads_it(shared_feeds: Path) -> None:
    read = 0
    for path in shared_feeds.rglob("*"):
        if path.suffix in (".xml", ".rdf"):
            found = ours(path.read_bytes())
            assert found == theirs(path.read_bytes()), path.name
            read += isinstance(found, ParsedFeed)
    assert read > 15


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The elements that feedparser hears of."""
    heard: list[str] = []
    start = StrictFeedParser.unknown_starttag

    def noted(feed: StrictFeedParser, tag: str, attributes: list[tuple[str, str]]) -> None:
        heard.append(tag)
        start(feed, tag, attributes)

    monkeypatch.setattr(StrictFeedParser, "unknown_starttag", noted)
    return heard


def test_plain_items_are_not_feedparsers_work_and_keep_their_places(asked: list[str]) -> None:
    plain = "<item><title>{}</title><link>https://a.example/{}</link></item>"
    odd = '<item><title>two</title><source url="https://b.example/">B</source></item>'
    found = ours(wire(plain.format("one", 1), odd, plain.format("three", 3)))
    assert isinstance(found, ParsedFeed)
    assert [(entry.title, entry.url) for entry in found.entries] == [
        ("one", "https://a.example/1"),
        ("two", None),
        ("three", "https://a.example/3"),
    ]
    assert found.ttl == 420
    assert asked == ["rss", "channel", "title", "item", "title", "source", "ttl"]


def test_items_that_feedparser_counts_otherwise_are_all_its_own() -> None:
    body = wire("<item><title>one</title></item>", "<x:item><title>two</title></x:item>", "<entry><id>3</id></entry>")
    assert ours(body) == theirs(body)


def test_a_document_without_plain_items_is_read_once(asked: list[str]) -> None:
    entry = "<entry><id>1</id><title>one</title></entry>"
    found = ours(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())
    assert isinstance(found, ParsedFeed)
    assert [entry.title for entry in found.entries] == ["one"]
    assert asked == ["feed", "entry", "id", "title"]
