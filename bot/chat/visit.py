"""One update as conversations see it: who speaks, where, and how to answer there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    ChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.alerts.message import Message as Said

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
TOAST_LIMIT = 200
"""Characters of an answer to a pressed button (core.telegram.org/bots/api#answercallbackquery)."""
DELETE_BATCH = 100
"""Messages that one deleteMessages call takes."""


@dataclass(slots=True, repr=False)
class Visit:
    """Lives as long as one update; never stored, and it shows nothing of itself in a log.

    `words` is what follows the command. `sent` gathers the ids of what was said, so that /wipe can find it.
    """

    bot: Bot
    chat_id: int
    kind: str
    thread_id: int | None = None
    user_id: int | None = None
    language_code: str | None = None
    message_id: int | None = None
    words: str = ""
    as_chat: bool = False
    """Written in the chat's own name: an anonymous admin of a group, or a channel's post."""
    query: CallbackQuery | None = None
    sent: list[int] = field(default_factory=list)
    gone: bool = False
    """True once the chat's own record was erased in this visit: nothing more is noted about it."""
    _toasted: bool = False

    @property
    def private(self) -> bool:
        return self.kind == Chat.PRIVATE

    async def is_admin(self) -> bool:
        """Whether the one who speaks may decide for the chat; in a private chat that is always so."""
        if self.private or self.as_chat:
            return True
        if self.user_id is None:
            return False
        with contextlib.suppress(BadRequest):
            member = await self.bot.get_chat_member(self.chat_id, self.user_id)
            return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
        return False

    async def say(self, message: Said, *, reply_to: int | None = None) -> None:
        """Send a message here, in the topic where the visit happens."""
        sent = await self.bot.send_message(
            self.chat_id,
            message.text,
            entities=entities(message),
            reply_markup=keyboard(message),
            link_preview_options=NO_PREVIEW,
            disable_notification=message.silent,
            protect_content=message.protect,
            message_thread_id=self.thread_id,
            reply_to_message_id=reply_to,
            allow_sending_without_reply=True if reply_to else None,
        )
        self.sent.append(sent.message_id)

    async def turn_to(self, message: Said) -> None:
        """Change the message whose button was pressed; where that is not possible any more, send a new one."""
        if self.message_id is None:
            return await self.say(message)
        try:
            await self.bot.edit_message_text(
                message.text,
                self.chat_id,
                self.message_id,
                entities=entities(message),
                reply_markup=keyboard(message),
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as refusal:
            if not is_unmodified(refusal):
                await self.say(message)
        return None

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answer the pressed button, once; a query that has grown too old is let go."""
        if self.query is None or self._toasted:
            return
        self._toasted = True
        with contextlib.suppress(BadRequest):
            await self.query.answer(text[:TOAST_LIMIT] or None, show_alert=alert or None)

    async def remove_own(self) -> bool:
        """Delete the message of this visit: the one with the pressed button, or the one that was written."""
        return self.message_id is not None and await self.delete([self.message_id]) == 1

    async def delete(self, message_ids: list[int]) -> int:
        """Delete messages; returns how many requests for one were not refused. Missing ones count as deleted."""
        return await delete_messages(self.bot, self.chat_id, message_ids)


async def delete_messages(bot: Bot, chat_id: int, message_ids: list[int]) -> int:
    """Delete by hundreds; where one of a hundred is refused, one at a time. Returns how many are gone."""
    gone = 0
    for start in range(0, len(message_ids), DELETE_BATCH):
        batch = message_ids[start : start + DELETE_BATCH]
        try:
            await bot.delete_messages(chat_id, batch)
            gone += len(batch)
        except BadRequest:
            gone += await _delete_singly(bot, chat_id, batch)
        except Forbidden:
            break
    return gone


async def _delete_singly(bot: Bot, chat_id: int, message_ids: list[int]) -> int:
    gone = 0
    for message_id in message_ids:
        try:
            await bot.delete_message(chat_id, message_id)
            gone += 1
        except BadRequest as refusal:
            gone += "not found" in refusal.message.lower()
        except TelegramError:
            return gone
    return gone


def from_update(update: Update, bot: Bot) -> Visit | None:
    """The visit behind an update; None for one that concerns no chat."""
    chat, message, user = update.effective_chat, update.effective_message, update.effective_user
    if chat is None:
        return None
    shown = message if isinstance(message, Message) else None
    as_chat = shown is not None and update.callback_query is None and shown.sender_chat is not None and (
        shown.sender_chat.id == chat.id
    )  # fmt: skip
    return Visit(
        bot=bot,
        chat_id=chat.id,
        kind=chat.type,
        thread_id=_thread(chat, shown),
        user_id=None if as_chat or user is None else user.id,
        language_code=None if as_chat or user is None else user.language_code,
        message_id=None if message is None else message.message_id,
        words=_words(shown),
        as_chat=as_chat or (chat.type == Chat.CHANNEL and update.channel_post is not None),
        query=update.callback_query,
    )


def _thread(chat: Chat, message: Message | None) -> int | None:
    """The forum topic; replies in ordinary groups carry a thread too, in which nothing can be sent."""
    return message.message_thread_id if message is not None and message.is_topic_message else None


def _words(message: Message | None) -> str:
    text = message.text if message is not None else None
    if not text or not text.startswith("/"):
        return ""
    return [*text.split(maxsplit=1), ""][1].strip()


def entities(message: Said) -> list[MessageEntity] | None:
    """The entities in PTB's form; None, not [], where there are none: PTB sends an empty list as a field."""
    return [MessageEntity(e.kind, e.offset, e.length) for e in message.entities] or None


def keyboard(message: Said) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, url=b.url, callback_data=b.data) for b in row] for row in message.buttons]
    )


def is_unmodified(refusal: BadRequest) -> bool:
    """A second tap asks for what the screen already shows; Telegram calls that an error."""
    return "not modified" in refusal.message.lower()
