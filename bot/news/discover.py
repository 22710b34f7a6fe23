"""The feeds that a page names in its head: <link rel="alternate" type="application/rss+xml" href=…>. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from bot.news import fields
from bot.news.charset import decode

_KINDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_HEAD = 1_000_000
"""Characters of a page that are looked at; heads with inlined styles can be large."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Discovered:
    url: str
    title: str


def discover(body: bytes, content_type: str | None, url: str) -> tuple[Discovered, ...]:
    """The feeds of a page, in its order, each once; `url` is where the page came from."""
    links = _Links(url)
    links.feed(decode(body, content_type)[:_HEAD])
    return tuple(links.found.values())[:MOST]


class _Links(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.found: dict[str, Discovered] = {}
        self._base = base

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = fields.link(given.get("href"), self._base) or self._base
        elif tag == "link" and "alternate" in given.get("rel", "").lower().split():
            kind = given.get("type", "").partition(";")[0].strip().lower()
            address = fields.link(given.get("href"), self._base)
            if kind in _KINDS and address is not None:
                title = fields.line(given.get("title"), fields.LONGEST_NAME)
                self.found.setdefault(address, Discovered(address, title))
