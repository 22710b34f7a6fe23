"""From decided alerts to deliveries: each alert is fanned out when it is due, and a restart finishes what was begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Self

from bot.chronicle import Alerted
from bot.delivery.outbox import fan_out, finish_fan_outs
from bot.store.session import Store

log = logging.getLogger(__name__)

AGAIN_AFTER, AT_LAST = 2.0, 300.0
"""Seconds until a fan-out that failed (a locked database, a full disk) is tried again: doubled each time, up to the
latter, and so until it succeeds."""


class Publisher:
    """Fans out alerts in the background. `fanned` is told of each one whose deliveries are written."""

    def __init__(self, store: Store, fanned: Callable[[Alerted], None], clock: Callable[[], datetime]) -> None:
        self._store, self._fanned, self._clock = store, fanned, clock
        self._ready: asyncio.Queue[tuple[Alerted, int]] = asyncio.Queue()
        self._later: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await finish_fan_outs(self._store, now=self._clock())
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._later, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def put(self, alert: Alerted) -> None:
        """Fan the alert out now, or when it is due. It is stored already: what is lost here, a restart finds."""
        wait = 0.0 if alert.due_at is None else (alert.due_at - self._clock()).total_seconds()
        if wait <= 0:
            self._ready.put_nowait((alert, 0))
        else:
            self._put_in(wait, alert)

    async def settled(self) -> None:
        """Wait until everything that is due has its deliveries."""
        await self._ready.join()

    def _put_in(self, seconds: float, alert: Alerted, failures: int = 0) -> None:
        task = asyncio.create_task(self._put_later(seconds, alert, failures))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _put_later(self, seconds: float, alert: Alerted, failures: int) -> None:
        await asyncio.sleep(seconds)
        self._ready.put_nowait((alert, failures))

    async def _run(self) -> None:
        while True:
            alert, failures = await self._ready.get()
            try:
                await fan_out(self._store, alert.id, now=self._clock())
                self._fanned(alert)
            except Exception:
                # It goes on where it stopped: what is fanned out already is not written twice.
                log.exception("fan-out failed", extra={"action": "fan_out_failed", "alert": alert.id})
                self._put_in(min(AT_LAST, AGAIN_AFTER * 2.0 ** min(failures, 16)), alert, failures + 1)
            finally:
                self._ready.task_done()
