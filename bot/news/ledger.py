"""The feeds' states in memory, and what polls leave on them, written together.

Most polls find nothing; a transaction for each would cost more than the poll. What they leave is noted here and
written at most LINGER seconds later. A crash loses at most that: the feed looks as if it were polled a moment less
recently, which nobody notices. What a new document brings is written with its items, at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from bot.store.news import FeedState, feed_state, save_polls
from bot.store.session import Store

log = logging.getLogger(__name__)

LINGER = 1.0
"""Seconds."""
MOST = 500
"""Notes that are written without waiting for more."""


class Ledger:
    """`remember` is False where another process may poll the same feeds: then every poll reads its feed's state."""

    def __init__(self, store: Store, known: Iterable[FeedState] = (), *, remember: bool = True) -> None:
        self._store, self._remember = store, remember
        self._states = {state.id: state for state in known} if remember else {}
        self._notes: dict[int, FeedState] = {}
        self._writing = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None

    async def state(self, feed_id: int) -> FeedState:
        known = self._notes.get(feed_id) or self._states.get(feed_id)
        if known is not None:
            return known
        async with self._store.read() as session:
            state = await feed_state(session, feed_id)
        self.stored(state)
        return state

    def stored(self, state: FeedState) -> None:
        """This state is in the database already."""
        self._notes.pop(state.id, None)
        if self._remember:
            self._states[state.id] = state

    def note(self, state: FeedState) -> None:
        """Write this state soon."""
        self._notes[state.id] = state
        if self._remember:
            self._states[state.id] = state
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._write_later())

    async def flush(self) -> None:
        """Write everything that is noted now."""
        async with self._writing:
            notes = dict(self._notes)
            if not notes:
                return
            async with self._store.write() as session:
                await save_polls(session, list(notes.values()))
            for feed_id, state in notes.items():
                if self._notes.get(feed_id) is state:
                    del self._notes[feed_id]

    async def close(self) -> None:
        if self._later is not None:
            self._later.cancel()
            await asyncio.gather(self._later, return_exceptions=True)
        await self.flush()

    async def _write_later(self) -> None:
        while self._notes:
            waited = 0.0
            while waited < LINGER and len(self._notes) < MOST:
                await asyncio.sleep(LINGER / 10)
                waited += LINGER / 10
            try:
                await self.flush()
            except Exception:
                # The notes are kept, and tried again: a full disk or a locked database may pass.
                log.exception("what polls found could not be written", extra={"action": "ledger_failed"})
                await asyncio.sleep(LINGER)
