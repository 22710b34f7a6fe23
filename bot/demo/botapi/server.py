"""The fake Bot API as an HTTP server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.demo.botapi.control import Control
from bot.demo.botapi.faults import BAD_GATEWAY, Fault, FaultKind
from bot.demo.botapi.methods import METHODS
from bot.demo.botapi.model import Request
from bot.demo.botapi.params import Params, read_params
from bot.demo.botapi.refusal import UNAUTHORIZED, Refusal
from bot.demo.botapi.world import BotWorld
from bot.demo.listener import Listener

NO_TOKEN = Refusal(401, UNAUTHORIZED)
NOT_FOUND = Refusal(404, "Not Found")
LONGEST_POLL = 50
"""Seconds that Telegram lets a poll wait at most."""


class FakeBotAPI(BotWorld):
    """A fake Bot API on loopback, and the world of its first bot.

    `async with FakeBotAPI() as api:` then `api.url`, `api.token`; python-telegram-bot takes `api.url + "/bot"` as its
    base_url. `port` 0 takes a free one. Further arguments are those of BotWorld. Everything under /control/ is for
    tests that drive it from another process.
    """

    def __init__(self, username: str = "nabat_demo_bot", *, port: int = 0, **world: Any) -> None:
        super().__init__(username, **world)
        self._options = world
        self._worlds: list[BotWorld] = [self]
        self._control = Control(self)
        self._listener = Listener(self._handle, port)

    def another_bot(self, username: str = "nabat_staff_bot", bot_id: int = 7_000_000_002) -> BotWorld:
        """A second bot with a token of its own on the same server; it has its own chats."""
        world = BotWorld(username, bot_id=bot_id, **{k: v for k, v in self._options.items() if k != "bot_id"})
        self._worlds.append(world)
        return world

    @property
    def worlds(self) -> Sequence[BotWorld]:
        return self._worlds

    @property
    def url(self) -> str:
        """http://127.0.0.1:port, without a slash at its end."""
        return self._listener.url

    async def __aenter__(self) -> Self:
        await self._listener.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> Self:
        return await self.__aenter__()

    async def stop(self) -> None:
        for world in self._worlds:
            world.updates.interrupt()
        await self._listener.close()

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Inside, connections are refused and open ones are cut; afterwards the same port listens again."""
        await self.stop_listening()
        try:
            yield
        finally:
            await self.listen_again()

    async def stop_listening(self) -> None:
        await self._listener.cut()

    async def listen_again(self) -> None:
        await self._listener.open()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        head, _, rest = request.path.removeprefix("/").partition("/")
        if head.startswith("bot"):
            world = next((w for w in self._worlds if w.token == head[3:]), None)
            return await self._call(world, rest.lower(), request)
        if head == "file":
            return self._file(rest)
        if head == "control":
            return await self._control.handle(rest, request)
        return _answer(404, NOT_FOUND.body)

    def _file(self, path: str) -> web.StreamResponse:
        """/file/bot<token>/documents/<id>: what somebody sent to the bot."""
        head, _, name = path.partition("/")
        world = next((w for w in self._worlds if w.token == head.removeprefix("bot")), None)
        content = world.files.get(name.removeprefix("documents/")) if world else None
        return _answer(404, NOT_FOUND.body) if content is None else web.Response(body=content)

    async def _call(self, world: BotWorld | None, name: str, request: web.BaseRequest) -> web.StreamResponse:
        if world is None:
            await request.read()
            return _answer(401, NO_TOKEN.body)
        at = world.monotonic()
        try:
            params = await read_params(request)
        except Refusal as refusal:
            return _answer(refusal.code, refusal.body)
        fault = world.faults.strike(name, params.get("chat_id"))
        status, body, description = await _carry_out(world, name, params, fault)
        answered = status if request.transport is not None else 0
        kind = fault.kind.value if fault else None
        logged = params.logged()
        world.record(Request(at, name, params.get("chat_id"), answered, description, logged, kind))
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.delay)
        if status == 0:
            _drop(request)
        return web.Response(body=body, status=status or 200, content_type=_kind_of(body))


async def _carry_out(world: BotWorld, name: str, params: Params, fault: Fault | None) -> tuple[int, bytes, str | None]:
    """(status, body, description of a refusal) of a request; status 0 is a connection to drop."""
    if fault is not None and fault.kind is FaultKind.DROP_BEFORE:
        return 0, b"", None
    if fault is not None and fault.kind is FaultKind.SERVER_ERROR:
        return fault.code, _server_error(fault), fault.description
    try:
        if fault is not None and fault.kind is FaultKind.ANSWER:
            raise fault.refusal
        if fault is not None and fault.kind is FaultKind.SLOW_BEFORE:
            await asyncio.sleep(fault.delay)
        result = await _result(world, name, params)
    except Refusal as refusal:
        return refusal.code, _dump(refusal.body), refusal.description
    if fault is not None and fault.kind is FaultKind.DROP_AFTER:
        return 0, b"", None
    if fault is not None and fault.kind is FaultKind.SERVER_ERROR_AFTER:
        return fault.code, _server_error(fault), fault.description
    return 200, _dump({"ok": True, "result": result}), None


async def _result(world: BotWorld, name: str, params: Params) -> Any:
    if name == "getupdates":
        return await _get_updates(world, params)
    method = METHODS.get(name)
    if method is None:
        raise NOT_FOUND
    return method(world, params)


async def _get_updates(world: BotWorld, params: Params) -> Any:
    if params.get("allowed_updates") is not None:
        world.updates.allow(params.loaded("allowed_updates") or ())
    limit = params.integer("limit") or 100
    seconds = min(max(params.integer("timeout") or 0, 0), LONGEST_POLL)
    token = world.token
    updates = await world.updates.poll(params.integer("offset") or 0, min(max(limit, 1), 100), seconds)
    if world.token != token:
        raise Refusal(401, UNAUTHORIZED)
    return updates


def _server_error(fault: Fault) -> bytes:
    return BAD_GATEWAY if fault.html else _dump(Refusal(fault.code, fault.description).body)


def _dump(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _kind_of(body: bytes) -> str:
    return "text/html" if body[:1] == b"<" else "application/json"


def _answer(status: int, body: Any) -> web.Response:
    return web.Response(body=_dump(body), status=status, content_type="application/json")


def _drop(request: web.BaseRequest) -> None:
    """Cut the connection, so that the client sees a reset instead of an answer."""
    if request.transport is not None:
        request.transport.abort()
