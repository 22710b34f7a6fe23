"""Two reports that share nobody's name: what bars them from being one event, however alike their words are.

A headline such as "Russian activist detained in Bishkek" is alike to every other of its kind, and two people are
detained in one city within days. Sums of likeness are fitted on items that mostly name somebody, so here each thing
that tells two people apart bars the merge on its own. A bar costs a second alert; a wrong merge hides a person.
"""

from __future__ import annotations

import re
from datetime import timedelta

from bot.events.report import GENERAL, Report

LEAST_SCORE = 1.0
"""Log odds that two nameless reports of somebody's case need: even ones, where a shared name makes do with less."""

NAMELESS_CASE = timedelta(hours=48)
"""A message takes edits for so long (DESIGN.md, "Delivery"). Later, a merge would be seen by nobody."""

ROLES = {
    "blogger": "journalist", "journalist": "journalist", "activist": "activist",
    "politician": "politician", "scholar": "scholar", "teacher": "scholar", "student": "student",
    "musician": "musician", "poet": "writer", "writer": "writer", "artist": "artist", "actor": "actor",
    "filmmaker": "actor", "priest": "priest", "businessman": "businessman", "banker": "businessman",
    "programmer": "programmer", "deserter": "soldier", "soldier": "soldier", "observer": "observer",
    "partisan": "partisan",
}  # fmt: skip
"""Concepts (concepts.txt) of who somebody is; one person may be called by either of two that lead to the same."""

_ANOTHER = re.compile(
    r"\b(?:another|one more|ещ[её] (?:один|одн\w+)|очередн\w+|ще (?:один|одн\w+)|чергов\w+|тағы бір|дагы бир)\b",
    re.IGNORECASE,
)


def is_case(one: Report, other: Report) -> bool:
    """Whether they are about somebody's case: a law or a camera for all hides nobody when it is merged."""
    return one.traits.topics.isdisjoint(GENERAL) or other.traits.topics.isdisjoint(GENERAL)


def are_two(one: Report, other: Report) -> bool:
    """Whether two reports that share no name cannot be of one event."""
    mine, theirs = frozenset(one.description.countries), frozenset(other.description.countries)
    if mine and theirs and not (mine <= theirs or theirs <= mine):
        return True  # a Kazakh and a Russian in Bishkek; the same in Almaty and in Bishkek
    if not is_case(one, other):
        return False
    return (
        abs(one.at - other.at) > NAMELESS_CASE
        or _parted(_roles(one), _roles(other))
        or _in_two_cities(one, other)
        or bool(_ANOTHER.search(max(one, other, key=lambda report: report.at).title))
    )


def _parted(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _in_two_cities(one: Report, other: Report) -> bool:
    """By their names in one language: Варшава and Warsaw are not known to be one."""
    mine, theirs = one.description.cities, other.description.cities
    alike = {city[:3] for city in mine} & {city[:3] for city in theirs}
    return bool(alike) and mine.isdisjoint(theirs)


def _roles(report: Report) -> frozenset[str]:
    return frozenset(ROLES[concept] for concept in report.traits.concepts if concept in ROLES)
