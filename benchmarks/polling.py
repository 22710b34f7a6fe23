"""Polling beside lemon24/reader and a bare aiohttp client: the first run, the unchanged run, and a day's idling.

    python benchmarks/polling.py [--quick] [--only first|idle]

The feed host runs in a second process, and each contender in one of its own, so that their memory and their caches
are theirs. 500 feeds of 20 items. `reader` is measured twice: storing alone, and with its search enabled and brought
up to date. Nabat stores, matches every item against keywords.yaml, and keeps the words by which `nabat keywords test`
searches; nobody follows anybody, so whom items name is not looked for. The bare client fetches, and does nothing with
what it gets: it is the floor. Seconds are of the clock; those of the processor are beside them, for machines that have
other things to do. reader is not a dependency: pip install reader sgmllib3k.

The idle run is the real engine over 2,000 feeds on a rhythm of five minutes, in real time, nothing changes; every
fourth server knows no ETag, and sends its whole document each time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bot.demo.process import DoubleProcess

ITEMS = 20
NEWS = (
    "Власти города обсуждают новый закон о застройке набережной, сообщили в министерстве",
    "Парламент одобрил поправки к бюджету на следующий год после долгих споров",
    "В столице открыли выставку художников, которые работают с войлоком и деревом",
    "Сборная страны по футболу сыграла вничью в товарищеском матче с соседями",
    "Метеорологи предупреждают о сильном снегопаде на перевале и просят отложить поездки",
    "Цены на муку и сахар за месяц выросли на шесть процентов, подсчитали в ведомстве",
    "Учёные описали новый вид горных маков и попросили внести его в список охраняемых",
    "Строители обещают сдать новую школу к осени, родители просят открыть вторую смену",
)
URGENT = "В Бишкеке задержали российского активиста, которого требует выдать Москва"


def made(feed: int) -> list[dict[str, str]]:
    """The items of a feed: ordinary news in several sentences; in one feed of five an item that is worth an alert."""
    now = datetime.now(UTC)
    return [
        {
            "title": f"{URGENT if feed % 5 == item == 0 else NEWS[(feed + item) % 8]} {feed}-{item}",
            "summary": " ".join(
                f"<p>{NEWS[(feed * 7 + item + part) % 8]}, {feed * 100 + item}.</p>" for part in range(4)
            ),
            "published": (now - timedelta(minutes=30 * item + 5)).isoformat(),
        }
        for item in reversed(range(ITEMS))
    ]


async def fill(host: DoubleProcess, feeds: int, plain: int = 0) -> list[str]:
    """Publish on the host; the addresses of its feeds. Each `plain`-th of them has no ETag and no Last-Modified."""
    urls = []
    for number in range(feeds):
        validators = not plain or number % plain > 0
        urls.append(await host.do("feed", name=f"feed-{number}", title=f"Feed {number}", validators=validators))
        await host.do("publish", name=f"feed-{number}", items=made(number))
    return urls


def peak() -> float:
    """MiB that this process and its children at work have held at most, each at its own time.

    Not by getrusage: what it says of a child begins with the size of the process that started it.
    """
    pids = ["self", *(child.pid for child in multiprocessing.active_children())]
    statuses = (Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines() for pid in pids)
    return sum(int(line.split()[1]) for status in statuses for line in status if line.startswith("VmHWM")) / 1024


def cpu() -> float:
    """Seconds of processor that this process, its children at work and those that ended have had."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ended = sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)
    return ended + sum(_cpu_of(child.pid) for child in multiprocessing.active_children() if child.pid)


def _cpu_of(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def run_reader(urls: list[str], *, search: bool) -> dict[str, Any]:
    """reader with as many workers as it is fast with; `search`: its index is enabled, and updated."""
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(f"{folder}/reader.sqlite")
        if search:
            reader.enable_search()
        for url in urls:
            reader.add_feed(url)
        told: dict[str, Any] = {}
        for name in ("first", "unchanged"):
            started, used = time.perf_counter(), cpu()
            reader.update_feeds(workers=10, scheduled=False)
            if search:
                reader.update_search()
            told[name], told[f"{name}_cpu"] = time.perf_counter() - started, cpu() - used
        told["items"] = reader.get_entry_counts().total
        reader.close()
    return told | {"peak": peak()}


async def run_bare(urls: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    tags: dict[str, str] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:

        async def get(url: str) -> None:
            async with session.get(url, headers={"If-None-Match": tags.get(url, '""')}) as answer:
                await answer.read()
                tags[url] = answer.headers["ETag"]

        for name in ("first", "unchanged"):
            started, used = time.perf_counter(), cpu()
            await asyncio.gather(*(get(url) for url in urls))
            told[name], told[f"{name}_cpu"] = time.perf_counter() - started, cpu() - used
    return told | {"items": 0, "peak": peak()}


def catalogue(folder: Path, urls: Iterable[str]) -> Path:
    """A feeds.yaml with an outlet a feed."""
    outlets = [
        {
            "id": f"outlet-{number}",
            "name": f"Outlet {number}",
            "home": f"https://outlet-{number}.example",
            "feeds": [{"url": url, "language": "ru"}],
        }
        for number, url in enumerate(urls)
    ]
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump({"outlets": outlets}), encoding="utf-8")
    return path


async def warmed(parts: Any) -> None:
    """Dictionaries and the parser's process are loaded when the service starts, not by its first feed."""
    from bot.model import Item
    from bot.news.reading import Document

    await parts.analyst.read_all([Item("0", URGENT, NEWS[0], language="ru")])
    outlet, feed = parts.catalogue.outlets[0], parts.catalogue.feeds[0]
    items = (
        f"<item><title>{URGENT} {number}</title><description>{NEWS[0]}</description></item>" for number in range(9)
    )
    body = f"<rss><channel>{''.join(items)}</channel></rss>"
    document = Document(body.encode(), None, outlet.home, outlet, datetime.now(UTC), feed)
    await parts.poller._parsers.read(document)


async def run_nabat(urls: list[str]) -> dict[str, Any]:
    from sqlalchemy import func, select

    from bot.commands.poll import poll_all
    from bot.parts import open_parts
    from bot.settings import Settings
    from bot.store.tables import AnalysisRow

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data_dir=folder, feeds_file=catalogue(folder, urls), allow_hosts=("127.0.0.1",), telegram_token=None
        )
        told: dict[str, Any] = {"alerts": 0}
        async with open_parts(settings, lambda alert: None) as parts:
            await warmed(parts)
            for run in ("first", "unchanged"):
                started, used = time.perf_counter(), cpu()
                results = await poll_all(parts)
                await parts.poller.ledger.flush()
                told[run] = time.perf_counter() - started
                told[f"{run}_cpu"] = cpu() - used
                told["failed"] = sum(result.trouble is not None for _, result in results)
                told["alerts"] += sum(result.alerts for _, result in results)
                told[f"{run}_items"] = sum(result.new_items for _, result in results)
            told["items"] = told["first_items"]
            async with parts.store.read() as session:
                told["searchable"] = await session.scalar(select(func.count()).select_from(AnalysisRow))
            told["peak"] = peak()
    return told


async def run_idle(urls: list[str], seconds: float) -> dict[str, Any]:
    """The real engine over feeds on a rhythm of five minutes, in which nothing changes."""
    from bot.commands.poll import poll_all
    from bot.engine.embedded import EmbeddedEngine
    from bot.news.schedule import Pace
    from bot.parts import open_parts
    from bot.settings import Settings

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            data_dir=folder,
            feeds_file=catalogue(folder, urls),
            allow_hosts=("127.0.0.1",),
            telegram_token=None,
            poll_every=300,
        )
        polls = 0
        async with open_parts(settings, lambda alert: None) as parts:
            await poll_all(parts)

            async def poll(feed_id: int) -> Any:
                nonlocal polls
                polls += 1
                return await parts.poller.poll(feed_id)

            # As in the midst of a day: each feed was polled at some moment of the last five minutes.
            now = datetime.now(UTC)
            steps = timedelta(seconds=300 / len(parts.feeds))
            engine = EmbeddedEngine(poll, Pace(300, learned=False))
            engine.start([replace(state, polled_at=now - place * steps) for place, state in enumerate(parts.feeds)])
            await asyncio.sleep(20)
            polls, used, started = 0, cpu(), time.perf_counter()
            await asyncio.sleep(seconds)
            told = {"polls": polls, "cpu": cpu() - used, "seconds": time.perf_counter() - started, "peak": peak()}
            await engine.stop()
    return told


async def contender(name: str, urls: list[str], *arguments: str) -> dict[str, Any]:
    """Run one contender in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "--as", name, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(json.dumps(urls).encode())
    assert process.returncode == 0, name
    return dict(json.loads(said.splitlines()[-1]))


def be(name: str, seconds: float) -> None:
    urls = json.loads(sys.stdin.read())
    if name.startswith("reader"):
        told = run_reader(urls, search=name == "reader+search")
    elif name == "bare":
        told = asyncio.run(run_bare(urls))
    elif name == "nabat":
        told = asyncio.run(run_nabat(urls))
    else:
        told = asyncio.run(run_idle(urls, seconds))
    print(json.dumps(told))


async def first(feeds: int) -> None:
    async with DoubleProcess("feedhost", "--forget-requests") as host:
        urls = await fill(host, feeds)
        found = {name: await contender(name, urls) for name in ("bare", "reader", "reader+search", "nabat")}
    print(f"{feeds} feeds of {ITEMS} items   first run  feeds/s  processor   unchanged  feeds/s  processor  peak MiB")
    for name, told in found.items():
        columns = [
            f"{told[run]:>12.2f} s{feeds / told[run]:>9.0f}{told[f'{run}_cpu']:>9.2f} s"
            for run in ("first", "unchanged")
        ]
        print(f"{name:<18}{''.join(columns)}{told['peak']:>10.0f}")
    nabat = found["nabat"]
    for name in ("reader", "reader+search"):
        first, unchanged = (found[name][run] / nabat[run] for run in ("first", "unchanged"))
        spent = found[name]["first_cpu"] / nabat["first_cpu"]
        print(
            f"nabat against {name}: first run {first:.1f} times as fast (2.5 wanted; by processor time {spent:.1f}), "
            f"unchanged {unchanged:.1f} times (4 wanted)"
        )
    print(f"nabat stored {nabat['items']} items, {nabat['searchable']} searchable, {nabat['alerts']} alerts", end="; ")
    print(f"reader {found['reader']['items']} items")
    assert nabat["items"] == nabat["searchable"] == found["reader"]["items"] == feeds * ITEMS
    assert nabat["failed"] == nabat["unchanged_items"] == 0


async def idle(feeds: int, seconds: float) -> None:
    async with DoubleProcess("feedhost", "--forget-requests") as host:
        urls = await fill(host, feeds, plain=4)
        told = await contender("idle", urls, "--seconds", str(seconds))
    expected = feeds / 300 * told["seconds"]
    print(f"{feeds} feeds every 5 minutes, nothing changes: {told['polls']} polls in {told['seconds']:.0f} s", end="")
    print(f" ({expected:.0f} in step), {told['cpu'] / told['seconds']:.1%} of one core (10 % allowed)")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100 feeds, a short idle run")
    parser.add_argument("--only", choices=["first", "idle"])
    parser.add_argument("--as", dest="role", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=30.0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only in (None, "first"):
        await first(100 if chosen.quick else 500)
    if chosen.only in (None, "idle"):
        await idle(400 if chosen.quick else 2000, 20.0 if chosen.quick else 120.0)


if __name__ == "__main__":
    if "--as" in sys.argv:
        role = sys.argv[sys.argv.index("--as") + 1]
        seconds = float(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 30.0
        be(role, seconds)
    else:
        asyncio.run(main())
