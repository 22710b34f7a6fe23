from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine import embedded
from bot.engine.embedded import EmbeddedEngine
from bot.model import Feed
from bot.news.poll import Outcome, PollResult
from bot.news.schedule import Pace
from bot.store.news import FeedState


def feed(id: int, **state: object) -> FeedState:
    return FeedState(id, Feed(f"https://wire.example/{id}", "wire", "en"), **state)  # type: ignore[arg-type]


class Polls:
    """Counts polls; each answers with the same wait."""

    def __init__(self, wait: float, *, seconds: float = 0.0) -> None:
        self.wait, self.seconds = wait, seconds
        self.times: Counter[int] = Counter()
        self.under_way: Counter[int] = Counter()
        self.most = 0

    async def __call__(self, feed_id: int) -> PollResult:
        self.times[feed_id] += 1
        self.under_way[feed_id] += 1
        self.most = max(self.most, self.under_way[feed_id])
        await asyncio.sleep(self.seconds)
        self.under_way[feed_id] -= 1
        if feed_id == 13:
            raise OSError("disk full")
        return PollResult(Outcome.UNCHANGED, wait=self.wait)


@asynccontextmanager
async def running(polls: Polls, *feeds: FeedState, every: float = 0.05) -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(polls, Pace(every, learned=False))
    engine.start(feeds)
    try:
        yield engine
    finally:
        await engine.stop()


async def test_every_feed_keeps_its_own_time() -> None:
    polls = Polls(0.1)
    async with running(polls, feed(1), feed(2)):
        await asyncio.sleep(1.0)
    assert 4 <= polls.times[1] <= 10
    assert 4 <= polls.times[2] <= 10


async def test_the_time_of_the_next_poll_is_known() -> None:
    polls = Polls(600.0, seconds=0.3)
    engine = EmbeddedEngine(polls, Pace(0.05, learned=False))
    assert engine.next_poll(1) is None, "it does not run yet"
    async with running(polls, feed(1)) as engine:
        assert engine.next_poll(2) is None, "nobody polls that one"
        async with asyncio.timeout(5):
            while not polls.under_way[1]:
                await asyncio.sleep(0.01)
        due = engine.next_poll(1)
        assert due is not None
        assert abs(due - datetime.now(UTC)) < timedelta(seconds=5), "it is being polled now"
        async with asyncio.timeout(5):
            while (later := engine.next_poll(1)) is None or later < datetime.now(UTC) + timedelta(seconds=60):
                await asyncio.sleep(0.01)
    assert timedelta(seconds=590) < later - datetime.now(UTC) < timedelta(seconds=670)


async def test_what_is_at_work_has_let_go_when_the_engine_has_stopped() -> None:
    said: list[str] = []

    async def job() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            said.append("rolled back")

    engine = EmbeddedEngine(Polls(60.0), Pace(0.05, learned=False))
    engine.every(60, job, "chore")
    engine.start(())
    await asyncio.sleep(0.1)
    await engine.stop()
    assert said == ["rolled back"]


async def test_a_poll_that_is_asked_to_wait_waits() -> None:
    polls = Polls(60.0)
    async with running(polls, feed(1)):
        await asyncio.sleep(0.5)
    assert polls.times[1] == 1


async def test_a_slow_poll_never_runs_twice_at_once_and_is_not_lost() -> None:
    polls = Polls(0.01, seconds=0.2)
    async with running(polls, feed(1)) as engine:
        for _ in range(8):
            await asyncio.sleep(0.1)
            engine.soon(1)
    assert polls.most == 1
    assert polls.times[1] >= 3


async def test_a_fault_of_ours_stops_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "AFTER_A_FAULT", 0.05)
    polls = Polls(0.05)
    async with running(polls, feed(13), feed(1)):
        await asyncio.sleep(0.6)
    assert polls.times[13] >= 3
    assert polls.times[1] >= 3


async def test_a_loop_that_was_blocked_makes_feeds_late_and_loses_none() -> None:
    polls = Polls(0.05)
    async with running(polls, *(feed(number) for number in range(20, 40))):
        await asyncio.sleep(0.2)
        time.sleep(1.5)  # a stalled machine
        polls.times.clear()
        await asyncio.sleep(0.3)
    assert len(polls.times) == 20


async def test_a_restart_keeps_what_was_polled_in_step_and_obeys_a_servers_wish() -> None:
    now = datetime.now(UTC)
    polls = Polls(60.0)
    feeds = [
        feed(1, polled_at=now),
        feed(2, polled_at=now - timedelta(hours=1)),
        feed(3, polled_at=now - timedelta(hours=1), not_before=now + timedelta(hours=1)),
        feed(4, polled_at=now, failures=2),
    ]
    engine = EmbeddedEngine(polls, Pace(30.0, learned=False))
    engine.start(feeds)
    waits = {job.id: (job.next_run_time - now).total_seconds() for job in engine._scheduler.get_jobs()}
    await engine.stop()
    assert 29 <= waits["1"] <= 46
    assert waits["2"] <= 16
    assert 3599 <= waits["3"] <= 3616
    assert waits["4"] <= 16
