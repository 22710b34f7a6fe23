"""The bot's own messages outside of alerts: noted so that they can be deleted, and deleted when their time comes."""

from __future__ import annotations

from telegram import Bot
from telegram.error import TelegramError

from bot.chat.deps import ChatDeps
from bot.chat.visit import Visit, delete_messages
from bot.store import subscribers


async def note(deps: ChatDeps, visit: Visit) -> None:
    """Keep the ids of what was said in this visit, and in a private chat of what the person wrote."""
    written = [visit.message_id] if visit.private and visit.query is None and visit.message_id is not None else []
    message_ids = [*written, *visit.sent]
    if visit.gone or not visit.sent:
        return
    async with deps.store.write() as session:
        chat = await subscribers.find(session, deps.keyring, visit.chat_id)
        if chat is not None:
            await subscribers.note_messages(session, chat.id, message_ids, deps.clock())


async def sweep(deps: ChatDeps, bot: Bot) -> int:
    """Delete conversations older than their chats want; to be called a few times an hour. Returns how many went.

    A chat whose messages cannot be deleted now (network, rate) keeps them noted and is tried again at the next call.
    """
    async with deps.store.write() as session:
        due = await subscribers.due_messages(session, deps.keyring, deps.clock())
    gone = 0
    for chat_id, message_ids in due.items():
        try:
            gone += await delete_messages(bot, chat_id, message_ids)
        except TelegramError:
            continue
        async with deps.store.write() as session:
            await subscribers.forget_messages(session, deps.keyring, chat_id, message_ids)
    return gone
