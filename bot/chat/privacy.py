"""/privacy, /stop and /wipe: what is kept, and how it goes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram.error import TelegramError

from bot.alerts.message import Message
from bot.alerts.render import Page
from bot.chat.deps import ChatDeps
from bot.chat.talk import chat_of, gettext_of, language_of, only_admins, tell
from bot.chat.visit import Visit
from bot.locales import translation
from bot.store import subscribers

log = logging.getLogger(__name__)


async def privacy(deps: ChatDeps, visit: Visit) -> None:
    chat = await chat_of(deps, visit)
    page = _page(language_of(visit, chat))
    discreet = chat is not None and chat.discreet
    await visit.say(Message(page.text, tuple(page.entities), silent=discreet, protect=discreet))


async def stop(deps: ChatDeps, visit: Visit) -> None:
    """Erases at once, and only then says so."""
    if not await only_admins(deps, visit):
        return
    chat = await chat_of(deps, visit)
    _ = gettext_of(visit, chat)
    if await forget(deps, visit):
        text = _(
            "Done: the subscription and everything about it is erased. The messages stay in this chat; delete the "
            "chat itself if others may see your phone.\n\n/start brings you back at any time. Take care of yourself."
        )
    else:
        text = _("There is nothing to erase: this chat has no subscription.")
    await tell(visit, chat, text)


async def wipe(deps: ChatDeps, visit: Visit) -> None:
    """Deletes what the bot may still delete here, then erases. What Telegram refuses does not stop the erasing."""
    if not await only_admins(deps, visit):
        return
    chat = await chat_of(deps, visit)
    _ = gettext_of(visit, chat)
    if chat is not None:
        async with deps.store.read() as session:
            message_ids = await subscribers.deletable_messages(session, chat.id, deps.clock())
        await _delete(visit, message_ids)
    await forget(deps, visit)
    # No word about alerts: whoever looks at the phone now learns nothing from it.
    await tell(visit, chat, _("Done. Older messages can only be deleted by you: delete this chat."))


async def forget(deps: ChatDeps, visit: Visit) -> bool:
    """Erase the chat with all that hangs on it; True if there was something."""
    visit.gone = True
    async with deps.store.write() as session:
        erased = await subscribers.erase(session, deps.keyring, visit.chat_id)
    if erased:
        await subscribers.forget_pages(deps.store)
    return erased


async def _delete(visit: Visit, message_ids: list[int]) -> None:
    # In a private chat the bot may delete what the person wrote too, this command with it.
    own = [visit.message_id] if visit.private and visit.message_id is not None and visit.query is None else []
    try:
        await visit.delete(list(dict.fromkeys([*own, *message_ids])))
    except TelegramError as error:
        log.warning("wipe_unfinished", extra={"action": "wipe", "error": type(error).__name__})


def _page(language: str) -> Page:
    _ = translation(language).gettext
    page = Page()
    for title, text in (*_kept(_), *_seen(_)):
        page.line(title, "bold")
        page.line(text)
        page.line()
    return page


Sections = tuple[tuple[str, str], ...]


def _kept(_: Callable[[str], str]) -> Sections:
    return (
        (
            _("What is kept"),
            _(
                "The number of this chat, encrypted, and your choices: language, countries, topics, hours. Of a name "
                "you follow a mark that cannot be turned back, not the name. Which alerts you got, until the event is "
                "over. The month you joined, not the day. The numbers of messages, for two days, so that they can be "
                "deleted."
            ),
        ),
        (
            _("What is not kept"),
            _(
                "Your name, your username, your phone number, your address, what you write here. No one can list the "
                "readers: not the moderators, not the people who run the bot's pages."
            ),
        ),
        (
            _("If the server is taken"),
            _(
                "The list names nobody without a key that lies apart from it. Whoever takes the key and the bot's "
                "token too can read the chat numbers. That is why there are ways that need no list: see /help."
            ),
        ),
    )


def _seen(_: Callable[[str], str]) -> Sections:
    return (
        (
            _("What Telegram sees"),
            _(
                "Telegram knows that you talk to this bot and can read these messages: chats with bots are not "
                "end-to-end encrypted."
            ),
        ),
        (
            _("If your phone is taken"),
            _(
                "Whoever unlocks it sees this chat and every alert in it. Discreet mode (/settings) covers the text "
                "and deletes messages after a day. Before a border, send /wipe and delete the chat."
            ),
        ),
        (
            _("Leaving"),
            _(
                "/stop erases your subscription at once, and so does blocking the bot. /wipe also deletes the messages "
                "of the last 48 hours; older ones Telegram does not let a bot delete."
            ),
        ),
    )
