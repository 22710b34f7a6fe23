"""A rule tried on 50,000 stored items of 30 days: seconds, beside reading their words from the database alone.

The items are headlines and summaries of the labelled corpus put together anew, so their words are real, and richer
in hits than the news. The wanted figure is under 3 seconds.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.keywords.backtest import CHUNK, backtest, keep
from bot.keywords.pack import load
from bot.keywords.stored import written
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Feed, Item, Outlet, Rule, RuleState, Topic
from bot.store import analyses, keywords
from bot.store.crypto import Keyring
from bot.store.migrate import upgrade
from bot.store.news import listed_feeds, save_catalogue
from bot.store.session import Store
from bot.store.tables import ItemRow

ROOT = Path(__file__).parents[1]
ITEMS = 50_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
TRIALS = {
    "one word": "экстрадиция | extradition",
    "a common word": "Россия | Russia",
    "a phrase and NEAR": '"заочно арестовать" | суд NEAR/4 активист',
    "groups, and the saved rule": "@extradite @critic @abroad -@issuing",
}


async def fill(store: Store, lexicon: Lexicon) -> None:
    rows = [json.loads(line) for line in (ROOT / "tests/data/corpus/dev.jsonl").read_text("utf-8").splitlines()]
    by_language: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_language.setdefault(row["lang"], []).append(row)
    chance = random.Random(1)
    async with store.write() as session:
        await keywords.import_pack(session, load(ROOT / "keywords.yaml"), "benchmark", NOW)
        await save_catalogue(session, [Outlet("o", "O", "https://o.example")], [Feed("https://o.example", "o", "ru")])
        (feed,) = await listed_feeds(session)
        for start in range(0, ITEMS, 1_000):
            items = []
            for number in range(start, start + 1_000):
                same = by_language[chance.choice(rows)["lang"]]
                title, summary = chance.choice(same)["title"], chance.choice(same)["summary"]
                items.append(Item(str(number + 1), title, summary, language=same[0]["lang"]))
            values = [
                {
                    "id": int(item.id),
                    "feed_id": feed.id,
                    "outlet_id": "o",
                    "title": item.title,
                    "summary": item.summary,
                    "language": item.language,
                    "seen_at": NOW - timedelta(days=30) * (int(item.id) / ITEMS),
                }
                for item in items
            ]
            await session.execute(insert(ItemRow), values)
            await keep(session, {int(item.id): written(analyse(item, lexicon)) for item in items})


async def read_alone(store: Store) -> float:
    started, last = time.perf_counter(), 0
    async with store.read() as session:
        while rows := await analyses.chunk(session, SINCE, last, CHUNK):
            last = rows[-1].item_id
    return time.perf_counter() - started


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/nabat.db", Keyring(((1, bytes(range(64))),)))
        await upgrade(store)
        lexicon = Lexicon()
        await fill(store, lexicon)
        floor = await read_alone(store)
        print(f"{'rule':<28}{'items':>8}{'hits':>8}{'seconds':>9}{'to floor':>10}")
        print(f"{'(reading alone)':<28}{ITEMS:>8}{'':>8}{floor:>9.2f}{1:>10.1f}")
        for name, query in TRIALS.items():
            rule = Rule("extradition-of-critics", Topic.EXTRADITION, RuleState.AUTO, (("", query),))
            started = time.perf_counter()
            found = await backtest(store, rule, since=SINCE, lexicon=lexicon)
            seconds = time.perf_counter() - started
            print(f"{name:<28}{found.items:>8}{found.hits:>8}{seconds:>9.2f}{seconds / floor:>10.1f}")
        await store.close()


if __name__ == "__main__":
    asyncio.run(main())
