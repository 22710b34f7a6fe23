"""What every conversation begins with: the chat's choices, its language, and the answers to those who may not."""

from __future__ import annotations

from collections.abc import Callable

from bot.alerts.message import Message
from bot.chat.choices import language_for
from bot.chat.deps import ChatDeps
from bot.chat.visit import Visit
from bot.locales import translation
from bot.store import subscribers
from bot.store.subscribers import Subscriber

DEFAULT_LANGUAGE = "ru"
"""Where Telegram names no language: in channels, and for people who write as a group."""


async def chat_of(deps: ChatDeps, visit: Visit) -> Subscriber | None:
    async with deps.store.read() as session:
        return await subscribers.find(session, deps.keyring, visit.chat_id)


def language_of(visit: Visit, chat: Subscriber | None) -> str:
    """The chat's own language; before it has one, the guess from the person's Telegram."""
    return chat.language if chat is not None else language_for(visit.language_code, DEFAULT_LANGUAGE)


def gettext_of(visit: Visit, chat: Subscriber | None) -> Callable[[str], str]:
    return translation(language_of(visit, chat)).gettext


async def tell(visit: Visit, chat: Subscriber | None, text: str) -> None:
    """A plain sentence or two, as quiet as the chat wants to be."""
    discreet = chat is not None and chat.discreet
    await visit.say(Message(text, silent=discreet, protect=discreet))


async def only_admins(deps: ChatDeps, visit: Visit) -> bool:
    """True for those who may decide; the others are told, and that is all that happens."""
    if await visit.is_admin():
        return True
    chat = await chat_of(deps, visit)
    _ = gettext_of(visit, chat)
    text = _("Only the admins of this chat can do that.")
    if visit.query is not None:
        await visit.toast(text, alert=True)
    else:
        await tell(visit, chat, text)
    return False


async def not_subscribed(visit: Visit) -> None:
    """For a command or a button that needs a subscription where there is none (any more)."""
    _ = gettext_of(visit, None)
    text = _("This chat has no subscription. /start makes one.")
    if visit.query is not None:
        await visit.toast(text, alert=True)
    else:
        await tell(visit, None, text)
