"""A process of its own that drains an outbox until it is killed: for the tests that kill it."""

from __future__ import annotations

import asyncio
import signal

import aiosqlite  # noqa: F401 - for whoever preloads this module: the driver is imported late otherwise
from telegram import Bot

from bot.delivery.pace import Pace, Rates
from bot.delivery.request import AiohttpRequest
from bot.delivery.sender import Sender
from bot.delivery.transport import BotTelegram
from bot.store.session import Store
from tests.delivery.house import KEYRING, render


def drain(database: str, url: str, token: str, rate: float) -> None:
    """Send until SIGTERM, or until the end by SIGKILL."""
    asyncio.run(_drain(database, url, token, rate))


async def _drain(database: str, url: str, token: str, rate: float) -> None:
    store = Store(database, KEYRING)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Bot(token, base_url=f"{url}/bot", request=AiohttpRequest(read_timeout=5)) as bot:
        pace = Pace(Rates(overall=rate, chat_every=0.0, group_per_minute=10**9))
        await Sender(store, BotTelegram(bot), render, pace=pace).run(stop)
    await store.close()
