"""/control/: the same acts and looks as in process, over HTTP, for whoever drives the double from outside.

POST /control/<act> with a JSON object; answers {"ok": true, "result": …}, or 400 with {"ok": false, "description"}.
`bot` in the object picks a bot by its username; without it the first bot is meant.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.botapi.faults import Fault, FaultKind
from bot.demo.botapi.model import Message
from bot.demo.botapi.people import Chat
from bot.demo.botapi.world import BotWorld
from bot.errors import NabatError, UserMistake

if TYPE_CHECKING:
    from bot.demo.botapi.server import FakeBotAPI

Act = Callable[[BotWorld, dict[str, Any]], Any]
ChatAct = Callable[[Chat, dict[str, Any]], Awaitable[Any]]


class Control:
    """Answers the requests under /control/."""

    def __init__(self, api: FakeBotAPI) -> None:
        self._api = api
        self._later: set[asyncio.Task[None]] = set()

    async def handle(self, act: str, request: web.BaseRequest) -> web.StreamResponse:
        try:
            asked = json.loads(await request.read() or b"{}") | dict(request.query)
            result = await self._do(act, asked)
        except (NabatError, KeyError, TypeError, ValueError) as mistake:
            told = {"ok": False, "description": f"{type(mistake).__name__}: {mistake}"}
            return web.json_response(told, status=400)
        return web.json_response({"ok": True, "result": result})

    async def _do(self, act: str, asked: dict[str, Any]) -> Any:
        if act == "refuse":
            return self._refuse(float(asked["seconds"]))
        world = self._world(asked.pop("bot", None))
        if act in ACTS:
            return ACTS[act](world, asked)
        if act not in CHAT_ACTS:
            raise UserMistake(
                f"There is no act {act!r}; there are {', '.join(sorted({*ACTS, *CHAT_ACTS}))} and refuse."
            )
        return await CHAT_ACTS[act](world.chat(asked.pop("chat_id")), asked)

    def _world(self, username: str | None) -> BotWorld:
        for world in self._api.worlds:
            if username is None or world.me.username == username:
                return world
        return self._api.another_bot(str(username), 7_000_000_001 + len(self._api.worlds))

    def _refuse(self, seconds: float) -> bool:
        """Refuse connections for so many seconds; this answer is the last that comes through."""

        async def pause() -> None:
            await asyncio.sleep(0.05)
            async with self._api.refusing():
                await asyncio.sleep(seconds)

        task = asyncio.create_task(pause())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
        return True


async def _says(chat: Chat, asked: dict[str, Any]) -> Any:
    return message_json(await chat.says(**asked))


async def _migrate(chat: Chat, asked: dict[str, Any]) -> int:
    return (await chat.migrate()).id


def _plain(act: str) -> ChatAct:
    """An act of Chat whose arguments and result are JSON values."""
    return lambda chat, asked: getattr(chat, act)(**asked)


async def _press(chat: Chat, asked: dict[str, Any]) -> Any:
    wait = float(asked.pop("wait", 0))
    press = await chat.press(**asked)
    if not wait:
        return None
    answer = await press.answer(wait)
    return {"text": answer.text, "show_alert": answer.show_alert, "url": answer.url}


def message_json(message: Message) -> dict[str, Any]:
    """A message for the outside: Message's fields but the picture's bytes, times in unix seconds."""
    told = {each.name: getattr(message, each.name) for each in fields(message)}
    told["date"] = message.date.timestamp()
    told["edited"] = message.edited.timestamp() if message.edited else None
    told["sender"] = message.sender.wire() if message.sender else None
    told["entities"] = [entity.wire() for entity in message.entities]
    told["buttons"] = [[button.wire() for button in row] for row in message.buttons]
    told["photo"] = len(message.photo) if message.photo is not None else None
    told["document"] = message.document[0] if message.document else None
    told["service"] = dict(message.service)
    return told


def _user(world: BotWorld, asked: dict[str, Any]) -> Any:
    return world.user(**asked).wire()


def _private(world: BotWorld, asked: dict[str, Any]) -> Any:
    """{"first", "count"} makes that many people who have started the bot, with ids from `first` on."""
    first, count = int(asked["first"]), int(asked.get("count", 1))
    for user_id in range(first, first + count):
        world.private(user_id, started=bool(asked.get("started", True)))
    return count


def _make(kind: str) -> Act:
    return lambda world, asked: getattr(world, kind)(**asked).id


def _fault(world: BotWorld, asked: dict[str, Any]) -> int:
    return world.fail(Fault(**{**asked, "kind": FaultKind(asked["kind"])}))


def _messages(world: BotWorld, asked: dict[str, Any]) -> Any:
    chat = world.chat(asked["chat_id"])
    return [message_json(message) for message in (chat.messages if asked.get("all") else chat.received)]


def _requests(world: BotWorld, asked: dict[str, Any]) -> Any:
    """[at, method, chat id, status, text] of each request from number `since` on, of `method` if named."""
    wanted = str(asked.get("method", "")).lower()
    return [
        [r.at, r.method, r.chat_id, r.status, r.params.get("text")]
        for r in world.requests[int(asked.get("since", 0)) :]
        if not wanted or r.method == wanted
    ]


def _inject(world: BotWorld, asked: dict[str, Any]) -> int | None:
    return world.inject(asked["kind"], asked["update"])


def _stats(world: BotWorld, asked: dict[str, Any]) -> Any:
    counts = [[method, status, count] for (method, status), count in sorted(world.counts.items())]
    return {"token": world.token, "sent": world.sent, "counts": counts, "waiting": len(world.updates)}


def _heal(world: BotWorld, asked: dict[str, Any]) -> None:
    world.heal(asked.get("number"))


def _clock(world: BotWorld, asked: dict[str, Any]) -> None:
    world.turn_clock(timedelta(seconds=float(asked["ahead"])))


def _deactivate(world: BotWorld, asked: dict[str, Any]) -> None:
    world.chat(asked["chat_id"]).deactivate()


def _member(world: BotWorld, asked: dict[str, Any]) -> None:
    world.chat(asked["chat_id"]).set_member(int(asked["user"]), asked.get("standing", "member"))


ACTS: dict[str, Act] = {
    "user": _user,
    "private": _private,
    "group": _make("group"),
    "supergroup": _make("supergroup"),
    "channel": _make("channel"),
    "fault": _fault,
    "heal": _heal,
    "clock": _clock,
    "deactivate": _deactivate,
    "member": _member,
    "messages": _messages,
    "requests": _requests,
    "stats": _stats,
    "inject": _inject,
    "revoke": lambda world, asked: world.revoke_token(),
}

CHAT_ACTS: dict[str, ChatAct] = {
    "says": _says,
    "press": _press,
    "migrate": _migrate,
    **{
        act: _plain(act)
        for act in ("block", "unblock", "kick_bot", "add_bot", "open_topic", "close_topic", "delete_topic")
    },
}
