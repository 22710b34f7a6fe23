"""Updates side by side, but those of one chat one after the other, in the order in which they came."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.chat.lately import Throttle

AT_ONCE = 128
"""Chats served side by side: a slow one (a wipe, a test of a query) must not keep the others waiting."""


A_MINUTE = 40
"""Updates of one chat that are answered in a minute: more than a hurried person's taps."""
LEAVING_A_MINUTE = 10


class ChatOrder(BaseUpdateProcessor):
    """An update processor with one queue a chat, and a throttle; whoever leaves has a throttle of their own."""

    __slots__ = ("_leaving", "_locks", "_throttle")

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._throttle = Throttle(clock, most=A_MINUTE)
        self._leaving = Throttle(clock, most=LEAVING_A_MINUTE)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat_id = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else None
        if chat_id is None:
            await coroutine
            return
        if not self._admits(update, chat_id):
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

    def _admits(self, update: object, chat_id: int) -> bool:
        """What Telegram itself says of a chat (blocked, moved) always passes; /stop and /wipe after any flood."""
        message = update.effective_message if isinstance(update, Update) else None
        if message is None or getattr(message, "migrate_to_chat_id", None) is not None:
            return True
        text = getattr(message, "text", None) or ""
        leaving = text.startswith(("/stop", "/wipe"))
        return (self._leaving if leaving else self._throttle).admits(chat_id)
