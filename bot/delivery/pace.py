"""How fast: overall without an opening burst, one message a second a chat, twenty a minute a group.

The numbers are those of https://core.telegram.org/bots/faq ("My bot is hitting limits"): about 30 messages a second
overall, one a second in a chat, 20 a minute in a group; 28 leaves room for the answers of the chat room.
Moments are seconds of the monotonic clock that is handed in. Chats are named by subscriber id.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.delivery.arrivals import Arrivals

Clock = Callable[[], float]
FREE = 30.0
"""Messages a second that Telegram takes for nothing; more are a paid broadcast (core.telegram.org/bots/faq)."""
CATCH_UP = 0.03
"""Seconds that a late wake-up may make good: any second holds at most rate × 1.03 + 1 messages (29 at 28)."""
MINUTE = 61.0
"""Seconds in which a group gets its twenty: one is left for what the way to Telegram takes."""
SLACK = 2
"""Messages over the rate that may arrive in one second: 30 at 28, which is Telegram's limit."""
PRUNE_EVERY = 4096


@dataclass(frozen=True, slots=True)
class Rates:
    """`overall` a second (math.inf for none); seconds between two messages to a chat; messages a minute to a group."""

    overall: float = 28.0
    chat_every: float = 1.0
    group_per_minute: int = 20


@dataclass(slots=True)
class _Chat:
    ready: float = 0.0
    sent: deque[float] = field(default_factory=deque)


class Pace:
    """Says when the next message may go, and to whom. `spend` is called for each that goes."""

    def __init__(self, rates: Rates | None = None, clock: Clock = time.monotonic) -> None:
        self.rates = rates or Rates()
        self.clock = clock
        self._step = 0.0 if math.isinf(self.rates.overall) else 1 / self.rates.overall
        self._next = clock() + self._step
        self._arrivals = Arrivals(math.ceil(self.rates.overall) + SLACK) if self._step else None
        self._chats: dict[int, _Chat] = {}
        self._parked: dict[int, float] = {}
        self._all_parked = 0.0
        self._spent = 0

    def overall_ready(self) -> float:
        """The moment from which the next message to anybody may go."""
        if self._arrivals is None:
            return self._all_parked
        return max(self._next - CATCH_UP, self._all_parked, self._arrivals.ready(self.clock()))

    def chat_ready(self, chat: int, group: bool) -> float:
        """The moment from which this chat may get its next message."""
        parked = self._parked.get(chat, 0.0)
        known = self._chats.get(chat)
        if known is None:
            return parked
        if group and len(known.sent) >= self.rates.group_per_minute:
            return max(parked, known.ready, known.sent[0] + MINUTE)
        return max(parked, known.ready)

    def spend(self, chat: int, group: bool) -> None:
        """A message to this chat goes now; `landed` is called when it is over."""
        now = self.clock()
        self.spend_overall()
        if self._arrivals is not None:
            self._arrivals.launch(chat, now)
        known = self._chats.setdefault(chat, _Chat())
        known.ready = now + self.rates.chat_every
        if group:
            known.sent.append(now)
            if len(known.sent) > self.rates.group_per_minute:
                known.sent.popleft()
        self._spent += 1
        if self._spent % PRUNE_EVERY == 0:
            self._prune(now)

    def landed(self, chat: int) -> None:
        """The request of that message has ended, or was not made after all."""
        if self._arrivals is not None:
            self._arrivals.land(chat, self.clock())

    def spend_overall(self) -> None:
        """A request goes now that is no message to a chat."""
        self._next = max(self._next, self.clock() - CATCH_UP) + self._step

    def spend_question(self, chat: int) -> None:
        """A question about this chat's last message goes now: it counts overall, but is no message to the chat."""
        self.spend_overall()
        if self._arrivals is not None:
            self._arrivals.launch(chat, self.clock())

    def park(self, chat: int, seconds: float) -> None:
        self._parked[chat] = max(self._parked.get(chat, 0.0), self.clock() + seconds)

    def park_all(self, seconds: float) -> None:
        self._all_parked = max(self._all_parked, self.clock() + seconds)

    def parked_for(self, chat: int) -> float:
        """Seconds for which this chat alone is still parked; 0 if it is not."""
        return max(0.0, self._parked.get(chat, 0.0) - self.clock())

    def all_parked_for(self) -> float:
        """Seconds for which everything is still parked; 0 if it is not."""
        return max(0.0, self._all_parked - self.clock())

    def not_ready(self, within: float) -> set[int]:
        """Chats that, parked or not, got so much that they may get nothing for longer than `within` seconds."""
        until = self.clock() + within
        return {chat for chat, known in self._chats.items() if self._over(known) > until}

    def _over(self, known: _Chat) -> float:
        full = len(known.sent) >= self.rates.group_per_minute
        return max(known.ready, known.sent[0] + MINUTE) if full else known.ready

    def _prune(self, now: float) -> None:
        """Forget chats that have been silent for a minute: memory stays flat however many there are."""
        self._chats = {c: k for c, k in self._chats.items() if k.ready > now or (k.sent and k.sent[-1] + MINUTE > now)}
        self._parked = {chat: moment for chat, moment in self._parked.items() if moment > now}
