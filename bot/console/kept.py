"""Answers kept for a moment: however often somebody asks, the alerts keep the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

FRESH = 2.0
"""Seconds."""


class Kept:
    """One text by key, made anew once it is `fresh` seconds old; never two at once. The keys must be few."""

    def __init__(self, fresh: float = FRESH, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fresh, self._monotonic = fresh, monotonic
        self._texts: dict[str, tuple[float, str]] = {}
        self._making = asyncio.Lock()

    async def get(self, key: str, make: Callable[[], Awaitable[str]]) -> str:
        async with self._making:
            made, text = self._texts.get(key, (0.0, ""))
            now = self._monotonic()
            if not text or now - made >= self._fresh:
                text = await make()
                self._texts[key] = (now, text)
            return text
