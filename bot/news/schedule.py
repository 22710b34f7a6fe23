"""When a feed is polled next: the latest of what its operator, its outlet and its own rhythm ask for.

Pure: the numbers come in, seconds come out. The clock of every feed is in `bot.engine`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Feed

JITTER = 0.1
"""Share of the wait by which polls are spread, so that feeds do not fall into step."""
SOONEST, LONGEST = 60.0, 6 * 3600.0
"""Seconds; between these a learned rhythm moves. A feed that fails or asks for patience is still asked four times a
day, because silent death is the common fault of feed readers."""
POLLS_A_GAP = 4
"""Polls in the usual gap between two items: an item is then found an eighth of a gap after it came, on average."""
OF_THE_WINDOW = 0.25
"""Share of the time an item stays in its document."""
MOST_PATIENCE = 86_400.0
"""Seconds; the longest Retry-After that is obeyed."""
LOST = 600.0
"""Seconds; the longest backoff while nobody at all can be reached: it is our network then, asking hammers nobody, and
every feed is to be read soon after it is back."""
PUSHED = 900.0
"""Seconds; the least wait while a WebSub hub pushes what is new: polling is only the safety net then."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The operator's wish for feeds that have no `every` of their own, in seconds.

    `learned`: whether a feed's own rhythm may take its place; False once NABAT_POLL_EVERY is set.
    """

    every: float = 300.0
    learned: bool = True


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a feed after a poll; all in seconds. `fresh_for` and `retry_after` are of this answer.

    `window`: how long an item stays in the document, by its entries and their usual gap. `lost`: nobody can be reached.
    """

    gap: float | None = None
    window: float | None = None
    ttl: float | None = None
    fresh_for: float | None = None
    retry_after: float | None = None
    failures: int = 0
    pushed: bool = False
    lost: bool = False


def wish(feed: Feed, pace: Pace, gap: float | None = None) -> float:
    """Seconds between two polls as far as it is up to us: `every`, else the operator's, else the learned rhythm."""
    if feed.every is not None:
        return feed.every
    if pace.learned and gap is not None:
        return min(max(gap / POLLS_A_GAP, SOONEST), LONGEST)
    return pace.every


def next_wait(feed: Feed, pace: Pace, signs: Signs) -> float:
    """Seconds until the next poll, without jitter: the latest of every wish; it always ends."""
    wait = max(wish(feed, pace, signs.gap), asked(feed, signs))
    if signs.pushed:
        wait = max(wait, PUSHED)
    if not signs.failures:
        return wait
    longer = backoff(wait, signs.failures, signs.window)
    return max(wait, min(longer, LOST)) if signs.lost else longer


def asked(feed: Feed, signs: Signs) -> float:
    """Seconds that the outlet asks us to wait: by its document, by its cache headers, by Retry-After."""
    hint = min(signs.ttl or 0.0, LONGEST) if feed.hints else 0.0
    return max(hint, min(signs.fresh_for or 0.0, LONGEST), min(signs.retry_after or 0.0, MOST_PATIENCE))


def backoff(wait: float, failures: int, window: float | None = None) -> float:
    """Seconds after `failures` failed polls in a row: doubled each time, up to six hours, and so for ever.

    Never longer than a quarter of the feed's window, where that is known: what is published while it fails is still in
    the document when it is well again.
    """
    longest = LONGEST if window is None else min(LONGEST, window * OF_THE_WINDOW)
    return max(wait, min(wait * 2.0 ** min(failures - 1, 16), longest))


def first_wait(
    polled_at: datetime | None, not_before: datetime | None, failing: bool, every: float, now: datetime
) -> float:
    """Seconds from a start of the service until a feed's first poll, before it is spread.

    What was polled before the restart keeps its rhythm; what fails is tried at once, for the restart may have mended
    it; a server's wish to be left alone outlives the restart.
    """
    due = 0.0 if polled_at is None or failing else every - (now - polled_at).total_seconds()
    patience = 0.0 if not_before is None else (not_before - now).total_seconds()
    return max(0.0, min(due, every), min(patience, MOST_PATIENCE))
