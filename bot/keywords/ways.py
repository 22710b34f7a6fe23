"""The ways to meet a query: alternatives that need several words each are told apart before they are asked."""

from __future__ import annotations

from bot.keywords.alternatives import Group, Some
from bot.keywords.conditions import Condition, Every, Joined

Way = tuple[Condition, ...]
"""Conditions that must all hold."""

MOST_WAYS = 16
"""Alternatives of alternatives multiply; those that would make more ways than this stay one condition."""


def ways(condition: Condition) -> tuple[Way, ...]:
    """The condition holds where all conditions of one of these hold, and nowhere else.

    Of (a NEAR/3 b | c d) a document with b and d has a word of each alternative and cannot meet either: told apart,
    each asks for two words. Alternatives of single words, and groups, which many queries share, stay together.
    """
    match condition:
        case Every(parts=parts):
            return _all_of(parts)
        case Group():
            return ((condition,),)
        case Some(parts=parts) if any(isinstance(part, Every | Joined) for part in parts):
            found = tuple(way for part in parts for way in ways(part))
            return found if len(found) <= MOST_WAYS else ((condition,),)
    return ((condition,),)


def _all_of(parts: tuple[Condition, ...]) -> tuple[Way, ...]:
    found: tuple[Way, ...] = ((),)
    for part in parts:
        among = ways(part)
        if len(found) * len(among) > MOST_WAYS:
            among = ((part,),)
        found = tuple((*way, *more) for way in found for more in among)
    return found
