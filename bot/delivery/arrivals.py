"""When messages may have reached Telegram. It counts arrivals, not departures: a stall on the way bunches them.

Of a message it is known when it was launched and when its answer came. Less the latency that every message has, it
arrived somewhere in between, and at most `JITTER` after its launch (a server that answers late took it long before).
"""

from __future__ import annotations

from bisect import insort
from collections import deque

JITTER = 0.1
"""Seconds that a message may be late without one second holding too many."""
SAMPLES = 50
"""Latencies of which the least is taken for what every message has."""
SECOND = 1.0


class Arrivals:
    """Lets at most `most` messages arrive in any second. Moments are seconds of one monotonic clock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._flying: dict[int, float] = {}
        self._landed: list[float] = []
        self._latencies: deque[float] = deque(maxlen=SAMPLES)

    def launch(self, chat: int, now: float) -> None:
        """A message to this chat begins its way; of one chat there is one at a time."""
        self._flying[chat] = now

    def land(self, chat: int, now: float) -> None:
        """Its answer came, or it never left."""
        launched = self._flying.pop(chat, None)
        if launched is None:
            return
        self._latencies.append(now - launched)
        insort(self._landed, min(now - min(self._latencies), launched + JITTER))

    def ready(self, now: float) -> float:
        """The moment from which one more would not be too many; in the past if it is so now."""
        while self._landed and self._landed[0] <= now - SECOND:
            self._landed.pop(0)
        count = len(self._landed) + len(self._flying)
        if count < self._most:
            return now - SECOND
        latest = sorted((*self._landed, *(launched + JITTER for launched in self._flying.values())))
        return latest[count - self._most] + SECOND
