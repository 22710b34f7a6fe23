"""Servers for the tests of this room: a proper one (aiohttp) and a rude one, which sends bytes as it likes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.news.fetch import Fetcher, Limits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Rude = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

PATIENT = Limits(connect=5.0, first_byte=10.0, total=20.0)
QUICK = Limits(connect=5.0, first_byte=0.5, total=1.0)


class Servers:
    """Starts servers and fetchers, and stops them all at the end of the test."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def polite(self, handler: Handler) -> str:
        """The root address of an aiohttp server whose every path goes to the handler."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        self._stack.push_async_callback(server.close)
        return f"http://127.0.0.1:{server.port}"

    async def rude(self, behave: Rude, tls: ssl.SSLContext | None = None) -> str:
        """The root address of a server that is handed the head of each request and a writer."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await behave(await reader.readuntil(b"\r\n\r\n"), writer)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        self._stack.callback(server.close)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def fetcher(self, limits: Limits = PATIENT, proxy: str | None = None) -> Fetcher:
        fetcher = Fetcher("Nabat/0.1 (+https://example.org)", allow=["127.0.0.1"], limits=limits, proxy=proxy)
        return await self._stack.enter_async_context(fetcher)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        yield Servers(stack)


def saying(answer: bytes) -> Rude:
    """A rude server that says this and hangs up."""

    async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return behave
