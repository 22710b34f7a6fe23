"""One item as the clustering sees it, with what is compared of it worked out once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.events.concepts import concepts
from bot.events.officials import officials
from bot.language.skeleton import beginning, family
from bot.model import Description

COUNTERPARTY = "RU"
"""In nearly every item, so it neither joins two reports nor parts them, unless it is all they have."""

_TITLE_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a report is compared. `about` are the keys of its subjects, `others` those of everybody else named."""

    about: tuple[str, ...]
    others: tuple[str, ...]
    beginnings: frozenset[str]
    elsewhere: frozenset[str]
    """Its countries without Russia, unless that is all."""
    topics: frozenset[str]
    numbers: frozenset[str]
    dates: frozenset[str]
    weekdays: frozenset[str]
    proper: frozenset[str]
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
            beginnings=frozenset(map(beginning, keys)),
            elsewhere=frozenset(found.countries) - {COUNTERPARTY} or frozenset(found.countries),
            topics=frozenset(found.topics),
            numbers=found.numbers - dates - weekdays,
            dates=dates,
            weekdays=weekdays,
            proper=found.proper - _well_known(),
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


def _well_known() -> frozenset[str]:
    """Officials as capitalised words (see bot.events.capitals)."""
    return frozenset(family(key)[:7] for key in officials())
