"""The words that every room speaks: frozen dataclasses and enums that cross room borders.

Nothing here decides, fetches or stores. Times are aware and in UTC; countries are ISO 3166-1 alpha-2;
languages are ISO 639-1 (en ru uk kk ky be); character places are offsets into plain text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

LANGUAGES = ("en", "ru", "uk", "kk", "ky", "be")


class Topic(StrEnum):
    """What an alert is about; a reader subscribes to topics. Their order here is their bit in a mask."""

    DETENTION = "detention"
    EXTRADITION = "extradition"
    DEPORTATION = "deportation"
    ABDUCTION = "abduction"
    WANTED = "wanted"
    SURVEILLANCE = "surveillance"
    LAW = "law"
    RELEASE = "release"

    @property
    def bit(self) -> int:
        return 1 << list(Topic).index(self)


ALL_TOPICS = sum(topic.bit for topic in Topic)

URGENT = frozenset({Topic.DETENTION, Topic.EXTRADITION, Topic.DEPORTATION, Topic.ABDUCTION})
"""Minutes matter for these: a deportation has been completed within hours of an arrest."""

Places = tuple[tuple[str, int, int], ...]
"""Where something stands in an item: (field "title" or "summary", start, end), characters, end exclusive."""


class Status(StrEnum):
    """Where a person's case stands; the order is that of a case, with released and refused as its good ends."""

    UNKNOWN = "unknown"
    DETAINED = "detained"
    EXTRADITION_SOUGHT = "extradition_sought"
    EXTRADITION_APPROVED = "extradition_approved"
    EXTRADITION_REFUSED = "extradition_refused"
    HANDED_OVER = "handed_over"
    EXPELLED = "expelled"
    DISAPPEARED = "disappeared"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class LegalStatus:
    """What a state calls an outlet: a dated fact from feeds.yaml, shown to readers."""

    jurisdiction: str
    label: str
    since: str
    """ISO date, or as much of it as is known: 2024-02-20, 2022-03, 2017."""
    source: str | None = None
    checked: date | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    id: str
    name: str
    home: str
    mirrors: tuple[str, ...] = ()
    status: tuple[LegalStatus, ...] = ()
    publisher: str | None = None
    """Outlets of one publisher count as one source; None where the outlet is its own publisher."""
    proxy: str | None = field(default=None, repr=False)
    """An http or socks5 proxy for this outlet alone, or "none" to go without NABAT_PROXY. It may hold a password."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of feeds.yaml. `every` is the wish for a rhythm, in seconds; None takes NABAT_POLL_EVERY."""

    url: str
    outlet: str
    language: str
    country: str | None = None
    every: float | None = None
    hints: bool = True
    """Whether what the document asks for (ttl, syndication hints) is obeyed; HTTP headers always are."""


@dataclass(frozen=True, slots=True)
class Item:
    """A news item as every room but `news` sees it: plain text, no markup.

    `id` is the database id as a string, or whatever an item in JSON lines calls itself. `language` is a prior
    (the feed's, or what the line said), not a finding; `country` is the feed's country, a prior too.
    """

    id: str
    title: str
    summary: str = ""
    url: str | None = None
    outlet: str = ""
    language: str | None = None
    published: datetime | None = None
    country: str | None = None


class RuleState(StrEnum):
    AUTO = "auto"
    """A match makes an alert by itself."""
    REVIEW = "review"
    """A match waits for a moderator."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Rule:
    """A moderator's rule. `queries` maps a language to its query; the key "" serves every other language."""

    id: str
    topic: Topic
    state: RuleState
    queries: tuple[tuple[str, str], ...]
    version: int = 1
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A named list of alternatives, used in a query as @name. `queries` as in Rule."""

    name: str
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything keywords.yaml holds, in its order; the database gives and takes the same."""

    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that an item met, and where: the places to show in bold."""

    rule: str
    version: int
    topic: Topic
    state: RuleState
    places: Places = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in a text: the name as printed, and the skeleton key its spellings share."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Description:
    """What an item is about, once its rules are known.

    `countries[0]` is where it happened. `people` are keyed as bot.language.skeleton says; `voices` are the keys of
    those who only speak of the event or act in office, and weigh little towards "the same event". `terms` are folded
    beginnings of the item's words, alike across scripts; `numbers` are its numbers and dates ("8500", "d0908").
    `cities` are those it names outside Russia, as "ru:Ош": a city is known by its name in one language.
    `capitals` are those of words with a capital, but for `people`; `proper` those of them that name something.
    """

    topics: tuple[Topic, ...] = ()
    countries: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    status: Status = Status.UNKNOWN
    numbers: frozenset[str] = field(default_factory=frozenset)
    terms: frozenset[str] = field(default_factory=frozenset)
    voices: frozenset[str] = field(default_factory=frozenset)
    capitals: frozenset[str] = field(default_factory=frozenset)
    proper: frozenset[str] = field(default_factory=frozenset)
    cities: frozenset[str] = field(default_factory=frozenset)
