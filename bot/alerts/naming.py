"""Whom an alert names: two people detained together are one event, and no message on it may leave one of them out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.events.officials import officials
from bot.events.report import subjects
from bot.language.skeleton import family, key_of, same_person, skeleton
from bot.model import Description

MOST_IN_TEXT = 3
"""People of a report whose headline names nobody: more of them are a crowd that the text passes through."""

_WORD = re.compile(r"[^\W\d_]+")


def shows(text: str, name: str) -> bool:
    """Whether a text prints somebody's surname, in any spelling, script and case."""
    surname = family(key_of(name))
    return any(same_person(skeleton(word), surname) for word in _WORD.findall(text))


def named_by(title: str, found: Description) -> tuple[str, ...]:
    """Whom a report is about, as it prints them: those of its headline, else those of its text where they are few."""
    about = set(subjects(found, officials()))
    names = [person.name for person in found.people if person.key in about]
    first = tuple(name for name in names if shows(title, name))
    return first or (tuple(names) if len(names) <= MOST_IN_TEXT else ())


def together(*groups: Iterable[str]) -> tuple[str, ...]:
    """The names of all groups, each person once and as first printed."""
    found: list[str] = []
    for name in (name for group in groups for name in group):
        if not any(same_person(key_of(name), key_of(other)) for other in found):
            found.append(name)
    return tuple(found)


def unseen(names: Iterable[str], text: str) -> list[str]:
    """Those of the names that a text does not print."""
    return [name for name in names if not shows(text, name)]
