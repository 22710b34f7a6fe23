"""What has just been done, so that a double tap does not do it twice and a flood is not answered. In memory only."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta


class Lately:
    """`first(key)` is True once in `span`; keys are forgotten after it, or beyond `most` of them."""

    def __init__(self, clock: Callable[[], datetime], span: timedelta, most: int = 10_000) -> None:
        self._clock = clock
        self._span = span
        self._most = most
        self._seen: OrderedDict[Hashable, datetime] = OrderedDict()

    def first(self, key: Hashable) -> bool:
        now = self._clock()
        while self._seen and (len(self._seen) >= self._most or next(iter(self._seen.values())) <= now - self._span):
            self._seen.popitem(last=False)
        if key in self._seen:
            return False
        self._seen[key] = now
        return True


class Throttle:
    """Lets `most` updates of one chat through in `span`; the rest are dropped without a word.

    One chat that hammers the bot must not use up the rate at which alerts go out.
    """

    def __init__(self, clock: Callable[[], datetime], most: int, span: timedelta = timedelta(minutes=1)) -> None:
        self._clock = clock
        self._most = most
        self._span = span
        self._times: OrderedDict[int, deque[datetime]] = OrderedDict()

    def admits(self, chat_id: int) -> bool:
        now = self._clock()
        self._forget(now)
        times = self._times.setdefault(chat_id, deque())
        while times and times[0] <= now - self._span:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        self._times.move_to_end(chat_id)
        return True

    def _forget(self, now: datetime) -> None:
        """Chats are in the order of their last admitted update, so the silent ones come first."""
        while self._times:
            times = next(iter(self._times.values()))
            if times and times[-1] > now - self._span:
                return
            self._times.popitem(last=False)
