"""The embedded engine: every feed by its own clock, in this process (APScheduler)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.news.poll import PollResult
from bot.news.rhythm import Rhythm
from bot.news.schedule import JITTER, Pace, first_wait, wish
from bot.store.news import FeedState

log = logging.getLogger(__name__)

SPREAD = 15.0
"""Seconds over which polls that are due at a start are spread, at most."""
AFTER_A_FAULT = 5.0
"""Seconds before a poll that failed by our own fault is tried again, at least."""
LETTING_GO = 2.0
"""Seconds that jobs which are broken off may take to roll back: the service stops within five."""
FORGOTTEN = timedelta(hours=6)
"""Every poll sets the time of the next; should that ever fail, the feed is asked again after so long."""

T = TypeVar("T")


class EmbeddedEngine:
    """Runs `poll(feed id)` for each feed. A job is late rather than lost (misfire_grace_time None), runs once for
    all the times it missed (coalesce), and never twice at once (max_instances 1)."""

    def __init__(
        self,
        poll: Callable[[int], Awaitable[PollResult]],
        pace: Pace,
        *,
        jitter: Callable[[], float] = lambda: random.uniform(0, JITTER),
    ) -> None:
        self._poll, self._pace, self._jitter = poll, pace, jitter
        self._under_way: set[int] = set()
        self._at_work: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self, feeds: Sequence[FeedState]) -> None:
        self._scheduler.add_listener(self._done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        for state in feeds:
            self._scheduler.add_job(
                self._work,
                IntervalTrigger(seconds=int(FORGOTTEN.total_seconds()), timezone=UTC),
                args=(partial(self._run, state.id, state.feed.url),),
                id=str(state.id),
                name=state.feed.url,
                next_run_time=self._first(state),
            )
        self._scheduler.start()

    def soon(self, feed_id: int) -> None:
        """Poll a feed now instead of when its turn comes."""
        self._next(feed_id, 0.0)

    def every(self, seconds: float, job: Callable[[], Awaitable[None]], name: str) -> None:
        """Run a chore of the service itself, now and then every so many seconds."""
        self._scheduler.add_job(
            self._work,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=(job,),
            id=name,
            next_run_time=datetime.now(UTC),
        )

    def next_poll(self, feed_id: int) -> datetime | None:
        """When a feed's next poll is due; None for a feed that is not polled here."""
        job = self._scheduler.get_job(str(feed_id)) if self._scheduler.running else None
        if job is None:
            return None
        # Until a poll ends, its job's next time is only the one that is kept for the worst.
        return datetime.now(UTC) if feed_id in self._under_way else job.next_run_time

    async def stop(self) -> None:
        """Start nothing any more, break off what is at work, and wait until it has let go of what it held.

        Whoever closes the database next finds no transaction open: a job cut off from a closed one would never end.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=LETTING_GO)

    async def _work(self, job: Callable[[], Awaitable[T]]) -> T:
        """A job as a task that `stop` waits for."""
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            return await job()
        finally:
            self._at_work.discard(task)

    def _first(self, state: FeedState) -> datetime:
        now = datetime.now(UTC)
        every = wish(state.feed, self._pace, Rhythm.from_json(state.rhythm).gap)
        wait = first_wait(state.polled_at, state.not_before, state.failures > 0, every, now)
        return now + timedelta(seconds=wait + random.uniform(0, min(SPREAD, every)))

    async def _run(self, feed_id: int, url: str) -> float:
        """Poll a feed; the seconds until its next poll."""
        self._under_way.add(feed_id)
        try:
            return (await self._poll(feed_id)).wait
        except Exception:
            # A fault of ours (a full disk, a bug) must not stop a feed for ever, nor any other feed.
            log.exception("a poll failed within", extra={"action": "poll_crashed", "feed": url})
            return max(self._pace.every, AFTER_A_FAULT)

    def _done(self, event: JobExecutionEvent) -> None:
        # Told after the job counts as ended. Set within the job, a time already past would find it still running,
        # and APScheduler would skip the poll in favour of the next one of its trigger, hours later.
        if event.job_id.isdecimal():
            wait = event.retval if event.exception is None else self._pace.every
            self._next(int(event.job_id), wait * (1 + self._jitter()))
            # Not before: until now the job's next time was the one that is kept for the worst.
            self._under_way.discard(int(event.job_id))

    def _next(self, feed_id: int, seconds: float) -> None:
        job = self._scheduler.get_job(str(feed_id))
        if job is not None and self._scheduler.running:
            job.modify(next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))
