"""Names in Kazakh and Kyrgyz: a surname stands last and carries the endings, which are cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.language.morphology import readings
from bot.language.names.lists import (
    ORGANISATION_CYRILLIC,
    SPEECH_CYRILLIC,
    SURNAME_TURKIC,
    VOICES_CYRILLIC,
    given_names,
)
from bot.language.names.mention import Mention
from bot.language.names.runs import Run, Word, runs_of
from bot.language.places.finder import sightings
from bot.language.skeleton import fold

_ENDING = re.compile(
    r"(?:[лдт][аеоө]р)?(?:[нтд][ыіиуү][ңн]|[нтд][ыіиуү]|[гғкқ][аеоө]|[нтд][аеоө]н|[дт][аеоө]|[мбп]ен|менен"
    r"|[нтд][ыіиуү]к[іи]|[нтд][ыіиуү]к[іи]не)"
)
_GIVEN_ENDING = re.compile(
    r"(?:бек|бай|гүл|гул|жан|хан|нұр|нур|мұрат|мурат|тай|сұлтан|султан|айым|әлі|али|дияр|қожа|бала|мырза)$"
)
_SURE_SURNAME = re.compile(r"(?:[оеэё]в|[оеэё]ва|ский|ская)$")
"""Endings that no word of these languages has; «-ын» and «-ин» are endings of theirs too."""
_CHILD_OF = frozenset({"кызы", "уулу", "қызы", "ұлы"})
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
SHORTEST_STEM = 4


def mentions(text: str, language: str) -> Iterator[Mention]:
    """The people named in one text, in order."""
    places = [(s.start, s.end) for s in sightings(text, language) if s.kind != "leader"]
    for run in runs_of(text):
        yield from _in_run(run, places)


def bare(word: str) -> str:
    """A surname without its case ending: «Ромашовду» is Ромашов. The longest ending that leaves a surname is cut."""
    for cut in range(SHORTEST_STEM, len(word)):
        if SURNAME_TURKIC.search(word[:cut].lower()) and _ENDING.fullmatch(word[cut:].lower()):
            return word[:cut]
    return word


def _in_run(run: Run, places: list[tuple[int, int]]) -> Iterator[Mention]:
    at = 0
    while at < len(run.words):
        length = _length(run, at, places)
        if length:
            words = run.words[at : at + length]
            name = " ".join([*(word.text for word in words[:-1]), bare(words[-1].text)])
            yield Mention(name, words[0].start, words[-1].end, length > 1, _is_voice(run, at, at + length))
        at += max(length, 1)


def _length(run: Run, at: int, places: list[tuple[int, int]]) -> int:
    """How many words the name that begins here has; 0 if none does."""
    word = run.words[at]
    if _barred(word, places):
        return 0
    following = run.words[at + 1] if at + 1 < len(run.words) else None
    if following is not None and not _barred(following, places):
        known_first = _is_given(word.text) or not word.opening
        if known_first and (_is_surname(following.text) or _is_given(word.text) or not following.opening):
            third = run.words[at + 2].text.lower() if at + 2 < len(run.words) else ""
            return 3 if third in _CHILD_OF else 2
    return int(_is_surname(word.text) and (not word.opening or bool(_SURE_SURNAME.search(bare(word.text).lower()))))


def _barred(word: Word, places: list[tuple[int, int]]) -> bool:
    if any(start <= word.start < end for start, end in places) or not _CYRILLIC.match(word.text):
        return True
    if (word.text.isupper() and len(word.text) > 1) or len(word.text) < 2:
        return True
    if ORGANISATION_CYRILLIC.match(word.text.lower()):
        return True
    return _is_russian_word(word.text) and not (not word.opening and fold(word.text) in given_names())


@lru_cache(maxsize=20_000)
def _is_russian_word(word: str) -> bool:
    """Borrowed words of office («Министр», «Милиция») that are no names."""
    first = readings(word, "ru")[0]
    return bool(first.is_known) and not first.tag.grammemes & {"Name", "Surn", "Patr"} and not _is_surname(word)


def _is_surname(word: str) -> bool:
    return len(word) >= SHORTEST_STEM and bool(SURNAME_TURKIC.search(bare(word).lower()))


def _is_given(word: str) -> bool:
    return fold(word) in given_names() or bool(_GIVEN_ENDING.search(word.lower()))


def _is_voice(run: Run, first: int, end: int) -> bool:
    near = [*run.before[-2:], *(word.text.lower() for word in run.words[:first])][-2:]
    after = run.after[:2] if end == len(run.words) else ()
    return any(VOICES_CYRILLIC.match(word) for word in near) or any(SPEECH_CYRILLIC.match(word) for word in after)
