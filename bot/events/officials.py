"""Those who are in every story, so that their names tell no event from another."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.language.skeleton import family, key_of


@cache
def officials() -> frozenset[str]:
    """Keys of those who are in every story (officials.txt), by their whole names and by their surnames alone."""
    text = Path(__file__).with_name("officials.txt").read_text(encoding="utf-8")
    keys_of_all = {key_of(line) for line in text.splitlines() if line.strip() and not line.startswith("#")}
    return frozenset(keys_of_all | {family(key) for key in keys_of_all})
