"""Words written with a capital: surnames that no finder knew, organisations, small towns. They tell events apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.names.runs import placed
from bot.language.places.finder import sightings
from bot.language.skeleton import SHORTEST_BEGINNING, fold
from bot.model import Person

LETTERS = 7
"""Letters of a folded word that are kept: what is left of a case ending is cut off."""
SHORTEST = 4
TITLE_CASE = 0.6
"""The share of capitals among longer words from which a text is all in capitals, and a capital says nothing."""

_APART = re.compile(r"['’ʼ]s?$")


def capitals(texts: Iterable[str], language: str, people: Iterable[Person]) -> tuple[frozenset[str], frozenset[str]]:
    """(every capitalised word, those of them that are surely proper): folded beginnings, without those of `people`.

    A word that opens a sentence has its capital for that; countries, capitals and peoples are left out of the second,
    for they are in every item and are compared as countries.
    """
    known = {beginning_of(word) for person in people for word in person.name.split()}
    every: set[str] = set()
    proper: set[str] = set()
    for text in texts:
        words = [word for word in placed(text) if len(word.text) >= SHORTEST]
        upper = [word for word in words if word.text[0].isupper()]
        shouted = len(words) > 3 and len(upper) / len(words) > TITLE_CASE
        places = [(s.start, s.end) for s in sightings(text, language) if s.kind not in ("city", "region")]
        for word in upper:
            begun = beginning_of(word.text)
            if begun in known or len(begun) < SHORTEST:
                continue
            every.add(begun)
            if not (shouted or word.opening or any(start <= word.start < end for start, end in places)):
                proper.add(begun)
    return frozenset(every), frozenset(proper)


def beginning_of(word: str) -> str:
    return fold(_APART.sub("", word)).replace("o", "a")[:LETTERS]


def beginnings_of(words: Iterable[str]) -> frozenset[str]:
    """What surnames in whatever case begin with, if they are among these capitalised words: five letters and more."""
    return frozenset(word[:length] for word in words for length in range(SHORTEST_BEGINNING, len(word) + 1))
