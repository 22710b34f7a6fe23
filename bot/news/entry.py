"""What a feed document says, as frozen data that may cross a process border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed document. Texts are the feed's own, capped in length; they may hold markup."""

    guid: str
    """Never empty, at most 512 characters, unlike any other of the document, and the same at every poll."""
    url: str | None
    """http or https, as given."""
    title: str
    """Never empty: where the feed has none, the first words of the summary, or of the address."""
    summary: str
    published: datetime | None
    """Aware, UTC. None where the feed gives no date, or none that can be true."""
    image: str | None = None
    tags: tuple[str, ...] = ()
    words: tuple[str, str] | None = None
    """Its languages and words as they are kept for searching, where it was judged with its document and met no rule."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. An empty `entries` is a feed without news, not a mistake."""

    entries: tuple[Entry, ...]
    title: str = ""
    language: str | None = None
    """As the feed says it, such as en-US."""
    ttl: float | None = None
    """Seconds between two polls that the feed itself asks for (ttl, or the syndication module)."""
    kind: str = ""
    """rss20, rss092, rdf, atom10 …"""
    hub: str | None = None
    """The WebSub hub, and the address that the feed gives as its own."""
    own_url: str | None = None
    flaw: str | None = None
    """What is wrong with the document although its entries could be read; one line."""
    left_out: bool = False
    """Whether there were more entries than are read."""
