"""Polls over real HTTP into a real database: politeness, health, renamings, edits, mirrors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from sqlalchemy import func, select

from bot.alerts.decide import Kind
from bot.chronicle import Alerted
from bot.demo.feedhost import FeedHost, FeedItem, Misbehaviour, PublishedFeed
from bot.news.health import Health, HealthChange
from bot.news.poll import Outcome, PollResult
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store.news import FeedState, health_counts, listed_feeds
from bot.store.tables import AlertRow, ItemRow
from tests.conftest import Clock
from tests.news.conftest import Servers, saying

DETAINED = "В Бишкеке задержали российского активиста Сергея Новосёлова"
MORE = "Активиста увезли сотрудники ГКНБ по запросу России, ему грозит экстрадиция."


class Station:
    """One feed, polled when the test says so."""

    def __init__(self, host: FeedHost, clock: Clock, folder: Path) -> None:
        self.host, self.clock, self.folder = host, clock, folder
        self.feed: PublishedFeed = host.feed("wire")
        self.alerts: list[Alerted] = []
        self.told: list[HealthChange] = []
        self.parts: Parts

    @asynccontextmanager
    async def open(self, outlet: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[None]:
        feed = {"url": self.feed.url, "language": "ru", "country": "KG"}
        listed = {"id": "wire", "name": "Wire", "home": "https://wire.example", "feeds": [feed]} | (outlet or {})
        (self.folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [listed]}))
        chosen = Settings(
            data_dir=self.folder,
            feeds_file=self.folder / "feeds.yaml",
            allow_hosts=("127.0.0.0/8",),
            telegram_token=None,
            **settings,
        )
        async with open_parts(chosen, self.alerts.append, self.clock, self.told.append) as self.parts:
            yield

    async def poll(self, times: int = 1, **apart: float) -> PollResult:
        for _ in range(times):
            result = await self.parts.poller.poll(self.parts.feeds[0].id)
            self.clock.pass_(**apart)
        return result

    async def poll_all(self) -> None:
        for state in self.parts.feeds:
            await self.parts.poller.poll(state.id)

    async def state(self) -> FeedState:
        await self.parts.poller.ledger.flush()
        async with self.parts.store.read() as session:
            return (await listed_feeds(session))[0]

    async def titles(self) -> list[str]:
        async with self.parts.store.read() as session:
            return list(await session.scalars(select(ItemRow.title).order_by(ItemRow.id)))

    @property
    def changes(self) -> list[tuple[Health, Health]]:
        return [(change.before, change.after) for change in self.told]


@pytest.fixture
async def station(clock: Clock, tmp_path: Path) -> AsyncIterator[Station]:
    async with FeedHost(clock=clock) as host:
        yield Station(host, clock, tmp_path)


def headlines(count: int, start: int = 0) -> list[FeedItem]:
    return [
        FeedItem(f"В городе открыли парк номер {number}", f"Текст {number}") for number in range(start, start + count)
    ]


async def test_a_poll_says_when_the_next_one_is(station: Station) -> None:
    station.feed.headers["Cache-Control"] = "max-age=1200"
    async with station.open():
        assert (await station.poll()).wait == 1200.0
        del station.feed.headers["Cache-Control"]
        assert (await station.poll()).wait == 300.0
        station.feed.misbehave(Misbehaviour.answer(429, retry_after=5000))
        assert (await station.poll()).wait == 5000.0
        assert (await station.state()).not_before == station.clock() + timedelta(seconds=5000)


async def test_a_set_poll_every_is_kept_and_a_default_one_learns(station: Station) -> None:
    station.feed.publish(
        *(FeedItem(f"Новость номер {n}", published=station.clock() - timedelta(hours=n)) for n in range(1, 9))
    )
    async with station.open(poll_every=1):
        assert (await station.poll()).wait == 1.0
    async with station.open():
        assert (await station.poll()).wait == 900.0


async def test_down_is_told_once_with_its_reason_and_good_again_once(station: Station) -> None:
    station.feed.publish(*headlines(1))
    async with station.open():
        await station.poll()
        station.feed.misbehave(Misbehaviour.answer(503))
        for _ in range(6):
            result = await station.poll(minutes=10)
        station.feed.behave()
        await station.poll(3)
        assert result.outcome is Outcome.FAILED
        assert station.changes == [(Health.GOOD, Health.DOWN), (Health.DOWN, Health.GOOD)]
        assert "503" in station.told[0].why
        assert station.told[1].lasted == 3600.0


@pytest.mark.parametrize(
    ("how", "health"),
    [
        (Misbehaviour.html(), Health.HTML),
        (Misbehaviour.tiny(), Health.THIN),
        (Misbehaviour.poison(b"<rss><channel><item><title>cut o"), Health.BROKEN),
        (Misbehaviour.drop(), Health.DOWN),
    ],
    ids=lambda value: str(getattr(value, "kind", value)),
)
async def test_every_fault_has_its_state(station: Station, how: Misbehaviour, health: Health) -> None:
    station.feed.publish(*headlines(3))
    async with station.open():
        await station.poll()
        station.feed.misbehave(how)
        await station.poll(4)
        state = await station.state()
        async with station.parts.store.read() as session:
            counted = await health_counts(session)
    assert station.changes == [(Health.GOOD, health)]
    assert (state.health, counted) == (health, {health: 1})
    assert state.health_why
    assert "\n" not in state.health_why


@pytest.mark.parametrize("reason", [b"\xff\xfe", "Ошибка".encode("cp1251")], ids=["bytes", "another charset"])
async def test_what_a_server_says_keeps_nothing_from_being_written(
    station: Station, servers: Servers, reason: bytes
) -> None:
    url = await servers.rude(saying(b"HTTP/1.1 500 " + reason + b"\r\nContent-Length: 0\r\n\r\n"))
    async with station.open({"feeds": [{"url": url, "language": "ru"}]}):
        await station.poll(3)
        state = await station.state()
    assert (state.health, state.failures) == (Health.DOWN, 3)


async def test_a_feed_that_nabat_stumbles_over_is_told_and_asked_again(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.feed.publish(FeedItem(DETAINED, MORE))

    async def stumble(*_: object, **__: object) -> list[object]:
        raise ZeroDivisionError

    async with station.open():
        monkeypatch.setattr(station.parts.analyst, "read_all", stumble)
        crashed = await station.poll(4)
        assert (crashed.outcome, crashed.wait) == (Outcome.CRASHED, 300.0)
        assert station.changes == [(Health.GOOD, Health.BROKEN)]
        assert "ZeroDivisionError" in station.told[0].why
        assert (await station.state()).health == Health.BROKEN
        monkeypatch.undo()
        assert (await station.poll()).alerts == 1
    assert station.changes[1:] == [(Health.BROKEN, Health.GOOD)]


async def test_an_emptied_feed_is_thin_until_something_comes(station: Station) -> None:
    station.feed.publish(*headlines(3))
    async with station.open():
        await station.poll()
        station.feed.keep([])
        await station.poll(5)
        station.feed.publish(*headlines(1, 9))
        await station.poll()
    assert station.changes == [(Health.GOOD, Health.THIN), (Health.THIN, Health.GOOD)]


async def test_what_came_while_a_feed_was_empty_is_news_once_it_is_shown(station: Station) -> None:
    station.feed.publish(*headlines(3))
    everything = station.feed.items
    async with station.open():
        await station.poll()
        station.feed.keep([])
        await station.poll(12, hours=4)
        arrest = FeedItem(DETAINED, MORE, published=station.clock() - timedelta(hours=40))
        station.feed.keep(everything)
        station.feed.publish(arrest)
        await station.poll()
    assert [alert.kind for alert in station.alerts] == [Kind.NEW]


async def test_a_feed_that_fell_silent_is_told_once(station: Station) -> None:
    station.feed.publish(
        *(FeedItem(f"Новость номер {n}", published=station.clock() - timedelta(hours=n)) for n in range(1, 9))
    )
    async with station.open():
        await station.poll(30, hours=6)
        station.feed.publish("Снова новость")
        await station.poll()
    assert station.changes == [(Health.GOOD, Health.QUIET), (Health.QUIET, Health.GOOD)]


async def test_a_feed_that_was_dead_when_it_was_listed_is_told(station: Station) -> None:
    station.feed.publish(FeedItem("Последняя новость этой ленты", published=station.clock() - timedelta(days=900)))
    async with station.open():
        await station.poll(2)
    assert station.changes == [(Health.GOOD, Health.QUIET)]
    assert station.told[0].why == "no item for 900 days"


async def test_a_permanent_redirect_is_followed_and_proposed_never_stored(station: Station) -> None:
    new = station.host.feed("moved")
    new.publish(*headlines(2))
    async with station.open():
        station.feed.misbehave(Misbehaviour.redirect(new.url, 301))
        await station.poll(4)
        state = await station.state()
        assert await station.titles() == ["В городе открыли парк номер 0", "В городе открыли парк номер 1"]
    assert (state.moved_to, state.feed.url) == (new.url, station.feed.url)
    assert station.changes == [(Health.GOOD, Health.MOVED)]
    assert new.url in station.told[0].text


async def test_health_outlives_a_restart_and_is_not_told_again(station: Station) -> None:
    station.feed.misbehave(Misbehaviour.answer(500))
    async with station.open():
        await station.poll(4)
    async with station.open():
        await station.poll(4)
        assert (await station.state()).failures == 8
    assert station.changes == [(Health.GOOD, Health.DOWN)]


async def test_a_feed_that_renames_all_its_entries_alerts_nobody_again(station: Station) -> None:
    station.feed.publish(*headlines(8), FeedItem(DETAINED, MORE))
    async with station.open():
        await station.poll()
        station.feed.keep(
            FeedItem(i.title, i.summary, f"{station.host.url()}/new/{n}", f"new-{n}", i.published)
            for n, i in enumerate(station.feed.items)
        )
        await station.poll()
        station.feed.publish("В городе закрыли старый рынок")
        await station.poll()
        assert len(await station.titles()) == 10
    assert [alert.kind for alert in station.alerts] == [Kind.NEW]


async def test_a_feed_renamed_with_its_sibling_is_known_by_what_the_sibling_brought(station: Station) -> None:
    sibling = station.host.feed("sibling")
    station.feed.publish(*headlines(8))
    sibling.keep(station.feed.items)
    feeds = [{"url": feed.url, "language": "ru"} for feed in (station.feed, sibling)]
    async with station.open({"feeds": feeds}):
        await station.poll_all()
        for feed in (station.feed, sibling):
            feed.keep(replace(i, guid=f"new {i.guid}", link=f"{i.link}?article=new") for i in feed.items)
        await station.poll_all()
        assert len(await station.titles()) == 8


async def test_a_feed_listed_under_a_new_address_is_known_by_what_the_old_one_brought(station: Station) -> None:
    station.feed.publish(*headlines(8), FeedItem(DETAINED, MORE))
    async with station.open():
        await station.poll()
    moved = station.host.feed("moved")
    moved.keep(replace(i, guid=f"new {i.guid}", link=f"{i.link}?article=new") for i in station.feed.items)
    moved.publish("В городе закрыли старый рынок")
    async with station.open({"feeds": [{"url": moved.url, "language": "ru"}]}):
        assert (await station.poll()).new_items == 1
        assert len(await station.titles()) == 10
    assert len(station.alerts) == 1


async def test_a_second_arrest_under_the_guid_of_the_first_is_an_alert_of_its_own(station: Station) -> None:
    """A feed of one entry that calls it "latest"; the first alert must not be edited into the second."""
    async with station.open():
        for title in (DETAINED, "В Алматы задержали российскую журналистку Марию Козырину"):
            link = f"{station.host.url()}/{len(station.alerts)}"
            station.feed.keep([FeedItem(title, MORE, link, "latest", station.clock())])
            await station.poll(2, minutes=10)
        assert len(await station.titles()) == 2
    assert [alert.kind for alert in station.alerts] == [Kind.NEW, Kind.NEW]


async def test_items_that_leave_the_window_and_come_back_are_known(station: Station) -> None:
    station.feed.publish(FeedItem(DETAINED, MORE), *headlines(4))
    everything = station.feed.items
    async with station.open():
        await station.poll()
        station.feed.keep(everything[3:])
        await station.poll()
        station.feed.keep(everything)
        await station.poll(days=30)
        assert len(await station.titles()) == 5
    assert len(station.alerts) == 1


async def test_an_edited_title_edits_the_item_and_the_alert_once(station: Station) -> None:
    item = station.feed.publish(FeedItem(DETAINED, MORE))
    async with station.open():
        await station.poll()
        station.feed.change(item.guid, title=f"{DETAINED}, его адвокат подтвердил арест")
        await station.poll(3)
        async with station.parts.store.read() as session:
            first = await session.get_one(AlertRow, station.alerts[0].id)
            alerts = await session.scalar(select(func.count()).select_from(AlertRow))
        assert await station.titles() == [f"{DETAINED}, его адвокат подтвердил арест"]
    assert [alert.kind for alert in station.alerts] == [Kind.NEW, Kind.EDIT]
    assert station.alerts[1].content.headline.endswith("подтвердил арест")
    assert first.content["headline"].endswith("подтвердил арест")
    assert alerts == 2


async def test_an_item_whose_new_title_meets_a_rule_is_news(station: Station) -> None:
    item = station.feed.publish("Что известно к этому часу о событиях в столице")
    async with station.open():
        await station.poll()
        assert station.alerts == []
        station.feed.change(item.guid, title=DETAINED)
        await station.poll(2)
    assert [alert.kind for alert in station.alerts] == [Kind.NEW]


async def test_a_blocked_host_is_read_from_its_mirrors_in_order(station: Station) -> None:
    station.feed.publish(FeedItem(DETAINED, MORE))
    port = station.feed.url.split(":")[2].split("/")[0]
    # 127.0.0.2 and 127.0.0.3 refuse connections: the host listens on 127.0.0.1 alone.
    blocked = {"url": f"http://127.0.0.2:{port}/wire.xml", "language": "ru"}
    mirrors = [f"127.0.0.3:{port}", f"127.0.0.1:{port}"]
    async with station.open({"feeds": [blocked], "mirrors": mirrors}):
        assert (await station.poll()).new_items == 1
        assert (await station.poll()).outcome is Outcome.UNCHANGED
        station.feed.misbehave(Misbehaviour.answer(404))
        failed = await station.poll()
    assert "127.0.0.2" in str(failed.trouble), "what is told is why the outlet itself cannot be read"


@pytest.mark.parametrize(
    "how",
    [
        Misbehaviour.answer(403),
        Misbehaviour.answer(451),
        Misbehaviour.html(),
        Misbehaviour.redirect("/warning.html"),
        Misbehaviour.redirect("http://10.10.0.1/blocked"),
        Misbehaviour.redirect("/wire.xml"),
        Misbehaviour.garbage(),
    ],
    ids=["403", "451", "a page", "a redirect to a page", "into a private network", "in a circle", "no HTTP"],
)
async def test_every_kind_of_block_leads_to_the_mirrors(station: Station, how: Misbehaviour) -> None:
    station.feed.publish(*headlines(2))
    mirrors = [urlsplit(station.host.url("/")).netloc]
    async with FeedHost(clock=station.clock) as blocked:
        blocked.serve("/warning.html", b"<html><body>Blocked by order 149-FZ</body></html>", "text/html")
        host = blocked.feed("wire")
        host.misbehave(how)
        async with station.open({"feeds": [{"url": host.url, "language": "ru"}], "mirrors": mirrors}):
            assert (await station.poll()).new_items == 2
            assert (await station.poll(3)).trouble is None
            host.behave()
            host.keep(station.feed.items)
            assert (await station.poll()).trouble is None
            asked = blocked.requests[-1].headers
            state = await station.state()
    assert not {"if-none-match", "if-modified-since"} & set(asked), "what a mirror calls its own says nothing here"
    assert (state.health, state.etag) == (Health.GOOD, host.tags[0])
    assert station.changes == []


@pytest.mark.parametrize("status", [404, 410, 429, 500])
async def test_a_hosts_own_refusal_is_not_carried_to_its_mirrors(station: Station, status: int) -> None:
    async with FeedHost(clock=station.clock) as refusing:
        host = refusing.feed("wire")
        host.misbehave(Misbehaviour.answer(status))
        mirrors = [urlsplit(station.host.url("/")).netloc]
        async with station.open({"feeds": [{"url": host.url, "language": "ru"}], "mirrors": mirrors}):
            assert str(status) in str((await station.poll()).trouble)
    assert station.host.requests == []


async def test_where_every_mirror_is_blocked_too_the_hosts_own_fault_is_told(station: Station) -> None:
    mirrors = [urlsplit(station.host.url("/")).netloc]
    station.feed.misbehave(Misbehaviour.html())
    async with FeedHost(clock=station.clock) as blocked:
        host = blocked.feed("wire")
        async with station.open({"feeds": [{"url": host.url, "language": "ru"}], "mirrors": mirrors}):
            host.misbehave(Misbehaviour.html())
            assert "HTML page" in str((await station.poll()).trouble)
            host.misbehave(Misbehaviour.answer(451))
            assert "451" in str((await station.poll()).trouble)


async def test_new_validators_of_an_old_document_are_kept(station: Station) -> None:
    """A host that moved or was set up anew names the same bytes otherwise: they are not to be sent at every poll."""
    station.feed.publish(*headlines(2))
    station.feed.validators = False
    async with station.open():
        for etag in ('"first"', '"second"'):
            station.feed.headers["ETag"] = etag
            await station.poll()
        assert (await station.state()).etag == '"second"'
    async with station.open():
        await station.poll()
        assert station.host.requests[-1].headers["if-none-match"] == '"second"'


async def test_nobody_is_sent_on_by_a_link_that_tells_who_follows_it(station: Station) -> None:
    link = "https://wire.example/2026/arrest/?utm_source=rss&utm_medium=rss"
    station.feed.publish(FeedItem(DETAINED, MORE, link))
    async with station.open():
        await station.poll()
    assert [source.url for source in station.alerts[0].content.sources] == ["https://wire.example/2026/arrest/"]


async def test_after_an_outage_of_our_network_every_feed_is_read_soon(station: Station) -> None:
    """A night without a network must not end in hours of backoff: nobody was asked in vain but our own router."""
    feeds = [{"url": f"http://127.0.0.{number}:1/", "language": "ru"} for number in (2, 3, 4)]
    async with station.open({"feeds": [{"url": station.feed.url, "language": "ru"}, *feeds]}):
        dead = [state.id for state in station.parts.feeds if state.feed.url != station.feed.url]
        for _ in range(12):
            waits = [(await station.parts.poller.poll(feed_id)).wait for feed_id in dead]
        assert waits[-1] == 600.0
        await station.parts.poller.poll(next(s.id for s in station.parts.feeds if s.id not in dead))
        assert (await station.parts.poller.poll(dead[0])).wait == 21_600.0, "somebody answers: it is this host"


async def test_what_two_polls_at_once_find_is_stored_once(station: Station) -> None:
    station.feed.publish(*headlines(5))
    async with station.open():
        feed_id = station.parts.feeds[0].id
        results = await asyncio.gather(*(station.parts.poller.poll(feed_id) for _ in range(4)))
        assert sum(result.new_items for result in results) == 5
        assert len(await station.titles()) == 5
