"""Telegram as the sender sees it: three verbs. The real one stands on python-telegram-bot; preview prints instead."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any, Protocol

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.alerts.message import Button, Message
from bot.delivery.errors import Proof, classify

log = logging.getLogger(__name__)

RENDERED = 512
"""Messages kept in the form in which they are sent: most chats get one that another chat got."""
PAYMENT = ("paid", "payment", "stars", "balance")
"""Words of a refusal that may be meant for the payment."""


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
    """`Telegram` on python-telegram-bot's Bot, which the caller has initialised and shuts down.

    It goes past `Bot.send_message`, whose objects cost three times as much as the request (benchmarks/sending.py).
    `paid`: messages beyond the free rate are paid for in Telegram Stars; without it Telegram answers them with 429.
    """

    def __init__(self, bot: Bot, *, paid: bool = False) -> None:
        self._bot = bot
        self._paid = paid

    async def send(
        self, chat_id: int, message: Message, *, reply_to: int | None = None, thread_id: int | None = None
    ) -> int:
        where: dict[str, Any] = {"chat_id": chat_id}
        if thread_id is not None:
            where["message_thread_id"] = thread_id
        if reply_to is not None:
            where["reply_parameters"] = json.dumps({"message_id": reply_to, "allow_sending_without_reply": True})
        sent = await self._send(where | _shown(message) | _manner(message))
        return int(sent["message_id"])

    async def _send(self, parameters: dict[str, Any]) -> Any:
        if not self._paid:
            return await self._call("sendMessage", parameters)
        try:
            return await self._call("sendMessage", parameters | {"allow_paid_broadcast": True})
        except (BadRequest, Forbidden) as error:
            if not _may_mean_payment(error):
                raise
            refused = error
        sent = await self._call("sendMessage", parameters)
        # Unpaid it is taken: so a lack of Stars must not cost a message, whatever the sentence for it is.
        self._paid = False
        log.error(
            "Telegram refuses a paid broadcast (%s): messages go unpaid, at 30 a second at most. "
            "Top up the bot's Stars and start again, or set NABAT_SEND_RATE to 28.",
            classify(refused).text,
            extra={"action": "broadcast_unpaid"},
        )
        return sent

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        await self._call("editMessageText", {"chat_id": chat_id, "message_id": message_id} | _shown(message))

    async def delete(self, chat_id: int, message_id: int) -> None:
        await self._call("deleteMessage", {"chat_id": chat_id, "message_id": message_id})

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        data = RequestData([RequestParameter(name, value, None) for name, value in parameters.items()])
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", data)


def _may_mean_payment(error: TelegramError) -> bool:
    """Whether this refusal, in a sentence that nobody documents, may be one of the payment and not of the message."""
    told = error.message.lower()
    return classify(error).proof is Proof.REFUSED or any(
        word in told for word in ("paid", "payment", "star", "balance")
    )


@lru_cache(RENDERED)
def _shown(message: Message) -> dict[str, Any]:
    """The text with its entities and buttons, as the Bot API takes it. Not to be changed: it is shared."""
    shown: dict[str, Any] = {"text": message.text, "link_preview_options": '{"is_disabled":true}'}
    if message.entities:
        shown["entities"] = json.dumps(
            [{"type": e.kind, "offset": e.offset, "length": e.length} for e in message.entities]
        )
    if message.buttons:
        rows = [[_button(button) for button in row] for row in message.buttons]
        shown["reply_markup"] = json.dumps({"inline_keyboard": rows}, ensure_ascii=False)
    return shown


def _button(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data or ""}


def _manner(message: Message) -> dict[str, bool]:
    manner = {}
    if message.silent:
        manner["disable_notification"] = True
    if message.protect:
        manner["protect_content"] = True
    return manner
