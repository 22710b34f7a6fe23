"""What the last answers say about the way to Telegram: whether one message failed, or everything would.

Telegram does not say whether a 429 is meant for one chat or for all. It is taken for all when two chats get one
shortly after each other and nothing gets through between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

ROW = 3
"""Connections that failed in a row, or chats whose requests did, that make an outage."""
LONGEST = 60.0
"""Seconds between two trials while Telegram cannot be reached."""
LATELY = 600.0
"""Seconds for which a success proves that Telegram works."""
TOGETHER = 10.0
"""Seconds within which the 429s of two chats are one of all."""
PROBE = 300.0
"""Seconds after which one message is tried, however long the 429 of all is: it may have been two chats' after all."""
STRANGERS = 5
"""Unknown chats in a row that make a wrong token more likely than so many departures."""


class Link:
    """Counts answers. `clock` is monotonic; `launched` is the moment at which the request in question began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._unconnected = 0
        self._failing: set[int] = set()
        self._trials = 0
        self._succeeded_at = float("-inf")
        self._trial_at = float("-inf")
        self._limited: tuple[int, float] | None = None
        self._strangers = 0
        self._cautious = False

    @property
    def outage(self) -> bool:
        """While this holds, a failure says nothing about the message that failed."""
        return self._trials > 0

    def window(self, most: int) -> int:
        """How many requests may be under way: one, until one gets through again."""
        return 1 if self.outage or self._cautious else most

    @property
    def works(self) -> bool:
        """Whether something got through lately: what still fails, fails by itself."""
        return self._clock() - self._succeeded_at < LATELY

    def succeeded(self) -> None:
        self._reached()
        self._strangers = 0
        self._limited, self._cautious = None, False
        self._succeeded_at = self._clock()

    def _reached(self) -> None:
        self._unconnected = self._trials = 0
        self._failing.clear()

    def answered(self, *, limited: bool) -> None:
        """Telegram refused something: it can be reached, and unless this was a 429, it does not limit everything."""
        self._reached()
        if not limited:
            self._limited = None

    def failed(self, launched: float, chat: int | None) -> float:
        """Nothing came back from this chat's request, or (None) there was no connection.

        Seconds for which to send nothing at all: 0, until an outage is recognised.
        """
        if launched < self._trial_at:
            return 0.0
        if chat is None:
            self._unconnected += 1
        else:
            self._failing.add(chat)
        if max(self._unconnected, len(self._failing)) < ROW and not self.outage:
            return 0.0
        self._trials += 1
        pause = float(min(LONGEST, 2 ** min(self._trials - 1, 10)))
        self._trial_at = self._clock()
        return pause

    def limited(self, chat: int) -> bool:
        """A 429 for this chat; True if it is one of all."""
        now = self._clock()
        last, self._limited = self._limited, (chat, now)
        together = last is not None and last[0] != chat and now - last[1] < TOGETHER
        self._cautious = self._cautious or together
        return self._cautious

    def stranger(self) -> bool:
        """Telegram does not know this chat; True if there are so many that the token must be a wrong one."""
        self._strangers += 1
        self._cautious = self._cautious or self._strangers >= STRANGERS
        return self._strangers >= STRANGERS

    def refused(self) -> None:
        """Nothing will get through for now (401, 409): try one at a time."""
        self._cautious = True
