"""Runs of capitalised words: where a name can stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]\.|[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\d+")
_CLOSED = re.compile(r"[.!?:;…—–\n|]|\s-\s")
_OPENING_QUOTES = "«“„\"'‘("
_PARTICLES = frozenset(
    [
        "al",
        "el",
        "ad",
        "ibn",
        "bin",
        "de",
        "da",
        "di",
        "von",
        "van",
        "der",
        "la",
        "le",
        "ogly",
        "oglu",
        "оглы",
        "кызы",
        "уулу",
        "улы",
        "ұлы",
        "қызы",
        "фон",
        "де",
        "ибн",
        "аль",
        "эль",
    ]
)


class Word(NamedTuple):
    """A word with its place in the text. `opening`: a capital proves nothing here; `quoted`: a quote opens before."""

    text: str
    start: int
    end: int
    opening: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Words with nothing but single spaces between them, each capitalised or a particle of a name.

    `before` and `after` are the nearest words around, lower case, for titles and verbs of speech.
    """

    words: tuple[Word, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    colon: bool = False
    """A colon follows, as after the name of who speaks in a headline."""


def words_of(text: str) -> list[Word]:
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        opening = not found or bool(_CLOSED.search(gap)) or bool(gap.strip() and gap.strip()[-1] in _OPENING_QUOTES)
        quoted = bool(gap.strip()) and gap.strip()[-1] in _OPENING_QUOTES
        found.append(Word(match.group(), match.start(), match.end(), opening, quoted))
        end = match.end()
    return found


def runs_of(text: str) -> list[Run]:
    """The runs of one text, in order."""
    words = words_of(text)
    found: list[Run] = []
    at = 0
    while at < len(words):
        last = at
        if _is_capital(words[at].text):
            last = _end_of_run(text, words, at)
            before = tuple(word.text.lower() for word in words[max(0, at - 3) : at])
            after = tuple(word.text.lower() for word in words[last + 1 : last + 4])
            colon = text[words[last].end :].lstrip().startswith(":")
            found.append(Run(tuple(words[at : last + 1]), before, after, colon))
        at = last + 1
    return found


def _end_of_run(text: str, words: list[Word], at: int) -> int:
    last = at
    for following in range(at + 1, len(words)):
        if text[words[following - 1].end : words[following].start] != " ":
            break
        if _is_capital(words[following].text):
            last = following
        elif words[following].text.lower() not in _PARTICLES:
            break
    return last


def _is_capital(word: str) -> bool:
    return word[0].isupper()
