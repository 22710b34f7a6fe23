"""OPML in and out (http://opml.org/spec2.opml): how feed readers hand their lists to each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from bot.errors import UserMistake
from bot.news.catalogue import Catalogue
from bot.news.charset import decode

LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file. `group` is the outline it stands in; `home` the page it belongs to, if it is named."""

    url: str
    title: str
    home: str | None = None
    language: str | None = None
    group: str | None = None


def read(body: bytes) -> tuple[Outline, ...]:
    """The feeds of an OPML file, each address once. Raises UserMistake for what is not OPML."""
    if len(body) > LARGEST:
        raise UserMistake("This OPML file is larger than 5 MiB; export a smaller list of feeds.")
    text = decode(body, "text/xml")
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise UserMistake(
            "This OPML file has a document type, which is not read; remove the line that begins <!DOCTYPE."
        )
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314
    except ElementTree.ParseError as error:
        raise UserMistake(f"This is not an OPML file: its XML is broken ({error}).") from None
    if root.tag.lower() != "opml":
        raise UserMistake(f"This is not an OPML file: it begins with <{root.tag[:40]}>; export your feeds as OPML.")
    found = {outline.url: outline for body in root.iter("body") for outline in _outlines(body, None)}
    return tuple(found.values())


def _outlines(parent: ElementTree.Element, group: str | None) -> Iterator[Outline]:
    for node in parent.findall("outline"):
        named = {name.lower(): " ".join(value.split()) for name, value in node.attrib.items()}
        title = named.get("title") or named.get("text") or ""
        url = named.get("xmlurl", "")
        if url:
            home, language = _web(named.get("htmlurl")), (named.get("language") or "")[:2].lower()
            yield Outline(url, title or url, home, language or None, group)
        yield from _outlines(node, title or group)


def _web(url: str | None) -> str | None:
    return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else None


def write(catalogue: Catalogue) -> str:
    """The catalogue as OPML 2.0: an outline an outlet, and in it one a feed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', "<head><title>Nabat</title></head>"]
    lines.append("<body>")
    for outlet in catalogue.outlets:
        name, home = quoteattr(outlet.name), quoteattr(outlet.home)
        lines.append(f"  <outline text={name} htmlUrl={home}>")
        lines += [
            f'    <outline type="rss" text={name} xmlUrl={quoteattr(feed.url)} htmlUrl={home}'
            f" language={quoteattr(feed.language)}/>"
            for feed in catalogue.feeds
            if feed.outlet == outlet.id
        ]
        lines.append("  </outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""])
