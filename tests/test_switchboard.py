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
from telegram.error import NetworkError

from bot import line
from bot.delivery.judge import Notice, Trouble
from bot.delivery.outbox import fan_out
from bot.demo.botapi import FakeBotAPI
from bot.errors import ConfigurationError
from bot.model import Topic
from bot.news.health import Health, HealthChange
from bot.service import Service
from bot.settings import Settings
from bot.store.subscribers import Subscriber, subscribe
from bot.store.tables import AlertRow
from tests.delivery.house import content

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


async def subscribe_and_publish(running: Service, chat_id: int) -> None:
    store, now = running.parts.store, running.parts.clock()
    async with store.write() as session:
        await subscribe(session, store.keyring, chat_id, Subscriber(language="ru"), now)
        told = content().to_json()
        alert = AlertRow(
            kind="alert", priority=5, topics=Topic.DETENTION.bit, everywhere=True, content=told, created_at=now
        )
        session.add(alert)
        await session.flush()
        alert_id = alert.id
    await fan_out(store, alert_id, now=now)
    assert running.switchboard is not None
    running.switchboard.sender.wake()


async def test_a_refused_token_ends_the_service_with_the_way_to_mend_it(tmp_path: Path) -> None:
    async with FakeBotAPI() as api, service(tmp_path, api, telegram_token=SecretStr("123:" + "x" * 35)) as running:
        with pytest.raises(ConfigurationError, match=r"NABAT_TELEGRAM_TOKEN.*BotFather"):
            await asyncio.wait_for(running.run(asyncio.Event()), 10)


@pytest.mark.parametrize("apart", [False, True])
async def test_a_token_revoked_while_the_service_runs_is_told_and_taken_up_when_it_counts_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, apart: bool
) -> None:
    """Nothing is being sent meanwhile: nobody else would notice that the bot is deaf."""
    async with FakeBotAPI() as api:
        staff = api.another_bot()
        given = {"moderator_token": SecretStr(staff.token)} if apart else {}
        async with service(tmp_path, api, **given) as running:
            desk, reader = staff.private(staff.user(OWNER)), api.private(api.user(4242, language_code="en"))
            if apart:
                await desk.says("/keywords")
                await desk.wait_for(timeout=20)
            await reader.says("/help")
            await reader.wait_for(timeout=20)
            board, token = running.switchboard, api.token
            assert board is not None
            api.revoke_token()
            async with asyncio.timeout(20):
                while board.healthy:
                    await asyncio.sleep(0.02)
            if apart:
                await desk.wait_for(lambda m: "nothing is lost" in m.text, timeout=20)
            assert "Telegram refuses NABAT_TELEGRAM_TOKEN from now on" in caplog.text
            assert not running._failure.done()
            api.token = token
            await reader.says("/privacy")
            await reader.wait_for(lambda m: "What is kept" in m.text, timeout=20)
            assert board.healthy
    assert token not in caplog.text


async def test_a_service_whose_token_is_revoked_ends_in_order(tmp_path: Path) -> None:
    async with FakeBotAPI() as api, service(tmp_path, api) as running:
        chat = api.private(api.user(4242))
        await chat.says("/help")
        await chat.wait_for(timeout=20)
        api.revoke_token()
        async with asyncio.timeout(20):
            while running.switchboard is None or running.switchboard.healthy:
                await asyncio.sleep(0.02)
        stopping = asyncio.get_running_loop().time()
        await running.switchboard.__aexit__()
        assert asyncio.get_running_loop().time() - stopping < 4


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


@pytest.mark.parametrize(("rate", "paid"), [(28, False), (30.5, True)])
async def test_a_rate_that_telegram_does_not_give_for_nothing_is_paid_for(
    tmp_path: Path, rate: float, paid: bool
) -> None:
    async with FakeBotAPI() as api, service(tmp_path, api, send_rate=rate) as running:
        chat = api.private(4242, started=True)
        assert running.switchboard is not None
        board = running.switchboard
        async with asyncio.timeout(20):
            while not board.listening:
                await asyncio.sleep(0.02)
        await subscribe_and_publish(running, 4242)
        await chat.wait_for(lambda m: "Задержание" in m.text, timeout=20)
        asked = api.requests_of("sendMessage")
        assert [bool(request.params.get("allow_paid_broadcast")) for request in asked] == [paid]


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


async def test_a_fault_of_feeds_is_told_once_telegram_can_be_reached_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the network fails, feeds and Telegram fail together: then the message must not be lost with it."""
    async with FakeBotAPI() as api, service(tmp_path, api) as running:
        owner = api.private(api.user(OWNER))
        await owner.says("/help")
        await owner.wait_for(timeout=20)
        at = running.parts.clock()
        running._bulletin.note(
            HealthChange("https://wire.example/rss", "wire", Health.GOOD, Health.DOWN, at, "no answer", None)
        )
        with monkeypatch.context() as patch:

            async def away(*_: object, **__: object) -> None:
                raise NetworkError("no connection")

            patch.setattr(Bot, "send_message", away)
            await running._tell_health()
        await running._tell_health()
        told = await owner.wait_for(lambda m: "https://wire.example/rss: down since" in m.text, timeout=20)
        assert told.silent
