"""Telegram as the sender sees it: three verbs. The real one stands on python-telegram-bot; preview prints instead."""

from __future__ import annotations

from typing import Protocol

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)

from bot.alerts.message import Message

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Telegram(Protocol):
    """What the sender asks of Telegram. Errors are python-telegram-bot's (bot/delivery/errors.py sorts them)."""

    async def send(
        self, chat_id: int, message: Message, *, reply_to: int | None = None, thread_id: int | None = None
    ) -> int:
        """Send, and return the message id. A reply to a message that is gone is sent plain."""
        ...

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None: ...

    async def delete(self, chat_id: int, message_id: int) -> None: ...


class BotTelegram:
    """`Telegram` on python-telegram-bot's Bot, which the caller has initialised and shuts down."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(
        self, chat_id: int, message: Message, *, reply_to: int | None = None, thread_id: int | None = None
    ) -> int:
        sent = await self._bot.send_message(
            chat_id,
            message.text,
            entities=_entities(message),
            reply_markup=_buttons(message),
            link_preview_options=NO_PREVIEW,
            disable_notification=message.silent,
            protect_content=message.protect,
            message_thread_id=thread_id,
            reply_parameters=None if reply_to is None else ReplyParameters(reply_to, allow_sending_without_reply=True),
        )
        return sent.message_id

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        await self._bot.edit_message_text(
            message.text,
            chat_id,
            message_id,
            entities=_entities(message),
            reply_markup=_buttons(message),
            link_preview_options=NO_PREVIEW,
        )

    async def delete(self, chat_id: int, message_id: int) -> None:
        await self._bot.delete_message(chat_id, message_id)


def _entities(message: Message) -> list[MessageEntity] | None:
    return [MessageEntity(e.kind, e.offset, e.length) for e in message.entities] or None


def _buttons(message: Message) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(b.text, url=b.url, callback_data=b.data) for b in row] for row in message.buttons]
    return InlineKeyboardMarkup(rows) if rows else None
