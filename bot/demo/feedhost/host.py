"""The feed host: publishers on loopback, with good manners or without."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import web

from bot.demo.feedhost.control import Control
from bot.demo.feedhost.hub import Hub
from bot.demo.feedhost.misbehaviour import Bad, Misbehaviour, misanswer
from bot.demo.feedhost.render import Channel, Form
from bot.demo.feedhost.resource import Clock, FeedRequest, PublishedFeed, Resource, whole_second
from bot.demo.listener import Listener

SILENT = frozenset({Bad.HANG, Bad.DROP, Bad.GARBAGE})
"""Misbehaviours that give no status; their requests are logged with 0."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class FeedHost:
    """Serves feeds, raw bytes and folders on loopback.

    `async with FeedHost() as host:` then `host.feed("rferl")`, `host.url("/rferl.xml")`. `clock` gives aware UTC
    times, for dates of items and Last-Modified; `keep_requests=False` keeps counts only.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        keep_requests: bool = True,
    ) -> None:
        self.requests: list[FeedRequest] = []
        self.counts: Counter[tuple[str, int]] = Counter()
        self._clock = clock
        self._monotonic = monotonic
        self._ahead = timedelta()
        self._keep_requests = keep_requests
        self._resources: dict[str, Resource] = {}
        self._chains = 0
        self._asked = asyncio.Event()
        self.hub = Hub()
        self._control = Control(self)
        self._listener = Listener(self._handle, port)

    async def __aenter__(self) -> Self:
        await self._listener.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listener.close()

    async def start(self) -> Self:
        return await self.__aenter__()

    async def stop(self) -> None:
        await self._listener.close()

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Inside, connections are refused and open ones are cut; afterwards the same port listens again."""
        await self._listener.cut()
        try:
            yield
        finally:
            await self._listener.open()

    def url(self, path: str = "") -> str:
        """The address of a path, escaped; without one, of the host, with no slash at its end."""
        return self._listener.url + (f"/{quote(path.lstrip('/'), safe='/?&=%+')}" if path else "")

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def second(self) -> datetime:
        """Now, in whole seconds: HTTP tells no finer ones."""
        return whole_second(self.now())

    def turn_clock(self, by: timedelta) -> None:
        """Move the host's clock for what is published from now on."""
        self._ahead += by

    def feed(
        self,
        name: str,
        *,
        title: str | None = None,
        form: Form | str = Form.RSS,
        encoding: str = "utf-8",
        language: str = "ru",
        window: int = 20,
        ttl: int | None = None,
        hub: str | None = None,
    ) -> PublishedFeed:
        """The feed at /<name>.xml, made at the first call; then only its name counts."""
        path = f"/{name.strip('/').removesuffix('.xml')}.xml"
        known = self._resources.get(path)
        if isinstance(known, PublishedFeed):
            return known
        channel = Channel(title or name, self.url("/"), self.url(path), language, ttl, hub)
        feed = PublishedFeed(self, path, channel, Form(form), encoding, window)
        self._resources[path] = feed
        return feed

    async def push(self, feed: Resource, *, forged: bool = False) -> list[int]:
        """Push a feed as it stands to those who subscribed to it at `url("/hub")`; the statuses they answered."""
        body = feed.body
        return await self.hub.push(feed.url, self.url("/hub"), body.plain, body.content_type, forged=forged)

    def serve(self, path: str, body: bytes | str, content_type: str = "text/xml") -> Resource:
        """Serve these bytes at a path; a text is sent as UTF-8. Called again, it changes them."""
        path = f"/{path.lstrip('/')}"
        content = body.encode() if isinstance(body, str) else body
        known = self._resources.get(path)
        if known is None:
            known = self._resources[path] = Resource(self, path, content, content_type)
        else:
            known.put(content, content_type)
        return known

    def serve_folder(self, folder: Path, under: str = "/") -> list[Resource]:
        """Serve every file of a folder under its name, with the bytes that it has now."""
        served = []
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            kind = mimetypes.guess_type(file.name)[0] or "text/xml"
            served.append(
                self.serve(f"{under.rstrip('/')}/{file.relative_to(folder).as_posix()}", file.read_bytes(), kind)
            )
        return served

    def at(self, path: str) -> Resource:
        """Whatever is served at the path; something empty is put there if nothing is."""
        path = f"/{path.lstrip('/')}"
        return self._resources.get(path) or self.serve(path, b"")

    def misbehave(self, path: str, how: Misbehaviour, times: int | None = None) -> Resource:
        """Answer requests for the path so, for ever or so many times; returns what is served there."""
        resource = self.at(path)
        resource.misbehave(how, times)
        return resource

    def redirect_chain(self, to: str, length: int = 3, status: int = 302) -> str:
        """The address of the first of `length` redirects, the last of which leads to `to`."""
        self._chains += 1
        for step in reversed(range(length)):
            path = f"/chain-{self._chains}/{step}.xml"
            self.misbehave(path, Misbehaviour.redirect(to, status))
            to = self.url(path)
        return to

    def redirect_loop(self, length: int = 2, status: int = 302) -> str:
        """An address whose redirects lead back to it."""
        return self.redirect_chain(self.url(f"/chain-{self._chains + 1}/0.xml"), length, status)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/control/"):
            return await self._control.handle(path.removeprefix("/control/"), request)
        if path == "/hub" and request.method == "POST":
            return await self.hub.handle(request)
        resource = self._resources.get(path)
        if resource is None:
            self._log(request, 404)
            return web.Response(status=404, text="404\n")
        how = resource.turn()
        if how is not None:
            self._log(request, 0 if how.kind in SILENT else how.status)
            return await misanswer(how, request, resource.body.plain)
        answer = _answer(resource, request)
        self._log(request, answer.status)
        return answer

    def _log(self, request: web.BaseRequest, status: int) -> None:
        self.counts[request.path, status] += 1
        self._asked.set()
        if self._keep_requests:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.requests.append(FeedRequest(self._monotonic(), request.method, request.path, headers, status))

    async def wait_for_requests(self, path: str, count: int, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until the path has been asked for `count` times in all; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while sum(n for (asked, _), n in self.counts.items() if asked == path) < count:
                self._asked.clear()
                await self._asked.wait()


def _answer(resource: Resource, request: web.BaseRequest) -> web.Response:
    headers: dict[str, Any] = dict(resource.headers)
    if resource.validators:
        headers["ETag"], headers["Last-Modified"] = resource.tags
    if resource.is_known(request.headers):
        return web.Response(status=304, headers=headers)
    body, coding = resource.packed(request.headers.get("Accept-Encoding", ""))
    headers["Content-Type"] = resource.body.content_type
    headers["Vary"] = "Accept-Encoding"
    if coding:
        headers["Content-Encoding"] = coding
    return web.Response(body=body, headers=headers)
