"""Reading documents in worker processes: off the event loop, and with a time limit that really ends it."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from concurrent.futures import TimeoutError as WorkerTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from pebble import ProcessExpired, ProcessPool

from bot.news.failures import HostileFeed
from bot.news.reading import Document, Judge, Reading, Text, read

log = logging.getLogger(__name__)

SECONDS = 20.0
"""A 5 MiB feed of 500 entries takes about two seconds; ten times that is a trap, not a feed."""
RECYCLE = 2000
"""Documents after which a worker process is replaced, so that no leak in a parser grows for ever."""
TRIES = 3
"""Pools that a document is handed to, one after another, before the fault is told as ours."""
LOOK = 1.0
"""Seconds between two looks at whether the pool still lives: one that broke may keep a document for ever."""


class ParserPool:
    """A pebble.ProcessPool (chosen because it kills a worker that overruns; concurrent.futures cannot).

    A pool that once called itself broken (a worker was killed while it waited) takes no work ever again: the next
    document gets a new one. `text` turns markup to plain text, `judge` finds the items of first documents that no
    rule wants; both can be pickled, and are sent to a worker once. A worker is replaced after `recycle` documents.
    """

    def __init__(
        self,
        text: Text,
        judge: Judge | None = None,
        *,
        workers: int = 1,
        seconds: float = SECONDS,
        recycle: int = RECYCLE,
    ) -> None:
        self._text, self._judge, self._workers, self._seconds = text, judge, workers, seconds
        self._recycle = recycle
        self._pool = self._made()
        self._replacing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await _end(self._pool)

    async def read(self, document: Document) -> Reading:
        """`bot.news.reading.read` elsewhere. Raises its errors, and HostileFeed where it took too long or crashed."""
        for _ in range(TRIES - 1):
            pool = self._pool
            try:
                return await self._read(pool, document)
            except BrokenProcessPool as error:
                await self._replace(pool, error)
        return await self._read(self._pool, document)

    async def _read(self, pool: ProcessPool, document: Document) -> Reading:
        try:
            future = pool.schedule(_read_here, args=(document,), timeout=self._seconds)
        except RuntimeError as error:
            raise BrokenProcessPool(str(error)) from error
        waiting = asyncio.wrap_future(future)
        try:
            while not (await asyncio.wait((waiting,), timeout=LOOK))[0]:
                if not pool.active:
                    raise BrokenProcessPool("the pool broke with a document in it")
            return waiting.result()
        except WorkerTimeout:
            raise HostileFeed(f"parsing took over {self._seconds:g} seconds and was ended") from None
        except ProcessExpired as error:
            raise HostileFeed(f"parsing ended its process (exit code {error.exitcode})") from error
        finally:
            waiting.cancel()

    def _made(self) -> ProcessPool:
        # spawn: a fork of a process with threads and an event loop may inherit a held lock.
        context = multiprocessing.get_context("spawn")
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._recycle,
            initializer=_begin,
            initargs=(self._text, self._judge),
            context=context,
        )

    async def _replace(self, broken: ProcessPool, error: BrokenProcessPool) -> None:
        """Once, however many documents found it broken."""
        async with self._replacing:
            if self._pool is broken:
                log.warning("the pool of parsers broke: %s", error, extra={"action": "parsers_replaced"})
                self._pool = self._made()
                await _end(broken)


_here: list[tuple[Text, Judge | None]] = []
"""In a worker: what it was sent when it began."""


def _begin(text: Text, judge: Judge | None) -> None:
    _here.append((text, judge))


def _read_here(document: Document) -> Reading:
    return read(document, *_here[-1])


async def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    await asyncio.to_thread(pool.join)
