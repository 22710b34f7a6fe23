"""Before the parser: is this a feed at all, can it do harm, and how much of it is read?

feedparser believes what it is given, needs a third of a millisecond an entry, and falls back on a slow and
lenient parser for XML that is not well-formed; so what is hopeless, hostile or endless stops here.
"""

from __future__ import annotations

import contextlib
import re
from collections import deque
from dataclasses import dataclass, replace
from xml.parsers import expat

from bot.news.charset import with_legal_references
from bot.news.failures import HostileFeed, HtmlPage, NotAFeed, ThinAnswer

MOST_ENTRIES = 500
DEEPEST = 100
"""Levels of elements; a real feed with XHTML inside has under 30."""
MOST_ELEMENTS = 25_000
MOST_ATTRIBUTES = 200
"""Of one element; feedparser's time grows with their square."""
MOST_REFERENCES = 250_000
"""Of &amp; and the like; 5 MiB of ordinary escaped markup hold 200,000."""
LARGEST_FIELD = 2 * 1024 * 1024
"""Bytes of text without an element in it; and of a whole document that is not well-formed."""

_OPENING = re.compile(r"<([A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)")
_FEED = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:rss|rdf|feed)[\s>]", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000}")
_ENDLESS_TAG = re.compile(r"<[A-Za-z][^<>]{1000000}")
_PROLOG = 100_000  # characters within which the root element must begin
_THIN = 200  # characters; RFE/RL and VOA answer a wrong address with eleven
_JUNK = 4096  # characters before the feed that are forgiven: warnings of a server, blank lines


@dataclass(frozen=True, slots=True)
class Screened:
    """A document that may be parsed."""

    text: str
    """Without its document type."""
    flaw: str | None
    """Why it is not well-formed XML."""
    left_out: bool
    """Whether entries after the first MOST_ENTRIES were cut off."""


def screen(text: str) -> Screened:
    """Raises NotAFeed or HostileFeed, each with one line."""
    text = _without_prolog(text)
    if _ENDLESS_TAG.search(text) or text.count("&") > MOST_REFERENCES:
        raise HostileFeed("the feed has an endless tag or countless character references; it is not read")
    try:
        return _checked(text)
    except expat.ExpatError as error:
        flaw = f"not well-formed XML (line {error.lineno}: {expat.ErrorString(error.code)})"
    text = with_legal_references(text)
    with contextlib.suppress(expat.ExpatError):
        return replace(_checked(text), flaw=flaw)
    cut = _cut_by_eye(text)
    _bearable(cut or text)
    return Screened(cut or text, flaw, cut is not None)


def last_entries(text: str) -> str:
    """The document with its last MOST_ENTRIES entries alone, as far as they can be told by eye."""
    first = _ENTRY.search(text)
    ends = deque((entry.end() for entry in _ENTRY_END.finditer(text)), maxlen=MOST_ENTRIES + 1)
    return text[: first.start()] + text[ends[0] :] if first and len(ends) > MOST_ENTRIES else text


def _checked(text: str) -> Screened:
    """Raises HostileFeed or ExpatError."""
    check = _Check(text.encode())
    return Screened(text if check.whole() else check.cut(), None, check.left_out)


def _bearable(text: str) -> None:
    """Refuses what would cost the lenient parser seconds or hundreds of megabytes (measured: 10 to 30 µs a tag)."""
    large = len(text) > LARGEST_FIELD or text.count("&") > 4 * MOST_ELEMENTS
    if large or text.count("<") > MOST_ELEMENTS or _LONG_TAG.search(text):
        raise HostileFeed("the feed is not well-formed XML and too large to be mended; it is not read")


def _without_prolog(text: str) -> str:
    """The document from its root element on; its declaration, comments and document type are dropped."""
    text = text.lstrip()
    if not text:
        raise ThinAnswer("the answer is empty")
    at = 0
    while (at := text.find("<", at)) != -1 and at < _PROLOG:
        if text.startswith("<!--", at):
            at = _after(text, "-->", at)
        elif text.startswith("<?", at):
            at = _after(text, "?>", at)
        elif text.startswith("<!", at):
            at = _document_type(text, at)
        else:
            break
    return _from_root(text, at)


def _after(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found == -1 else found + len(end)


def _document_type(text: str, at: int) -> int:
    """Where a document type ends; one that declares entities is refused."""
    end = re.compile(r"""[>\\[]|"[^"]*"|'[^']*'""")
    for token in end.finditer(text, at + 2, at + _PROLOG):
        if token[0] == ">":
            return token.end()
        if token[0] == "[":
            close = _after(text, "]", token.end())
            inner = text[token.end() : close]
            if "<!ENTITY" in inner.upper() or "%" in inner:
                raise HostileFeed("the feed declares entities (a document type with <!ENTITY>); it is not read")
            return _after(text, ">", close)
    return len(text)


def _from_root(text: str, at: int) -> str:
    root = _OPENING.match(text, at) if at != -1 else None
    name = root["name"].lower() if root else ""
    if name in ("rss", "rdf", "feed"):
        return text[at:]
    looks_like_page = name == "html" or re.search(r"<html|<!doctype html|<body", text[:_JUNK], re.IGNORECASE)
    feed = _FEED.search(text, 0, _JUNK)
    if feed and not looks_like_page:
        return _from_root(text, feed.start())
    raise _not_a_feed(text, name, bool(looks_like_page))


def _not_a_feed(text: str, root: str, page: bool) -> NotAFeed:
    if page:
        return HtmlPage("the answer is an HTML page, not a feed")
    if root:
        return NotAFeed(f"the answer is XML that is not a feed (it begins with <{root[:40]}>)")
    size = len(text)
    kind = ThinAnswer if size <= _THIN else NotAFeed
    return kind(f"the answer is {size} characters and not a feed; the address is probably wrong")


class _Enough(Exception):
    """Not a mistake: the rest is not wanted."""


class _Check:
    """A pass through the XML that builds nothing: depth, sizes, entities, and where the wanted entries end."""

    def __init__(self, document: bytes) -> None:
        self.left_out = False
        self._document = document
        self._open: list[str] = []
        self._elements = self._entries = self._end = self._began = 0
        self._open_at_end: list[str] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._close
        self._parser.EntityDeclHandler = self._entity

    def whole(self) -> bool:
        """Whether all of the document is wanted; raises HostileFeed or ExpatError."""
        try:
            self._parser.Parse(self._document, True)
        except _Enough:
            self.left_out = True
        return not self.left_out

    def cut(self) -> str:
        """The document up to its last wanted entry, closed properly."""
        end = self._document.find(b">", self._end) + 1
        return self._document[:end].decode() + "".join(f"</{name}>" for name in reversed(self._open_at_end))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._began = self._parser.CurrentByteIndex
        self._elements += 1
        if self._entries and (self._elements > MOST_ELEMENTS or (self._entries == MOST_ENTRIES and _is_entry(name))):
            raise _Enough
        self._open.append(name)
        if len(self._open) > DEEPEST:
            raise HostileFeed(f"the feed is nested deeper than {DEEPEST} levels; it is not read")
        if self._elements > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise HostileFeed("one entry of the feed has too many elements or attributes; it is not read")

    def _close(self, name: str) -> None:
        self._open.pop()
        here = self._parser.CurrentByteIndex
        if here - self._began > LARGEST_FIELD:
            raise HostileFeed(f"a field of the feed is larger than {LARGEST_FIELD >> 20} MiB; it is not read")
        self._began = here
        if _is_entry(name):
            self._entries += 1
            self._end, self._open_at_end = here, list(self._open)

    def _entity(self, *_: object) -> None:
        raise HostileFeed("the feed declares entities; it is not read")


def _is_entry(name: str) -> bool:
    return name.rpartition(":")[2] in ("item", "entry")


def _cut_by_eye(text: str) -> str | None:
    """Text that is not well-formed, up to its last wanted entry; None where it has no more than those."""
    end = None
    for count, entry in enumerate(_ENTRY_END.finditer(text), 1):
        if count > MOST_ENTRIES:
            return end
        end = text[: entry.end()] if count == MOST_ENTRIES else None
    return None
