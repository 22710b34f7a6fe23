"""How alike two reports are: the features by which events are told apart, and the weights of their sum."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, mul

from bot.language.skeleton import same_person
from bot.model import Description, Status

COUNTERPARTY = "RU"
"""In nearly every item, so it neither joins two reports nor parts them, unless it is all they have."""

COMMON_NAME = 20
"""A name key in so many events of 30 days weighs nothing: a spokesperson, a lawyer of many, an outlet."""

FRESH, LATEST = 2.0, 7.0
"""Days between two reports: other outlets follow within two (an alert takes edits for 48 hours); beyond a week more
do not matter."""

ALMOST = 7
"""Letters from which two surnames that differ in one are held for a misspelling, if the given names agree."""

_TITLE_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Report:
    """One item as the clustering sees it. `at` is when it was published, aware, in UTC."""

    item: str
    description: Description
    title: str
    outlet: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Features:
    """What two reports have in common, each from 0 to about 1, counts up to 2, days. `clash` bars "the same event"."""

    names: float = 0.0
    """Weight of the shared rare names of those whom the reports are about."""
    extra_names: float = 0.0
    """Names that only the longer list has: a list article."""
    voices: float = 0.0
    """Shared names of those who only speak."""
    one_sided: float = 0.0
    """One report names somebody, the other nobody."""
    clash: float = 0.0
    """Both name somebody, and nobody is shared."""
    place: float = 0.0
    countries: float = 0.0
    country_clash: float = 0.0
    topics: float = 0.0
    numbers: float = 0.0
    dates: float = 0.0
    terms: float = 0.0
    title: float = 0.0
    same_outlet: float = 0.0
    status_clash: float = 0.0
    days: float = 0.0
    """Days between them, up to FRESH."""
    late: float = 0.0
    """Days beyond FRESH, up to LATEST."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature, the level `bias`, and the scores from which reports are "same" and "maybe".

    Chosen by benchmarks/events_weights.py on the labelled corpus; run it again when the features change.
    """

    bias: float
    names: float
    extra_names: float
    voices: float
    one_sided: float
    clash: float
    place: float
    countries: float
    country_clash: float
    topics: float
    numbers: float
    dates: float
    terms: float
    title: float
    same_outlet: float
    status_clash: float
    days: float
    late: float
    same: float
    maybe: float

    def score(self, features: Features) -> float:
        """The odds that two reports are of one event, as a logarithm: 0 is even."""
        return float(self.bias + sum(map(mul, _values(features), _values(self))))


_values = attrgetter(*(field.name for field in fields(Features)))
"""The features of two reports, or their weights, in one order. (dataclasses.astuple copies, at five times the cost.)"""


def rarity(key: str, document_frequency: Mapping[str, int]) -> float:
    """The weight of a name: 1 for one that a single event has, falling to 0 at COMMON_NAME events."""
    events = max(1, document_frequency.get(key, 0))  # the event that it is compared with is one of them
    return max(0.0, 1.0 - math.log(events) / math.log(COMMON_NAME))


def subjects(description: Description, officials: frozenset[str]) -> list[str]:
    """Keys of those whom a report is about: neither voices nor known officials."""
    return [
        person.key
        for person in description.people
        if person.key not in description.voices and not _official(person.key, officials)
    ]


@lru_cache(maxsize=4096)
def _official(key: str, officials: frozenset[str]) -> bool:
    """A surname alone is the official's: but for the whole key, somebody else of that name would be hidden."""
    return key in officials


def features(one: Report, other: Report, document_frequency: Mapping[str, int], officials: frozenset[str]) -> Features:
    """What two reports have in common; the order of the two does not matter."""
    a, b = one.description, other.description
    mine, theirs = subjects(a, officials), subjects(b, officials)
    shared = [(key, their) for key in mine for their in theirs if _same(key, their)]
    met = {key for pair in shared for key in pair}
    speaking = [
        (person.key, their.key)
        for person in a.people
        for their in b.people
        if not met & {person.key, their.key} and _same(person.key, their.key)
    ]
    known = [pair for pair in speaking if not any(_official(key, officials) for key in pair)]
    return Features(
        names=_weight(shared, document_frequency),
        extra_names=min(4, max(0, max(len(mine), len(theirs)) - len(shared))) / 4 if mine and theirs else 0.0,
        voices=_weight(known, document_frequency),
        one_sided=float(bool(mine) != bool(theirs)),
        clash=float(bool(mine and theirs) and not shared and not speaking),
        **_places(a, b),
        topics=_share(frozenset(a.topics), frozenset(b.topics)),
        **_figures(a, b),
        terms=_dice(a.terms, b.terms),
        title=_alike(one.title, other.title),
        same_outlet=float(bool(one.outlet) and one.outlet == other.outlet),
        status_clash=float(a.status is not b.status and Status.UNKNOWN not in (a.status, b.status)),
        **gap(abs((one.at - other.at).total_seconds()) / 86_400),
    )


def _weight(pairs: list[tuple[str, str]], document_frequency: Mapping[str, int]) -> float:
    """The weight of shared names: of each pair of keys the commoner one counts, so that the order does not."""
    return min(2.0, sum(min(rarity(key, document_frequency) for key in pair) for pair in pairs))


def gap(days: float) -> dict[str, float]:
    """The features of the time between two reports."""
    return {"days": min(days, FRESH), "late": max(0.0, min(days, LATEST) - FRESH)}


def _same(one: str, other: str) -> bool:
    """One person by their keys, or by keys that one letter parts: Romashkin and Romazhkin."""
    if same_person(one, other):
        return True
    (mine, my_given), (theirs, their_given) = one.partition(".")[::2], other.partition(".")[::2]
    alike = my_given == their_given and len(mine) == len(theirs) >= ALMOST
    return alike and sum(a != b for a, b in zip(mine, theirs, strict=True)) == 1


def _places(a: Description, b: Description) -> dict[str, float]:
    mine, theirs = _elsewhere(a.countries), _elsewhere(b.countries)
    return {
        "place": float(bool(a.countries and b.countries) and a.countries[0] == b.countries[0]),
        "countries": _share(mine, theirs),
        "country_clash": float(bool(mine and theirs) and not mine & theirs),
    }


def _elsewhere(countries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(countries) - {COUNTERPARTY} or frozenset(countries)


def _figures(a: Description, b: Description) -> dict[str, float]:
    shared = a.numbers & b.numbers
    dates = sum(number.startswith("d") for number in shared)
    return {"numbers": min(2.0, float(len(shared) - dates)), "dates": min(2.0, float(dates))}


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: what both have, of what either has."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _alike(one: str, other: str) -> float:
    return _dice(_title_words(one), _title_words(other))


@lru_cache(maxsize=20_000)
def _title_words(title: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _TITLE_WORD.findall(title))
