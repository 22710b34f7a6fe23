"""Feeds as publishers write them: RSS 2.0, RSS 0.91, RSS 1.0 (RDF), Atom and JSON Feed, in any encoding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr


class Form(StrEnum):
    RSS = "rss"
    RSS091 = "rss091"
    RDF = "rdf"
    ATOM = "atom"
    JSON = "json"


CONTENT_TYPES = {
    Form.RSS: "application/rss+xml",
    Form.RSS091: "text/xml",
    Form.RDF: "application/rdf+xml",
    Form.ATOM: "application/atom+xml",
    Form.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry. What is None is filled in by `publish`, or left out where it is named in `without`.

    `summary` may hold HTML, which feeds carry escaped. `published` is aware. `without` names fields that the feed
    shall not show: "guid", "link", "published", "title", "summary".
    """

    title: str
    summary: str = ""
    link: str | None = None
    guid: str | None = None
    published: datetime | None = None
    author: str | None = None
    categories: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()

    def shown(self, field: str) -> str:
        """A text field as the feed shows it; empty where it is left out."""
        return "" if field in self.without else str(getattr(self, field) or "")

    @property
    def date(self) -> datetime | None:
        return None if "published" in self.without else self.published


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says of itself. `ttl` is in minutes; `hub` the address of a WebSub hub."""

    title: str
    link: str
    url: str
    language: str = "ru"
    ttl: int | None = None
    hub: str | None = None


def render(form: Form, channel: Channel, items: Sequence[FeedItem], encoding: str = "utf-8") -> bytes:
    """The document, newest item first as given; characters that `encoding` lacks become references."""
    if form is Form.JSON:
        return _json_feed(channel, items)
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{_WRITERS[form](channel, items)}'
    return text.encode(encoding, "xmlcharrefreplace")


def _tag(name: str, text: str | None, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(text)}</{name}>\n" if text else ""


def _rfc822(date: datetime | None) -> str:
    return format_datetime(date.astimezone(UTC), usegmt=True) if date else ""


def _iso(date: datetime | None) -> str:
    return date.astimezone(UTC).isoformat().replace("+00:00", "Z") if date else ""


def _joined(write: Callable[[FeedItem], str], items: Iterable[FeedItem]) -> str:
    return "".join(map(write, items))


def _rss(channel: Channel, items: Sequence[FeedItem]) -> str:
    hub = f'<atom:link rel="hub" href={quoteattr(channel.hub)}/>\n' if channel.hub else ""
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        + _tag("title", channel.title)
        + _tag("link", channel.link)
        + _tag("description", channel.title)
        + _tag("language", channel.language)
        + f'<atom:link rel="self" href={quoteattr(channel.url)}/>\n{hub}'
        + (_tag("ttl", str(channel.ttl)) if channel.ttl is not None else "")
        + _joined(_rss_item, items)
        + "</channel></rss>\n"
    )


def _rss_item(item: FeedItem) -> str:
    return (
        "<item>\n"
        + _tag("title", item.shown("title"))
        + _tag("link", item.shown("link"))
        + _tag("description", item.shown("summary"))
        + _tag("author", item.author)
        + "".join(_tag("category", each) for each in item.categories)
        + _tag("guid", item.shown("guid"), ' isPermaLink="false"')
        + _tag("pubDate", _rfc822(item.date))
        + "</item>\n"
    )


def _rss091(channel: Channel, items: Sequence[FeedItem]) -> str:
    """RSS 0.91 knows neither guids nor dates of items."""
    return (
        '<rss version="0.91"><channel>\n'
        + _tag("title", channel.title)
        + _tag("link", channel.link)
        + _tag("description", channel.title)
        + _tag("language", channel.language)
        + _joined(_rss091_item, items)
        + "</channel></rss>\n"
    )


def _rss091_item(item: FeedItem) -> str:
    fields = (("title", "title"), ("link", "link"), ("description", "summary"))
    return "<item>\n" + "".join(_tag(tag, item.shown(field)) for tag, field in fields) + "</item>\n"


def _rdf(channel: Channel, items: Sequence[FeedItem]) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(item.shown('link'))}/>" for item in items)
    return (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        + f"<channel rdf:about={quoteattr(channel.url)}>\n"
        + _tag("title", channel.title)
        + _tag("link", channel.link)
        + _tag("description", channel.title)
        + f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        + _joined(_rdf_item, items)
        + "</rdf:RDF>\n"
    )


def _rdf_item(item: FeedItem) -> str:
    return (
        f"<item rdf:about={quoteattr(item.shown('link'))}>\n"
        + _tag("title", item.shown("title"))
        + _tag("link", item.shown("link"))
        + _tag("description", item.shown("summary"))
        + _tag("dc:date", _iso(item.date))
        + "</item>\n"
    )


def _atom(channel: Channel, items: Sequence[FeedItem]) -> str:
    newest = max((item.date for item in items if item.date), default=None)
    hub = f'<link rel="hub" href={quoteattr(channel.hub)}/>\n' if channel.hub else ""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(channel.language)}>\n'
        + _tag("title", channel.title)
        + _tag("id", channel.url)
        + f'<link rel="self" href={quoteattr(channel.url)}/>\n{hub}'
        + f"<link href={quoteattr(channel.link)}/>\n"
        + _tag("updated", _iso(newest))
        + _joined(_atom_entry, items)
        + "</feed>\n"
    )


def _atom_entry(item: FeedItem) -> str:
    link, author = item.shown("link"), item.author
    return (
        "<entry>\n"
        + _tag("title", item.shown("title"))
        + _tag("id", item.shown("guid"))
        + (f"<link href={quoteattr(link)}/>\n" if link else "")
        + (f"<author>{_tag('name', author)}</author>\n" if author else "")
        + "".join(f"<category term={quoteattr(each)}/>\n" for each in item.categories)
        + _tag("published", _iso(item.date))
        + _tag("updated", _iso(item.date))
        + _tag("summary", item.shown("summary"), ' type="html"')
        + "</entry>\n"
    )


def _json_feed(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.link,
        "feed_url": channel.url,
        "language": channel.language,
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _json_item(item: FeedItem) -> dict[str, str]:
    fields = {
        "id": item.shown("guid"),
        "url": item.shown("link"),
        "title": item.shown("title"),
        "content_html": item.shown("summary"),
        "date_published": _iso(item.date),
    }
    return {name: value for name, value in fields.items() if value}


_WRITERS: dict[Form, Callable[[Channel, Sequence[FeedItem]], str]] = {
    Form.RSS: _rss,
    Form.RSS091: _rss091,
    Form.RDF: _rdf,
    Form.ATOM: _atom,
}
