"""One feed document, from bytes to entries: pure, picklable, and meant to run in a worker process.

    bytes ─> charset.decode ─> screen.screen ─> feedparser ─> entries, capped ─> identity.guids

feedparser is handed a stream: it opens bytes or strings that look like a path or an address. Its sanitising
and its relative links inside texts are off, because every text of a feed becomes plain text before anybody
sees it (`bot.language.html`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
from w3lib.html import remove_tags, replace_entities

from bot.news.charset import decode
from bot.news.dates import moment
from bot.news.entry import Entry, ParsedFeed
from bot.news.failures import NotAFeed
from bot.news.identity import guids
from bot.news.screen import Screened, screen

__all__ = ["Entry", "ParsedFeed", "parse"]

LONGEST_TITLE = 500
LONGEST_SUMMARY = 10_000
LONGEST_URL = 2048
LONGEST_NAME = 200
MOST_TAGS = 20

_WEB = re.compile(r"https?://[^/\s?#\\@<>\"]+([/?#][^\s\\<>\"\x00-\x1f]*)?", re.IGNORECASE)
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0}
_KINDS = {"rss10": "rdf", "rss090": "rdf"}


def parse(body: bytes, content_type: str | None, url: str, *, now: datetime | None = None) -> ParsedFeed:
    """The entries of a document; raises NotAFeed or HostileFeed, each with one line.

    `url` is where it came from: relative links are read against it. `now` is the time of the poll; dates more
    than a day after it, and dates before 1995, become None.
    """
    screened = screen(decode(body, content_type))
    document = _feedparser(screened)
    entries = [_entry(found, url, now) for found in document["entries"]]
    return _parsed(document, [entry for entry in entries if entry is not None], url, screened)


def _feedparser(screened: Screened) -> dict[str, Any]:
    # No content-location: feedparser would read guids against it too, and they would change with every mirror.
    headers = {"content-type": "application/xml; charset=utf-8"}
    stream = io.BytesIO(screened.text.encode("utf-8", "replace"))
    try:
        found: dict[str, Any] = feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # the library raises whatever its parsers stumble over
        raise NotAFeed(f"the feed cannot be read: the parser failed ({type(error).__name__})") from None
    if screened.flaw and not found["entries"]:
        raise NotAFeed(f"the feed cannot be read: {screened.flaw}")
    return found


def _parsed(document: dict[str, Any], entries: list[Entry], url: str, screened: Screened) -> ParsedFeed:
    feed = document["feed"]
    kind = str(document.get("version") or "")
    links = _get(feed, "links") or []
    return ParsedFeed(
        entries=guids(entries),
        title=_line(_get(feed, "title"), LONGEST_NAME),
        language=_line(_get(feed, "language"), 35) or None,
        ttl=_ttl(feed),
        kind=_KINDS.get(kind, kind),
        hub=next(_links(links, "hub", url), None),
        own_url=next(_links(links, "self", url), None),
        flaw=screened.flaw,
        left_out=screened.left_out,
    )


def _entry(found: Any, base: str, now: datetime | None) -> Entry | None:
    """None for an entry that says nothing at all."""
    guid, link = _line(_get(found, "id"), 10_000), _get(found, "link")
    # feedparser takes a guid for a link unless it says isPermaLink="false"; a bare number is none.
    url = _link(link) if link == guid else _link(link, base)
    summary = _summary(found)
    title = _line(_get(found, "title"), LONGEST_TITLE) or _first_words(summary) or (url or "")[:LONGEST_TITLE]
    if not title:
        return None
    return Entry(
        guid=guid,
        url=url or _link(guid),
        title=title,
        summary=summary,
        published=_published(found, now),
        image=_image(found, base),
        tags=_tags(found),
    )


def _get(found: Any, key: str) -> Any:
    """A plain look-up: feedparser's own answers `updated` for `published` and warns about it."""
    return dict.get(found, key)


def _line(value: Any, longest: int) -> str:
    return " ".join(value.split())[:longest].rstrip() if isinstance(value, str) else ""


def _link(value: Any, base: str = "") -> str | None:
    """An http or https address without anything that a browser would read otherwise."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        text = urljoin(base, value.strip()).replace(" ", "%20")
    except ValueError:
        return None
    return text if len(text) <= LONGEST_URL and _WEB.fullmatch(text) else None


def _summary(found: Any) -> str:
    """The entry's own summary; where it has none, its full text."""
    texts = [_get(found, "summary"), *(_get(part, "value") for part in _get(found, "content") or [])]
    text = next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")
    if len(text) <= LONGEST_SUMMARY:
        return text
    text = text[:LONGEST_SUMMARY]
    return text[: text.rfind("<")] if text.rfind("<") > text.rfind(">") else text


def _first_words(summary: str) -> str:
    words = replace_entities(remove_tags(summary[:2000])).split()[:12]
    return " ".join(words)[:120]


def _published(found: Any, now: datetime | None) -> datetime | None:
    """When it was first published; RDF has dc:date only, which feedparser calls `updated`."""
    texts = [_get(found, key) for key in ("published", "updated", "created")]
    moments = (moment(text, now) for text in texts if isinstance(text, str) and text)
    return next((found for found in moments if found), None)


def _image(found: Any, base: str) -> str | None:
    """The first picture of enclosures, then of Media RSS, then of its thumbnails."""
    links = [part for part in _get(found, "links") or [] if _get(part, "rel") == "enclosure" and _is_image(part)]
    media = [part for part in _get(found, "media_content") or [] if _is_image(part)]
    parts = (*links, *media, *(_get(found, "media_thumbnail") or []))
    addresses = (_link(_get(part, "href") or _get(part, "url"), base) for part in parts)
    return next((address for address in addresses if address), None)


def _is_image(part: Any) -> bool:
    return "image" in f"{_get(part, 'type')} {_get(part, 'medium')}"


def _tags(found: Any) -> tuple[str, ...]:
    terms = (_line(_get(tag, "term"), LONGEST_NAME) for tag in _get(found, "tags") or [])
    return tuple(dict.fromkeys(term for term in terms if term))[:MOST_TAGS]


def _links(links: Iterable[Any], rel: str, base: str) -> Iterator[str]:
    found = (_link(_get(link, "href"), base) for link in links if _get(link, "rel") == rel)
    return (address for address in found if address)


def _ttl(feed: Any) -> float | None:
    """Seconds. The syndication module says a period and how often in it."""
    ttl = _line(_get(feed, "ttl"), 9)
    if ttl.isascii() and ttl.isdigit() and int(ttl):
        return int(ttl) * 60.0
    period = _PERIODS.get(_line(_get(feed, "sy_updateperiod"), 20).lower())
    often = _line(_get(feed, "sy_updatefrequency"), 4)
    return period / max(1, int(often) if often.isascii() and often.isdigit() else 1) if period else None
