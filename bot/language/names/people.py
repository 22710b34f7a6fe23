"""The people of an item: mentions of both its texts, one person each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bot.language.names import english, slavic, turkic
from bot.language.names.lists import given_names
from bot.language.names.mention import Mention
from bot.language.places.finder import sightings
from bot.language.skeleton import fold, key_of, same_person
from bot.model import Person

_AND_BEFORE = re.compile(r"(?:^|[^\w ]|(?<=[^\W\d_A-ZА-ЯІЇЄҐ]) )(?P<given>[^\W\d_]{3,}) (?:and|и|й|і|та) $")
"""A given name that shares the surname after "and": "Anna and Pyotr Romashkin"."""


def people(title: str, summary: str = "", language: str = "en") -> tuple[Person, ...]:
    """Everybody named, in order of appearance, each once, by the fullest name that the item gives them."""
    return tuple(Person(mention.name, key_of(mention.name)) for mention in _persons(title, summary, language))


def voices(title: str, summary: str = "", language: str = "en") -> frozenset[str]:
    """Keys of those who only speak of the event or act in office: lawyers, ministers, "said X"."""
    return frozenset(key_of(mention.name) for mention in _persons(title, summary, language) if mention.voice)


@lru_cache(maxsize=256)
def _persons(title: str, summary: str, language: str) -> tuple[Mention, ...]:
    """One mention a person. A person is a voice only if every mention says so.

    A head of state by surname alone ("Putin's mobilization") is the state, not a person the item is about.
    """
    persons: list[Mention] = []
    for text in (title, summary):
        leaders = {s.start for s in sightings(text, language) if s.kind == "leader"}
        for mention in _mentions(text, language):
            if mention.full or mention.start not in leaders:
                for person in (*_spouse(text, mention), mention):
                    _join(persons, person)
    return tuple(persons)


def _mentions(text: str, language: str) -> list[Mention]:
    if language == "en":
        return list(english.mentions(text))
    if language in ("kk", "ky"):
        return list(turkic.mentions(text, language))
    return list(slavic.mentions(text, language))


def _spouse(text: str, mention: Mention) -> Iterator[Mention]:
    """Who stands before "and" by a given name alone and has the surname of the person after it."""
    before = _AND_BEFORE.search(text[: mention.start]) if mention.full else None
    if before is None or not before["given"][0].isupper() or fold(before["given"]) not in given_names():
        return
    name = f"{before['given']} {mention.name.split()[-1]}"
    yield replace(mention, name=name, start=before.start("given"), end=before.end("given"))


def _join(persons: list[Mention], mention: Mention) -> None:
    key = key_of(mention.name)
    for at, known in enumerate(persons):
        if same_person(key_of(known.name), key):
            fuller = mention if mention.full and not known.full else known
            persons[at] = replace(fuller, voice=known.voice and mention.voice)
            return
    persons.append(mention)
