"""Following a person without keeping the name: tags that both sides hash, equal only where one may be the other.

`bot.language.skeleton.same_person` lets one surname begin another (what is left of a case ending) and lets a given name
be missing. A hash can only be looked up whole, so both sides spread what may differ over a few tags: a chat that
follows keeps `wanted(key)`, an alert carries `named(key)` of everybody it names, and they share a tag exactly where
`same_person` would say yes. The tags go through `Keyring.hash_name` before they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.errors import UserMistake
from bot.language.names.lists import given_names
from bot.language.skeleton import LONGEST_REST, SHORTEST_BEGINNING, fold, key_of
from bot.model import Person

MOST_WORDS, MOST_LETTERS = 5, 100
LEAST_LETTERS = 2
"""Letters of a surname's skeleton: Ли and Ан have two; one letter is an initial."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ`.][^\W\d_]*)*")


class NotAName(UserMistake):
    """Write the name as news would print it, such as Скорякин or Lev Skoryakin."""


def typed_keys(typed: str) -> tuple[str, ...]:
    """The keys of a name as somebody types it, surname first or last, in any script; two where either may be it.

    Raises NotAName for what cannot be a name.
    """
    words = typed.replace(",", " ").split()
    if not 1 <= len(words) <= MOST_WORDS or len(typed) > MOST_LETTERS:
        raise NotAName
    if not all(_WORD.fullmatch(word) for word in words):
        raise NotAName
    words = [word for word in words if len(word.rstrip(".")) > 1] or words
    keys = tuple(dict.fromkeys(key_of(reading) for reading in _readings(words)))
    if any(len(key.partition(".")[0]) < LEAST_LETTERS for key in keys):
        raise NotAName
    return keys


def wanted(key: str) -> frozenset[str]:
    """What a chat that follows `key` keeps: the surname whole and its beginnings, each with what given names fit."""
    surname, _, given = key.partition(".")
    whole = {f"whole {surname}", *(f"begun {begun}" for begun in _beginnings(surname))}
    # With a given name, only those of that name, and those whose given name is not told.
    fits = (f"given {given}", "given untold") if given else ("any",)
    return frozenset(f"{tag} {fit}" for tag in whole for fit in fits)


def named(key: str) -> frozenset[str]:
    """What an alert that names `key` carries."""
    surname, _, given = key.partition(".")
    whole = {f"whole {surname}", f"begun {surname}", *(f"whole {begun}" for begun in _beginnings(surname))}
    fits = ("any", f"given {given}" if given else "given untold")
    return frozenset(f"{tag} {fit}" for tag in whole for fit in fits)


def named_in(people: Iterable[Person]) -> frozenset[str]:
    """The tags of everybody that an item names."""
    keys = {key for person in people for key in (person.key, *_turned(person.name))}
    return frozenset().union(*map(named, keys))


def _beginnings(surname: str) -> list[str]:
    """The proper beginnings of a surname that `same_person` takes for it."""
    shortest = max(SHORTEST_BEGINNING, len(surname) - LONGEST_REST)
    return [surname[:length] for length in range(shortest, len(surname))]


def _readings(words: list[str]) -> list[str]:
    """Two words may be Лев Скорякин or Скорякин Лев: a known given name tells which, else both are kept."""
    forth, back = " ".join(words), " ".join(reversed(words))
    if len(words) != 2:
        return [forth]
    first, last = (fold(word) in given_names() for word in words)
    if first == last:
        return [forth, back]
    return [forth] if first else [back]


def _turned(name: str) -> list[str]:
    """The key of a name that an outlet prints surname first."""
    words = name.split()
    if len(words) != 2 or fold(words[0]) in given_names() or fold(words[1]) not in given_names():
        return []
    return [key_of(f"{words[1]} {words[0]}")]
