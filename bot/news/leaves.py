"""Items of RSS that hold nothing but plain leaves, read without feedparser: they are most of what the news sends.

feedparser walks through a dozen methods for every element. An item is read here only where all of it is known to
mean what it says: each element by itself and without children, no attributes but the usual ones, whole addresses,
and texts that feedparser would not mend. What is kept is named as feedparser names it, as far as `bot.news.parse`
reads it. About anything else nothing is decided here: such an item is feedparser's from its first element on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bot.news.fields import LONGEST_URL

Attributes = Mapping[str, str]
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~%+=,@-]*)*(\?[A-Za-z0-9._~%+=,@/&-]+)?")
"""An address that means the same wherever it stands, and that nobody has a reason to mend."""
_WIDE = re.compile(r"[^\x00-\xff]")
_MENDED = re.compile(r"[\x80-\x9f]")


class PlainItem:
    """One item, from its first element to its last. `start` and `end` answer False where something is not plain;
    `leaves` are then what feedparser has not heard yet."""

    def __init__(self) -> None:
        self.entry: dict[str, Any] = {}
        self.leaves: list[tuple[str, Attributes, list[str]]] = []
        self.open = False
        """Whether the last of the leaves has not ended yet."""
        self._kind: _Leaf | None = None
        self._seen: set[_Leaf] = set()

    def start(self, name: str, attributes: Attributes) -> bool:
        """An element begins; `name` is as expat says it: local, or namespace, local name and prefix."""
        kind = _LEAVES.get(name) or _LEAVES.get(name.rpartition(" ")[0])
        if self.open or kind is None or kind in self._seen or not kind.attributes.issuperset(attributes):
            return False
        if kind.once:
            self._seen.add(kind)
        self._kind, self.open = kind, True
        self.leaves.append((name, attributes, []))
        return True

    def text(self, text: str) -> None:
        """A text within a leaf, or between two: what stands there is nobody's."""
        if self.open:
            self.leaves[-1][2].append(text)

    def end(self) -> bool:
        """The leaf that began last ends."""
        assert self._kind is not None
        _, attributes, pieces = self.leaves[-1]
        text = "".join(pieces).strip()
        if not _is_left_alone(text) or not self._kind.keep(self.entry, attributes, text):
            return False
        self.open = False
        return True


def _is_left_alone(text: str) -> bool:
    """Whether feedparser would not mend the text: it takes Latin-1 letters alone for UTF-8 that was read wrongly."""
    return text.isascii() or (_WIDE.search(text) is not None and _MENDED.search(text) is None)


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_URL and _ADDRESS.fullmatch(text) is not None


def _title(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry["title"] = text
    return True


def _summary(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry["summary"] = text
    return True


def _content(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry["content"] = [{"value": text}]
    return True


def _link(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry["link"] = text
    return _is_address(text)


def _guid(entry: dict[str, Any], attributes: Attributes, text: str) -> bool:
    """One that is a link stands in for a missing one."""
    entry["id"] = text
    if attributes.get("isPermaLink") == "false":
        return True
    entry.setdefault("link", text)
    return attributes.get("isPermaLink", "true") == "true" and _is_address(text)


def _published(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry["published"] = text
    return True


def _category(entry: dict[str, Any], _attributes: Attributes, text: str) -> bool:
    entry.setdefault("tags", []).append({"term": text})
    return True


def _enclosure(entry: dict[str, Any], attributes: Attributes, text: str) -> bool:
    kind = attributes.get("type", "").lower()
    entry.setdefault("links", []).append({"rel": "enclosure", "href": attributes.get("url"), "type": kind})
    return not text


def _media(entry: dict[str, Any], attributes: Attributes, text: str) -> bool:
    entry.setdefault("media_content", []).append({**attributes, "type": attributes.get("type", "").lower()})
    return not text


def _thumbnail(entry: dict[str, Any], attributes: Attributes, text: str) -> bool:
    entry.setdefault("media_thumbnail", []).append({**attributes})
    return not text


def _unread(_entry: dict[str, Any], _attributes: Attributes, _text: str) -> bool:
    return True


class _Leaf(NamedTuple):
    keep: Callable[[dict[str, Any], Attributes, str], bool]
    attributes: frozenset[str] = frozenset()
    """Those that it may have."""
    once: bool = True


_SIZES = frozenset(("url", "type", "medium", "width", "height", "length", "fileSize"))
_CONTENT, _DUBLIN_CORE = "http://purl.org/rss/1.0/modules/content/", "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_LEAVES = {
    "title": _Leaf(_title),
    "link": _Leaf(_link),
    "guid": _Leaf(_guid, frozenset(("isPermaLink",))),
    "pubDate": _Leaf(_published),
    "description": _Leaf(_summary),
    f"{_CONTENT} encoded": _Leaf(_content),
    "category": _Leaf(_category, frozenset(("domain",)), once=False),
    "enclosure": _Leaf(_enclosure, _SIZES, once=False),
    f"{_MEDIA} content": _Leaf(_media, _SIZES, once=False),
    f"{_MEDIA} thumbnail": _Leaf(_thumbnail, _SIZES, once=False),
    "author": _Leaf(_unread, once=False),
    "comments": _Leaf(_unread, once=False),
    f"{_DUBLIN_CORE} creator": _Leaf(_unread, once=False),
    "http://purl.org/rss/1.0/modules/slash/ comments": _Leaf(_unread, once=False),
    "http://wellformedweb.org/CommentAPI/ commentRss": _Leaf(_unread, once=False),
}
