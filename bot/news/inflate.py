"""Decompression in bounded steps: a bomb is noticed while it goes off, not after.

aiohttp could decompress by itself, but then nobody could count the bytes before and after; so it hands us the
body as it came, and a `Decoder` answers each piece with at most `limit` + 1 bytes.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

from bot.news.failures import BrokenAnswer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"

_MEMBERS = 100  # gzip files may be concatenated; more members than this is an attack on the clock
_WINDOW_LOG = 23  # zstd: 8 MiB, what RFC 9659 lets a browser be asked for


class Decoder(Protocol):
    def feed(self, data: bytes, limit: int) -> bytes:
        """The next decompressed bytes, `limit` + 1 at most; raises BrokenAnswer on damaged data."""

    @property
    def done(self) -> bool:
        """Whether the data may end here."""


class Plain:
    """No compression."""

    done = True

    def feed(self, data: bytes, limit: int) -> bytes:
        return data[: limit + 1]


class Zlib:
    """gzip (also several members in a row) and deflate, with or without the zlib header that RFC 9110 wants."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._members = 1

    @property
    def done(self) -> bool:
        return self._stream is None or self._stream.eof

    def feed(self, data: bytes, limit: int) -> bytes:
        if self._stream is None:
            raw_deflate = data[0] != 0x1F and data[0] & 0x0F != 8
            self._stream = zlib.decompressobj(-15 if raw_deflate else 47)
        parts: list[bytes] = []
        room = limit + 1
        try:
            while data and room > 0:
                if self._stream.eof:
                    data = self._next_member(data)
                    if not data:
                        break
                part = self._stream.decompress(data, room)
                parts.append(part)
                room -= len(part)
                data = self._stream.unused_data if self._stream.eof else b""
        except zlib.error:
            raise BrokenAnswer("the answer says it is compressed, but cannot be decompressed") from None
        return b"".join(parts)

    def _next_member(self, data: bytes) -> bytes:
        """Begins the next gzip member; padding and rubbish after the last one are dropped, as gzip does."""
        if not b"\x1f\x8b".startswith(data[:2]):
            return b""
        self._members += 1
        if self._members > _MEMBERS:
            raise BrokenAnswer(f"the answer is made of more than {_MEMBERS} compressed parts")
        self._stream = zlib.decompressobj(47)
        return data


class Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes, limit: int) -> bytes:
        if self.done:
            return b""
        try:
            return bytes(self._stream.process(data, output_buffer_limit=limit + 1))[: limit + 1]
        except brotli.error:
            raise BrokenAnswer("the answer says it is compressed, but cannot be decompressed") from None


class Zstd:
    def __init__(self) -> None:
        options = {int(zstd.DecompressionParameter.window_log_max): _WINDOW_LOG}
        self._stream = zstd.ZstdDecompressor(options=options)

    @property
    def done(self) -> bool:
        return bool(self._stream.eof)

    def feed(self, data: bytes, limit: int) -> bytes:
        if self.done:
            return b""
        try:
            return bytes(self._stream.decompress(data, max_length=limit + 1))
        except zstd.ZstdError:
            raise BrokenAnswer("the answer says it is compressed, but cannot be decompressed") from None


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "": Plain,
    "identity": Plain,
    "gzip": Zlib,
    "x-gzip": Zlib,
    "deflate": Zlib,
    "br": Brotli,
    "zstd": Zstd,
}


def decoder(content_encoding: str) -> Decoder:
    """The decoder for a Content-Encoding header; raises BrokenAnswer for one that was never asked for."""
    try:
        return _DECODERS[content_encoding.strip().lower()]()
    except KeyError:
        raise BrokenAnswer(f"the answer is compressed as “{content_encoding[:40]}”, which is not read") from None
