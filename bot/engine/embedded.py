"""The embedded engine: every feed by its own clock, in this process (APScheduler)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.model import Feed
from bot.news.poll import Outcome, PollResult
from bot.news.schedule import JITTER, interval, wait_after_failure
from bot.store.news import FeedState

log = logging.getLogger(__name__)

SPREAD = 15.0
"""Seconds over which the first polls after a start are spread, at most."""
TOGETHER = 16
"""Polls under way at once: it bounds the bodies held in memory."""


class EmbeddedEngine:
    """Runs `poll(feed id)` for each feed. A job is late rather than lost (misfire_grace_time None), runs once for
    all the times it missed (coalesce), and never twice at once (max_instances 1)."""

    def __init__(self, poll: Callable[[int], Awaitable[PollResult]], poll_every: float) -> None:
        self._poll, self._every = poll, poll_every
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._gate = asyncio.Semaphore(TOGETHER)

    def start(self, feeds: Sequence[FeedState]) -> None:
        spread = min(SPREAD, self._every)
        for state in feeds:
            seconds = interval(state.feed, self._every)
            first = datetime.now(UTC) + timedelta(seconds=random.uniform(0, spread))
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=max(1, round(seconds)), jitter=seconds * JITTER, timezone=UTC),
                args=(state.id, state.feed),
                id=str(state.id),
                name=state.feed.url,
                next_run_time=first,
            )
        self._scheduler.start()

    def every(self, seconds: float, job: Callable[[], Awaitable[None]], name: str) -> None:
        """Run a chore of the service itself, now and then every so many seconds."""
        self._scheduler.add_job(
            job, IntervalTrigger(seconds=seconds, timezone=UTC), id=name, next_run_time=datetime.now(UTC)
        )

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _run(self, feed_id: int, feed: Feed) -> None:
        async with self._gate:
            result = await self._poll(feed_id)
        if result.outcome is Outcome.FAILED:
            wait = wait_after_failure(feed, self._every, result.failures, result.retry_after)
            job = self._scheduler.get_job(str(feed_id))
            if job is not None:
                job.modify(next_run_time=datetime.now(UTC) + timedelta(seconds=wait))
