"""A fake Bot API and python-telegram-bot's own client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.demo.botapi import BotWorld, FakeBotAPI


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    async with FakeBotAPI() as api:
        yield api


def client(api: FakeBotAPI, world: BotWorld | None = None) -> Bot:
    """python-telegram-bot's Bot for the fake's first bot, or another."""
    return Bot((world or api).token, base_url=f"{api.url}/bot")


@pytest.fixture
async def bot(api: FakeBotAPI) -> AsyncIterator[Bot]:
    async with client(api) as bot:
        yield bot
