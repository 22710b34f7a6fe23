"""A console on loopback over a database of its own, filled as a test wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.alerts.content import Content, Source
from bot.alerts.decide import Kind
from bot.console.app import application
from bot.console.deps import ConsoleDeps
from bot.console.listener import listening
from bot.model import ALL_TOPICS, Feed, LegalStatus, Outlet, Status, Topic
from bot.news.catalogue import Catalogue
from bot.store.alerts import NewAlert, add_alert
from bot.store.news import listed_feeds, save_catalogue, save_states
from bot.store.session import Store
from tests.conftest import Clock

OUTLETS = (
    Outlet("wire", "Tian Shan Wire", "https://wire.example"),
    Outlet("steppe", "Степной телеграф", "https://steppe.example"),
)
UNDESIRABLE = LegalStatus("RU", "undesirable", "2023-01-26")


class Desk:
    """The console, and what it shows. `sending` is None in preview mode."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.sending: bool | None = True
        self.feeds: list[Feed] = []
        self.url = ""
        self.looks = 0
        self._stack = AsyncExitStack()
        self.session: aiohttp.ClientSession

    async def open(self, *, fresh: float = 0.0, outlets: tuple[Outlet, ...] = OUTLETS) -> None:
        deps = ConsoleDeps(
            store=self.store,
            catalogue=Catalogue(outlets, ()),
            clock=self.clock,
            started=self.clock() - timedelta(hours=3),
            next_poll=self._next_poll,
            sending=self._sending,
            names=frozenset({"localhost", "nabat.example"}),
        )
        port = await self._stack.enter_async_context(listening(application(deps, fresh=fresh), "127.0.0.1:0"))
        self.url = f"http://127.0.0.1:{port}"
        self.session = await self._stack.enter_async_context(aiohttp.ClientSession())

    def _next_poll(self, feed_id: int) -> datetime | None:
        return self.clock() + timedelta(minutes=7)

    def _sending(self) -> bool | None:
        self.looks += 1
        return self.sending

    async def close(self) -> None:
        await self._stack.aclose()

    async def feed(
        self, url: str, outlet: str = "wire", *, outlets: tuple[Outlet, ...] = OUTLETS, **state: Any
    ) -> None:
        """One more feed, polled five minutes ago unless `polled_at` says otherwise."""
        self.feeds.append(Feed(url, outlet, "en"))
        polled = {"polled_at": self.clock() - timedelta(minutes=5)} | state
        async with self.store.write() as session:
            await save_catalogue(session, outlets, self.feeds)
            (found,) = [state for state in await listed_feeds(session) if state.feed.url == url]
            await save_states(session, [replace(found, **polled)])

    async def alert(
        self,
        headline: str,
        *,
        topics: int = ALL_TOPICS,
        excerpt: str = "He was taken from his flat.",
        source: str = "Tian Shan Wire",
        url: str | None = "https://wire.example/1",
    ) -> None:
        at = self.clock() - timedelta(minutes=9)
        sources = (Source(source, url, at, (UNDESIRABLE,)),)
        bold = (("summary", 3, 6),)
        content = Content(Topic.DETENTION, headline, excerpt, bold, ("KG",), Status.DETAINED, sources, at, True)
        alert = NewAlert(None, None, Kind.NEW.value, 0, topics, ("KG",), False, content.to_json())
        async with self.store.write() as session:
            await add_alert(session, alert, at)

    async def page(self, path: str, language: str = "en") -> str:
        async with self.session.get(self.url + path, headers={"Accept-Language": language}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()


@pytest.fixture
async def desk(store: Store, clock: Clock) -> AsyncIterator[Desk]:
    """Not open yet: a test opens it as it wants it."""
    desk = Desk(store, clock)
    yield desk
    await desk.close()
