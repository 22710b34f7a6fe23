"""A feed's own rhythm, learned from when its items came: how often to look, and how long a silence is normal.

Pure. The moments are kept in whole minutes: items that come together are one coming.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

KEPT = 64
"""Comings that are remembered: a day of a busy agency, months of a slow one."""
FEWEST = 4
"""Comings from which a rhythm is read; three gaps are the least that have a middle."""
FADES = 28 * 86400.0
"""Seconds in which the longest gap counts half: a summer break is forgotten by winter."""
SETTLED = 14 * 86400.0
"""Seconds of watching after which weekends have been seen."""
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`came` are minutes since 1970, rising; `longest` is the longest gap of late, in seconds; `watched` the first
    minute of which anything is known."""

    came: tuple[int, ...] = ()
    longest: float = 0.0
    watched: int = 0

    @property
    def gap(self) -> float | None:
        """The gap in the middle, in seconds; None while too little came."""
        if len(self.came) < FEWEST:
            return None
        return median(later - earlier for earlier, later in pairwise(self.came)) * 60.0

    def to_json(self) -> dict[str, Any]:
        return {"came": list(self.came), "longest": self.longest, "watched": self.watched}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Rhythm:
        if not data:
            return cls()
        return cls(tuple(data["came"]), float(data["longest"]), int(data["watched"]))


def learn(rhythm: Rhythm, moments: Iterable[datetime | None], now: datetime) -> Rhythm:
    """The rhythm after items of these times came; None stands for an item without a date, which came now.

    Dates after `now` count as now: a feed that dates ahead would seem to be silent for ever after.
    """
    minutes = {_minute(min(moment or now, now)) for moment in moments}
    if not minutes:
        return rhythm
    came = tuple(sorted(minutes.union(rhythm.came)))[-KEPT:]
    known = rhythm.came[-1] if rhythm.came else came[0]
    faded = rhythm.longest * 0.5 ** ((came[-1] - known) * 60.0 / FADES)
    gaps = ((later - earlier) * 60.0 for earlier, later in pairwise(came) if later > known or not rhythm.came)
    return Rhythm(came, max(faded, *gaps, 0.0), rhythm.watched or came[0])


def normal_silence(rhythm: Rhythm) -> float | None:
    """Seconds of silence that mean nothing: three times the longest gap of late; None where nothing ever came.

    Never under a day, because of nights, nor under three days until two weeks were seen, because of weekends. A feed of
    which too little is known to have a rhythm gets four weeks: a dead one is often listed without anybody noticing.
    """
    if len(rhythm.came) < FEWEST:
        return max(3 * rhythm.longest, FADES) if rhythm.came else None
    settled = (rhythm.came[-1] - rhythm.watched) * 60.0 >= SETTLED
    return max(3 * rhythm.longest, DAY if settled else 3 * DAY)


def silence(rhythm: Rhythm, now: datetime) -> float | None:
    """Seconds since the last item came; None where none ever did."""
    return None if not rhythm.came else max(0.0, (_minute(now) - rhythm.came[-1]) * 60.0)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
