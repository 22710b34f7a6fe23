"""What owners are told of their feeds: changes of health, gathered, so that an outage of ours is one message."""

from __future__ import annotations

from collections.abc import Sequence

from bot.alerts.summary import shorten
from bot.news.health import HealthChange

LINES = 12
"""Feeds that one message names; the rest are counted, and `nabat feeds list` shows all."""
LINE = 300
"""Characters of a line: a dozen fit into one message, however long the addresses are."""


class Bulletin:
    """Gathers changes until somebody tells them."""

    def __init__(self) -> None:
        self._changes: list[HealthChange] = []
        self._taken: list[HealthChange] = []

    def note(self, change: HealthChange) -> None:
        self._changes.append(change)

    def take(self) -> str | None:
        """What has changed since the last time, as one message; None where nothing has."""
        self._taken, self._changes = self._changes, []
        return written(self._taken) if self._taken else None

    def untold(self) -> None:
        """What was taken last could not be told: it is told with what comes next."""
        self._changes, self._taken = self._taken + self._changes, []


def written(changes: Sequence[HealthChange]) -> str:
    """A line a feed, the first ones named, the others counted."""
    lines = [shorten(f"{change.outlet}, {change.feed}: {change.text}", LINE) for change in changes[:LINES]]
    more = len(changes) - len(lines)
    return "\n".join([*lines, *([f"and {more} more feeds: nabat feeds list"] if more > 0 else [])])
