"""The door that WebSub hubs knock at: only where the world can reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.news.failures import RefusedAddress
from bot.news.guard import Guard
from bot.news.websub import WebSub
from bot.parts import Parts

TEND_EVERY = 60.0
"""Seconds between two looks at the subscriptions."""


def reachable(url: str | None, allow: tuple[str, ...]) -> bool:
    """Whether NABAT_CONSOLE_URL is an address that a hub may reach: public, or named in NABAT_ALLOW_HOSTS."""
    try:
        return bool(url) and bool(Guard(allow).check(url or "", resolved_here=False))
    except RefusedAddress:
        return False


def push_door(parts: Parts, callback: str, push: Callable[[int, bytes, str | None], Awaitable[object]]) -> WebSub:
    """Subscriptions for these parts; `callback` is the public address under which its routes are served.

    `push` takes a document for a feed.
    """
    websub = WebSub(parts.store, callback, parts.routes.post, push, parts.clock)
    parts.poller.pushes = websub.pushes
    return websub
