"""A name as one text has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """`name` in the nominative; characters from `start` to `end` of its field; `full`: with a given name.

    `voice`: the person speaks of the event or acts in office (a lawyer, a minister, "said X"), so that their name says
    little about whose event it is.
    """

    name: str
    start: int
    end: int
    full: bool
    voice: bool = False
