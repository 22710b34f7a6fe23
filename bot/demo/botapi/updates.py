"""The queue of updates, with long polling as Telegram does it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from bot.demo.botapi.model import Wire
from bot.demo.botapi.refusal import OTHER_POLL, WEBHOOK_ACTIVE, Refusal

ONLY_ON_DEMAND = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only if it names them in allowed_updates."""


class UpdateQueue:
    """Updates wait here until a poll confirms them by asking for a later offset."""

    def __init__(self, first_id: int = 700_000_001) -> None:
        self._next_id = first_id
        self._waiting: deque[Wire] = deque()
        self._allowed: frozenset[str] | None = None
        self._arrival = asyncio.Event()
        self._poll = 0
        self._waiters = 0
        self._interrupted = 409, OTHER_POLL
        self.webhook = ""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_polled(self) -> bool:
        """Whether a poll is waiting now."""
        return self._waiters > 0

    @property
    def allowed(self) -> frozenset[str] | None:
        """What the last poll asked for; None is Telegram's default."""
        return self._allowed

    def allow(self, kinds: Iterable[str]) -> None:
        """Keep only these kinds from now on; none named means the default. Updates already here stay."""
        self._allowed = frozenset(kinds) or None

    def push(self, kind: str, body: Wire) -> int | None:
        """Queue an update and return its id, or None where the bot did not ask for its kind."""
        if kind in ONLY_ON_DEMAND if self._allowed is None else kind not in self._allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        self._waiting.append({"update_id": update_id, kind: body})
        self._arrival.set()
        return update_id

    def forget(self) -> None:
        self._waiting.clear()

    def interrupt(self, code: int = 409, why: str = OTHER_POLL) -> None:
        """End a waiting poll with 409, as a second poll does, or with another refusal."""
        self._poll += 1
        self._interrupted = code, why
        self._arrival.set()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Wire]:  # noqa: ASYNC109
        """Up to `limit` updates, waiting up to `timeout` seconds for the first. Refuses with 409 when superseded."""
        if self.webhook:
            raise Refusal(409, WEBHOOK_ACTIVE)
        self.interrupt()
        turn = self._poll
        self._confirm(offset)
        try:
            async with asyncio.timeout(timeout):
                while not self._waiting:
                    await self._next_arrival(turn)
        except TimeoutError:
            return []
        if turn != self._poll:
            raise Refusal(*self._interrupted)
        return [update for update, _ in zip(self._waiting, range(limit), strict=False)]

    async def _next_arrival(self, turn: int) -> None:
        self._arrival.clear()
        self._waiters += 1
        try:
            await self._arrival.wait()
        finally:
            self._waiters -= 1
        if turn != self._poll:
            raise Refusal(*self._interrupted)

    def _confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps that many of the last."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()
