"""Ten days of 300 feeds, a third of which misbehave at random, in minutes: the clock is handed in, HTTP is real.

    python benchmarks/soak.py [--quick] [--feeds 300] [--days 10] [--seed 1]

Every feed publishes in a rhythm of its own, and is polled when the schedule says so. Misbehaving feeds have spells of
errors, pages in place of feeds, empty and broken bodies, lost connections, bombs and loops; some rename all their
entries, lose them for a while, or give their items no dates. It fails unless every item is stored once, every fault
of three polls and more is told once and once again when it is over, and memory stays flat.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import logging
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from bot.demo.process import DoubleProcess
from bot.news.health import CONFIRMED, HURT, Health, HealthChange
from bot.news.poll import Outcome
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store.tables import ItemRow

START = datetime(2026, 3, 2, tzinfo=UTC)
STEP = 60.0
"""Simulated seconds whose polls are made together."""
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("answer", {"status": 503}),
    ("answer", {"status": 500}),
    ("answer", {"status": 404}),
    ("answer", {"status": 429, "retry_after": 7200}),
    ("html", {}),
    ("tiny", {}),
    ("drop", {}),
    ("garbage", {}),
    ("truncated", {}),
    ("wrong_length", {"by": 500}),
    ("redirect", {"to": "http://169.254.169.254/latest/meta-data/"}),
    (
        "poison",
        {"body": '<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>'},
    ),
    ("bomb", {"megabytes": 8}),
)


@dataclass
class Feed:
    """A publisher: `gap` are the hours between two items, `spells` (begin, end, how) in simulated seconds."""

    name: str
    gap: float
    bad: bool
    dated: bool
    next_item: float
    spells: list[tuple[float, float, int]]
    published: int = 0
    guids: list[str] = field(default_factory=list)
    spell: int | None = None


def made(number: int, bad: bool, days: float, dice: random.Random) -> Feed:
    gap = dice.choice([2, 4, 8, 12])
    spells, at = [], 0.0
    while bad and (at := at + dice.uniform(24, 80) * 3600) < days * 86400:
        # A spell and the backoff after it end before the feed has published more than its window shows.
        end = at + min(dice.choice([0.1, 0.5, 2, 12, 24]), 8 * gap) * 3600
        spells.append((at, end, dice.randrange(len(FAULTS))))
        at = end
    return Feed(f"feed-{number}", gap, bad, dice.random() > 0.1, 0.0, spells)


class Soak:
    def __init__(self, host: DoubleProcess, feeds: list[Feed], dice: random.Random) -> None:
        self.host, self.feeds, self.dice = host, feeds, dice
        self.seconds = 0.0
        self.told: list[HealthChange] = []
        self.outcomes: dict[str, list[bool]] = defaultdict(list)
        self.polls: Counter[str] = Counter()
        self.memory: list[float] = []
        self.renamings = self.edits = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def publish(self, feed: Feed) -> None:
        """What the publisher does until now: items, spells, and now and then new guids for everything."""
        while feed.next_item <= self.seconds:
            feed.published += 1
            at = START + timedelta(seconds=feed.next_item)
            item: dict[str, Any] = {
                "title": f"Городские новости {feed.name}, сообщение номер {feed.published}",
                "summary": f"Подробности сообщения {feed.published} стали известны вечером.",
                "published": at.isoformat(),
            }
            if not feed.dated:
                item["without"] = ["published"]
            told = await self.host.do("publish", name=feed.name, items=[item])
            feed.guids = [*feed.guids, told[0]["guid"]][-20:]
            feed.next_item += self.dice.uniform(0.5, 1.5) * feed.gap * 3600
        if feed.bad and len(feed.guids) == 20 and self.dice.random() < 0.002:
            await self._rename(feed)
        await self._misbehave(feed)

    async def _rename(self, feed: Feed) -> None:
        self.renamings += 1
        fresh = [f"renamed-{self.renamings}-{number}" for number in range(20)]
        for old, new in zip(feed.guids, fresh, strict=True):
            fields = {"guid": new, "link": f"https://rebuilt.example/{self.renamings}/{new}.html"}
            await self.host.do("change", name=feed.name, guid=old, fields=fields)
        feed.guids = fresh

    async def _misbehave(self, feed: Feed) -> None:
        spell = next((how for begin, end, how in feed.spells if begin <= self.seconds < end), None)
        if spell == feed.spell:
            return
        feed.spell = spell
        path = f"/{feed.name}.xml"
        if spell is None:
            await self.host.do("behave", path=path)
        else:
            await self.host.do("misbehave", path=path, how=FAULTS[spell][0], args=FAULTS[spell][1])

    async def run(self, parts: Parts, days: float) -> None:
        by_url = {state.feed.url: state.id for state in parts.feeds}
        ids = {feed.name: by_url[f"{self.host.url}/{feed.name}.xml"] for feed in self.feeds}
        names = {feed.name: feed for feed in self.feeds}
        due = [(self.dice.uniform(0, 300), feed.name) for feed in self.feeds]
        heapq.heapify(due)
        next_look = 0.0
        while due and due[0][0] < days * 86400:
            self.seconds = due[0][0]
            group = list(_until(due, self.seconds + STEP))
            await asyncio.gather(*(self.publish(names[name]) for name in group))
            results = await asyncio.gather(*(parts.poller.poll(ids[name]) for name in group))
            for name, result in zip(group, results, strict=True):
                self.polls[result.outcome] += 1
                self.outcomes[name].append(result.outcome is not Outcome.FAILED)
                heapq.heappush(due, (self.seconds + result.wait * self.dice.uniform(1, 1.1), name))
            if self.seconds >= next_look:
                self.memory.append(resident())
                next_look += 21_600
        await self.end(parts, ids)

    async def end(self, parts: Parts, ids: dict[str, int]) -> None:
        """Everybody behaves, and is polled once more: what was missed must be found."""
        for feed in self.feeds:
            feed.spells = []
            await self._misbehave(feed)
            result = await parts.poller.poll(ids[feed.name])
            self.outcomes[feed.name].append(result.outcome is not Outcome.FAILED)
        await parts.poller.ledger.flush()

    async def check(self, parts: Parts) -> list[str]:
        """What went wrong; nothing, if all is well."""
        wrong = []
        async with parts.store.read() as session:
            rows = await session.execute(
                select(ItemRow.outlet_id, func.count(), func.count(ItemRow.title.distinct())).group_by(
                    ItemRow.outlet_id
                )
            )
            stored = {outlet: (count, titles) for outlet, count, titles in rows}
        for feed in self.feeds:
            if stored.get(feed.name) != (feed.published, feed.published):
                wrong.append(f"{feed.name}: {feed.published} published, {stored.get(feed.name)} stored (rows, titles)")
            wrong += self.wrongly_told(feed)
        return wrong

    def wrongly_told(self, feed: Feed) -> Iterator[str]:
        changes = [change for change in self.told if change.outlet == feed.name]
        for one, two in pairwise(changes):
            if one.after is not two.before or one.after is two.after:
                yield f"{feed.name}: told {one.after} and then {two.before} -> {two.after}"
        runs = spells_of(self.outcomes[feed.name])
        ends = sum(change.before in HURT and change.after is Health.GOOD for change in changes)
        if ends != runs:
            yield f"{feed.name}: {runs} faults of {CONFIRMED} polls and more, {ends} told as begun and ended"
        if not feed.bad and changes:
            yield f"{feed.name}: it behaved, and was told as {changes[0].after}"


def spells_of(answered: list[bool]) -> int:
    """How many times so many polls in a row failed that it had to be told; every one of them has ended."""
    runs, length = 0, 0
    for good in answered:
        runs += good and length >= CONFIRMED
        length = 0 if good else length + 1
    return runs


def _until(due: list[tuple[float, str]], end: float) -> Iterator[str]:
    while due and due[0][0] < end:
        yield heapq.heappop(due)[1]


def resident() -> float:
    """MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _write(folder: Path, host: DoubleProcess, feeds: list[Feed]) -> Path:
    outlets = [
        {
            "id": feed.name,
            "name": feed.name,
            "home": "https://news.example",
            "feeds": [{"url": f"{host.url}/{feed.name}.xml", "language": "ru"}],
        }
        for feed in feeds
    ]
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump({"outlets": outlets}), encoding="utf-8")
    return path


async def soak(count: int, days: float, seed: int) -> bool:
    dice = random.Random(seed)
    feeds = [made(number, number % 3 == 0, days, dice) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        async with DoubleProcess("feedhost", "--forget-requests") as host:
            for feed in feeds:
                await host.do("feed", name=feed.name)
            work, started = Soak(host, feeds, dice), time.perf_counter()
            settings = Settings(
                data_dir=Path(folder),
                feeds_file=_write(Path(folder), host, feeds),
                allow_hosts=("127.0.0.1",),
                telegram_token=None,
            )
            async with open_parts(settings, lambda alert: None, work.now, work.told.append) as parts:
                await work.run(parts, days)
                wrong = await work.check(parts)
    return report(work, days, time.perf_counter() - started, wrong)


def report(work: Soak, days: float, seconds: float, wrong: list[str]) -> bool:
    polls, items = sum(work.polls.values()), sum(feed.published for feed in work.feeds)
    early = max(work.memory[len(work.memory) // 4 : len(work.memory) // 2] or work.memory)
    late = max(work.memory[-max(1, len(work.memory) // 4) :])
    told = Counter(change.after.value for change in work.told)
    spells = sum(len(feed.spells) for feed in work.feeds)
    print(f"{len(work.feeds)} feeds, {days:g} days in {seconds:.0f} s: {polls} polls ({polls / seconds:.0f} a second)")
    print(f"  {', '.join(f'{count} {name}' for name, count in sorted(work.polls.items()))}; {work.renamings} renamings")
    print(f"  {items} items published; told: {', '.join(f'{n} {name}' for name, n in sorted(told.items())) or spells}")
    print(f"  resident memory: {early:.0f} MiB in the second quarter, {late:.0f} MiB in the last")
    if late > early * 1.1 + 10:
        wrong.append(f"memory grew from {early:.0f} to {late:.0f} MiB")
    for line in wrong[:20]:
        print(f"  WRONG: {line}")
    print(
        "  every item stored once, every fault told once, memory flat"
        if not wrong
        else f"  {len(wrong)} faults of ours"
    )
    return not wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="30 feeds, three days")
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--days", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    feeds, days = (30, 3.0) if chosen.quick else (chosen.feeds, chosen.days)
    raise SystemExit(not asyncio.run(soak(feeds, days, chosen.seed)))


if __name__ == "__main__":
    main()
