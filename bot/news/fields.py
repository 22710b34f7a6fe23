"""The fields of an entry, whatever the feed was written in: capped, on one line, and with web addresses only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from w3lib.html import remove_tags, replace_entities

from bot.news.charset import legible
from bot.news.entry import Entry

LONGEST_TITLE = 500
LONGEST_SUMMARY = 10_000
LONGEST_URL = 2048
LONGEST_NAME = 200
MOST_TAGS = 20

_WEB = re.compile(r"https?://[^/\s?#\\@<>\"]+([/?#][^\s\\<>\"\x00-\x1f]*)?", re.IGNORECASE)
_WHOLE = re.compile(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~%-]*)+")
"""Most addresses: nothing in them depends on where they stand."""


def entry(
    *,
    guid: str,
    url: str | None,
    title: Any,
    texts: Iterable[Any],
    published: datetime | None,
    image: str | None,
    tags: Iterable[Any],
) -> Entry | None:
    """None for an entry that says nothing and links nowhere. `texts` are its summary and full text, best first.

    A guid that is a web address stands in for a missing link.
    """
    summary = _summary(texts)
    headline = line(title, LONGEST_TITLE) or _first_words(summary) or (url or "")[:LONGEST_TITLE]
    if not headline:
        return None
    terms = dict.fromkeys(term for tag in tags if (term := line(tag, LONGEST_NAME)))
    return Entry(guid, url or link(guid), headline, summary, published, image, tuple(terms)[:MOST_TAGS])


def line(value: Any, longest: int) -> str:
    """A text on one line; "" for what is not a text."""
    return " ".join(legible(value).split())[:longest].rstrip() if isinstance(value, str) else ""


def link(value: Any, base: str = "") -> str | None:
    """An http or https address without anything that a browser would read otherwise."""
    if not isinstance(value, str) or not value.strip():
        return None
    if len(value) <= LONGEST_URL and _WHOLE.fullmatch(value):
        return value
    try:
        text = urljoin(base, legible(value).strip()).replace(" ", "%20")
    except ValueError:
        return None
    return text if len(text) <= LONGEST_URL and _WEB.fullmatch(text) else None


def _summary(texts: Iterable[Any]) -> str:
    """The first text that says something; one that is too long is cut before a tag, not within it."""
    text = legible(next((text.strip() for text in texts if isinstance(text, str) and text.strip()), ""))
    if len(text) <= LONGEST_SUMMARY:
        return text
    text = text[:LONGEST_SUMMARY]
    return text[: text.rfind("<")] if text.rfind("<") > text.rfind(">") else text


def _first_words(summary: str) -> str:
    words = replace_entities(remove_tags(summary[:2000])).split()[:12]
    return " ".join(words)[:120]
