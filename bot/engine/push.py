"""The door that WebSub hubs knock at: opened once a feed names a hub, and only where the world can reach it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator

from aiohttp import web

from bot.errors import ConfigurationError
from bot.news.failures import RefusedAddress
from bot.news.guard import Guard
from bot.news.websub import WebSub
from bot.parts import Parts

log = logging.getLogger(__name__)

TEND_EVERY = 60.0
"""Seconds between two looks at the subscriptions."""


def reachable(url: str | None, allow: tuple[str, ...]) -> bool:
    """Whether NABAT_CONSOLE_URL is an address that a hub may reach: public, or named in NABAT_ALLOW_HOSTS."""
    try:
        return bool(url) and bool(Guard(allow).check(url or "", resolved_here=False))
    except RefusedAddress:
        return False


class PushDoor:
    """Subscribes, and listens on NABAT_CONSOLE_ADDRESS from the first feed that names a hub."""

    def __init__(self, parts: Parts, callback: str) -> None:
        poller = parts.poller
        self._websub = WebSub(parts.store, callback, parts.routes.post, poller.push, parts.clock)
        self._address = parts.settings.console_address
        self._open = contextlib.AsyncExitStack()
        self.port: int | None = None
        poller.pushes = self._websub.pushes

    async def tend(self) -> None:
        """To be called every TEND_EVERY seconds."""
        if self.port is None and await self._websub.hubs():
            self.port = await self._open.enter_async_context(listening(self._websub.app(), self._address))
            log.info("listening for pushes", extra={"action": "websub_open", "port": self.port})
        await self._websub.tend()

    async def close(self) -> None:
        await self._open.aclose()
        await self._websub.closed()


@contextlib.asynccontextmanager
async def listening(app: web.Application, address: str) -> AsyncIterator[int]:
    """Serve the app on host:port (NABAT_CONSOLE_ADDRESS); the port, a free one where 0 was given."""
    host, _, port = address.rpartition(":")
    if not port.isdecimal():
        raise ConfigurationError(f"NABAT_CONSOLE_ADDRESS “{address}” has no port; write it as 127.0.0.1:8080.")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]") or None, int(port)).start()
        except OSError as error:
            raise ConfigurationError(f"NABAT_CONSOLE_ADDRESS {address} cannot be used: {error.strerror}.") from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
