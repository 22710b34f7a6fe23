"""One polite, bounded and guarded HTTP request for a feed: an edge, and the only one of this room.

    async with Fetcher(user_agent="Nabat/0.1 (+https://example.org)") as fetcher:
        answer = await fetcher.get(FetchRequest("https://example.org/rss", language="ru"))

`get` answers Fetched or NotModified, or raises a FetchError whose text is one line for the feed's state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError
from yarl import URL

from bot.errors import ConfigurationError
from bot.news.answer import MIB
from bot.news.answer import Fetched as Fetched
from bot.news.answer import FetchRequest as FetchRequest
from bot.news.answer import Limits as Limits
from bot.news.answer import NotModified as NotModified
from bot.news.bodies import Room, Share
from bot.news.failures import (
    BodyTooLarge,
    BrokenAnswer,
    FetchTimeout,
    HttpStatus,
    RefusedAddress,
    TooManyRedirects,
    explained,
)
from bot.news.freshness import fresh_for, retry_after
from bot.news.guard import Guard, GuardedResolver
from bot.news.inflate import ACCEPTED, decoder

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})
LONGEST_VALIDATOR = 1024
"""Characters; servers refuse requests with headers of a few KiB."""
_DNS_SECONDS = 60  # a name's checked addresses are kept so long; the guard has seen every one of them


class Fetcher:
    """A client session with its limits, its guard and, if asked for, its proxy.

    At most `concurrency` requests are under way; waiting for a turn does not count as the server's time.
    `proxy` is an http or socks5 URL (socks5 names are resolved by the proxy). `allow` is NABAT_ALLOW_HOSTS.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow: Iterable[str] = (),
        proxy: str | None = None,
        limits: Limits | None = None,
        concurrency: int = 100,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._guard = Guard(allow)
        self._proxy = _proxy_url(proxy)
        self._limits = limits or Limits()
        self._turns = asyncio.Semaphore(concurrency)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=self._connector(),
            headers={"User-Agent": self._user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect),
            auto_decompress=False,
            max_line_size=limits.header_line,
            max_field_size=limits.header_line,
            max_headers=limits.headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _connector(self) -> aiohttp.TCPConnector:
        if self._proxy is not None and self._proxy.scheme == "socks5":
            return ProxyConnector.from_url(str(self._proxy), rdns=True, limit=0)
        inner = self._resolver or aiohttp.ThreadedResolver()
        trusted = self._proxy.host if self._proxy else None
        resolver = GuardedResolver(self._guard, inner, trusted)
        return aiohttp.TCPConnector(resolver=resolver, ttl_dns_cache=_DNS_SECONDS, limit=0)

    def allows(self, host: str) -> bool:
        """Whether the operator let this host through by NABAT_ALLOW_HOSTS: one of his own."""
        return self._guard.allows(host)

    async def get(self, request: FetchRequest, share: Share | None = None) -> Fetched | NotModified:
        """Asks once, following redirects; raises a FetchError. The body grows in `share`, which may make it wait."""
        async with self._turns:
            try:
                async with asyncio.timeout(self._limits.total) as limit:
                    return await self._follow(request, Room(share, limit))
            except TimeoutError:
                raise FetchTimeout(f"the answer took longer than {self._limits.total:g} s") from None

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """Send a form, to a WebSub hub; the status. Redirects are not followed. Raises a FetchError."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside its `async with` block")
        address = self._check(url)
        proxy = self._proxy if self._proxy and self._proxy.scheme == "http" else None
        try:
            async with (
                self._turns,
                asyncio.timeout(self._limits.first_byte),
                self._session.post(address, data=form, allow_redirects=False, proxy=proxy) as response,
            ):
                return response.status
        except TimeoutError:
            raise FetchTimeout(f"no answer from {address.host} within {self._limits.first_byte:g} s") from None
        except (aiohttp.ClientError, ProxyConnectionError, ProxyError, OSError) as error:
            raise explained(error, str(address.host)) from None

    async def _follow(self, request: FetchRequest, room: Room) -> Fetched | NotModified:
        url = self._check(request.url)
        seen = {url}
        moved: URL | None = None
        for_good = True
        while True:
            response = await self._ask(url, request)
            try:
                if response.status not in _PERMANENT | _TEMPORARY:
                    return await self._answer(response, request, str(moved) if moved else None, room)
                for_good = for_good and response.status in _PERMANENT
                url = self._next_hop(response)
            finally:
                response.release()
            moved = url if for_good else moved
            if url in seen or len(seen) > self._limits.redirects:
                how = "in a circle" if url in seen else f"more than {self._limits.redirects} times"
                raise TooManyRedirects(f"the address is redirected {how}, last to {url}")
            seen.add(url)

    def _check(self, text: str) -> URL:
        return self._guard.check(text, resolved_here=self._proxy is None)

    def _next_hop(self, response: aiohttp.ClientResponse) -> URL:
        location = response.headers.get("Location", "")
        if not location:
            raise BrokenAnswer(f"the server redirects (status {response.status}) without saying where to")
        try:
            return self._check(urljoin(str(response.url), location))
        except ValueError:
            raise RefusedAddress("a redirect is not followed: its address cannot be read") from None
        except RefusedAddress as error:
            raise RefusedAddress(f"a redirect is not followed: {error}") from None

    async def _ask(self, url: URL, request: FetchRequest) -> aiohttp.ClientResponse:
        """The status and headers of one hop."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside its `async with` block")
        proxy = self._proxy if self._proxy and self._proxy.scheme == "http" else None
        try:
            async with asyncio.timeout(self._limits.first_byte):
                return await self._session.get(url, headers=_headers(request), allow_redirects=False, proxy=proxy)
        except aiohttp.ConnectionTimeoutError:
            raise FetchTimeout(f"no connection to {url.host} within {self._limits.connect:g} s") from None
        except TimeoutError:
            raise FetchTimeout(f"no answer from {url.host} within {self._limits.first_byte:g} s") from None
        except (aiohttp.ClientError, ProxyConnectionError, ProxyError, OSError) as error:
            raise explained(error, str(url.host)) from None

    async def _answer(
        self, response: aiohttp.ClientResponse, request: FetchRequest, moved_to: str | None, room: Room
    ) -> Fetched | NotModified:
        headers = response.headers
        if response.status == 304 and (request.etag or request.last_modified):
            return NotModified(
                etag=_validator(headers.get("ETag")) or request.etag,
                last_modified=_validator(headers.get("Last-Modified")) or request.last_modified,
                moved_to=moved_to,
                fresh_for=fresh_for(headers),
            )
        if not 200 <= response.status < 300:
            raise _status_error(response)
        return Fetched(
            url=str(response.url),
            body=await self._body(response, room),
            content_type=headers.get("Content-Type"),
            etag=_validator(headers.get("ETag")),
            last_modified=_validator(headers.get("Last-Modified")),
            moved_to=moved_to,
            fresh_for=fresh_for(headers),
        )

    async def _body(self, response: aiohttp.ClientResponse, room: Room) -> bytes:
        """The decompressed body; both what came over the wire and what came of it are counted as they stream."""
        limit = self._limits.body
        if (response.content_length or 0) > limit:
            raise BodyTooLarge(f"the answer is larger than {limit // MIB} MiB")
        inflate = decoder(response.headers.get("Content-Encoding", ""))
        parts: list[bytes] = []
        received = produced = 0
        try:
            async for data in response.content.iter_any():
                received += len(data)
                parts.append(inflate.feed(data, limit - produced))
                produced += len(parts[-1])
                if received > limit or produced > limit:
                    raise BodyTooLarge(f"the answer is larger than {limit // MIB} MiB")
                await room.grow(produced)
        except (aiohttp.ClientError, OSError) as error:
            raise explained(error, str(response.url.host)) from None
        if received and not inflate.done:
            raise BrokenAnswer("the compressed answer ended early")
        return b"".join(parts)


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
        "Accept-Language": request.language,
    }
    return {name: value for name, value in headers.items() if value}


def _validator(text: str | None) -> str | None:
    """A validator that can be stored and sent back; None for one that is empty, endless or not text."""
    return text if text and len(text) <= LONGEST_VALIDATOR and text.isprintable() else None


def _status_error(response: aiohttp.ClientResponse) -> HttpStatus:
    reason = f" ({' '.join(response.reason.split())[:60]})" if response.reason else ""
    wait = retry_after(response.headers)
    text = f"the server answered with status {response.status}{reason}"
    return HttpStatus(text, response.status, wait)


def _proxy_url(text: str | None) -> URL | None:
    """The proxy of NABAT_PROXY; raises ConfigurationError, whose text does not repeat a password."""
    if not text:
        return None
    try:
        url = URL(text.replace("socks5h://", "socks5://", 1))
        fits = url.scheme in ("http", "socks5") and bool(url.host) and url.port is not None
    except ValueError:
        fits = False
    if not fits:
        raise ConfigurationError("NABAT_PROXY is not a proxy; write http://host:port or socks5://host:port.")
    return url
