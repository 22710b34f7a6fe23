"""The sender: takes deliveries out of the outbox, waits for the pace, sends, and writes down what became of them.

One step is: write outcomes and mark what goes next as in flight (one transaction), make those requests, claim more.
A chat has at most one parcel in hand, so its messages keep their order and no edit overtakes its message.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.delivery import fold
from bot.delivery.claims import LEASE, Claims
from bot.delivery.courier import Courier, Gatherer, Notify, Render
from bot.delivery.hand import Hand
from bot.delivery.inquiry import Inquiry
from bot.delivery.judge import Notice, Trouble
from bot.delivery.link import Link
from bot.delivery.pace import Pace
from bot.delivery.parcel import Parcel
from bot.delivery.record import Outcome, record
from bot.delivery.recovery import Recovery
from bot.delivery.tidy import Tidy
from bot.delivery.transport import Telegram
from bot.store import deliveries, waiting
from bot.store.session import Store

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between two looks at an outbox that had nothing."""
BRIEFLY = 0.1
"""Seconds until the next look where chats had to wait for their pace."""
DELETE_EVERY = 5.0
GRACE = 4.0
"""Seconds that requests under way may take when the service stops: it exits within five."""
WORST_PAUSE = 30.0
"""Seconds between two trials of a database that takes no writes."""
LONG = 10.0
"""Seconds of a wait for all, from which on nothing is kept in hand: it may be decided otherwise by then."""


class Sender:
    """Drains the outbox of one bot. There is one sender a token: the caller sees to that.

    `telegram` has the three verbs (bot/delivery/transport.py); `render` makes a reader's message of an alert, `gather`
    one of several; `now` gives aware UTC times, the pace's clock monotonic seconds; `notify` is told of troubles.
    """

    def __init__(
        self,
        store: Store,
        telegram: Telegram,
        render: Render,
        *,
        pace: Pace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        gather: Gatherer = fold.gather,
        notify: Notify | None = None,
        concurrency: int = 128,
    ) -> None:
        self._store = store
        self._now = now
        self.pace = pace or Pace()
        self.link = Link(self.pace.clock)
        self._inquiry = Inquiry(self.pace)
        self._courier = Courier(
            *(telegram, store.keyring, render, gather, self.pace, self.link, now, notify), self._inquiry.may_ask
        )
        self._claims = Claims(self.pace.parked_for)
        self._tidy = Tidy(store, self._courier, Recovery(self._claims, self._inquiry), self.pace, now)
        self._hand = Hand(self.pace, self.link, concurrency)
        self._outcomes: list[Outcome] = []
        self._wake = asyncio.Event()
        self._claim_at = self._chores_at = float("-inf")
        self._found = 0
        self._database_failures = 0
        self._rest_until = float("-inf")

    def wake(self) -> None:
        """Something was published: look at once."""
        self._claim_at = float("-inf")
        self._wake.set()

    @property
    def in_hand(self) -> int:
        """Parcels claimed or under way."""
        return len(self._hand)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop`; then let what is under way end, and give the rest back."""
        company = [asyncio.create_task(self._wake_at(stop)), asyncio.create_task(self._deletions())]
        try:
            while not stop.is_set() and not await self._begin():
                await self._pause()
            while not stop.is_set():
                await self._pause(await self.step())
        finally:
            for task in company:
                task.cancel()
            await self._end()

    async def drain(self) -> None:
        """Send until nothing waits that could go now, and delete what is due. Troubles are waited out."""
        while not await self._begin():
            await self._pause()
        while True:
            delay = await self.step()
            asking = self._inquiry.due() <= self.pace.clock() + POLL
            if not (self.in_hand or self._outcomes or self._found or asking) and not await self._anything():
                break
            await self._pause(delay)
        while await self._tidy.delete_due():
            pass

    async def step(self) -> float:
        """Do everything that can be done now; returns the seconds until there is more."""
        self._wake.clear()
        if self.pace.clock() < self._rest_until:
            return self._rest_until - self.pace.clock()
        try:
            await self._inquire()
            await self._settle_and_launch()
            await self._chores()
            if self._hand.queue and self.pace.all_parked_for() > LONG:
                await self._give_back()
            if self._may_claim():
                await self._claim()
                await self._settle_and_launch()
        except (SQLAlchemyError, OSError) as error:
            await self._database_failed(error)
            return self._rest_until - self.pace.clock()
        self._database_failures = 0
        return self._until_next()

    async def _begin(self) -> bool:
        try:
            again, given_up = await self._tidy.start()
        except (SQLAlchemyError, OSError) as error:
            await self._database_failed(error)
            return False
        if again or given_up:
            log.info("Taken up after a crash: %d, given up: %d", again, given_up, extra={"action": "recovered"})
        return True

    async def _inquire(self) -> None:
        """Ask about what is in doubt; what no question settles is sent again."""
        ended, questions = await self._inquiry.go_on(self._store, self._hand, self._now())
        self._outcomes += ended
        for question in questions:
            self._launch(question)

    async def _settle_and_launch(self) -> None:
        """One transaction: what became of requests, and which are made next. Then make those."""
        outcomes, self._outcomes = self._outcomes, []
        group, now = self._hand.pick(), self._now()
        if not outcomes and not group:
            return
        try:
            async with self._store.write() as session:
                await record(session, self._store.keyring, outcomes)
                ids = [i for parcel in group for i in parcel.ids]
                alive = await deliveries.launch(session, ids, now + LEASE) if ids else set()
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            self._hand.add(group)
            raise
        for parcel in group:
            # A chat may have left in between, or another sender have taken over.
            still = parcel.only(alive)
            if still is not None:
                self._inquiry.launched(still, now)
                self._launch(still)
            else:
                self.pace.landed(parcel.chat)

    def _launch(self, parcel: Parcel) -> None:
        task = asyncio.create_task(self._deliver(parcel))
        self._hand.flying[task] = parcel
        task.add_done_callback(self._landed)

    async def _deliver(self, parcel: Parcel) -> None:
        outcome = self._inquiry.learn(await self._courier.deliver(parcel))
        if outcome is not None:
            self._outcomes.append(outcome)  # not in one line with the wait: the list is another one by now

    def _landed(self, task: asyncio.Task[None]) -> None:
        parcel = self._hand.flying.pop(task, None)
        if parcel is not None:
            self.pace.landed(parcel.chat)
        self._wake.set()

    def _may_claim(self) -> bool:
        parked = self.pace.all_parked_for() > 0
        return not parked and self._hand.wants_more and self.pace.clock() >= self._claim_at

    async def _claim(self) -> None:
        busy = self._hand.chats() | {outcome.parcel.chat for outcome in self._outcomes}
        busy |= self.pace.not_ready(BRIEFLY) | self._inquiry.chats()
        async with self._store.write() as session:
            taken = await self._claims.take(session, busy, self._hand.ahead * 2, self._now())
        self._found = taken.seen
        self._hand.add(taken.parcels)
        pause = 0.02 if taken.parcels else BRIEFLY if busy or taken.seen else POLL
        self._claim_at = self.pace.clock() + pause

    async def _chores(self) -> None:
        now = self.pace.clock()
        if now < self._chores_at:
            return
        self._chores_at = now + POLL / 2
        if await self._tidy.chores():
            self._claim_at = float("-inf")

    def _until_next(self) -> float:
        """Seconds until a parcel may go, or the outbox should be looked at."""
        now = self.pace.clock()
        moments = [self._chores_at, self._hand.next_moment()]
        if self._hand.room > 0:
            moments.append(max(self._inquiry.due(), self.pace.overall_ready()))
        if self._hand.wants_more:
            moments.append(max(self._claim_at, now + self.pace.all_parked_for()))
        return max(0.0, min(moments) - now)

    async def _pause(self, seconds: float | None = None) -> None:
        """Wait, but not once something happened."""
        wait = self._rest_until - self.pace.clock() if seconds is None else seconds
        if self._outcomes or wait <= 0:
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), wait)

    async def _anything(self) -> bool:
        try:
            async with self._store.read() as session:
                return await waiting.anything(session)
        except (SQLAlchemyError, OSError) as error:
            await self._database_failed(error)
            return True

    async def _database_failed(self, error: Exception) -> None:
        """Claim nothing and try again later: outcomes are kept, and written when the database takes them."""
        self._database_failures += 1
        pause = min(WORST_PAUSE, 2.0 ** min(self._database_failures - 1, 10))
        self._rest_until = self.pace.clock() + pause
        await self._courier.tell(Notice(Trouble.DATABASE, _cause(error)))

    async def _deletions(self) -> None:
        """Beside the sending: a message that a reader wants gone does not wait for a backlog to end."""
        while True:
            try:
                gone = await self._tidy.delete_due()
            except (SQLAlchemyError, OSError) as error:
                await self._database_failed(error)
                gone = 0
            await asyncio.sleep(0 if gone else DELETE_EVERY)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _end(self) -> None:
        """Let requests under way end, write down their outcomes, and give back what was only claimed."""
        if self._hand.flying:
            await asyncio.wait(self._hand.flying, timeout=GRACE)
        for task in list(self._hand.flying):
            task.cancel()
        try:
            async with self._store.write() as session:
                await record(session, self._store.keyring, self._outcomes)
            await self._give_back()
        except (SQLAlchemyError, OSError) as error:
            await self._database_failed(error)

    async def _give_back(self) -> None:
        """What was only claimed waits in the outbox again."""
        if not self._hand.queue:
            return
        async with self._store.write() as session:
            ids = [i for parcel in self._hand.queue for i in parcel.ids]
            await deliveries.release(session, ids)
        self._hand.queue = []


def _cause(error: Exception) -> str:
    """SQLite says whether it is the disk or a lock, and names no value; another database may quote a row."""
    cause = getattr(error, "orig", error)
    return str(cause) if isinstance(cause, sqlite3.OperationalError) else type(cause).__name__
