"""`nabat poll --once`: one round over every feed, told in the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bot.alerts.content import Reader
from bot.alerts.render import render
from bot.chronicle import Alerted
from bot.delivery.outbox import finish_fan_outs
from bot.news.poll import PollResult
from bot.parts import Parts, open_parts, open_store, utc_now
from bot.preview import show
from bot.settings import Settings
from bot.store.news import FeedState


async def poll_once(settings: Settings, *, dry_run: bool = False) -> int:
    """Poll every feed once and print what came; 1 where every single feed failed, else 0."""
    console = Console(highlight=False, soft_wrap=True)
    async with contextlib.AsyncExitStack() as stack:
        if dry_run:
            settings = await stack.enter_async_context(_scratch(settings))
        alerts: list[Alerted] = []
        parts = await stack.enter_async_context(open_parts(settings, alerts.append))
        results = await poll_all(parts)
        if not dry_run:
            await finish_fan_outs(parts.store, now=utc_now())
    for alert in alerts:
        show(render(alert.content, Reader("en"), now=utc_now()), alert.kind, console=console)
    for state, result in results:
        _report(console, state, result)
    failed = sum(result.trouble is not None for _, result in results)
    new = sum(result.new_items for _, result in results)
    stored = "nothing was stored" if dry_run else "stored"
    console.print(f"{len(results)} feeds polled, {failed} failed; {new} new items, {len(alerts)} alerts; {stored}.")
    return int(bool(results) and failed == len(results))


async def poll_all(parts: Parts) -> list[tuple[FeedState, PollResult]]:
    """Poll every listed feed, each host in its turn; in the order of feeds.yaml."""

    async def poll(state: FeedState) -> tuple[FeedState, PollResult]:
        return state, await parts.poller.poll(state.id)

    return await asyncio.gather(*(poll(state) for state in parts.feeds))


def _report(console: Console, state: FeedState, result: PollResult) -> None:
    if result.trouble is not None:
        console.print(f"{state.feed.url}: {result.trouble}", style="red", markup=False)
    elif result.new_items:
        console.print(f"{state.feed.url}: {result.new_items} new, {result.alerts} alerts", markup=False)


@contextlib.asynccontextmanager
async def _scratch(settings: Settings) -> AsyncIterator[Settings]:
    """The same settings over a copy of the database (an empty one where it is not SQLite), thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="nabat-dry-run-") as folder:
        copy = Path(folder) / "nabat.db"
        url = f"sqlite+aiosqlite:///{copy}"
        async with open_store(settings) as store:
            if store.is_sqlite:
                await asyncio.to_thread(_copy, str(store.url.database), copy)
        yield settings.model_copy(update={"database_url": SecretStr(url)})


def _copy(database: str, target: Path) -> None:
    """SQLite's own backup: it takes what is in the write-ahead log along."""
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
