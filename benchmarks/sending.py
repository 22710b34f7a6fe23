"""Sending: the pace under Telegram's limits, the engine's ceiling, an urgent alert behind a backlog, memory.

    python benchmarks/sending.py [--quick]

The fake Bot API runs in a second process. The floor is a bare aiohttp loop that posts the same requests to it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from sqlalchemy import event, insert, text
from telegram import Bot

from bot.alerts.content import Content, Source
from bot.alerts.render import render
from bot.delivery.outbox import CHUNK, fan_out
from bot.delivery.pace import Pace, Rates
from bot.delivery.request import AiohttpRequest
from bot.delivery.sender import Sender
from bot.delivery.transport import BotTelegram
from bot.model import ALL_TOPICS, Status, Topic
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.tables import AlertRow, Base, SubscriberRow

KEYRING = Keyring(((1, bytes(range(64))),))
TOGETHER = 30
UNLIMITED = Rates(overall=math.inf, chat_every=0.0, group_per_minute=10**9)
CONTENT = Content(
    topic=Topic.DETENTION,
    headline="В Бишкеке задержан российский активист, его ищут на родине",
    excerpt="О задержании сообщили друзья. Где он находится, неизвестно; адвоката к нему не пустили." * 3,
    bold=(("title", 10, 18),),
    countries=("KG", "RU"),
    status=Status.DETAINED,
    sources=(Source("Kloop", "https://example.org/1", datetime(2026, 3, 2, tzinfo=UTC)),),
    published=datetime(2026, 3, 2, tzinfo=UTC),
)


@dataclass(frozen=True)
class Api:
    """The fake Bot API of the second process."""

    url: str
    token: str

    async def control(self, act: str, **asked: Any) -> Any:
        async with aiohttp.ClientSession() as session, session.post(f"{self.url}/control/{act}", json=asked) as answer:
            told = await answer.json()
            assert told["ok"], told
            return told["result"]

    async def counts(self) -> dict[tuple[str, int], int]:
        stats = await self.control("stats")
        return {(method, status): count for method, status, count in stats["counts"]}


@asynccontextmanager
async def fake_api(*options: str) -> AsyncIterator[Api]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.demo.botapi", "--any-chat", *options, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield Api(**json.loads(await process.stdout.readline()))
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def outbox() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/nabat.db", KEYRING)
        async with store.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield store
        await store.close()


async def subscribe(store: Store, chats: Iterable[int], topics: int = ALL_TOPICS) -> None:
    rows = [
        {
            "chat": KEYRING.seal_chat(chat),
            "kind": "private",
            "language": "ru",
            "topics": topics,
            "every_country": True,
            "jurisdictions": ["RU"],
            "since_month": "2026-03",
            "digest_at": [],
        }
        for chat in chats
    ]
    async with store.write() as session:
        await session.execute(insert(SubscriberRow), rows)


async def publish(store: Store, priority: int = 5, topic: Topic = Topic.DETENTION) -> int:
    now = datetime.now(UTC)
    async with store.write() as session:
        alert = AlertRow(
            kind="alert",
            priority=priority,
            topics=topic.bit,
            everywhere=True,
            content=CONTENT.to_json(),
            created_at=now,
        )
        session.add(alert)
        await session.flush()
        alert_id = alert.id
    return await fan_out(store, alert_id, now=now)


@asynccontextmanager
async def sender(store: Store, api: Api, rates: Rates | None = None, together: int = 128) -> AsyncIterator[Sender]:
    bot = Bot(api.token, base_url=f"{api.url}/bot", request=AiohttpRequest(connections=together))
    async with bot:
        yield Sender(store, BotTelegram(bot), render, pace=Pace(rates), concurrency=together)


def row(name: str, value: str, note: str = "") -> None:
    print(f"{name:<58}{value:>14}  {note}")


async def limited(chats: int) -> None:
    """(a) Telegram's limits enforced, the default rate."""
    async with outbox() as store, fake_api("--limits", "--forget-messages") as api:
        await subscribe(store, range(1, chats + 1))
        await publish(store)
        async with sender(store, api, Rates()) as engine:
            started = time.monotonic()
            await engine.drain()
            seconds = time.monotonic() - started
        counts = await api.counts()
    rate = chats / seconds
    refused = counts.get(("sendmessage", 429), 0)
    row(f"(a) {chats} chats, limits enforced, 28/s: messages a second", f"{rate:.2f}", f"{rate / 28:.1%} of 28")
    row("    answers of 429", f"{refused}")
    assert counts[("sendmessage", 200)] == chats


async def floor(api: Api, messages: int, together: int) -> float:
    """Messages a second of a bare aiohttp loop."""
    numbers = iter(range(messages))
    body = json.dumps({"text": CONTENT.headline + CONTENT.excerpt}, ensure_ascii=False)[:-1]

    async def worker(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            data = f'{body}, "chat_id": {number + 1}}}'.encode()
            headers = {"Content-Type": "application/json"}
            async with session.post(f"{api.url}/bot{api.token}/sendMessage", data=data, headers=headers) as answer:
                json.loads(await answer.read())

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=together)) as session:
        started = time.monotonic()
        await asyncio.gather(*(worker(session) for _ in range(together)))
        return messages / (time.monotonic() - started)


async def ceiling(messages: int) -> None:
    """(b) No limits: what the engine can do, and the floor under it."""
    async with outbox() as store, fake_api("--forget-messages", "--forget-requests") as api:
        await subscribe(store, range(1, messages + 1))
        started = time.monotonic()
        await publish(store)
        fanned = time.monotonic() - started
        async with sender(store, api, UNLIMITED) as engine:
            started, cpu = time.monotonic(), time.process_time()
            await engine.drain()
            seconds, used = time.monotonic() - started, time.process_time() - cpu
        bare = await floor(api, messages, TOGETHER)
    rate = messages / seconds
    row(f"(b) fan-out of one alert to {messages} chats: seconds", f"{fanned:.2f}")
    row("    engine, SQLite outbox, no limits: messages a second", f"{rate:.0f}", f"{used / seconds:.0%} of one core")
    row(f"    floor, bare aiohttp, {TOGETHER} together: messages a second", f"{bare:.0f}", f"ratio {rate / bare:.2f}")


async def urgent(backlog: int, chats: int) -> None:
    """(c) An urgent alert published behind a backlog, at the default rate."""
    async with outbox() as store, fake_api("--limits", "--forget-messages") as api:
        await subscribe(store, range(1, backlog + 1), Topic.LAW.bit)
        await subscribe(store, range(backlog + 1, backlog + chats + 1), Topic.DETENTION.bit)
        await publish(store, priority=1, topic=Topic.LAW)
        async with sender(store, api, Rates()) as engine:
            stop = asyncio.Event()
            running = asyncio.create_task(engine.run(stop))
            await asyncio.sleep(3)
            started = time.time()
            await publish(store, priority=8)
            engine.wake()
            done = 0, 0.0, 0.0
            for _ in range(1000):
                done = await _sent(store)
                if done[0] == chats:
                    break
                await asyncio.sleep(0.5)
            stop.set()
            await running
    row(f"(c) urgent behind {backlog}: seconds to the first of {chats}", f"{done[1] - started:.2f}")
    row("    seconds to the last", f"{done[2] - started:.2f}", f"{chats / 28:.2f} at 28/s with nothing else")


async def _sent(store: Store) -> tuple[int, float, float]:
    query = text("SELECT count(*), min(sent_at), max(sent_at) FROM deliveries WHERE state = 'sent' AND priority >= 16")
    async with store.read() as session:
        count, first, last = (await session.execute(query)).one()
    moments = [datetime.fromisoformat(m).replace(tzinfo=UTC).timestamp() if m else 0.0 for m in (first, last)]
    return count, moments[0], moments[1]


async def memory(messages: int) -> None:
    """(d) The peak of resident memory while a long backlog drains: flat means that it stops growing."""
    chats, alerts = messages // 10, 10
    async with outbox() as store, fake_api("--forget-messages", "--forget-requests") as api:
        await subscribe(store, range(1, chats + 1))
        for _ in range(alerts):
            await publish(store)
        async with sender(store, api, UNLIMITED) as engine:
            seen: list[int] = []
            watching = asyncio.create_task(_watch(seen))
            started = time.monotonic()
            await engine.drain()
            seconds = time.monotonic() - started
            watching.cancel()
    tenth = max(1, len(seen) // 10)
    row(f"(d) {messages} deliveries: messages a second", f"{messages / seconds:.0f}")
    row("    peak memory after a tenth, and at the end: MiB", f"{seen[tenth] / 1024:.0f}, {seen[-1] / 1024:.0f}")


async def _watch(seen: list[int]) -> None:
    while True:
        seen.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        await asyncio.sleep(0.5)


async def fan() -> None:
    """(e) The fan-out to 100,000, and the longest that the write lock is held."""
    held: list[float] = []
    async with outbox() as store:
        await subscribe(store, range(1, 100_001))
        began = 0.0

        def begin(*_: object) -> None:
            nonlocal began
            began = time.monotonic()

        event.listen(store.engine.sync_engine, "begin", begin)
        event.listen(store.engine.sync_engine, "commit", lambda _: held.append(time.monotonic() - began))
        started = time.monotonic()
        await publish(store)
        seconds = time.monotonic() - started
    row("(e) fan-out to 100,000 chats on SQLite: seconds", f"{seconds:.2f}", f"chunks of {CHUNK}")
    row("    longest transaction: milliseconds", f"{max(held) * 1000:.0f}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    parser.add_argument("--only", choices="abcde", help="one part")
    chosen = parser.parse_args()
    quick = chosen.quick
    parts = {
        "a": lambda: limited(280 if quick else 2000),
        "b": lambda: ceiling(3000 if quick else 10_000),
        "c": lambda: urgent(20_000, 100 if quick else 500),
        "d": lambda: memory(10_000 if quick else 100_000),
        "e": fan,
    }
    for name, part in parts.items():
        if chosen.only in (None, name):
            await part()


if __name__ == "__main__":
    asyncio.run(main())
