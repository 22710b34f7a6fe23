"""One feed document, from bytes to entries: pure, picklable, and meant to run in a worker process.

    bytes ─> charset.decode ─> screen.screen ─> feedparser ─> fields.entry, capped ─> identity.guids
                                                leaves, where an item is plain

feedparser is handed a stream: it opens bytes or strings that look like a path or an address. Its sanitising
and its relative links inside texts are off, because every text of a feed becomes plain text before anybody
sees it (`bot.language.html`).
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import feedparser
import feedparser.api

from bot.news.charset import decode
from bot.news.dates import moment, oldest_first
from bot.news.entry import Entry, ParsedFeed
from bot.news.failures import NotAFeed
from bot.news.fields import LONGEST_NAME, entry, line, link
from bot.news.identity import guids
from bot.news.jsonfeed import looks_like_json, parse_json
from bot.news.sax import plain_items
from bot.news.screen import Screened, last_entries, screen

__all__ = ["Entry", "ParsedFeed", "parse"]

feedparser.api.PREFERRED_XML_PARSERS[:] = ["bot.news.sax"]
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0}
_KINDS = {"rss10": "rdf", "rss090": "rdf"}


def parse(body: bytes, content_type: str | None, url: str, *, now: datetime | None = None) -> ParsedFeed:
    """The entries of a document; raises NotAFeed or HostileFeed, each with one line.

    `url` is where it came from: relative links are read against it. `now` is the time of the poll; dates more
    than a day after it, and dates before 1995, become None.
    """
    text = decode(body, content_type)
    if looks_like_json(text):
        return parse_json(text, url, now)
    found = _xml(text, url, now)
    if found.left_out and oldest_first([entry.published for entry in found.entries]):
        with contextlib.suppress(NotAFeed):  # by eye an end of an entry may be seen within a text
            found = replace(_xml(last_entries(text), url, now), left_out=True)
    return found


def _xml(text: str, url: str, now: datetime | None) -> ParsedFeed:
    screened = screen(text)
    document = _document(screened)
    entries = [entry for found in document["entries"] if (entry := _entry(found, url, now))]
    if screened.flaw and not entries:
        raise NotAFeed(f"the feed cannot be read: {screened.flaw}")
    return _parsed(document, entries, url, screened)


def _document(screened: Screened) -> dict[str, Any]:
    """What feedparser says of the document, with the items that it was spared."""
    with plain_items() as items:
        found = _feedparser(screened)
    entries = items.among(found["entries"])
    return _feedparser(screened) if entries is None else found | {"entries": entries}


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
    return found


def _parsed(document: dict[str, Any], entries: list[Entry], url: str, screened: Screened) -> ParsedFeed:
    feed = document["feed"]
    kind = str(document.get("version") or "")
    links = _get(feed, "links") or []
    return ParsedFeed(
        entries=guids(entries),
        title=line(_get(feed, "title"), LONGEST_NAME),
        language=line(_get(feed, "language"), 35) or None,
        ttl=_ttl(feed),
        kind=_KINDS.get(kind, kind),
        hub=next(_links(links, "hub", url), None),
        own_url=next(_links(links, "self", url), None),
        flaw=screened.flaw,
        left_out=screened.left_out,
    )


def _entry(found: Any, base: str, now: datetime | None) -> Entry | None:
    guid, address = line(_get(found, "id"), 10_000), _get(found, "link")
    # feedparser takes a guid for a link unless it says isPermaLink="false"; a bare number is none.
    return entry(
        guid=guid,
        url=link(address) if address == guid else link(address, base),
        title=_get(found, "title"),
        texts=[_get(found, "summary"), *(_get(part, "value") for part in _get(found, "content") or [])],
        published=_published(found, now),
        image=_image(found, base),
        tags=[_get(tag, "term") for tag in _get(found, "tags") or []],
    )


def _get(found: Any, key: str) -> Any:
    """A plain look-up: feedparser's own answers `updated` for `published` and warns about it."""
    return dict.get(found, key)


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
    addresses = (link(_get(part, "href") or _get(part, "url"), base) for part in parts)
    return next((address for address in addresses if address), None)


def _is_image(part: Any) -> bool:
    return "image" in f"{_get(part, 'type')} {_get(part, 'medium')}"


def _links(links: Iterable[Any], rel: str, base: str) -> Iterator[str]:
    found = (link(_get(part, "href"), base) for part in links if _get(part, "rel") == rel)
    return (address for address in found if address)


def _ttl(feed: Any) -> float | None:
    """Seconds. The syndication module says a period and how often in it."""
    ttl = line(_get(feed, "ttl"), 9)
    if ttl.isascii() and ttl.isdigit() and int(ttl):
        return int(ttl) * 60.0
    period = _PERIODS.get(line(_get(feed, "sy_updateperiod"), 20).lower())
    often = line(_get(feed, "sy_updatefrequency"), 4)
    return period / max(1, int(often) if often.isascii() and often.isdigit() else 1) if period else None
