"""Hits of words put together: next to each other, in a window, near each other.

A hit is (first, last, words): the positions it reaches over, and the indexes of the words that made it, to be shown
in bold.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Hit(NamedTuple):
    first: int
    last: int
    words: tuple[int, ...]


Hits = list[Hit]

NEIGHBOURS = 8
"""How many hits on either side NEAR looks at. News says a word a few times; a text made to say it thousands of times
must not cost their square."""
MOST_HITS = 2_000


def in_order(found: Sequence[Hits]) -> Hits:
    """Words next to each other, the hits of each word given in their order."""
    runs = found[0]
    for following in found[1:]:
        at = {hit.first: hit.words for hit in following}
        runs = [Hit(first, last + 1, (*words, *at[last + 1])) for first, last, words in runs if last + 1 in at]
    return runs


def together(found: Sequence[Hits], within: int) -> Hits:
    """All the words, in any order, with fewer than `within` others among them."""
    reach = within + len(found) - 2
    starts = sorted({hit.first for hits in found for hit in hits})
    return [window for start in starts if (window := _window(found, start, reach))]


def _window(found: Sequence[Hits], start: int, reach: int) -> Hit | None:
    """The words from position `start` to `reach` later, if they are enough for each word of the phrase."""
    inside = [hits[bisect_left(hits, (start,)) : bisect_left(hits, (start + reach + 1,))] for hits in found]
    if not all(inside) or not _one_each(inside):
        return None
    words = sorted({index for hits in inside for hit in hits for index in hit.words})
    return Hit(start, max(hits[-1].last for hits in inside), tuple(words))


def _one_each(choices: list[Hits]) -> bool:
    """Whether each word of a phrase can have one of its own: "a a"~3 needs two. (Matching by augmenting paths.)"""
    owner: dict[int, int] = {}

    def place(word: int, tried: set[int]) -> bool:
        for hit in choices[word]:
            if hit.first not in tried:
                tried.add(hit.first)
                if hit.first not in owner or place(owner[hit.first], tried):
                    owner[hit.first] = word
                    return True
        return False

    return all(place(word, set()) for word in range(len(choices)))


def near(lefts: Hits, rights: Hits, within: int) -> Hits:
    """Pairs of a left and a right hit, either first, at most `within` words apart."""
    ordered = sorted(rights)
    pairs: dict[tuple[int, int], tuple[int, ...]] = {}
    for one in lefts[:MOST_HITS]:
        middle = bisect_left(ordered, (one.first,))
        for other in ordered[max(0, middle - NEIGHBOURS) : middle + NEIGHBOURS]:
            if 1 <= max(other.first - one.last, one.first - other.last) <= within:
                reach = (min(one.first, other.first), max(one.last, other.last))
                pairs[reach] = tuple(sorted({*one.words, *other.words, *pairs.get(reach, ())}))
    return [Hit(*reach, pairs[reach]) for reach in sorted(pairs)]
