"""What a sender does now and then: wake what was held, take up lapsed leases, delete what chats no longer want."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.courier import Courier
from bot.delivery.pace import Pace
from bot.delivery.recovery import Recovery
from bot.store import deliveries, departures, parks, waiting
from bot.store.departures import Due
from bot.store.session import Store

LAPSE_EVERY = 30.0
"""Seconds between two looks for leases that ran out."""
FORGET_EVERY = 3600.0
"""Seconds between two looks for events that closed: their deliveries and message ids go."""
KEPT = timedelta(days=30)
"""For how long a delivery is kept whose event does not close."""
DELETIONS = 50
"""Messages deleted in one go, at a quarter of the rate: a deletion must not delay a warning."""
LATER = timedelta(minutes=5)
"""When a deletion that failed is tried again."""
SHARE = 4


class Tidy:
    """The chores of one sender."""

    def __init__(
        self, store: Store, courier: Courier, recovery: Recovery, pace: Pace, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._recovery = recovery
        self._courier = courier
        self._pace = pace
        self._now = now
        self._lapse_at = self._forget_at = float("-inf")

    async def start(self) -> tuple[int, int]:
        """Take up what a dead sender left, and obey the waits that Telegram asked of it: (taken up, given up)."""
        now = self._now()
        async with self._store.write() as session:
            taken = await self._recovery.take_up(session, now, everything=True)
            parked = await parks.parks(session, now)
        for chat, until in parked.items():
            seconds = (until - now).total_seconds()
            if chat is None:
                self._pace.park_all(seconds)
            else:
                self._pace.park(chat, seconds)
        return taken

    async def chores(self) -> bool:
        """Do what is due; True if something was woken."""
        now = self._now()
        async with self._store.read() as session:
            due = await waiting.held_until(session)
        lapse = self._pace.clock() >= self._lapse_at
        if not lapse and (due is None or due > now):
            return False
        async with self._store.write() as session:
            woken = await deliveries.wake(session, now)
            if lapse:
                self._lapse_at = self._pace.clock() + LAPSE_EVERY
                woken += (await self._recovery.take_up(session, now, everything=False))[0]
            if self._pace.clock() >= self._forget_at:
                self._forget_at = self._pace.clock() + FORGET_EVERY
                await deliveries.forget_closed(session, now - KEPT)
        return woken > 0

    async def delete_due(self) -> int:
        """Delete messages whose time is over, and return how many went. After a crash they are asked for again."""
        if self._pace.all_parked_for():
            return 0
        async with self._store.read() as session:
            due = await departures.due_deletions(session, self._now(), DELETIONS)
        gone = [(each, await self._remove(each)) for each in due]
        if gone:
            async with self._store.write() as session:
                for each, done in gone:
                    await self._note(session, each, done)
        return sum(done for _, done in gone)

    async def _remove(self, due: Due) -> bool:
        if self._pace.parked_for(due.subscriber_id):
            return False
        self._pace.spend_overall()
        done = await self._courier.remove(due.chat, due.subscriber_id, due.message_id)
        await asyncio.sleep(SHARE / self._pace.rates.overall)
        return done

    async def _note(self, session: AsyncSession, due: Due, done: bool) -> None:
        if done:
            await departures.forget_message(session, due.subscriber_id, due.message_id)
        else:
            await departures.later_deletion(session, due.subscriber_id, due.message_id, self._now() + LATER)
