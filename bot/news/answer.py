"""What is asked of a server, what it may cost, and what comes back: frozen data around `bot.news.fetch`."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to ask for. `etag` and `last_modified` are those of the last answer, as the server wrote them."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    language: str | None = None
    """The Accept-Language of this feed; always the same, because some hosts answer by it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body."""

    url: str
    """Where it came from, after redirects."""
    body: bytes
    """Decompressed."""
    content_type: str | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None
    """The new address, where the old one was redirected for good (301 or 308)."""
    fresh_for: float | None
    """Seconds that the server says the answer stays new (Cache-Control, Expires)."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The feed is as it was. The validators are those to send next time."""

    etag: str | None
    last_modified: str | None
    moved_to: str | None
    fresh_for: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    connect: float = 10.0
    """Seconds to a connection, with TLS."""
    first_byte: float = 20.0
    """Seconds to the status and headers of each hop, connecting included."""
    total: float = 45.0
    """Seconds for everything, redirects and body included."""
    body: int = 5 * MIB
    """Bytes, before and after decompression."""
    redirects: int = 3
    header_line: int = 16 * 1024
    """Bytes of one header line; real sites send content policies of 8 KiB and more."""
    headers: int = 128
    """Lines."""
