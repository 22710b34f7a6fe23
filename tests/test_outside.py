"""From outside: the real process, `nabat run`, between a feed host and a fake Bot API, both on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.demo.botapi import Chat, FakeBotAPI
from bot.demo.feedhost import FeedHost, FeedItem

ARREST = FeedItem(
    "Russian activist detained in Bishkek at Moscow's request",
    "Kyrgyz security officers detained the <b>anti-war activist</b> on Friday. Russia seeks his extradition.",
)
WEATHER = FeedItem("Heavy snow closes the road to Osh", "Drivers are asked to wait until morning.")
PATIENCE = 30.0
"""Seconds: a start loads dictionaries, and a machine may be busy."""


class Outside:
    """A folder, a feed, a fake Telegram, and the service between them as a process of its own."""

    def __init__(self, folder: Path, api: FakeBotAPI, host: FeedHost) -> None:
        self.folder, self.api, self.host = folder, api, host
        self.feed = host.feed("wire", language="en")
        self.log = folder / "log.txt"
        outlet = {
            "id": "wire",
            "name": "Tian Shan Wire",
            "home": "https://wire.example",
            "status": [{"jurisdiction": "RU", "label": "undesirable", "since": "2023-01-26"}],
            "feeds": [{"url": host.url("/wire.xml"), "language": "en", "country": "KG"}],
        }
        (folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [outlet]}))

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NABAT_")}
        return clean | {
            "NABAT_TELEGRAM_TOKEN": self.api.token,
            "NABAT_TELEGRAM_API_URL": self.api.url,
            "NABAT_FEEDS_FILE": str(self.folder / "feeds.yaml"),
            "NABAT_DATA_DIR": str(self.folder / "data"),
            "NABAT_ALLOW_HOSTS": "127.0.0.1",
            "NABAT_POLL_EVERY": "1",
            "NABAT_CONSOLE_ADDRESS": "127.0.0.1:0",
        }

    @contextlib.asynccontextmanager
    async def running(self, *, kill: bool = False) -> AsyncIterator[asyncio.subprocess.Process]:
        """The service, until the block ends: then asked to stop, or killed."""
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", stdout=log, stderr=log, env=self.environment
            )
            try:
                yield process
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
                await asyncio.wait_for(process.wait(), PATIENCE)

    async def polled(self, times: int = 1) -> None:
        """Wait until the feed was asked for so many times more."""
        have = sum(count for (path, _), count in self.host.counts.items() if path == self.feed.path)
        await self.host.wait_for_requests(self.feed.path, have + times, PATIENCE)


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    async with FakeBotAPI() as api, FeedHost() as host:
        yield Outside(tmp_path, api, host)


async def subscribe(api: FakeBotAPI, user_id: int = 4242, country: str = "KG") -> Chat:
    chat = api.private(api.user(user_id, language_code="en", username="somebody_in_bishkek"))
    await chat.says("/start")
    await chat.wait_for(timeout=PATIENCE)
    for data in ("s:lang:en", f"s:co:{country}:1"):
        await (await chat.press(data)).answer(PATIENCE)
    return chat


def alert(text: str) -> bool:
    return "Russian activist detained in Bishkek" in text


async def test_from_a_feed_to_a_phone_once_and_again_after_a_kill(outside: Outside) -> None:
    api, feed = outside.api, outside.feed
    async with outside.running(kill=True):
        chat = await subscribe(api)
        feed.publish(WEATHER)
        await outside.polled(2)
        feed.publish(ARREST)
        message = await chat.wait_for(lambda m: alert(m.text), PATIENCE)
        assert "Detention · Kyrgyzstan" in message.text or "Extradition · Kyrgyzstan" in message.text
        assert "Tian Shan Wire" in message.text
        assert "undesirable" in message.text
        assert "detained" in message.spans("bold")
        assert message.preview == {"is_disabled": True}
        assert [button.url for row in message.buttons for button in row if button.url] == [feed.items[-1].link]
        # A second poll, of a feed that even changed, sends nothing again.
        feed.publish(FeedItem("Bazaar reopens in Karakol"))
        await outside.polled(3)
        assert [alert(text) for text in chat.texts].count(True) == 1
        assert not any("snow" in text or "Bazaar" in text for text in chat.texts)
        # Telegram goes away; an alert is decided and cannot be sent; the process is killed with its row pending.
        async with api.refusing():
            feed.publish(
                FeedItem("Georgia extradites Russian opposition activist wanted by Moscow", "He fled in 2022.")
            )
            feed.publish(FeedItem("Kyrgyzstan deports Russian journalist who fled the war", "She was put on a plane."))
            await outside.polled(4)
    assert not any("deports" in text for text in chat.texts)
    async with outside.running():
        await chat.wait_for(lambda m: "Kyrgyzstan deports Russian journalist" in m.text, PATIENCE)
        await outside.polled(2)
    assert [alert(text) for text in chat.texts].count(True) == 1
    assert ["deports" in text for text in chat.texts].count(True) == 1
    assert not any("Georgia extradites" in text for text in chat.texts), "this reader chose Kyrgyzstan alone"


async def test_no_chat_id_name_or_token_is_in_the_database_or_the_log(outside: Outside) -> None:
    api, user_id = outside.api, 7_123_456_789
    async with outside.running():
        chat = await subscribe(api, user_id)
        outside.feed.publish(ARREST)
        await chat.wait_for(lambda m: alert(m.text), PATIENCE)
        async with api.refusing():
            outside.feed.publish(FeedItem("Kyrgyzstan deports Russian journalist who fled the war"))
            await outside.polled(3)
        await chat.wait_for(lambda m: "deports" in m.text, PATIENCE)
    kept = outside.log.read_bytes() + b"".join(
        path.read_bytes() for path in (outside.folder / "data").iterdir() if path.name.startswith("nabat.db")
    )
    traces = [str(user_id).encode(), user_id.to_bytes(8, "big"), user_id.to_bytes(8, "little"), b"somebody_in_bishkek"]
    traces += [api.token.encode(), api.token.partition(":")[2].encode(), f"{user_id:x}".encode()]
    assert b"Russian activist detained" in kept, "the files read here are the ones the service wrote"
    assert not [trace for trace in traces if trace in kept]


async def test_stop_erases_the_chat_at_once(outside: Outside) -> None:
    async with outside.running():
        chat = await subscribe(outside.api)
        await chat.says("/stop")
        await chat.wait_for(lambda m: "erased" in m.text.lower(), PATIENCE)
        outside.feed.publish(ARREST)
        await outside.polled(3)
    assert not any(alert(text) for text in chat.texts)


async def test_sigterm_ends_the_service_within_five_seconds(outside: Outside) -> None:
    async with outside.running() as process:
        await subscribe(outside.api)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_a_wrong_feeds_file_stops_the_start_and_names_the_line(outside: Outside) -> None:
    path = outside.folder / "feeds.yaml"
    path.write_text("outlets:\n  - id: wire\n    name: Wire\n    home: https://wire.example\n    feedz: []\n")
    async with outside.running() as process:
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 2
    said = outside.log.read_text()
    assert "line 5" in said
    assert "feedz" in said
    assert "Traceback" not in said
