"""Good manners towards one host: few requests at once, and a pause between two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manners:
    """What a host is asked to bear."""

    together: int = 2
    """Requests under way at once."""
    spacing: float = 1.0
    """Seconds between the beginnings of two requests."""


class _Host:
    def __init__(self, together: int) -> None:
        self.places = asyncio.Semaphore(together)
        self.next_at = 0.0


class Turns:
    """`async with turns.at(host):` waits until the host may be asked. `clock` counts seconds, `sleep` waits them."""

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._manners = manners or Manners()
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[None]:
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = _Host(self._manners.together)
        async with known.places:
            now = self._clock()
            start = max(now, known.next_at)
            known.next_at = start + self._manners.spacing
            if start > now:
                await self._sleep(start - now)
            yield
