"""Two reports that share nobody's name: what bars them from being one event, however alike their words are.

A headline such as "Russian activist detained in Bishkek" is alike to every other of its kind, and two people are
detained in one city within days. Sums of likeness are fitted on items that mostly name somebody, so here each thing
that tells two people apart bars the merge on its own. A bar costs a second alert; a wrong merge hides a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.events.report import COUNTERPARTY, GENERAL, Report
from bot.language.skeleton import family, key_of, same_person

LEAST_SCORE = 0.0
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
    mine, theirs = one.traits.topics, other.traits.topics
    return bool(mine and theirs) and (mine.isdisjoint(GENERAL) or theirs.isdisjoint(GENERAL))


def lie_apart(one: Report, other: Report) -> bool:
    """Whether each has a country that the other has not: a Kazakh and a Russian in Bishkek, or one here, one there."""
    mine, theirs = frozenset(one.description.countries), frozenset(other.description.countries)
    return bool(mine and theirs) and not (mine <= theirs or theirs <= mine)


def are_two(one: Report, other: Report) -> bool:
    """Whether two reports that share no name cannot be of one event."""
    if lie_apart(one, other):
        return True
    if not is_case(one, other):
        return False
    return (
        abs(one.at - other.at) > NAMELESS_CASE
        or _parted(_roles(one), _roles(other))
        or _in_two_cities(one, other)
        or bool(_ANOTHER.search(max(one, other, key=lambda report: report.at).title))
    )


def share_somebody(one: Report, other: Report) -> bool:
    """Whether somebody whom one of them is about is named by the other; a lawyer in both is nobody's case."""
    mine, theirs = one.traits, other.traits
    return _meet(mine.about, (*theirs.about, *theirs.others)) or _meet(mine.others, theirs.about)


def are_namesakes(one: Report, other: Report) -> bool:
    """Whether two reports that share a surname may be of two people: no given name agrees, and no place.

    Russia alone is often only where nothing else was said; a surname that thousands have is held to it all the same.
    """
    mine, theirs = one.traits, other.traits
    shared = [key for key in mine.about if _meet((key,), theirs.about)]
    if any("." in key and key in theirs.about for key in shared):
        return False
    if _parted(frozenset(one.description.countries), frozenset(other.description.countries)):
        known = {COUNTERPARTY} not in (mine.elsewhere, theirs.elsewhere)
        return known or any(family(key) in common_surnames() for key in shared)
    return False


def _meet(mine: Iterable[str], theirs: Collection[str]) -> bool:
    return any(same_person(key, other) for key in mine for other in theirs)


def _parted(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _in_two_cities(one: Report, other: Report) -> bool:
    """By their names in one language: Варшава and Warsaw are not known to be one."""
    mine, theirs = one.description.cities, other.description.cities
    told_in = [{city.partition(":")[0] for city in cities} for cities in (mine, theirs)]
    return not told_in[0].isdisjoint(told_in[1]) and mine.isdisjoint(theirs)


def _roles(report: Report) -> frozenset[str]:
    return frozenset(ROLES[concept] for concept in report.traits.concepts if concept in ROLES)


@cache
def common_surnames() -> frozenset[str]:
    """Keys of surnames that thousands have (surnames.txt)."""
    lines = Path(__file__).with_name("surnames.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(key_of(word) for line in lines if not line.startswith("#") for word in line.split())
