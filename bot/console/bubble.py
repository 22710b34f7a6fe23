"""Alerts as a page shows them: as a chat would, or as a line with its sources. Pure: templates escape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from bot.alerts.content import Content, Reader
from bot.alerts.message import Entity, Message
from bot.alerts.render import head, labels, one_line, render
from bot.console.words import Moment, moment
from bot.store.latest import KeptAlert


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a message's text, and the entities it lies under."""

    text: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open; without `url` it is a name alone."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert: `runs` is the whole message as a chat shows it, the rest its parts."""

    runs: tuple[Run, ...]
    buttons: tuple[Link, ...]
    head: str
    headline: str
    sources: tuple[Link, ...]
    labels: tuple[str, ...]
    at: Moment | None


def shown(alert: KeptAlert, now: datetime, language: str) -> Shown:
    content, reader = Content.from_json(alert.content), Reader(language)
    message = render(content, reader, now=now)
    return Shown(
        runs=runs(message),
        buttons=tuple(Link(b.text, safe(b.url)) for row in message.buttons for b in row if safe(b.url)),
        head=head(content, reader),
        headline=one_line(content.headline),
        sources=tuple(Link(source.name, safe(source.url)) for source in content.sources),
        labels=tuple(labels(content.sources, reader)),
        at=moment(alert.created_at, now, language),
    )


def safe(url: str | None) -> str | None:
    """The address if a click on it can only open a page: the news room checked it, and a page must not rely on that."""
    try:
        return url if url and urlsplit(url).scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


def runs(message: Message) -> tuple[Run, ...]:
    """The text cut wherever an entity begins or ends; entities are counted in UTF-16 units, and may overlap."""
    encoded = message.text.encode("utf-16-le", "surrogatepass")
    end = len(encoded) // 2
    edges = {0, end} | {edge for e in message.entities for edge in (e.offset, e.offset + e.length) if 0 <= edge <= end}
    cuts = sorted(edges)
    return tuple(
        Run(encoded[2 * begin : 2 * stop].decode("utf-16-le", "replace"), _over(message.entities, begin, stop))
        for begin, stop in pairwise(cuts)
    )


def _over(entities: tuple[Entity, ...], begin: int, stop: int) -> frozenset[str]:
    return frozenset(e.kind for e in entities if e.offset <= begin and e.offset + e.length >= stop)
