"""Those who are in every story, so that their names tell no event from another."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.language.skeleton import family, key_of


@cache
def officials() -> frozenset[str]:
    """Keys of those who are in every story (officials.txt), by their whole names and by their surnames alone."""
    text = Path(__file__).with_name("officials.txt").read_text(encoding="utf-8")
    names = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return frozenset(key for name in names for key in keys_of(name))


def keys_of(name: str) -> frozenset[str]:
    """The keys of an official: the whole name, and the surname alone; none where there is no surname in it."""
    key = key_of(name)
    return frozenset((key, family(key))) - {""}
