"""Proxies for tests: an HTTP one (absolute addresses and CONNECT) and a SOCKS5 one, real servers on loopback.

They know names that no name server knows, so whoever gets through to such a name really asked the proxy.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Place = tuple[str, int]


class _Refused(Exception):
    """The proxy does not do what it was asked."""


class Proxy(ABC):
    """`names` are hosts and where they are; a host that is not among them is not found. `asked` are (host, port).

    `credentials` ("user:password") are asked for where given.
    """

    scheme = ""

    def __init__(self, names: Mapping[str, Place], credentials: str | None = None) -> None:
        self._names, self._credentials = dict(names), credentials
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.asked: list[Place] = []
        self.turned_away = 0

    @property
    def url(self) -> str:
        assert self._server is not None
        user = f"{self._credentials}@" if self._credentials else ""
        return f"{self.scheme}://{user}127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, _Refused):
            await self._turn(reader, writer)
        writer.close()

    @abstractmethod
    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its first word to the end of what it asked for."""

    async def _reach(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.asked.append((host, port))
        if host not in self._names:
            raise _Refused
        return await asyncio.open_connection(*self._names[host])


async def _joined(
    near: tuple[asyncio.StreamReader, asyncio.StreamWriter], far: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Carry bytes both ways until one side ends."""
    ways = [asyncio.create_task(_carry(near[0], far[1])), asyncio.create_task(_carry(far[0], near[1]))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    far[1].close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()


class HttpProxy(Proxy):
    """CONNECT makes a tunnel; any other method is asked with an absolute address (RFC 9112, 3.2.2 and 3.2.3)."""

    scheme = "http"

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, version = head[0].split()
        if not self._known(head[1:]):
            self.turned_away += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        try:
            far = await self._reach(parts.hostname or "", parts.port or 80)
        except (_Refused, OSError):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            kept = [line for line in head[1:] if not line.lower().startswith(("proxy-", "connection:"))]
            # One request a connection: the next one may be meant for another host.
            lines = [f"{method} {path} {version}", "Connection: close", *kept]
            far[1].write("\r\n".join(lines).encode("latin-1"))
        await _joined((reader, writer), far)

    def _known(self, headers: list[str]) -> bool:
        if self._credentials is None:
            return True
        wanted = f"proxy-authorization: basic {base64.b64encode(self._credentials.encode()).decode()}"
        return any(line.lower() == wanted.lower() for line in headers)


class SocksProxy(Proxy):
    """SOCKS5 (RFC 1928) with names resolved here, and with user and password (RFC 1929) where they are asked for."""

    scheme = "socks5"

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _version, methods = await reader.readexactly(2)
        offered = await reader.readexactly(methods)
        method = 0 if self._credentials is None else 2
        if method not in offered:
            self.turned_away += 1
            writer.write(b"\x05\xff")
            return
        writer.write(bytes((5, method)))
        if self._credentials is not None:
            await self._sign_in(reader, writer)
        _version, command, _reserved, kind = await reader.readexactly(4)
        host = await self._host(reader, kind)
        port = int.from_bytes(await reader.readexactly(2), "big")
        try:
            if command != 1:
                raise _Refused
            far = await self._reach(host, port)
        except (_Refused, OSError):
            writer.write(b"\x05\x04\x00\x01" + bytes(6))  # 4: the host cannot be reached
            return
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await _joined((reader, writer), far)

    async def _sign_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        user = await reader.readexactly((await reader.readexactly(1))[0])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        good = f"{user.decode()}:{password.decode()}" == self._credentials
        writer.write(b"\x01\x00" if good else b"\x01\x01")
        if not good:
            self.turned_away += 1
            raise _Refused

    @staticmethod
    async def _host(reader: asyncio.StreamReader, kind: int) -> str:
        if kind == 3:
            return (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        return ".".join(map(str, await reader.readexactly(4 if kind == 1 else 16)))
