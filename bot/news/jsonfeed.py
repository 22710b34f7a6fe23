"""JSON Feed (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.news import fields
from bot.news.dates import moment, oldest_first
from bot.news.entry import Entry, ParsedFeed
from bot.news.failures import HostileFeed, NotAFeed
from bot.news.identity import guids
from bot.news.screen import MOST_ELEMENTS, MOST_ENTRIES


def looks_like_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def parse_json(text: str, url: str, now: datetime | None) -> ParsedFeed:
    """The entries of a JSON Feed; raises NotAFeed or HostileFeed. Arguments as those of `bot.news.parse.parse`."""
    document = _document(text)
    items = [item for item in _list(document, "items") if isinstance(item, dict)]
    read = items[:MOST_ENTRIES]
    if len(items) > MOST_ENTRIES and oldest_first([_published(item, now) for item in read]):
        read = items[-MOST_ENTRIES:]
    entries = [entry for item in read if (entry := _entry(item, url, now))]
    return ParsedFeed(
        entries=guids(entries),
        title=fields.line(document.get("title"), fields.LONGEST_NAME),
        language=fields.line(document.get("language"), 35) or None,
        kind="json",
        hub=next(_hubs(document, url), None),
        own_url=fields.link(document.get("feed_url"), url),
        left_out=len(items) > MOST_ENTRIES,
    )


def _document(text: str) -> dict[str, Any]:
    if text.count("{") + text.count("[") > MOST_ELEMENTS or text.count(",") > 10 * MOST_ELEMENTS:
        raise HostileFeed("the JSON has too many parts; it is not read")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAFeed("the answer looks like JSON and cannot be read as such") from None
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version/" not in version:
        raise NotAFeed("the answer is JSON, but not a JSON Feed")
    return dict(document)


def _list(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _entry(item: dict[str, Any], base: str, now: datetime | None) -> Entry | None:
    guid = item.get("id")
    return fields.entry(
        guid=fields.line(str(guid), 10_000) if isinstance(guid, str | int) else "",
        url=fields.link(item.get("url"), base),
        title=item.get("title"),
        texts=(item.get(key) for key in ("summary", "content_html", "content_text")),
        published=_published(item, now),
        image=fields.link(item.get("image"), base) or fields.link(item.get("banner_image"), base),
        tags=_list(item, "tags"),
    )


def _published(item: dict[str, Any], now: datetime | None) -> datetime | None:
    date = item.get("date_published") or item.get("date_modified")
    return moment(date, now) if isinstance(date, str) else None


def _hubs(document: dict[str, Any], base: str) -> Iterator[str]:
    found = (fields.link(hub.get("url"), base) for hub in _list(document, "hubs") if isinstance(hub, dict))
    return (address for address in found if address)
