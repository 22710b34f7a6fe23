"""The whole service in one process between a feed host and a fake Telegram, and the chats that read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from pydantic import SecretStr

from bot.demo.botapi import Chat, FakeBotAPI, Message
from bot.demo.feedhost import FeedHost, FeedItem
from bot.demo.play import StoryClock
from bot.service import Service
from bot.settings import Settings
from tests.conftest import lay_database

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MODERATOR = 7_100_200_300
OUTLETS = {"chui": "ru", "wire": "en", "third": "ru", "fourth": "uk"}


class Newsroom:
    """Four outlets of Kyrgyzstan, the service, and as many chats as a test wants. The clock jumps, and runs on."""

    def __init__(self, api: FakeBotAPI, host: FeedHost, clock: StoryClock, service: Service) -> None:
        self.api, self.host, self.clock, self.service = api, host, clock, service

    async def reader(self, user_id: int, language: str = "ru", country: str = "KG") -> Chat:
        """Somebody who wants all topics of a country."""
        chat = self.api.private(self.api.user(user_id, language_code=language))
        await chat.says("/start")
        await chat.wait_for()
        for data in (f"s:lang:{language}", f"s:co:{country}:1"):
            await (await chat.press(data)).answer()
        return chat

    async def comes(self, outlet: str, title: str, summary: str = "", **later: float) -> None:
        """An outlet publishes something `later`; it is polled, and everything that follows from it is sent."""
        self.clock.jump(self.clock() + timedelta(**(later or {"minutes": 5})))
        self.host.feed(outlet).publish(FeedItem(title, summary))
        await self.service.poll_now(self.host.url(f"/{outlet}.xml"))
        await self.service.drained()

    async def ask(self, chat: Chat, words: str) -> Message:
        """Say something and wait for the answer, and for what it makes be sent."""
        said = await chat.says(words)
        answer = await chat.wait_for(after=said.id)
        await self.service.drained()
        return answer

    async def orders(self, words: str) -> Message:
        """What the moderator says, in English."""
        self.clock.jump(self.clock() + timedelta(minutes=5))
        return await self.ask(self.api.private(self.api.user(MODERATOR, language_code="en")), words)


@asynccontextmanager
async def newsroom(folder: Path) -> AsyncIterator[Newsroom]:
    async with AsyncExitStack() as stack:
        clock = StoryClock(START)
        host = await stack.enter_async_context(FeedHost(clock=clock))
        api = await stack.enter_async_context(FakeBotAPI())
        outlets = []
        for name, language in OUTLETS.items():
            host.feed(name, language=language)
            feed = {"url": host.url(f"/{name}.xml"), "language": language, "country": "KG"}
            outlets.append({"id": name, "name": name.title(), "home": f"https://{name}.example", "feeds": [feed]})
        (folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": outlets}))
        lay_database(folder)
        settings = Settings(
            telegram_token=SecretStr(api.token),
            telegram_api_url=api.url,
            data_dir=folder,
            feeds_file=folder / "feeds.yaml",
            allow_hosts=("127.0.0.1",),
            console_address="127.0.0.1:0",
            owner_ids=frozenset({MODERATOR}),
        )
        service = await stack.enter_async_context(Service(settings, clock=clock, polling=False))
        for name in OUTLETS:
            await service.poll_now(host.url(f"/{name}.xml"))
        yield Newsroom(api, host, clock, service)
