"""How alike two reports are: the features by which events are told apart, and the weights of their sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter, mul

from bot.events.officials import officials
from bot.events.report import COUNTERPARTY, Report, Traits
from bot.language.skeleton import family, same_person
from bot.model import Status

COMMON_NAME = 20
"""A name key in so many events of 30 days weighs nothing: a spokesperson, a lawyer of many, an outlet."""

FRESH, LATEST = 2.0, 7.0
"""Days between two reports: other outlets follow within two (an alert takes edits for 48 hours); beyond a week more
do not matter."""

ALMOST = 7
"""Letters from which two surnames that differ in one are held for a misspelling, if the given names agree."""


@dataclass(frozen=True, slots=True)
class Features:
    """What two reports have in common, each from 0 to about 1, counts up to 2, days. `clash` bars "the same event"."""

    names: float = 0.0
    """Weight of the shared rare names of those whom the reports are about."""
    mentioned: float = 0.0
    """Weight of those whom one is about and the other names where its finder took the word for no name."""
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
    only_russia: float = 0.0
    """Both name no country but Russia: that says little."""
    country_clash: float = 0.0
    topics: float = 0.0
    numbers: float = 0.0
    number_clash: float = 0.0
    """Both have numbers, and none is shared."""
    dates: float = 0.0
    date_clash: float = 0.0
    weekday_clash: float = 0.0
    proper: float = 0.0
    """Shared capitalised words that are no person and no country: an organisation, a small town."""
    terms: float = 0.0
    title: float = 0.0
    concepts: float = 0.0
    """Shared things, whatever the language of their words."""
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
    mentioned: float
    extra_names: float
    voices: float
    one_sided: float
    clash: float
    place: float
    countries: float
    only_russia: float
    country_clash: float
    topics: float
    numbers: float
    number_clash: float
    dates: float
    date_clash: float
    weekday_clash: float
    proper: float
    terms: float
    title: float
    concepts: float
    same_outlet: float
    status_clash: float
    days: float
    late: float
    same: float
    maybe: float

    def score(self, features: Features) -> float:
        """The odds that two reports are of one event, as a logarithm: 0 is even."""
        return self.total(_values(features))

    def total(self, measured: tuple[float, ...]) -> float:
        """The same of what `measure` gives."""
        return float(self.bias + sum(map(mul, measured, _values(self))))


_values = attrgetter(*(field.name for field in fields(Features)))
"""The features of two reports, or their weights, in one order. (dataclasses.astuple copies, at five times the cost.)"""


def rarity(key: str, document_frequency: Mapping[str, int]) -> float:
    """The weight of a name: 1 for one that a single event has, falling to 0 at COMMON_NAME events."""
    events = max(1, document_frequency.get(key, 0))  # the event that it is compared with is one of them
    return max(0.0, 1.0 - math.log(events) / math.log(COMMON_NAME))


def features(one: Report, other: Report, document_frequency: Mapping[str, int]) -> Features:
    """What two reports have in common; the order of the two does not matter."""
    return Features(*measure(one, other, document_frequency))


def measure(one: Report, other: Report, document_frequency: Mapping[str, int]) -> tuple[float, ...]:
    """The same as numbers in the order of Features: an item is held against some fifty reports, and most are unlike."""
    a, b = one.traits, other.traits
    shared, speaking = _shared_people(a, b) if a.beginnings and b.beginnings else ([], [])
    named = _mentioned(a, b, shared)
    mine, theirs, both = len(a.about), len(b.about), bool(a.about and b.about)
    numbers, dates = len(a.numbers & b.numbers), len(a.dates & b.dates)
    status = one.description.status, other.description.status
    days = abs((one.at - other.at).total_seconds()) / 86_400
    return (
        _weight(shared, document_frequency) if shared else 0.0,
        min(1.0, sum(rarity(key, document_frequency) for key in named)) if named else 0.0,
        min(4, max(mine, theirs) - len(shared)) / 4 if both and max(mine, theirs) > len(shared) else 0.0,
        _weight([pair for pair in speaking if officials().isdisjoint(pair)], document_frequency) if speaking else 0.0,
        1.0 if bool(mine) != bool(theirs) and not named else 0.0,
        1.0 if both and not (shared or named or _of_somebody(a, b, speaking)) else 0.0,
        1.0 if a.place is not None and a.place == b.place else 0.0,
        *_countries(a.elsewhere, b.elsewhere),
        _share(a.topics, b.topics),
        min(2.0, float(numbers)),
        1.0 if not numbers and a.numbers and b.numbers else 0.0,
        min(2.0, float(dates)),
        1.0 if not dates and a.dates and b.dates else 0.0,
        1.0 if a.weekdays and b.weekdays and a.weekdays.isdisjoint(b.weekdays) else 0.0,
        min(2.0, float(len(a.proper & b.proper))),
        _dice(a.terms, b.terms),
        _dice(a.title, b.title),
        _dice(a.concepts, b.concepts),
        1.0 if one.outlet and one.outlet == other.outlet else 0.0,
        1.0 if status[0] is not status[1] and Status.UNKNOWN not in status else 0.0,
        min(days, FRESH),
        max(0.0, min(days, LATEST) - FRESH),
    )


Pairs = list[tuple[str, str]]


def _shared_people(a: Traits, b: Traits) -> tuple[Pairs, Pairs]:
    """Pairs of keys that are one person: of those whom both are about, and of those whom at least one only quotes."""
    shared = [(key, their) for key in a.about for their in b.about if _same(key, their)]
    met = {key for pair in shared for key in pair}
    rest = [key for key in (*a.about, *a.others) if key not in met]
    their_rest = [key for key in (*b.about, *b.others) if key not in met]
    return shared, [(key, their) for key in rest for their in their_rest if _same(key, their)]


def _of_somebody(a: Traits, b: Traits, speaking: Pairs) -> bool:
    """Whether one report is about somebody whom the other only quotes: a lawyer who speaks in both is nobody's case."""
    return any(key in a.about or their in b.about for key, their in speaking)


def _mentioned(a: Traits, b: Traits, shared: Pairs) -> list[str]:
    """Keys of those whom one report is about and whose surname stands in the other with a capital, taken for a word.

    Not where the other names a namesake: Анну Петрову is Ивана Петрова in no case.
    """
    named = [key for key, begun in a.surnames if begun in b.written and _unknown(key, b)] if a.surnames else []
    named += [key for key, begun in b.surnames if begun in a.written and _unknown(key, a)] if b.surnames else []
    return [key for key in named if not any(key in pair for pair in shared)] if named and shared else named


def _unknown(key: str, traits: Traits) -> bool:
    return all(family(key) != family(other) for other in (*traits.about, *traits.others))


def _weight(pairs: Pairs, document_frequency: Mapping[str, int]) -> float:
    """The weight of shared names: of each pair of keys the commoner one counts, so that the order does not."""
    return min(2.0, sum(min(rarity(key, document_frequency) for key in pair) for pair in pairs))


def gap(days: float) -> dict[str, float]:
    """The features of the time between two reports."""
    return {"days": min(days, FRESH), "late": max(0.0, min(days, LATEST) - FRESH)}


@lru_cache(maxsize=65_536)
def _same(one: str, other: str) -> bool:
    """One person by their keys, or by keys that one letter parts: Romashkin and Romazhkin."""
    if same_person(one, other):
        return True
    (mine, my_given), (theirs, their_given) = one.partition(".")[::2], other.partition(".")[::2]
    alike = my_given == their_given and len(mine) == len(theirs) >= ALMOST
    return alike and sum(a != b for a, b in zip(mine, theirs, strict=True)) == 1


def _countries(mine: frozenset[str], theirs: frozenset[str]) -> tuple[float, float, float]:
    """(countries, only_russia, country_clash) of Features."""
    share = _share(mine, theirs)
    alone = share == 1.0 and mine == {COUNTERPARTY}
    return share, float(alone), float(bool(mine and theirs) and not share)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: what both have, of what either has."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
