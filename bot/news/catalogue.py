"""feeds.yaml, read whole or not at all.

Every mistake is told at once by file, line and field (`bot.yamlfile`); the head of the file shows its format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from bot import yamlfile
from bot.model import LANGUAGES, Feed, LegalStatus, Outlet
from bot.yamlfile import Value

FEED_LANGUAGES = (*LANGUAGES, "tg", "uz")
"""What a feed may be written in: the languages that rules are written for, and two that are only read."""

OPTIONAL = ("mirrors", "status", "publisher", "proxy")
"""What an outlet may leave out."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HOST = re.compile(
    r"((?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]|\d{1,3}(\.\d{1,3}){3})(:\d{1,5})?"
)
_PROXY = re.compile(r"(http|socks5h?)://[^\s/]+:\d{1,5}/?")
_SINCE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_LONGEST = 7 * 86400.0  # a feed asked more rarely than once a week warns nobody


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The outlets and their feeds, in the order of the file."""

    outlets: tuple[Outlet, ...]
    feeds: tuple[Feed, ...]

    def outlet(self, id: str) -> Outlet:
        """The outlet of that id; KeyError where there is none."""
        for outlet in self.outlets:
            if outlet.id == id:
                return outlet
        raise KeyError(id)


def load(path: Path) -> Catalogue:
    """feeds.yaml; raises ConfigurationError that lists every mistake, and then nothing is loaded."""
    reader = _FeedsFile()
    with yamlfile.reading(path) as root:
        top = root.mapping(required=("outlets",))
        for value in top["outlets"].items():
            reader.outlet(value)
        if top.get("outlets") and not reader.feeds:
            root.wrong("it names no feed; add one.")
    return Catalogue(tuple(reader.outlets), tuple(reader.feeds))


class _FeedsFile:
    """What has been read of feeds.yaml so far, and where each id and address stood first."""

    def __init__(self) -> None:
        self.outlets: list[Outlet] = []
        self.feeds: list[Feed] = []
        self._ids: dict[str, Value] = {}
        self._urls: dict[str, Value] = {}

    def outlet(self, value: Value) -> None:
        keys = value.mapping(required=("id", "name", "home", "feeds"), optional=OPTIONAL)
        id = _outlet_id(keys["id"])
        _once(keys["id"], id, self._ids)
        mirrors, status = keys.get("mirrors"), keys.get("status")
        publisher, proxy = keys.get("publisher"), keys.get("proxy")
        self.outlets.append(
            Outlet(
                id=id,
                name=keys["name"].text(),
                home=keys["home"].address(),
                mirrors=tuple(_host(host) for host in mirrors.items()) if mirrors else (),
                status=tuple(_status(fact) for fact in status.items()) if status else (),
                publisher=publisher.text() if publisher else None,
                proxy=_proxy(proxy) if proxy else None,
            )
        )
        self.feeds += [self._feed(feed, id) for feed in keys["feeds"].items()]

    def _feed(self, value: Value, outlet: str) -> Feed:
        keys = value.mapping(required=("url", "language"), optional=("country", "every", "hints"))
        country, every, hints = keys.get("country"), keys.get("every"), keys.get("hints")
        url = keys["url"].address()
        _once(keys["url"], _same_address(url), self._urls)
        return Feed(
            url=url,
            outlet=outlet,
            language=keys["language"].choice(FEED_LANGUAGES),
            country=country.country() if country else None,
            every=_every(every) if every else None,
            hints=hints is None or hints.choice(("obey", "ignore")) == "obey",
        )


def _once(value: Value, key: str, seen: dict[str, Value]) -> None:
    first = seen.setdefault(key, value) if key else value
    if first is not value:
        value.wrong(f"“{value.text()}” stands in line {first.line} already; remove one of the two.")


def _same_address(url: str) -> str:
    """Two spellings of one address share this: http or https, case of the host, a slash at the end."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}" if url else ""


def _outlet_id(value: Value) -> str:
    id = value.text()
    if id and not _ID.fullmatch(id):
        value.wrong(f"“{id}” is not an id; write up to 40 of a-z, 0-9 and -, such as moscow-times.")
    return id


def _status(value: Value) -> LegalStatus:
    keys = value.mapping(required=("jurisdiction", "label", "since"), optional=("source", "checked"))
    source, checked = keys.get("source"), keys.get("checked")
    return LegalStatus(
        jurisdiction=keys["jurisdiction"].country(),
        label=keys["label"].text(),
        since=_since(keys["since"]),
        source=source.address() if source else None,
        checked=checked.day() if checked else None,
    )


def _host(value: Value) -> str:
    text = value.text().lower()
    if text and not _HOST.fullmatch(text):
        value.wrong(f"“{text}” is not a host; write the bare name, such as www.example.org, without https://.")
    return text


def _proxy(value: Value) -> str:
    """An address, or "none". It may hold a password, so a mistake in it is told without repeating it."""
    text = value.text()
    if text and text != "none" and not _PROXY.fullmatch(text):
        value.wrong("this is not a proxy; write http://host:port or socks5://host:port, or none to go without one.")
    return text.replace("socks5h://", "socks5://", 1).rstrip("/")


def _since(value: Value) -> str:
    """A date, or as much of it as is known: 2024-02-20, 2022-03, 2017."""
    text = value.text()
    whole = text + "-01-01"[len(text) - 4 :] if _SINCE.fullmatch(text) else ""
    try:
        date.fromisoformat(whole)
    except ValueError:
        if text:
            value.wrong(f"“{text}” is not a date; write 2024-02-20, or 2024-02, or 2024.")
    return text


def _every(value: Value) -> float:
    seconds = value.duration()
    if seconds > _LONGEST:
        value.wrong("a feed asked so rarely warns nobody; write a week (7d) at most.")
    return seconds
