"""/start: a subscription from the first word on, then three taps that make it fit."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import screens
from bot.chat.deps import ChatDeps
from bot.chat.press import Flow, Press, Screen
from bot.chat.talk import language_of, only_admins
from bot.chat.view import View
from bot.chat.visit import Visit
from bot.store import subscribers
from bot.store.subscribers import Subscriber


async def start(deps: ChatDeps, visit: Visit) -> None:
    """Whoever taps nothing gets alerts all the same: the subscription is there before the first screen is."""
    if not await only_admins(deps, visit):
        return
    chat, new = await _subscription(deps, visit)
    view = View(chat, Press(Flow.START, Screen.LANGUAGE), deps.clock(), handle(visit), deps.ways, new)
    await visit.say(screens.first(view))


def handle(visit: Visit) -> str:
    """The bot's one name, as Telegram confirmed it when the service started."""
    return f"@{visit.bot.username}"


async def _subscription(deps: ChatDeps, visit: Visit) -> tuple[Subscriber, bool]:
    """The chat's choices, and whether they are new; alerts follow to the topic in which /start is said."""
    wanted = Subscriber(language_of(visit, None), kind=visit.kind, thread_id=visit.thread_id)
    async with deps.store.write() as session:
        new = await subscribers.subscribe(session, deps.keyring, visit.chat_id, wanted, deps.clock())
        chat = await subscribers.find(session, deps.keyring, visit.chat_id)
        assert chat is not None
        placed = replace(chat, kind=visit.kind, thread_id=visit.thread_id)
        if placed != chat:
            await subscribers.save(session, placed)
    return placed, new
