"""The SAX driver under feedparser: expat as the standard library drives it, spared what needs no second reader.

`xml.sax` leaves expat's text buffer off, so each `&lt;` of escaped markup is an event of its own and feedparser
walks through three methods for it: two thirds of its time on a document that is full of them. And feedparser need
not hear of items that are plain through and through (`bot.news.leaves`), where somebody is here to take them.

feedparser takes its driver from the modules named in `feedparser.api.PREFERRED_XML_PARSERS`; this is one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any
from xml.sax.expatreader import ExpatParser

from bot.news.leaves import Attributes, PlainItem

BUFFER = 64 * 1024
"""Characters that expat gathers before it hands a text on."""

_CHANNEL = ["rss", "channel"]


class Items:
    """The items of one document in their order: an entry for each that is plain, None for each of feedparser's."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any] | None] = []
        self.whole = False
        """Whether the document was read to its end. Else feedparser reads it again, without a driver."""

    def among(self, theirs: list[Any]) -> list[Any] | None:
        """The plain items among those that feedparser read; None where these are not those it was left."""
        if not self.whole or self.found.count(None) == len(self.found):
            return theirs
        if self.found.count(None) != len(theirs):
            return None
        rest = iter(theirs)
        return [next(rest) if entry is None else entry for entry in self.found]


_taking: ContextVar[Items | None] = ContextVar("taking", default=None)


@contextlib.contextmanager
def plain_items() -> Iterator[Items]:
    """Within it, feedparser is spared plain items: they are in what it gives."""
    items = Items()
    token = _taking.set(items)
    try:
        yield items
    finally:
        _taking.reset(token)


class Driver(ExpatParser):
    _parser: Any
    _cont_handler: Any

    def __init__(self) -> None:
        super().__init__()
        self._items = _taking.get()
        self._item: PlainItem | None = None
        self._path: list[str] = []

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_size = BUFFER
        self._parser.buffer_text = True
        if self._items is not None:
            self._parser.CharacterDataHandler = self.character_data

    def close(self) -> None:
        super().close()
        if self._items is not None:
            self._items.whole = True

    def start_element_ns(self, name: str, attrs: Attributes) -> None:
        if self._item is not None:
            if self._item.start(name, attrs):
                return
            self._let_go(self._item)
        elif name == "item" and not attrs and self._path == _CHANNEL and self._items is not None:
            self._item = PlainItem()
            return
        self._path.append(name)
        super().start_element_ns(name, attrs)

    def end_element_ns(self, name: str) -> None:
        if self._item is not None:
            if not self._item.open:
                self._take(self._item.entry)
                return
            if self._item.end():
                return
            self._let_go(self._item)
        self._path.pop()
        super().end_element_ns(name)

    def character_data(self, data: str) -> None:
        if self._item is None:
            self._cont_handler.characters(data)
        else:
            self._item.text(data)

    def start_namespace_decl(self, prefix: str | None, uri: str) -> None:
        if self._item is not None:
            self._let_go(self._item)
        super().start_namespace_decl(prefix, uri)

    def _take(self, entry: dict[str, Any] | None) -> None:
        assert self._items is not None
        self._items.found.append(entry)
        self._item = None

    def _let_go(self, item: PlainItem) -> None:
        """Something in the item is not plain: feedparser hears of it from its beginning."""
        self._take(None)
        self._path.append("item")
        super().start_element_ns("item", {})
        last = len(item.leaves) - 1
        for place, (name, attributes, pieces) in enumerate(item.leaves):
            self.start_element_ns(name, attributes)
            for piece in pieces:
                self.character_data(piece)
            if place < last or not item.open:
                self.end_element_ns(name)


def create_parser() -> Driver:
    """Called by `xml.sax.make_parser`."""
    return Driver()
