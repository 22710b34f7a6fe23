"""A document read to its end, in a worker process: parsed, named, and made plain. Pure and picklable.

    bytes ─> parse ─> canonical addresses ─> plain text ─> Reading, the least that has to cross back

What a room to the right knows better (which markup is text) comes in as a function that can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Outlet
from bot.news.entry import Entry, ParsedFeed
from bot.news.identity import identities
from bot.news.parse import parse

Text = Callable[[str], str]
"""Markup to plain text."""


@dataclass(frozen=True, slots=True)
class Document:
    """What there is to read: an answer's body, where it came from, and whose it is. `now` is the time of the poll."""

    body: bytes
    content_type: str | None
    url: str
    outlet: Outlet
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A document whose texts are plain. `identities` are its entries' canonical addresses within the outlet."""

    feed: ParsedFeed
    identities: tuple[str | None, ...]


def read(document: Document, text: Text) -> Reading:
    """The entries with plain texts: a title on one line, no markup in a summary. Raises what `parse` raises."""
    parsed = parse(document.body, document.content_type, document.url, now=document.now)
    # By the titles as written: what the feed tells apart stays apart.
    names = identities(parsed.entries, document.outlet)
    return Reading(replace(parsed, entries=tuple(_plain(entry, text) for entry in parsed.entries)), names)


def _plain(entry: Entry, text: Text) -> Entry:
    return replace(entry, title=" ".join(text(entry.title).split()), summary=text(entry.summary))
