"""When a feed is polled next: its own rhythm, a little jitter, and a longer wait while it fails, but never for ever."""

from __future__ import annotations

from bot.model import Feed

JITTER = 0.1
"""Share of the interval by which polls are spread, so that feeds do not fall into step."""
LONGEST_WAIT = 6 * 3600.0
"""Seconds; a feed that fails for weeks is still asked four times a day, because silent death is the common fault."""


def interval(feed: Feed, poll_every: float) -> float:
    """Seconds between two polls: what feeds.yaml asks for this feed, else the service's own."""
    return feed.every or poll_every


def wait_after_failure(feed: Feed, poll_every: float, failures: int, retry_after: float | None = None) -> float:
    """Seconds until the next try after `failures` failed polls in a row: doubled each time up to six hours.

    A server's Retry-After is obeyed where it asks for more, up to a day.
    """
    doubled = min(interval(feed, poll_every) * 2 ** min(failures - 1, 16), LONGEST_WAIT)
    return max(doubled, min(retry_after or 0, 86_400.0), interval(feed, poll_every))
