"""Writes that come together go into one transaction: a transaction costs more than most of what is written in one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 32
"""What one batch takes at most, so that the write lock is not held for long."""


class Batches(Generic[T, R]):
    """`write` gets all that came while the batch before was written, in order, and answers one result for each.

    A batch of one is what an idle service writes. Where a batch fails, each of it is written by itself, so that one
    that cannot be written takes no other along.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, thing: T) -> R:
        """Write it; raises what `write` raised for it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._run())
        return await done

    async def settled(self) -> None:
        """Wait until what was put is written, or has failed; also what nobody waits for any more."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await self._together(batch)
            except BaseException:
                for _, done in (*batch, *self._waiting):
                    done.cancel()
                raise

    async def _together(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._write([thing for thing, _ in batch])
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._together([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():
                done.set_result(result)
