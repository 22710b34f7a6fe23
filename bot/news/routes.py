"""How an outlet is reached: its host's turn, its proxy, and its mirrors where its host is blocked."""

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
from bot.news.failures import ConnectionFailure, FetchError, FetchTimeout
from bot.news.fetch import Fetcher
from bot.news.turns import Manners, Turns

log = logging.getLogger(__name__)

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
        """Ask for a feed; where its host cannot be reached, its outlet's mirrors in order. Raises the first error."""
        outlet = self._outlets.get(feed.outlet)
        fetcher = self._fetchers[self._way(outlet) if outlet else self._proxy]
        try:
            return await fetcher.get(request, share)
        except (ConnectionFailure, FetchTimeout) as error:
            for url in mirrored(request.url, outlet.mirrors if outlet else ()):
                with contextlib.suppress(FetchError):
                    answer = await fetcher.get(FetchRequest(url, language=request.language), share)
                    log.info("read from a mirror", extra={"action": "mirror", "feed": feed.url, "mirror": url})
                    return replace(answer, moved_to=None)
            raise error

    def _way(self, outlet: Outlet) -> str | None:
        if outlet.proxy is None:
            return self._proxy
        return None if outlet.proxy == DIRECT else outlet.proxy


def mirrored(url: str, mirrors: Iterable[str]) -> Iterator[str]:
    """The address on each of the mirrors, which may have ports of their own."""
    parts = urlsplit(url)
    for mirror in mirrors:
        if mirror != parts.netloc:
            yield urlunsplit(parts._replace(netloc=mirror))
