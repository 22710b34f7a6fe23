"""Telegram's own limits on sending, answered with 429.

The numbers are those of https://core.telegram.org/bots/faq: about 30 messages a second overall, one a second
in a chat with short bursts let through, 20 a minute in a group. How long a burst may be, nobody says: three here.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.botapi.refusal import too_many_requests


@dataclass(frozen=True, slots=True)
class Limits:
    """`overall` a second; `chat_rate` a second with `chat_burst` at once; `group_per_minute` in groups and channels.

    `paid` a second instead of `overall` for what is sent as a paid broadcast.
    """

    overall: int = 30
    chat_rate: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20
    paid: int = 1000


class Gate:
    """Counts what was sent, and refuses what is too much. Refused requests cost nothing further."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._now = monotonic
        self._recent: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: dict[int, deque[float]] = {}

    def admit(self, chat_id: int, *, paid: bool = False) -> None:
        """Let one message to this chat through, or refuse with 429 and the seconds until it would pass."""
        overall = self._limits.paid if paid else self._limits.overall
        now = self._now()
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else deque[float]()
        tokens = self._tokens(chat_id, now)
        wait = max(
            _window_wait(self._recent, overall, 1.0, now),
            _window_wait(group, self._limits.group_per_minute, 60.0, now),
            0.0 if tokens >= 1 else (1 - tokens) / self._limits.chat_rate,
        )
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._chats[chat_id] = (tokens - 1, now)
        self._recent.append(now)
        group.append(now)

    def _tokens(self, chat_id: int, now: float) -> float:
        tokens, since = self._chats.get(chat_id, (float(self._limits.chat_burst), now))
        return min(float(self._limits.chat_burst), tokens + (now - since) * self._limits.chat_rate)


def _window_wait(times: deque[float], limit: int, span: float, now: float) -> float:
    """Seconds until a window of `span` seconds has room; 0 if it has now."""
    while times and times[0] <= now - span:
        times.popleft()
    return times[0] + span - now if len(times) >= limit else 0.0
