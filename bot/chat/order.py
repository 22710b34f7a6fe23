"""Updates side by side, but those of one chat one after the other, in the order in which they came."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.chat.lately import Throttle

AT_ONCE = 128
"""Chats served side by side: a slow one (a wipe, a test of a query) must not keep the others waiting."""


class ChatOrder(BaseUpdateProcessor):
    """An update processor with one queue a chat, and a throttle that spares nobody but departures."""

    __slots__ = ("_locks", "_throttle")

    def __init__(self, throttle: Throttle) -> None:
        super().__init__(AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._throttle = throttle

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat_id = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else None
        if chat_id is None:
            await coroutine
            return
        # What ends or moves a subscription is never dropped.
        if not _must_pass(update) and not self._throttle.admits(chat_id):
            if inspect.iscoroutine(coroutine):
                coroutine.close()
            return
        lock = self._locks.setdefault(chat_id, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


def _must_pass(update: object) -> bool:
    assert isinstance(update, Update)
    message = update.effective_message
    if update.my_chat_member is not None or message is None:
        return True
    text = getattr(message, "text", None) or ""
    return bool(getattr(message, "migrate_to_chat_id", None)) or text.startswith(("/stop", "/wipe"))
