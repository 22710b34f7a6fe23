"""A cap on the bodies held in memory at once, from their first byte until they are parsed.

Nearly every feed is small, and takes no place. A body that grows beyond SMALL takes one of a few places for large
ones, and waits for it; so a hundred answers under way hold at most 100 × SMALL + PLACES × the limit of one body.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SMALL = 256 * 1024
"""Bytes; the largest of twenty captured feeds has 144 KiB."""
PLACES = 8


class Share:
    """What one answer takes up."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.held = False

    def waits(self, size: int) -> bool:
        """Whether a body of `size` bytes needs a place that it does not have yet."""
        return size > SMALL and not self.held

    async def grow(self, size: int) -> None:
        """Tell that the body is `size` bytes by now; waits for a place where that is large."""
        if self.waits(size):
            await self._places.acquire()
            self.held = True

    def give_back(self) -> None:
        if self.held:
            self._places.release()
            self.held = False


class Room:
    """A share while its answer comes in. Waiting for a place is not the server's time: its limit stands still."""

    def __init__(self, share: Share | None, limit: asyncio.Timeout) -> None:
        self._share, self._limit = share, limit

    async def grow(self, size: int) -> None:
        if self._share is None or not self._share.waits(size):
            return
        until, clock = self._limit.when(), asyncio.get_running_loop().time
        began = clock()
        self._limit.reschedule(None)
        await self._share.grow(size)
        self._limit.reschedule(None if until is None else until + clock() - began)


class Bodies:
    """Hands out shares: `async with bodies.share() as share:` around fetching and parsing."""

    def __init__(self, places: int = PLACES) -> None:
        self._places = asyncio.Semaphore(places)

    @asynccontextmanager
    async def share(self) -> AsyncIterator[Share]:
        share = Share(self._places)
        try:
            yield share
        finally:
            share.give_back()
