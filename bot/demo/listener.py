"""A port on loopback that can refuse connections for a while, and then listen again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
HOST = "127.0.0.1"


class Listener:
    """Serves `handler` on `port` (0 takes a free one, and keeps it from then on)."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self._handler = handler
        self._port = port
        self._web: web.Server | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """http://127.0.0.1:port, without a slash at its end."""
        return f"http://{HOST}:{self._port}"

    async def open(self) -> None:
        """Listen, if not listening already."""
        if self._server is not None:
            return
        # A Server without router and middlewares: benchmarks push thousands of requests a second through it.
        self._web = web.Server(self._handler, access_log=None, keepalive_timeout=75)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._web, HOST, self._port, backlog=1024, reuse_address=True)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Stop listening and cut every open connection."""
        if self._server is None or self._web is None:
            return
        self._server.close()
        self._server = None
        for protocol in self._web.connections:
            if protocol.transport is not None:
                protocol.transport.abort()
        await self._web.shutdown(0.1)

    async def close(self) -> None:
        await self.cut()
