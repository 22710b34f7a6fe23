"""Parsing in worker processes: off the event loop, and with a time limit that really ends it."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import TimeoutError as WorkerTimeout
from datetime import datetime
from typing import Self

from pebble import ProcessExpired, ProcessPool

from bot.news.failures import HostileFeed
from bot.news.parse import ParsedFeed, parse

SECONDS = 20.0
"""A 5 MiB feed of 500 entries takes about two seconds; ten times that is a trap, not a feed."""
RECYCLE = 2000
"""Documents after which a worker process is replaced, so that no leak in a parser grows for ever."""


class ParserPool:
    """A pebble.ProcessPool (chosen because it kills a worker that overruns; concurrent.futures cannot)."""

    def __init__(self, workers: int = 1, seconds: float = SECONDS) -> None:
        # spawn: a fork of a process with threads and an event loop may inherit a held lock.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=workers, max_tasks=RECYCLE, context=context)
        self._seconds = seconds

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)

    async def parse(self, body: bytes, content_type: str | None, url: str, now: datetime) -> ParsedFeed:
        """`bot.news.parse.parse` elsewhere. Raises its errors, and HostileFeed where it took too long or crashed."""
        future = self._pool.schedule(parse, args=(body, content_type, url), kwargs={"now": now}, timeout=self._seconds)
        try:
            return await asyncio.wrap_future(future)
        except WorkerTimeout:
            raise HostileFeed(f"parsing took over {self._seconds:g} seconds and was ended") from None
        except ProcessExpired as error:
            raise HostileFeed(f"parsing ended its process (exit code {error.exitcode})") from error
