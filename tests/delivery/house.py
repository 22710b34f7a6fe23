"""A small house for the tests of delivery: a store, a fake Bot API, a sender, and one-line ways to fill them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from telegram import Bot

from bot.alerts.content import Content, Reader, Source
from bot.alerts.message import Entity, Message, units
from bot.delivery.judge import Notice
from bot.delivery.outbox import fan_out
from bot.delivery.pace import Pace, Rates
from bot.delivery.request import AiohttpRequest
from bot.delivery.sender import Sender
from bot.delivery.transport import BotTelegram
from bot.demo.botapi import FakeBotAPI
from bot.model import ALL_TOPICS, Status, Topic
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.subscribers import Subscriber, find, subscribe
from bot.store.tables import AlertCountryRow, AlertRow, Base, DeliveryRow, EventRow, SubscriberRow

KEYRING = Keyring(((1, bytes(range(64))),))
FAST = Rates(overall=1e6, chat_every=0.0, group_per_minute=10**9)
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def content(headline: str = "Активиста задержали в Бишкеке", topic: Topic = Topic.DETENTION) -> Content:
    return Content(
        topic=topic,
        headline=headline,
        excerpt="Об этом сообщили его друзья.",
        bold=(("title", 0, 9),),
        countries=("KG",),
        status=Status.DETAINED,
        sources=(Source("Kloop", "https://example.org/1", START),),
        published=START,
    )


def render(
    content: Content, reader: Reader, *, now: datetime, late: bool = False, alert_id: int | None = None
) -> Message:
    """A stand-in for the alerts room: the headline in bold, and what the sender asked for."""
    text = f"{'LATE ' if late else ''}{content.headline}"
    return Message(text, (Entity("bold", 0, units(text)),), silent=reader.discreet, protect=reader.discreet)


class Clock:
    """A clock that runs as usual, and can be moved instead of waited for."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._began = time.monotonic()
        self._ahead = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic() - self._began)

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by.total_seconds()


@dataclass
class House:
    store: Store
    api: FakeBotAPI
    bot: Bot
    clock: Clock | None = None
    notices: list[Notice] = field(default_factory=list)

    def now(self) -> datetime:
        return self.clock.now() if self.clock else datetime.now(UTC)

    def sender(self, rates: Rates = FAST, render: Any = render, **more: Any) -> Sender:
        async def notify(notice: Notice) -> None:
            self.notices.append(notice)

        pace = Pace(rates, self.clock.monotonic) if self.clock else Pace(rates)
        telegram = more.pop("telegram", None) or BotTelegram(self.bot)
        return Sender(self.store, telegram, render, pace=pace, now=self.now, notify=notify, **more)

    async def subscribe(self, chat_id: int, **choices: Any) -> int:
        """The subscriber id of a new subscription; the person has started the bot."""
        if chat_id > 0:
            self.api.private(chat_id, started=True)
        chosen = Subscriber(**{"language": "ru", **choices})
        async with self.store.write() as session:
            assert await subscribe(session, KEYRING, chat_id, chosen, self.now())
            found = await find(session, KEYRING, chat_id)
            assert found is not None
            return found.id

    async def alert(self, headline: str = "Задержание", **more: Any) -> int:
        """An alert, decided but not yet fanned out."""
        topic = more.pop("topic", Topic.DETENTION)
        countries: Sequence[str] = more.pop("countries", ())
        values = {
            "kind": "alert",
            "priority": 5,
            "topics": topic.bit,
            "everywhere": not countries,
            "content": content(headline, topic).to_json(),
            "created_at": self.now(),
            **more,
        }
        async with self.store.write() as session:
            row = AlertRow(**values)
            session.add(row)
            await session.flush()
            session.add_all(AlertCountryRow(alert_id=row.id, country=country) for country in countries)
            return row.id

    async def event(self) -> int:
        """An event, with something in every column that must have something."""
        table: Any = EventRow.__table__
        needed = [c for c in table.columns if not (c.nullable or c.default or c.primary_key)]
        kinds = {"JSON": [], "DATETIME": self.now(), "INTEGER": 0, "BOOLEAN": False}
        values = {c.name: kinds.get(str(c.type).split("(")[0], "detained") for c in needed}
        async with self.store.write() as session:
            done: Any = await session.execute(table.insert().values(**values))
            return int(done.inserted_primary_key[0])

    async def publish(self, headline: str = "Задержание", **more: Any) -> int:
        """An alert that is in the outbox for every chat that should have it."""
        names = more.pop("name_hashes", ())
        alert_id = await self.alert(headline, **more)
        await fan_out(self.store, alert_id, now=self.now(), name_hashes=names)
        return alert_id

    async def deliveries(self, alert_id: int | None = None) -> list[DeliveryRow]:
        query = select(DeliveryRow).order_by(DeliveryRow.id)
        async with self.store.read() as session:
            rows = await session.scalars(query if alert_id is None else query.where(DeliveryRow.alert_id == alert_id))
            return list(rows)

    async def states(self, alert_id: int | None = None) -> list[str]:
        return [row.state for row in await self.deliveries(alert_id)]

    async def subscribers(self) -> list[int]:
        """The chat ids that are subscribed."""
        async with self.store.read() as session:
            return [KEYRING.open_chat(sealed) for sealed in await session.scalars(select(SubscriberRow.chat))]

    async def change(self, chat_id: int, **values: Any) -> None:
        async with self.store.write() as session:
            rows = await session.scalars(select(SubscriberRow).where(SubscriberRow.chat == KEYRING.seal_chat(chat_id)))
            row = rows.one()
            for name, value in values.items():
                setattr(row, name, value)

    def texts(self, chat_id: int) -> list[str]:
        """What the chat shows of the bot's messages."""
        return list(self.api.chat(chat_id).texts)

    async def step_until(self, sender: Sender, done: Callable[[], bool], steps: int = 2000) -> None:
        """Step without waiting, until something holds."""
        for _ in range(steps):
            if done():
                return
            await sender.step()
            await sender._pause(0.002)
        raise AssertionError("it did not come to that")


@cache
def empty_database() -> bytes:
    """A database file with every table: made once, for making them takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = create_engine(f"sqlite:///{path}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


async def new_store(folder: Path, database: str | None = None) -> Store:
    """An empty store: on SQLite in that folder, or on the `database` of that URL."""
    if database is None:
        (folder / "nabat.db").write_bytes(empty_database())
        return Store(f"sqlite+aiosqlite:///{folder / 'nabat.db'}", KEYRING)
    store = Store(database, KEYRING)
    async with store.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return store


@asynccontextmanager
async def open_house(
    folder: Path, clock: Clock | None = None, database: str | None = None, **api: Any
) -> AsyncIterator[House]:
    store = await new_store(folder, database)
    async with FakeBotAPI(**api) as fake:
        bot = Bot(fake.token, base_url=f"{fake.url}/bot", request=AiohttpRequest(read_timeout=2, connect_timeout=2))
        async with bot:
            yield House(store, fake, bot, clock)
    await store.close()


EVERY_TOPIC = ALL_TOPICS
