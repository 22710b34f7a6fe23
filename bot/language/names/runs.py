"""Runs of capitalised words: where a name can stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]\.|[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\d+")
_CLOSED = re.compile(r"[.!?:;…—–\n|]|\s-\s")
_COLON = re.compile(r"\s*:")
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


def words_of(text: str) -> list[str]:
    """The words of one text, in order."""
    return _WORD.findall(text)


def placed(text: str) -> list[Word]:
    """The words of one text with their places, in order."""
    matches = [*_WORD.finditer(text)]
    return [_word(text, matches, at) for at in range(len(matches))]


def runs_of(text: str) -> list[Run]:
    """The runs of one text, in order."""
    matches = [*_WORD.finditer(text)]
    words = [match.group() for match in matches]
    found: list[Run] = []
    last = -1
    for at, word in enumerate(words):
        if at > last and word[0].isupper():
            last = _end_of_run(text, matches, words, at)
            before = tuple(word.lower() for word in words[max(0, at - 3) : at])
            after = tuple(word.lower() for word in words[last + 1 : last + 4])
            colon = _COLON.match(text, matches[last].end()) is not None
            run = tuple(_word(text, matches, place) for place in range(at, last + 1))
            found.append(Run(run, before, after, colon))
    return found


def _word(text: str, matches: list[re.Match[str]], at: int) -> Word:
    start, end = matches[at].span()
    gap = text[matches[at - 1].end() if at else 0 : start]
    if at and gap == " ":
        return Word(matches[at].group(), start, end, False, False)
    quoted = bool(gap.strip()) and gap.strip()[-1] in _OPENING_QUOTES
    return Word(matches[at].group(), start, end, quoted or not at or bool(_CLOSED.search(gap)), quoted)


def _end_of_run(text: str, matches: list[re.Match[str]], words: list[str], at: int) -> int:
    last = at
    for following in range(at + 1, len(words)):
        if text[matches[following - 1].end() : matches[following].start()] != " ":
            break
        if words[following][0].isupper():
            last = following
        elif words[following].lower() not in _PARTICLES:
            break
    return last
