"""One item as the clustering sees it, with what is compared of it worked out once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from bot.events.capitals import LETTERS, beginnings_of
from bot.events.concepts import concepts
from bot.events.officials import officials
from bot.language.skeleton import SHORTEST_BEGINNING, beginning, family
from bot.model import Description, Topic

COUNTERPARTY = "RU"
"""In nearly every item, so it neither joins two reports nor parts them, unless it is all they have."""

GENERAL = frozenset({Topic.LAW, Topic.SURVEILLANCE})
"""Topics that are about everybody, not about somebody's case."""

_TITLE_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a report is compared. `about` are the keys of its subjects, `others` those of everybody else named."""

    about: tuple[str, ...]
    others: tuple[str, ...]
    surnames: tuple[tuple[str, str], ...]
    """Each key of `about` with what its surname begins with where it is written and not found."""
    written: frozenset[str]
    """Beginnings of words with a capital that were found to be nobody."""
    beginnings: frozenset[str]
    """What everybody's keys begin with."""
    place: str | None
    elsewhere: frozenset[str]
    """Its countries without Russia, unless that is all."""
    topics: frozenset[str]
    numbers: frozenset[str]
    dates: frozenset[str]
    weekdays: frozenset[str]
    proper: frozenset[str]
    terms: frozenset[str]
    title: frozenset[str]
    concepts: frozenset[str]


@dataclass(frozen=True)
class Report:
    """One item as the clustering sees it. `at` is when it was published, aware, in UTC.

    It has no slots: its traits are worked out when they are first asked for, and stay with it.
    """

    item: str
    description: Description
    title: str
    outlet: str
    at: datetime

    @cached_property
    def traits(self) -> Traits:
        found = self.description
        about = tuple(subjects(found, officials()))
        keys = [person.key for person in found.people]
        dates = frozenset(number for number in found.numbers if number.startswith("d"))
        weekdays = frozenset(number for number in found.numbers if number.startswith("w"))
        return Traits(
            about=about,
            others=tuple(key for key in keys if key not in about),
            surnames=tuple((key, family(key)[:LETTERS]) for key in about if len(family(key)) >= SHORTEST_BEGINNING),
            written=beginnings_of(found.capitals),
            beginnings=frozenset(map(beginning, keys)),
            place=found.countries[0] if found.countries else None,
            elsewhere=frozenset(found.countries) - {COUNTERPARTY} or frozenset(found.countries),
            topics=frozenset(found.topics),
            numbers=found.numbers - dates - weekdays,
            dates=dates,
            weekdays=weekdays,
            proper=found.proper - _well_known(),
            terms=found.terms,
            title=frozenset(word.lower() for word in _TITLE_WORD.findall(self.title)),
            concepts=concepts(found.terms),
        )


def subjects(description: Description, officials: frozenset[str]) -> list[str]:
    """Keys of those whom a report is about: neither voices nor known officials."""
    return [
        person.key
        for person in description.people
        if person.key not in description.voices and person.key not in officials
    ]


@cache
def _well_known() -> frozenset[str]:
    """Officials as capitalised words (see bot.events.capitals)."""
    return frozenset(family(key)[:LETTERS] for key in officials())
