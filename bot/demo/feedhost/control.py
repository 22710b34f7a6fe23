"""/control/ of the feed host: POST /control/<act> with a JSON object, for whoever drives it from outside."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.feedhost.misbehaviour import Bad, Misbehaviour
from bot.demo.feedhost.render import FeedItem
from bot.errors import NabatError, UserMistake

if TYPE_CHECKING:
    from bot.demo.feedhost.host import FeedHost

Act = Callable[["FeedHost", dict[str, Any]], Any]


class Control:
    """Answers the requests under /control/."""

    def __init__(self, host: FeedHost) -> None:
        self._host = host
        self._later: set[asyncio.Task[None]] = set()

    async def handle(self, act: str, request: web.BaseRequest) -> web.StreamResponse:
        try:
            asked = json.loads(await request.read() or b"{}") | dict(request.query)
            result = self._refuse(float(asked["seconds"])) if act == "refuse" else _do(self._host, act, asked)
        except (NabatError, KeyError, TypeError, ValueError) as mistake:
            told = {"ok": False, "description": f"{type(mistake).__name__}: {mistake}"}
            return web.json_response(told, status=400)
        return web.json_response({"ok": True, "result": result})

    def _refuse(self, seconds: float) -> bool:
        """Refuse connections for so many seconds; this answer is the last that comes through."""

        async def pause() -> None:
            await asyncio.sleep(0.05)
            async with self._host.refusing():
                await asyncio.sleep(seconds)

        task = asyncio.create_task(pause())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return True


def _do(host: FeedHost, act: str, asked: dict[str, Any]) -> Any:
    if act not in ACTS:
        raise UserMistake(f"There is no act {act!r}; there are {', '.join(sorted(ACTS))} and refuse.")
    return ACTS[act](host, asked)


def _feed(host: FeedHost, asked: dict[str, Any]) -> str:
    """The arguments of FeedHost.feed, and `validators`: false for one without ETag; answers its address."""
    validators = asked.pop("validators", True)
    feed = host.feed(**asked)
    feed.validators = validators
    return feed.url


def _publish(host: FeedHost, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """{"name", "items": [FeedItem fields, …]}; answers guid and link of each."""
    items = [_item(each) for each in asked["items"]]
    feed = host.feed(asked["name"])
    before = len(feed.items)
    feed.publish(*items)
    return [{"guid": item.guid, "link": item.link} for item in feed.items[before:]]


def _item(fields: dict[str, Any]) -> FeedItem:
    known = dict(fields)
    if known.get("published"):
        known["published"] = datetime.fromisoformat(known["published"])
    known["categories"] = tuple(known.get("categories", ()))
    known["without"] = frozenset(known.get("without", ()))
    return FeedItem(**known)


def _change(host: FeedHost, asked: dict[str, Any]) -> None:
    host.feed(asked["name"]).change(asked["guid"], **asked["fields"])


def _serve(host: FeedHost, asked: dict[str, Any]) -> str:
    """{"path", "text" or "base64", "content_type"}; answers the address. `zlib`: what is in base64 is packed."""
    body = asked["text"].encode() if "text" in asked else base64.b64decode(asked["base64"])
    body = zlib.decompress(body) if asked.get("zlib") else body
    return host.serve(asked["path"], body, asked.get("content_type", "text/xml")).url


def _misbehave(host: FeedHost, asked: dict[str, Any]) -> None:
    """{"path", "times", "how": the name of a constructor of Misbehaviour, "args": {…}}."""
    how, arguments = asked["how"], dict(asked.get("args", {}))
    if how.startswith("_") or how not in vars(Misbehaviour):
        raise UserMistake(f"There is no misbehaviour {how!r}; there are {', '.join(Bad)} and others.")
    for name in {"body"} & arguments.keys():
        arguments[name] = arguments[name].encode()
    host.misbehave(asked["path"], getattr(Misbehaviour, how)(**arguments), asked.get("times"))


def _behave(host: FeedHost, asked: dict[str, Any]) -> None:
    host.at(asked["path"]).behave()


def _requests(host: FeedHost, asked: dict[str, Any]) -> list[list[Any]]:
    """[at, method, path, headers, status] of each request from number `since` on."""
    return [[r.at, r.method, r.path, dict(r.headers), r.status] for r in host.requests[int(asked.get("since", 0)) :]]


def _stats(host: FeedHost, asked: dict[str, Any]) -> list[list[Any]]:
    """[path, status, count] of all requests so far."""
    return [[path, status, count] for (path, status), count in sorted(host.counts.items())]


def _clock(host: FeedHost, asked: dict[str, Any]) -> None:
    host.turn_clock(timedelta(seconds=float(asked["ahead"])))


ACTS: dict[str, Act] = {
    "feed": _feed,
    "publish": _publish,
    "change": _change,
    "withdraw": lambda host, asked: host.feed(asked["name"]).withdraw(*asked["guids"]),
    "serve": _serve,
    "misbehave": _misbehave,
    "behave": _behave,
    "requests": _requests,
    "stats": _stats,
    "clock": _clock,
}
