"""How servers misbehave, on command: statuses, redirects, slow, endless, broken and poisoned answers."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import brotli
from aiohttp import web

OPENING = b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Endless</title>\n'
ENDLESS_ITEM = b"<item><title>Nothing new</title><guid>endless</guid></item>\n" * 1000
HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n"
TINY = b"Not found.\n"
"""Eleven bytes with status 200, as some publishers answer for a wrong address."""


class Bad(StrEnum):
    STATUS = "status"
    """A status, with headers and a body: errors and redirects."""
    BODY = "body"
    """200 with another body: tiny, HTML, a lie about its charset, a bomb."""
    HANG = "hang"
    """Not a byte, for `seconds`; then the connection is dropped."""
    DROP = "drop"
    """The connection is lost before a byte of the answer."""
    DRIP = "drip"
    """The right body, `size` bytes every `seconds`."""
    ENDLESS = "endless"
    """A body without end."""
    TRUNCATED = "truncated"
    """A chunked body that breaks off in a chunk."""
    SHORT = "short"
    """A Content-Length `size` bytes longer than the body, after which the connection closes."""
    LONG = "long"
    """A Content-Length `size` bytes shorter than the body."""
    GARBAGE = "garbage"
    """An answer that is not HTTP."""


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    kind: Bad
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    size: int = 0

    @classmethod
    def answer(cls, status: int, retry_after: int | str | None = None, body: bytes = b"") -> Misbehaviour:
        """A status such as 404, 410, 429, 500 or 503; Retry-After in seconds or as a date."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return cls(Bad.STATUS, status, headers, body or f"{status}\n".encode())

    @classmethod
    def redirect(cls, to: str, status: int = 302) -> Misbehaviour:
        """A redirect to any address, file: and cloud metadata included; with 301 or 308 it is permanent."""
        return cls(Bad.STATUS, status, {"Location": to})

    @classmethod
    def tiny(cls) -> Misbehaviour:
        return cls(Bad.BODY, headers={"Content-Type": "text/xml"}, body=TINY)

    @classmethod
    def html(cls, body: bytes = HTML_PAGE) -> Misbehaviour:
        return cls(Bad.BODY, headers={"Content-Type": "text/html; charset=utf-8"}, body=body)

    @classmethod
    def poison(cls, body: bytes, content_type: str = "application/rss+xml; charset=utf-8") -> Misbehaviour:
        """Any bytes under any content type: wrong charsets, control characters, DTDs."""
        return cls(Bad.BODY, headers={"Content-Type": content_type}, body=body)

    @classmethod
    def bomb(cls, megabytes: int = 200, coding: str = "gzip") -> Misbehaviour:
        """A small body that unpacks to `megabytes` of a feed; `coding` is gzip, deflate or br."""
        headers = {"Content-Type": "application/rss+xml", "Content-Encoding": coding}
        return cls(Bad.BODY, headers=headers, body=_bomb(megabytes, coding))

    @classmethod
    def hang(cls, seconds: float = 3600.0) -> Misbehaviour:
        return cls(Bad.HANG, seconds=seconds)

    @classmethod
    def drop(cls) -> Misbehaviour:
        return cls(Bad.DROP)

    @classmethod
    def drip(cls, size: int = 1, seconds: float = 1.0) -> Misbehaviour:
        return cls(Bad.DRIP, size=size, seconds=seconds)

    @classmethod
    def endless(cls) -> Misbehaviour:
        return cls(Bad.ENDLESS)

    @classmethod
    def truncated(cls) -> Misbehaviour:
        return cls(Bad.TRUNCATED)

    @classmethod
    def wrong_length(cls, by: int = 100) -> Misbehaviour:
        """A Content-Length off by so many bytes: too much if positive, too little if negative."""
        return cls(Bad.SHORT if by > 0 else Bad.LONG, size=abs(by))

    @classmethod
    def garbage(cls) -> Misbehaviour:
        return cls(Bad.GARBAGE)


def _bomb(megabytes: int, coding: str) -> bytes:
    """A feed of one title of so many megabytes, packed without ever holding it unpacked."""
    chunk = b" " * 1_000_000
    pieces = [OPENING + b"<item><title>", *[chunk] * megabytes, b"</title></item></channel></rss>"]
    if coding == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join([*(packer.process(piece) for piece in pieces), packer.finish()])
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    return b"".join([*(squeezer.compress(piece) for piece in pieces), squeezer.flush()])


async def misanswer(how: Misbehaviour, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    """Answer a request in the way of `how`; `body` is what stands at the path."""
    if how.kind in {Bad.STATUS, Bad.BODY}:
        return web.Response(status=how.status, headers=how.headers, body=how.body)
    if how.kind is Bad.ENDLESS:
        return await _endless(request)
    transport = request.transport
    if how.kind is Bad.HANG:
        await asyncio.sleep(how.seconds)
    if transport is None or how.kind in {Bad.HANG, Bad.DROP}:
        _abort(transport)
    elif how.kind is Bad.DRIP:
        await _drip(transport, body, how)
    else:
        transport.write(_raw(how, body))
        transport.close()
    # The server finds the connection closed, and sends nothing of this.
    return web.Response()


def _abort(transport: asyncio.Transport | None) -> None:
    if transport is not None:
        transport.abort()


def _head(*lines: str) -> bytes:
    head = ("HTTP/1.1 200 OK", "Content-Type: application/rss+xml", *lines, "", "")
    return "\r\n".join(head).encode()


def _raw(how: Misbehaviour, body: bytes) -> bytes:
    if how.kind is Bad.TRUNCATED:
        half = body[: len(body) // 2]
        return _head("Transfer-Encoding: chunked") + f"{len(half) + 500:x}\r\n".encode() + half
    if how.kind is Bad.SHORT:
        return _head(f"Content-Length: {len(body) + how.size}") + body
    if how.kind is Bad.LONG:
        return _head(f"Content-Length: {max(0, len(body) - how.size)}") + body
    return b"\x00\xff 220 mail.example ESMTP ready\r\n"


async def _drip(transport: asyncio.Transport, body: bytes, how: Misbehaviour) -> None:
    transport.write(_head(f"Content-Length: {len(body)}"))
    step = max(1, how.size)
    for start in range(0, len(body), step):
        await asyncio.sleep(how.seconds)
        if transport.is_closing():
            return
        transport.write(body[start : start + step])
    transport.close()


async def _endless(request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    with contextlib.suppress(ConnectionError):
        await answer.write(OPENING)
        while True:
            await answer.write(ENDLESS_ITEM)
    return answer
