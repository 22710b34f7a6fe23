"""How an outlet is reached: its host's turn, its proxy, and its mirrors where its host is blocked.

A block has many faces: no name or a wrong one (this machine, a private network), a lost connection, a forged
certificate, 403 or 451, a redirect to the page of a provider, or that page itself in place of the feed.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from aiohttp.abc import AbstractResolver

from bot.model import Feed, Outlet
from bot.news.answer import Fetched, FetchRequest, Limits, NotModified
from bot.news.bodies import Share
from bot.news.failures import BodyTooLarge, FetchError, HttpStatus
from bot.news.fetch import Fetcher
from bot.news.turns import Manners, Turns

log = logging.getLogger(__name__)

BLOCKS = frozenset({403, 451})
"""Statuses with which a country, a provider or a network in front of the host turns us away."""
LOOK = 4096
"""Bytes of an answer in which a page shows itself."""
DIRECT = "none"
"""What feeds.yaml says for an outlet that is reached without NABAT_PROXY."""


class Routes:
    """A fetcher for each proxy in use, and turns for every host. `proxy` is NABAT_PROXY, `allow` NABAT_ALLOW_HOSTS."""

    def __init__(
        self,
        user_agent: str,
        outlets: Iterable[Outlet],
        *,
        allow: Iterable[str] = (),
        proxy: str | None = None,
        limits: Limits | None = None,
        manners: Manners | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._outlets = {outlet.id: outlet for outlet in outlets}
        self._proxy = proxy
        ways = {self._way(outlet) for outlet in self._outlets.values()} | {proxy}
        self._fetchers = {
            way: Fetcher(user_agent, allow=allow, proxy=way, limits=limits, resolver=resolver) for way in ways
        }
        self._turns = Turns(manners)
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for fetcher in self._fetchers.values():
                await stack.enter_async_context(fetcher)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def outlet(self, id: str) -> Outlet:
        return self._outlets[id]

    @contextlib.asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait until the address's host may be asked; the operator's own hosts (NABAT_ALLOW_HOSTS) need no wait."""
        host = urlsplit(url).hostname or ""
        if self._fetchers[self._proxy].allows(host):
            yield
        else:
            async with self._turns.at(host):
                yield

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form to a hub, by way of NABAT_PROXY; the status. Raises a FetchError."""
        return await self._fetchers[self._proxy].post(url, form)

    async def get(self, feed: Feed, request: FetchRequest, share: Share | None = None) -> Fetched | NotModified:
        """Ask for a feed; where its host is blocked, its outlet's mirrors in order. Else what the host itself said."""
        outlet = self._outlets.get(feed.outlet)
        fetcher = self._fetchers[self._way(outlet) if outlet else self._proxy]
        mirrors = outlet.mirrors if outlet else ()
        try:
            answer = await fetcher.get(request, share)
        except FetchError as error:
            if is_block(error) and (found := await self._mirrored(fetcher, feed, request, mirrors, share)):
                return found
            raise
        if mirrors and is_page(answer):
            return await self._mirrored(fetcher, feed, request, mirrors, share) or answer
        return answer

    async def _mirrored(
        self, fetcher: Fetcher, feed: Feed, request: FetchRequest, mirrors: Iterable[str], share: Share | None
    ) -> Fetched | NotModified | None:
        """What the first mirror says that has the feed. It is asked, and says, nothing of validators: they are its
        own, and sent to the feed's host they might call old what was never read."""
        for url in mirrored(request.url, mirrors):
            with contextlib.suppress(FetchError):
                answer = await fetcher.get(FetchRequest(url, language=request.language), share)
                if not is_page(answer):
                    log.info("read from a mirror", extra={"action": "mirror", "feed": feed.url, "mirror": url})
                    return replace(answer, etag=None, last_modified=None, moved_to=None)
        return None

    def _way(self, outlet: Outlet) -> str | None:
        if outlet.proxy is None:
            return self._proxy
        return None if outlet.proxy == DIRECT else outlet.proxy


def is_block(error: FetchError) -> bool:
    """Whether what keeps us from a feed may stand between its host and us. Other error statuses are the host's own."""
    return error.status in BLOCKS if isinstance(error, HttpStatus) else not isinstance(error, BodyTooLarge)


def is_page(answer: Fetched | NotModified) -> bool:
    """Whether a page for people came in place of a feed. A quick look: the parser's process is the judge."""
    head = answer.body[:LOOK].lower() if isinstance(answer, Fetched) else b""
    page = b"<html" in head or b"<!doctype html" in head
    return page and not head.startswith(b"{") and not any(root in head for root in (b"<rss", b"<feed", b"<rdf"))


def mirrored(url: str, mirrors: Iterable[str]) -> Iterator[str]:
    """The address on each of the mirrors, which may have ports of their own."""
    parts = urlsplit(url)
    for mirror in mirrors:
        if mirror != parts.netloc:
            yield urlunsplit(parts._replace(netloc=mirror))
