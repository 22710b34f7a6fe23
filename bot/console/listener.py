"""The one listener on NABAT_CONSOLE_ADDRESS: the console's pages and the endpoint of WebSub hubs are served there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator

from aiohttp import web

from bot.errors import ConfigurationError

LAST_PORT = 65_535
STOP_SECONDS = 2.0
"""How long a stop waits for requests that are being answered."""


class UnusableAddress(ConfigurationError):
    """NABAT_CONSOLE_ADDRESS cannot be listened on."""


@contextlib.asynccontextmanager
async def listening(app: web.Application, address: str) -> AsyncIterator[int]:
    """Serve the app on host:port (NABAT_CONSOLE_ADDRESS); the port, a free one where 0 was given."""
    host, port = parted(address)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host or None, port).start()
        except (OSError, ValueError) as error:
            raise UnusableAddress(
                f"NABAT_CONSOLE_ADDRESS {address} cannot be used: {_reason(error)}. Name an address of this machine "
                "and a port that is free; port 0 takes any free one."
            ) from None
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def parted(address: str) -> tuple[str, int]:
    """(host, port) of host:port; the host is empty where every address of the machine is meant."""
    host, colon, port = address.rpartition(":")
    # A number alone must not open the console to the world.
    if not (colon and port.isascii() and port.isdecimal() and int(port) <= LAST_PORT):
        raise ConfigurationError(f"NABAT_CONSOLE_ADDRESS “{address}” is not host:port; write it as 127.0.0.1:8080.")
    return host.strip("[]"), int(port)


def _reason(error: OSError | ValueError) -> str:
    """The system's own words: asyncio wraps them in its own."""
    if isinstance(error, OSError):
        number = error.errno or 0
        return (os.strerror(number) if number > 0 else str(error.strerror or error)).lower()
    return "it is no address"
