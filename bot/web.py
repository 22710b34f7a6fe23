"""What the service shows and hears over HTTP: the console, metrics, and hubs' pushes, on one listener."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.console.app import application
from bot.console.deps import ConsoleDeps
from bot.console.gate import host_names
from bot.console.listener import UnusableAddress, listening, parted
from bot.engine.push import push_door, reachable
from bot.news.poll import PollResult
from bot.news.websub import WebSub
from bot.ops import metrics as measures
from bot.ops.metrics import Metrics, Snapshot
from bot.parts import Parts
from bot.store.news import listed_feeds
from bot.store.queue import deliveries_by_state

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only the running service knows; see ConsoleDeps and Snapshot."""

    started: datetime
    next_poll: Callable[[int], datetime | None]
    sending: Callable[[], bool | None]
    beat_at: Callable[[], datetime | None]


@dataclass(frozen=True, slots=True)
class Web:
    """What came of opening it: no port without a listener, no hubs where the world cannot reach us."""

    port: int | None = None
    websub: WebSub | None = None


@contextlib.asynccontextmanager
async def open_web(parts: Parts, metrics: Metrics, vitals: Vitals) -> AsyncIterator[Web]:
    """Listen on NABAT_CONSOLE_ADDRESS.

    Raises ConfigurationError where an operator's address cannot be used. The default one may be taken by another
    service on this machine: then the log says so, and there is no console, no metrics, and no hub.
    """
    settings = parts.settings
    websub = _websub(parts, metrics) if reachable(settings.console_url, settings.allow_hosts) else None
    hubs = websub.routes() if websub is not None else []
    app = application(_deps(parts, vitals), [measures.route(metrics, lambda: _look(parts, vitals)), *hubs])
    async with contextlib.AsyncExitStack() as stack:
        if websub is not None:
            # Left after the listener: what is being taken in then is the last.
            stack.push_async_callback(websub.closed)
        try:
            port = await stack.enter_async_context(listening(app, settings.console_address))
        except UnusableAddress as error:
            if "console_address" in settings.model_fields_set:
                raise
            log.warning("the service runs without a console: %s", error, extra={"action": "no_console"})
            yield Web()
            return
        host = settings.console_address.rpartition(":")[0]
        log.info("console on http://%s:%d/", host, port, extra={"action": "console"})
        yield Web(port, websub)


def _deps(parts: Parts, vitals: Vitals) -> ConsoleDeps:
    settings = parts.settings
    return ConsoleDeps(
        store=parts.store,
        catalogue=parts.catalogue,
        clock=parts.clock,
        started=vitals.started,
        next_poll=vitals.next_poll,
        sending=vitals.sending,
        names=host_names(settings.console_url, parted(settings.console_address)[0]),
    )


def _websub(parts: Parts, metrics: Metrics) -> WebSub:
    async def push(feed_id: int, body: bytes, content_type: str | None) -> PollResult:
        return await metrics.pushed(parts.poller.push(feed_id, body, content_type))

    return push_door(parts, str(parts.settings.console_url), push)


async def _look(parts: Parts, vitals: Vitals) -> Snapshot:
    async with parts.store.read() as session:
        feeds, deliveries = await listed_feeds(session), await deliveries_by_state(session)
    return Snapshot(parts.clock(), feeds, deliveries, vitals.beat_at(), vitals.sending())
