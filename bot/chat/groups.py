"""The bot's comings and goings: blocked, added, removed; groups that become supergroups."""

from __future__ import annotations

import contextlib

from telegram import ChatMember, ChatMemberUpdated, Message
from telegram.error import BadRequest, Forbidden

from bot.alerts.message import Message as Said
from bot.chat.choices import language_for
from bot.chat.deps import ChatDeps
from bot.chat.privacy import forget
from bot.chat.talk import DEFAULT_LANGUAGE
from bot.chat.visit import Visit, entities
from bot.locales import translation
from bot.store import subscribers
from bot.store.departures import move

OUT = (ChatMember.LEFT, ChatMember.BANNED)


async def standing_changed(deps: ChatDeps, visit: Visit, change: ChatMemberUpdated) -> None:
    """Blocked or thrown out: everything is erased at once. Newly added: it says how to begin."""
    was, is_ = change.old_chat_member.status, change.new_chat_member.status
    if is_ in OUT:
        await forget(deps, visit)
    elif was in OUT and not visit.private:
        # The bot may have been added without the right to write.
        with contextlib.suppress(BadRequest, Forbidden):
            await _greet(visit)


async def _greet(visit: Visit) -> None:
    """Nobody is subscribed by being added. In a channel the greeting would stand before all its readers, so it
    goes to the admin who added the bot, if they have ever written to it."""
    _ = translation(language_for(visit.language_code, DEFAULT_LANGUAGE)).gettext
    if visit.kind != "channel":
        await visit.say(Said(_("Hello. When an admin writes /start here, this chat gets alerts.")))
    elif visit.user_id is not None:
        said = Said(_("I am in your channel now. Post /start there, and it gets alerts."))
        await visit.bot.send_message(visit.user_id, said.text, entities=entities(said))


async def migrated(deps: ChatDeps, visit: Visit, message: Message) -> None:
    """Both chats are told; whichever update comes first moves the subscription, the other finds it done."""
    old_id, new_id = visit.chat_id, visit.chat_id
    if message.migrate_to_chat_id is not None:
        new_id = message.migrate_to_chat_id
    elif message.migrate_from_chat_id is not None:
        old_id = message.migrate_from_chat_id
    async with deps.store.write() as session:
        chat = await subscribers.find(session, deps.keyring, old_id)
        if chat is not None and new_id != old_id:
            await move(session, deps.keyring, chat.id, old_id, new_id)
