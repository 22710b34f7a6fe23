"""Names in English, by given names, strangers to the English dictionary, and how surnames of the region end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.language.names.lists import (
    ORGANISATION_EN,
    SPEECH_EN,
    SURNAME_EN,
    VOICES_EN,
    given_names,
    western_names,
)
from bot.language.names.mention import Mention
from bot.language.names.runs import Run, Word, runs_of, words_of
from bot.language.places.finder import sightings
from bot.language.skeleton import fold

LONGEST_NAME = 4
SHORTEST_SURNAME = 4
HEADLINE_CAPITALS = 0.6
"""The share of capitals among words of four letters and more from which a text is a headline in Title Case."""


@dataclass(frozen=True, slots=True)
class Kind:
    given: bool = False
    stranger: bool = False
    surname: bool = False
    initial: bool = False
    barred: bool = False


@lru_cache(maxsize=20_000)
def kind_of(word: str) -> Kind:
    import simplemma

    bare = word.removesuffix("'s").removesuffix("’s")
    lower = bare.lower()
    if len(bare) == 2 and bare[1] == ".":
        return Kind(initial=True)
    if (
        not ORGANISATION_EN.isdisjoint(lower.split("-"))
        or (bare.isupper() and len(bare) > 1)
        or len(bare) < 2
        or bare[0].isdigit()
    ):
        return Kind(barred=True)
    # The compact dictionary is the one that the lexicon has loaded already; the default one takes 25 MB more.
    known = bool(simplemma.is_known(lower, lang="en", low_memory=True))
    given = fold(bare) in (western_names() if known else given_names())
    return Kind(given=given, stranger=not known, surname=not known and bool(SURNAME_EN.search(lower)))


def mentions(text: str, language: str = "en") -> Iterator[Mention]:
    """The people named in one text, in order."""
    places = [(s.start, s.end) for s in sightings(text, language) if s.kind != "leader"]
    headline = _is_headline(text)
    for run in runs_of(text):
        yield from _in_run(run, places, headline)


def _is_headline(text: str) -> bool:
    long = [word for word in words_of(text) if len(word) > 3]
    return len(long) > 3 and sum(word[0].isupper() for word in long) / len(long) > HEADLINE_CAPITALS


def _in_run(run: Run, places: list[tuple[int, int]], headline: bool) -> Iterator[Mention]:
    kinds = [_kind_in_place(word, places) for word in run.words]
    at = 0
    while at < len(kinds):
        length = _name_length(run.words, kinds, at, headline) or _single(run, kinds, at, headline)
        if length:
            words = run.words[at : at + length]
            name = " ".join(word.text for word in words).removesuffix("'s").removesuffix("’s")
            yield Mention(name, words[0].start, words[-1].end, length > 1, _is_voice(run, at, at + length))
        at += max(length, 1)


def _kind_in_place(word: Word, places: list[tuple[int, int]]) -> Kind:
    inside = any(start <= word.start < end for start, end in places)
    return Kind(barred=True) if inside else kind_of(word.text)


def _name_length(words: tuple[Word, ...], kinds: list[Kind], at: int, headline: bool) -> int:
    length = 1
    while length < LONGEST_NAME and at + length < len(kinds) and not _ends(words, at + length):
        following = kinds[at + length]
        if following.barred or not (
            following.stranger or following.given or following.initial or (kinds[at].given and length < 2)
        ):
            break
        length += 1
    first, last = kinds[at], kinds[at + length - 1]
    if length < 2 or first.barred or first.initial:
        return 0
    if first.given and (last.stranger or last.given or last.initial or not headline):
        return length
    if first.stranger and (last.surname or last.stranger) and not (headline and not last.surname):
        return length
    return 0


def _ends(words: tuple[Word, ...], at: int) -> bool:
    """Whether the word before was a possessive: in "Putin's Guard" the name is over."""
    return words[at - 1].text.endswith(("'s", "’s"))


def _single(run: Run, kinds: list[Kind], at: int, headline: bool) -> int:
    word, kind = run.words[at], kinds[at]
    if kind.barred or kind.given or not kind.stranger or len(word.text) < SHORTEST_SURNAME:
        return 0
    before = run.words[at - 1].text.lower() if at else (run.before[-1] if run.before else "")
    speaks = at == len(run.words) - 1 and bool(run.after) and run.after[0] in SPEECH_EN
    if kind.surname or speaks:
        return int(before != "the")
    return int(before in VOICES_EN and not headline)


def _is_voice(run: Run, first: int, end: int) -> bool:
    near = [word.text.lower() for word in run.words[max(0, first - 2) : first]]
    before = [*run.before[-2:], *near][-2:]
    after = run.after[:2] if end == len(run.words) else ()
    return any(word in VOICES_EN for word in before) or any(word in SPEECH_EN for word in (*before, *after))
