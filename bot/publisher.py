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


class Publisher:
    """Fans out alerts in the background. `fanned` is told of each one whose deliveries are written."""

    def __init__(self, store: Store, fanned: Callable[[Alerted], None], clock: Callable[[], datetime]) -> None:
        self._store, self._fanned, self._clock = store, fanned, clock
        self._ready: asyncio.Queue[Alerted] = asyncio.Queue()
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
            self._ready.put_nowait(alert)
            return
        task = asyncio.create_task(self._put_later(alert, wait))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settled(self) -> None:
        """Wait until everything that is due has its deliveries."""
        await self._ready.join()

    async def _put_later(self, alert: Alerted, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._ready.put_nowait(alert)

    async def _run(self) -> None:
        while True:
            alert = await self._ready.get()
            try:
                await fan_out(self._store, alert.id, now=self._clock())
                self._fanned(alert)
            except Exception:
                # The alert is stored, and its fan-out goes on with the next start at the latest.
                log.exception("fan-out failed", extra={"action": "fan_out_failed", "alert": alert.id})
            finally:
                self._ready.task_done()
