"""A document read to its end, in a worker process: parsed, named, and made plain. Pure and picklable.

    bytes ─> parse ─> canonical addresses ─> plain text ─> judged, if all is new ─> Reading, the least to cross back

What rooms to the right know better (which markup is text, which items no rule wants) comes in as functions that can
be pickled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Feed, Item, Outlet
from bot.news.entry import Entry, ParsedFeed
from bot.news.identity import identities, untracked
from bot.news.parse import parse
from bot.store.items import NewItem

Text = Callable[[str], str]
"""Markup to plain text."""
Judge = Callable[[Item], tuple[str, str] | None]
"""The languages and words of an item that no rule wants; None for one that has to be read closely."""
FEWEST_JUDGED = 5
"""Items that are worth the dictionaries in one process more."""
MOST_JUDGED = 300_000
"""Characters of texts up to which a document's items are judged: several times a usual feed's. Beyond that it might
take as long as a trap does, and no feed is to be called hostile for that."""

MOST_MARKUP = 1_000_000
"""Characters of texts that are read as markup, a dozen times a usual feed's; each may cost a microsecond. In what comes
after them in a document, tags are only cut out."""
_TAG = re.compile(r"<[^<>]*>?")


@dataclass(frozen=True, slots=True)
class Document:
    """What there is to read: an answer's body, where it came from, and whose it is. `now` is the time of the poll.

    `first` is the feed if this is its first document: all in it is new, so that its items may be judged on the spot.
    """

    body: bytes
    content_type: str | None
    url: str
    outlet: Outlet
    now: datetime
    first: Feed | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A document whose texts are plain. `identities` are its entries' canonical addresses within the outlet."""

    feed: ParsedFeed
    identities: tuple[str | None, ...]


def read(document: Document, text: Text, judge: Judge | None = None) -> Reading:
    """The entries with plain texts: a title on one line, no markup in a summary. Raises what `parse` raises."""
    parsed = parse(document.body, document.content_type, document.url, now=document.now)
    # By the titles as written: what the feed tells apart stays apart.
    names = identities(parsed.entries, document.outlet)
    entries = tuple(_all_plain(parsed.entries, text))
    if judge is not None and document.first is not None:
        entries = _judged(entries, document.first, judge)
    return Reading(replace(parsed, entries=entries), names)


def _all_plain(entries: Iterable[Entry], text: Text) -> Iterator[Entry]:
    read = 0
    for entry in entries:
        read += len(entry.title) + len(entry.summary)
        if read > MOST_MARKUP:
            entry = replace(entry, title=_TAG.sub(" ", entry.title), summary=_TAG.sub(" ", entry.summary))
        yield _plain(entry, text)


def _plain(entry: Entry, text: Text) -> Entry:
    url = untracked(entry.url) if entry.url else None
    return replace(entry, url=url, title=" ".join(text(entry.title).split()), summary=text(entry.summary))


def item_of(entry: Entry | NewItem, feed: Feed) -> Item:
    """A plain entry as the item that it will be, called by its guid."""
    return Item(
        id=entry.guid,
        title=entry.title,
        summary=entry.summary,
        url=entry.url,
        outlet=feed.outlet,
        language=feed.language,
        published=entry.published,
        country=feed.country,
    )


def new_item(entry: Entry, identity: str | None, feed: Feed) -> NewItem:
    """A plain entry as it will be stored."""
    return NewItem(
        guid=entry.guid,
        identity=identity,
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        language=feed.language,
        country=feed.country,
        published=entry.published,
    )


def _judged(entries: tuple[Entry, ...], feed: Feed, judge: Judge) -> tuple[Entry, ...]:
    letters = sum(len(entry.title) + len(entry.summary) for entry in entries)
    if len(entries) < FEWEST_JUDGED or letters > MOST_JUDGED:
        return entries
    return tuple(replace(entry, words=judge(item_of(entry, feed))) for entry in entries)
