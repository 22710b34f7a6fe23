"""/feeds, from a moderator's chat to the next poll and back, on a feed whose server really redirects."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.demo.botapi import Chat, Message
from bot.demo.feedhost import FeedHost, Misbehaviour, PublishedFeed
from bot.moderation.audit import Act
from bot.moderation.feeds import FeedsTalk
from bot.moderation.feedwork import Feedwork, mark_of
from bot.news.health import Health
from bot.store.tables import AuditRow
from tests.chat.conftest import House, open_house
from tests.conftest import Clock
from tests.moderation.conftest import OWNER, READER
from tests.news.test_poll import Station, headlines


@dataclass
class Bench:
    """A feed that moved, and a bot with a moderator."""

    station: Station
    house: House
    new: PublishedFeed

    @property
    def number(self) -> int:
        return self.station.parts.feeds[0].id

    def chat(self, user_id: int = OWNER, language: str = "en") -> Chat:
        return self.house.api.private(self.house.api.user(user_id, language_code=language))

    async def ask(self, words: str, user_id: int = OWNER, language: str = "en") -> Message:
        chat = self.chat(user_id, language)
        said = await chat.says(words)
        return await chat.wait_for(after=said.id)

    async def press(self, label: str, message: Message | None = None) -> None:
        pressed = await self.chat().press(label, message)
        await pressed.answer()

    async def acts(self) -> list[tuple[str, str, str]]:
        async with self.station.parts.store.read() as session:
            rows = await session.scalars(select(AuditRow).order_by(AuditRow.id))
            return [(row.action, row.subject, row.detail["address"]) for row in rows]

    async def asked(self) -> list[str]:
        """The paths that the next poll asks for."""
        before = len(self.station.host.requests)
        await self.station.poll()
        return [request.path for request in self.station.host.requests[before:]]


@asynccontextmanager
async def working(station: Station, folder: Path) -> AsyncIterator[House]:
    work = Feedwork(station.parts.store, station.parts.addresses, station.clock)
    async with open_house(folder, FeedsTalk(work).staff(), owner_ids=frozenset({OWNER})) as house:
        yield house


@pytest.fixture
async def bench(clock: Clock, tmp_path: Path) -> AsyncIterator[Bench]:
    async with FeedHost(clock=clock) as host:
        station = Station(host, clock, tmp_path)
        new = host.feed("moved")
        new.publish(*headlines(2))
        async with station.open(), working(station, tmp_path) as house:
            yield Bench(station, house, new)


async def moved(bench: Bench) -> None:
    bench.station.feed.misbehave(Misbehaviour.redirect(bench.new.url, 301))
    await bench.station.poll(4)
    await bench.station.parts.poller.ledger.flush()


async def listed_in_terminal(folder: Path) -> str:
    """What `nabat feeds list` says, on one line."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NABAT_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "feeds", "list"),
        stdout=asyncio.subprocess.PIPE,
        env=clean | {"NABAT_DATA_DIR": str(folder), "NABAT_FEEDS_FILE": str(folder / "feeds.yaml")},
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    return " ".join(told.decode().split())


async def test_when_all_is_well_there_is_nothing_to_list(bench: Bench) -> None:
    bench.station.feed.publish(*headlines(1))
    await bench.station.poll()
    assert (await bench.ask("/feeds")).text.strip() == "All feeds are well."
    assert (await bench.ask("/feeds", language="ru")).text.strip() == "Со всеми лентами всё в порядке."


async def test_feeds_in_trouble_are_listed_with_since_and_why(bench: Bench) -> None:
    bench.station.feed.misbehave(Misbehaviour.answer(503))
    since = f"{bench.station.clock():%Y-%m-%d %H:%M}"
    await bench.station.poll(4)
    await bench.station.parts.poller.ledger.flush()
    answer = await bench.ask("/feeds")
    assert f"{bench.number} wire: does not answer since {since}" in answer.text
    assert "the server answered with status 503" in answer.text
    assert answer.spans("code") == (bench.station.feed.url,)
    assert "не отвечает" in (await bench.ask("/feeds", language="ru")).text
    assert answer.buttons == ()


async def test_an_accepted_address_is_asked_from_the_next_poll_on_and_outlives_a_restart(
    bench: Bench, tmp_path: Path
) -> None:
    await moved(bench)
    listed = await bench.ask("/feeds")
    assert "1 feed moved and waits for your decision." in listed.text
    assert bench.new.url in listed.text
    assert await bench.asked() == ["/wire.xml", "/moved.xml"]
    assert f"moved for good to {bench.new.url}; accept that with /feeds" in await listed_in_terminal(tmp_path)

    await bench.press("Feed 1", listed)
    await bench.press("Use the new address")
    assert await bench.asked() == ["/moved.xml"]
    assert await bench.acts() == [(Act.USE_ADDRESS, bench.station.feed.url, bench.new.url)]
    assert bench.station.changes == [(Health.GOOD, Health.MOVED), (Health.MOVED, Health.GOOD)]

    async with bench.station.open():
        assert await bench.asked() == ["/moved.xml"]
    assert f"is read at {bench.new.url}, as a moderator decided" in await listed_in_terminal(tmp_path)


async def test_a_decision_is_taken_back(bench: Bench) -> None:
    await moved(bench)
    await bench.ask(f"/feeds {bench.number}")
    await bench.press("Use the new address")
    assert await bench.asked() == ["/moved.xml"]
    await bench.ask(f"/feeds {bench.number}")
    await bench.press("Take the decision back")
    assert await bench.asked() == ["/wire.xml", "/moved.xml"]
    await bench.station.parts.poller.ledger.flush()
    assert "1 feed moved" in (await bench.ask("/feeds")).text
    assert [act for act, *_ in await bench.acts()] == [Act.USE_ADDRESS, Act.UNDO_ADDRESS]


async def test_a_declined_address_is_not_proposed_again_but_another_one_is(bench: Bench) -> None:
    await moved(bench)
    await bench.ask(f"/feeds {bench.number}", language="ru")
    await bench.press("Оставить прежний")
    assert await bench.asked() == ["/wire.xml", "/moved.xml"]
    await bench.station.parts.poller.ledger.flush()
    answer = await bench.ask("/feeds")
    assert "waits for your decision" not in answer.text
    assert "declined" in answer.text
    assert [act for act, *_ in await bench.acts()] == [Act.KEEP_ADDRESS]

    third = bench.station.host.feed("third")
    bench.station.feed.misbehave(Misbehaviour.redirect(third.url, 308))
    await bench.station.poll()
    await bench.station.parts.poller.ledger.flush()
    answer = await bench.ask("/feeds")
    assert "1 feed moved and waits for your decision." in answer.text
    assert third.url in answer.text


async def test_a_button_of_yesterday_accepts_no_address_that_nobody_was_shown(bench: Bench) -> None:
    await moved(bench)
    shown = await bench.ask(f"/feeds {bench.number}")
    bench.station.feed.misbehave(Misbehaviour.redirect(bench.station.host.feed("evil").url, 301))
    await bench.station.poll()
    await bench.station.parts.poller.ledger.flush()
    await bench.press("Use the new address", shown)
    assert await bench.acts() == []
    assert await bench.asked() == ["/wire.xml", "/evil.xml"]
    assert mark_of(bench.new.url) != mark_of(bench.station.host.url("/evil.xml"))


async def test_to_a_reader_there_is_no_such_command(bench: Bench) -> None:
    await moved(bench)
    answer, unknown = await bench.ask("/feeds", READER), await bench.ask("/nonsense", READER)
    assert answer.text == unknown.text
    group = bench.house.api.supergroup("Staff", admins=[OWNER])
    await group.says("/feeds", by=OWNER)
    await bench.ask("/feeds")
    assert group.received == ()


@pytest.mark.parametrize(
    "words", ["/feeds 999", "/feeds #999999999999999999", "/feeds 1 2", "/feeds use 1", "/feeds x"]
)
async def test_words_that_are_not_understood_change_nothing(bench: Bench, words: str) -> None:
    await moved(bench)
    answer = await bench.ask(words)
    assert "There is no feed with that number" in answer.text or "/feeds 12" in answer.text
    assert await bench.acts() == []
