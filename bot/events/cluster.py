"""Whether an item reports an event that is already known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from bot.events.likeness import Features, Weights, measure
from bot.events.report import COUNTERPARTY, Report
from bot.events.weights import WEIGHTS
from bot.language.skeleton import beginning
from bot.model import Description, Topic

WINDOW = timedelta(days=14)
"""An event takes reports for so long after its last one; later news of the same person is a new event."""

NAMELESS = timedelta(days=4)
"""The same for a report that shares no name with the event: by then only a copy of its text would still score."""

REMEMBERED = 8
"""Reports of an event that a new one is compared with: the first, which named it, and the latest."""


GENERAL = frozenset({Topic.LAW, Topic.SURVEILLANCE})
"""Topics that are about everybody, not about somebody's case."""


ONE_SIDED_MARGIN = 0.5
"""How much more a report must score to join one that names somebody where it names nobody (or the other way round):
that merge could hide a person. On the crowded corpus half a point undid 3 of 11 wrong pairs and lost 2 of 82 right."""

NOWHERE_MARGIN = 2.0
"""And how much more again, where Russia is all the place that both have: two of its lists of the same week read alike,
and only one of them names whom it names."""

LISTED = 0.75
"""Of `extra_names`: three names or more that the other has not. A list of old cases reads like each of them, and what
it joined would hide the rest; no two reports of one event in the four corpora are so unlike."""


class Kind(StrEnum):
    SAME = "same"
    MAYBE = "maybe"
    """A new event, with a hint for moderators."""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open event: its id and the reports that it is known by, the first one first."""

    event: str
    reports: tuple[Report, ...]

    @property
    def opened(self) -> datetime:
        return min(report.at for report in self.reports)

    @property
    def last(self) -> datetime:
        return max(report.at for report in self.reports)

    def may_name(self, report: Report) -> bool:
        """Whether one of its reports names somebody whose name begins as that of one of the report's people does."""
        mine = report.traits.beginnings
        return any(not mine.isdisjoint(known.traits.beginnings) for known in self.reports)

    def joined(self, report: Report) -> Candidate:
        """The event after one more report."""
        reports = (*self.reports, report)
        if len(reports) > REMEMBERED:
            reports = (reports[0], *reports[-REMEMBERED + 1 :])
        return replace(self, reports=reports)


@dataclass(frozen=True, slots=True)
class Links:
    """What moderators decided: pairs of ids, of items or events, that must or cannot be one event."""

    must: frozenset[frozenset[str]] = frozenset()
    cannot: frozenset[frozenset[str]] = frozenset()

    def bind(self, report: Report, candidate: Candidate) -> bool:
        return bool(self.must) and self._between(self.must, report, candidate)

    def part(self, report: Report, candidate: Candidate) -> bool:
        return bool(self.cannot) and self._between(self.cannot, report, candidate)

    def rivals(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self.cannot

    @staticmethod
    def _between(pairs: frozenset[frozenset[str]], report: Report, candidate: Candidate) -> bool:
        ids = (candidate.event, *(known.item for known in candidate.reports))
        return any(frozenset((report.item, other)) in pairs for other in ids)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report is: of `event` (SAME), perhaps of `event` (MAYBE), or of none that is known (NEW).

    `follows` is an earlier event about the same person, where the report is not of that event: its alert is answered.
    `score` is the best candidate's (log odds); `reasons` name the features that spoke loudest, for moderators.
    """

    kind: Kind
    event: str | None = None
    score: float | None = None
    reasons: tuple[str, ...] = ()
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    score: float
    features: Features
    barred: bool
    """Their names clash, or one lists cases of which the other is one: not the same, whatever the score."""


def decide(
    report: Report,
    candidates: Iterable[Candidate],
    weights: Weights = WEIGHTS,
    *,
    document_frequency: Mapping[str, int] | None = None,
    links: Links | None = None,
) -> Verdict:
    """Whether `report` is of one of `candidates`. Those that are closed are passed over; moderators are obeyed first.

    `document_frequency`: in how many events of the last 30 days each name key occurs.
    """
    frequency, bonds = document_frequency or {}, links or Links()
    open_events = [c for c in candidates if _is_open(c, report) or bonds.bind(report, c)]
    for candidate in open_events:
        if bonds.bind(report, candidate) and not bonds.part(report, candidate):
            return Verdict(Kind.SAME, candidate.event, reasons=("a moderator joined them",))
    allowed = [candidate for candidate in open_events if not bonds.part(report, candidate)]
    ranked = sorted((_score(report, c, weights, frequency) for c in allowed), key=_best_first)
    return _judge(report, ranked, weights, bonds, frequency)


def _is_open(candidate: Candidate, report: Report) -> bool:
    """Whether an event still takes the report: for WINDOW if they share a name, for NAMELESS days if they do not."""
    gap = max(candidate.opened - report.at, report.at - candidate.last)
    return gap <= NAMELESS or (gap <= WINDOW and candidate.may_name(report))


def _best_first(scored: _Scored) -> tuple[float, str]:
    return -scored.score, scored.candidate.event


def _judge(
    report: Report, ranked: list[_Scored], weights: Weights, bonds: Links, frequency: Mapping[str, int]
) -> Verdict:
    if not ranked:
        return Verdict(Kind.NEW)
    best = ranked[0]
    kind = _kind(best, weights)
    rival = any(
        bonds.rivals(best.candidate.event, other.candidate.event) and _kind(other, weights) is Kind.SAME
        for other in ranked[1:]
    )
    if kind is Kind.SAME and rival:
        kind = Kind.MAYBE  # it fits two events that a moderator has parted: a moderator says which
    reasons = _reasons(best, weights)
    if kind is Kind.SAME:
        return Verdict(kind, best.candidate.event, best.score, reasons)
    event = best.candidate.event if kind is Kind.MAYBE else None
    return Verdict(kind, event, best.score, reasons, _earlier(report, ranked, frequency))


def _kind(scored: _Scored, weights: Weights) -> Kind:
    margin = ONE_SIDED_MARGIN + NOWHERE_MARGIN * scored.features.only_russia
    needed = weights.same + margin * scored.features.one_sided
    if scored.score >= needed and not scored.barred:
        return Kind.SAME
    return Kind.MAYBE if scored.score >= weights.maybe else Kind.NEW


def _score(report: Report, candidate: Candidate, weights: Weights, frequency: Mapping[str, int]) -> _Scored:
    """The likeness of a report to an event is that to its likest report; names clash with those of the whole event."""
    pairs = [measure(report, known, frequency) for known in candidate.reports]
    scores = [weights.total(pair) for pair in pairs]
    best = max(range(len(pairs)), key=scores.__getitem__)
    clash = any(pair[_CLASH] for pair in pairs) and not any(pair[each] for pair in pairs for each in _MET)
    named = [pair for pair in pairs if pair[_NAMES]]
    listed = bool(named) and all(pair[_EXTRA] >= LISTED for pair in named)
    return _Scored(candidate, scores[best], Features(*pairs[best]), clash or listed)


_FIELDS = [field.name for field in fields(Features)]
_NAMES, _EXTRA = _FIELDS.index("names"), _FIELDS.index("extra_names")
_CLASH, _MET = _FIELDS.index("clash"), [_FIELDS.index(name) for name in ("names", "voices", "mentioned")]


def _earlier(report: Report, ranked: list[_Scored], frequency: Mapping[str, int]) -> str | None:
    """The latest event about the same person, if the report follows one: a list of cases goes on from none of them."""
    same_person = [
        s.candidate
        for s in ranked
        if s.features.names >= 0.5 and s.features.extra_names < LISTED and s.candidate.opened <= report.at
    ]
    return max(same_person, key=lambda candidate: candidate.last).event if same_person else None


def _reasons(scored: _Scored, weights: Weights, most: int = 3) -> tuple[str, ...]:
    """The features that moved the score most, as "names +4.1"."""
    parts = {name: getattr(scored.features, name) * getattr(weights, name) for name in Features.__dataclass_fields__}
    loudest = sorted(parts, key=lambda name: -abs(parts[name]))[:most]
    return tuple(f"{name} {parts[name]:+.1f}" for name in loudest if parts[name])


def keys(description: Description) -> frozenset[str]:
    """The keys under which a store finds the events that a description may belong to; two that share none never meet.

    "n:skara" for each person (see skeleton.beginning); "c:KG:case" or "c:KG:rule" for each country, by whether its
    topics are somebody's case or a rule for all (both, where it has none); "c:KZ+UA" for each pair of countries.
    Russia only where it is alone.
    """
    names = {f"n:{beginning(person.key)}" for person in description.people}
    countries = sorted(set(description.countries) - {COUNTERPARTY} or set(description.countries))
    kinds = {"rule" if topic in GENERAL else "case" for topic in description.topics} or {"rule", "case"}
    alone = {f"c:{country}:{kind}" for country in countries for kind in kinds}
    return frozenset(names | alone | {f"c:{one}+{other}" for one, other in combinations(countries[:4], 2)})
