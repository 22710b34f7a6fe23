"""A bot at work: the real application polls the fake Bot API on loopback, with a real database in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.alerts.content import Content, Reader, Source
from bot.alerts.message import Message
from bot.chat.app import ALLOWED_UPDATES, App, Staff, build
from bot.chat.deps import ChatDeps, Ways
from bot.demo.botapi import FakeBotAPI
from bot.model import Status, Topic
from bot.settings import Settings
from bot.store import migrate, subscribers
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.subscribers import Subscriber
from bot.store.tables import AlertCountryRow, AlertRow
from tests.conftest import lay_database

WAYS = Ways(channel="@nabat_news", page="https://nabat.example", feed="https://nabat.example/feed.atom")


@dataclass
class Clock:
    """The real time, moved by hand."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """Everything a conversation touches, and short ways to look at it."""

    api: FakeBotAPI
    store: Store
    clock: Clock
    deps: ChatDeps
    app: App
    folder: Path
    asked: list[tuple[int, Reader]] = field(default_factory=list)

    async def choices(self, chat_id: int) -> Subscriber | None:
        async with self.store.read() as session:
            return await subscribers.find(session, self.store.keyring, chat_id)

    async def alert(self, headline: str, topic: Topic = Topic.DETENTION, countries: str = "KG", **fields: Any) -> int:
        """Store an alert as the pipeline does; returns its id."""
        content = Content(
            topic=topic,
            headline=headline,
            excerpt="The court has not commented.",
            bold=(),
            countries=tuple(countries.split()),
            status=Status.DETAINED,
            sources=(Source("Kloop", "https://kloop.example/1", None),),
            published=None,
        )
        row = {"kind": "new", "priority": 0, "everywhere": not countries, "created_at": self.clock()} | fields
        async with self.store.write() as session:
            alert = AlertRow(topics=topic.bit, content=content.to_json(), **row)
            session.add(alert)
            await session.flush()
            session.add_all(AlertCountryRow(alert_id=alert.id, country=code) for code in countries.split())
        return alert.id

    def files(self) -> bytes:
        """All that lies in the database's files."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("nabat.db*")))


@asynccontextmanager
async def open_house(folder: Path, staff: Staff | None = None, **given: Any) -> AsyncIterator[House]:
    """`given` goes into the settings."""
    clock = Clock()
    async with FakeBotAPI() as api:
        url = f"sqlite+aiosqlite:///{folder / 'nabat.db'}" if (folder / "nabat.db").exists() else lay_database(folder)
        store = Store(url, Keyring(((1, bytes(range(64))),)))
        await migrate.upgrade(store)
        settings = Settings(telegram_token=SecretStr(api.token), telegram_api_url=api.url, data_dir=folder, **given)
        asked: list[tuple[int, Reader]] = []

        async def more(alert_id: int, reader: Reader, now: datetime) -> Message | None:
            asked.append((alert_id, reader))
            return Message(f"The whole story of {alert_id}") if alert_id < 1000 else None

        deps = ChatDeps(store, settings, clock=clock, more=more, ways=WAYS)
        app = build(deps, staff=staff)
        async with app:
            assert app.updater is not None
            await app.start()
            await app.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
            try:
                yield House(api, store, clock, deps, app, folder, asked)
            finally:
                await app.updater.stop()
                await app.stop()
        await store.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened
