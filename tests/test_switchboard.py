"""The service's lines to Telegram: a wrong token, a second process, an outage at the start, a bot for moderators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from telegram import Bot

from bot import line
from bot.delivery.judge import Notice, Trouble
from bot.demo.botapi import FakeBotAPI
from bot.errors import ConfigurationError
from bot.service import Service
from bot.settings import Settings

OWNER = 17


@asynccontextmanager
async def service(folder: Path, api: FakeBotAPI, **given: Any) -> AsyncIterator[Service]:
    folder.mkdir(exist_ok=True)
    feeds = [{"url": "http://127.0.0.1:9/feed", "language": "en"}]
    outlet = {"id": "wire", "name": "Wire", "home": "https://wire.example", "feeds": feeds}
    (folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [outlet]}))
    settings = Settings(
        **{
            "telegram_token": SecretStr(api.token),
            "telegram_api_url": api.url,
            "data_dir": folder,
            "feeds_file": folder / "feeds.yaml",
            "owner_ids": frozenset({OWNER}),
            **given,
        }
    )
    async with Service(settings, polling=False) as running:
        yield running


async def test_a_refused_token_ends_the_service_with_the_way_to_mend_it(tmp_path: Path) -> None:
    async with FakeBotAPI() as api, service(tmp_path, api, telegram_token=SecretStr("123:" + "x" * 35)) as running:
        with pytest.raises(ConfigurationError, match=r"NABAT_TELEGRAM_TOKEN.*BotFather"):
            await asyncio.wait_for(running.run(asyncio.Event()), 10)


async def test_of_two_processes_with_one_token_the_second_stops(tmp_path: Path) -> None:
    async with FakeBotAPI() as api, service(tmp_path / "one", api) as first:
        await asyncio.sleep(0.5)
        assert first.switchboard is not None
        first.switchboard._readers.listening_since = first.parts.clock().replace(year=2020)
        async with service(tmp_path / "two", api) as second:
            with pytest.raises(ConfigurationError, match="Another process already answers"):
                await asyncio.wait_for(second.run(asyncio.Event()), 20)
        chat = api.private(api.user(4242, language_code="en"))
        await chat.says("/start")
        await chat.wait_for(timeout=20)
        assert first.switchboard.healthy


async def test_telegram_may_be_away_when_the_service_starts(tmp_path: Path) -> None:
    async with FakeBotAPI() as api:
        chat = api.private(api.user(4242, language_code="en"))
        await chat.says("/start")
        async with api.refusing():
            running = service(tmp_path, api)
            started = await running.__aenter__()
            await asyncio.sleep(0.5)
            assert started.switchboard is not None
            assert started.switchboard.healthy
        try:
            await chat.wait_for(timeout=20)
        finally:
            await running.__aexit__(None, None, None)


async def test_a_line_that_breaks_is_told_and_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours in the middle of the work, and an answer to getMe that is none: neither ends in silence."""
    monkeypatch.setattr(line, "RETRY", (0.1,))
    answers: list[Exception] = [KeyError("is_bot"), KeyError("is_bot")]
    whole = Bot.initialize

    async def initialize(bot: Bot) -> None:
        if answers:
            raise answers.pop()
        await whole(bot)

    monkeypatch.setattr(Bot, "initialize", initialize)
    async with FakeBotAPI() as api, service(tmp_path, api) as running:
        chat = api.private(api.user(4242, language_code="en"))
        await chat.says("/help")
        await chat.wait_for(timeout=20)
        assert not answers
        assert running.switchboard is not None
        faults = [RuntimeError("a fault of ours")]
        step = running.switchboard.sender.step

        async def broken() -> float:
            if faults:
                raise faults.pop()
            return await step()

        monkeypatch.setattr(running.switchboard.sender, "step", broken)
        running.switchboard.sender.wake()
        async with asyncio.timeout(20):
            while faults or [record.message for record in caplog.records if "RuntimeError" in record.message] == []:
                await asyncio.sleep(0.02)
        await chat.says("/privacy")
        await chat.wait_for(lambda m: "What is kept" in m.text, timeout=20)
        assert running.switchboard.healthy
    assert sum("the line to Telegram broke" in record.message for record in caplog.records) == 3
    assert "4242" not in caplog.text


async def test_moderators_may_have_a_bot_of_their_own(tmp_path: Path) -> None:
    async with FakeBotAPI() as api:
        staff = api.another_bot()
        async with service(tmp_path, api, moderator_token=SecretStr(staff.token)):
            desk, reader = staff.private(staff.user(OWNER)), api.private(api.user(OWNER))
            await desk.says("/keywords")
            await reader.says("/keywords")
            listed = await desk.wait_for(timeout=20)
            unknown = await reader.wait_for(timeout=20)
    assert "detention-of-critics" in listed.text or any("detention" in label for label in listed.labels)
    assert "detention-of-critics" not in unknown.text


async def test_owners_are_told_of_troubles_and_nobody_else(tmp_path: Path) -> None:
    async with FakeBotAPI() as api, service(tmp_path, api) as running:
        owner, reader = api.private(api.user(OWNER)), api.private(api.user(4242))
        for chat in (owner, reader):
            await chat.says("/help")
            await chat.wait_for(timeout=20)
        assert running.switchboard is not None
        await running.switchboard._noticed(Notice(Trouble.TOPIC_GONE))
        told = await owner.wait_for(lambda m: "forum topic" in m.text)
        assert told.silent
        assert not any("forum topic" in text for text in reader.texts)
