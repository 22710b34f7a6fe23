"""What a report is about in no language at all: things by the words for them in five languages (concepts.txt)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from bot.language.skeleton import fold

LETTERS = 6
"""As many as a term has (bot.events.describe)."""
SHORTEST = 3
"""A beginning of so few letters is the whole word."""


def concepts(terms: Iterable[str]) -> frozenset[str]:
    """The concepts among the terms of a description."""
    return frozenset(concept for term in terms for concept in _meant(term))


@lru_cache(maxsize=65_536)
def _meant(term: str) -> tuple[str, ...]:
    """Reports share most of their words."""
    stems = _stems()
    begun = (term[:length] for length in {len(term), *range(SHORTEST + 1, len(term))})
    return tuple(concept for beginning in begun for concept in stems.get(beginning, ()))


@cache
def _stems() -> dict[str, frozenset[str]]:
    lines = Path(__file__).with_name("concepts.txt").read_text(encoding="utf-8").splitlines()
    stems: dict[str, set[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            concept, _, words = line.partition(":")
            for word in words.split():
                stem = fold(word)[:LETTERS]
                if len(stem) >= SHORTEST:
                    stems.setdefault(stem, set()).add(concept)
    return {stem: frozenset(found) for stem, found in stems.items()}
