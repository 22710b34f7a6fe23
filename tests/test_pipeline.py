"""The way of an item, over real HTTP into a real database: what becomes an alert, and what does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from bot.alerts.decide import Kind
from bot.analyst import Analysis
from bot.chronicle import Alerted
from bot.demo.feedhost import FeedHost, FeedItem, Form, Misbehaviour
from bot.events.index import WHOLE
from bot.events.likeness import COMMON_NAME
from bot.keywords.stored import written
from bot.language.skeleton import key_of
from bot.language.words import analyse
from bot.model import Item
from bot.news.poll import Outcome, PollResult
from bot.parts import Parts, open_parts
from bot.settings import Settings
from bot.store.keywords import active
from bot.store.news import feed_state
from bot.store.tables import AlertRow, AnalysisRow, EventKeyRow, EventRow, FeedRow, ItemRow, MatchRow
from tests.conftest import Clock, lay_database

DETAINED = "В Бишкеке задержали российского активиста Сергея Новосёлова"
DETAINED_MORE = "Активиста увезли сотрудники ГКНБ по запросу России, ему грозит экстрадиция."
IN_ENGLISH = "Russian activist Sergei Novosyolov detained in Bishkek"
HANDED_OVER = "Активиста Сергея Новосёлова выдали России"


class Desk:
    """Feeds of two outlets, and everything between them and the outbox."""

    def __init__(self, host: FeedHost, clock: Clock, folder: Path) -> None:
        self.host, self.clock, self.folder = host, clock, folder
        self.alerts: list[Alerted] = []
        self.parts: Parts
        self.wire = host.feed("wire", language="en")
        self.chui = host.feed("chui")
        self.section = host.feed("chui-section")
        self.third, self.fourth = host.feed("third"), host.feed("fourth")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        feeds = {"wire": ["wire"], "chui": ["chui", "chui-section"], "third": ["third"], "fourth": ["fourth"]}
        outlets = [
            {
                "id": outlet,
                "name": outlet.title(),
                "home": f"https://{outlet}.example",
                "feeds": [
                    {
                        "url": self.host.url(f"/{name}.xml"),
                        "language": "en" if outlet == "wire" else "ru",
                        "country": "KG",
                    }
                    for name in names
                ],
            }
            for outlet, names in feeds.items()
        ]
        (self.folder / "feeds.yaml").write_text(yaml.safe_dump({"outlets": outlets}))
        if not (self.folder / "nabat.db").exists():
            lay_database(self.folder)
        settings = Settings(
            data_dir=self.folder, feeds_file=self.folder / "feeds.yaml", allow_hosts=("127.0.0.1",), telegram_token=None
        )
        async with open_parts(settings, self.alerts.append, self.clock) as self.parts:
            yield

    async def poll(self, *names: str) -> list[PollResult]:
        results = []
        for name in names or ("wire", "chui", "chui-section"):
            state = next(s for s in self.parts.feeds if s.feed.url.endswith(f"/{name}.xml"))
            results.append(await self.parts.poller.poll(state.id))
        return results

    @property
    def kinds(self) -> list[Kind]:
        return [alert.kind for alert in self.alerts]

    async def count(self, table: type) -> int:
        async with self.parts.store.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
async def desk(clock: Clock, tmp_path: Path) -> AsyncIterator[Desk]:
    async with FeedHost(clock=clock) as host:
        desk = Desk(host, clock, tmp_path)
        async with desk.open():
            yield desk


async def test_the_first_poll_stores_its_backlog_and_alerts_on_what_is_fresh(desk: Desk) -> None:
    now = desk.clock()
    desk.chui.publish(
        FeedItem("Активиста Ивана Земцова депортировали из Казахстана в Россию", published=now - timedelta(days=3)),
        FeedItem(DETAINED, DETAINED_MORE, published=now - timedelta(hours=2)),
    )
    await desk.poll("chui")
    assert await desk.count(ItemRow) == 2
    assert [alert.content.headline for alert in desk.alerts] == [DETAINED]


async def kept(desk: Desk) -> dict[str, tuple[str, str]]:
    """The words that are kept for searching, by title."""
    query = select(ItemRow.title, AnalysisRow.language, AnalysisRow.terms).join(AnalysisRow)
    async with desk.parts.store.read() as session:
        return {title: (language, terms) for title, language, terms in await session.execute(query)}


@pytest.fixture
def first_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.parts.FIRST_RUN", 1)


@pytest.mark.parametrize("changed", [False, True])
async def test_a_backlog_that_its_parser_judged_is_stored_matched_and_searchable_like_any_other(
    first_run: None, desk: Desk, monkeypatch: pytest.MonkeyPatch, *, changed: bool
) -> None:
    """Also where the rules have changed since the parser's process got them: then it is read again."""
    backlog = [f"В Оше открыли школу {number}" for number in range(8)]
    desk.chui.publish(*backlog, FeedItem(DETAINED, DETAINED_MORE))
    analyst = desk.parts.analyst
    if changed:
        async with desk.parts.store.read() as session:
            await analyst.replace_rules(*await active(session))
    closely: list[str] = []
    read = analyst.read

    def noted(item: Item, *, names: bool = True) -> Analysis:
        closely.append(item.title)
        return read(item, names=names)

    monkeypatch.setattr(analyst, "read", noted)
    (result,) = await desk.poll("chui")
    assert (result.new_items, result.alerts) == (9, 1)
    assert [alert.content.headline for alert in desk.alerts] == [DETAINED]
    desk.third.publish(*(f"{title} и детский сад" for title in backlog))
    await desk.poll("third")
    assert set(closely) == (
        {DETAINED, *backlog, *(f"{title} и детский сад" for title in backlog)} if changed else {DETAINED}
    )
    fresh = [*backlog, DETAINED, f"{backlog[0]} и детский сад"]
    found = await kept(desk)
    assert len(found) == 17
    for title in fresh:
        summary = DETAINED_MORE if title == DETAINED else ""
        assert found[title] == written(analyse(Item("1", title, summary, language="ru"), analyst.lexicon))


async def test_polling_again_never_alerts_twice(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    first = await desk.poll("chui")
    unchanged = await desk.poll("chui")
    desk.chui.publish("В Бишкеке открыли новый парк")
    changed = await desk.poll("chui")
    assert [result[0].alerts for result in (first, unchanged, changed)] == [1, 0, 0]
    assert unchanged[0].outcome is Outcome.UNCHANGED
    assert changed[0].new_items == 1
    assert await desk.count(AlertRow) == 1


async def test_an_item_in_two_feeds_of_an_outlet_is_one_item(desk: Desk) -> None:
    await desk.poll()
    item = FeedItem(DETAINED, DETAINED_MORE, link="https://chui.example/news/1?utm_source=rss", guid="a")
    desk.chui.publish(item)
    desk.section.publish(FeedItem(DETAINED, DETAINED_MORE, link="http://www.chui.example/news/1/", guid="b"))
    await desk.poll()
    assert await desk.count(ItemRow) == 1
    assert desk.kinds == [Kind.NEW]


async def test_a_second_outlet_edits_the_first_alert(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    assert desk.alerts[0].content.one_source
    desk.wire.publish(FeedItem(IN_ENGLISH, "Security officers took the activist at Russia's request, his friends say."))
    await desk.poll("wire")
    assert desk.kinds == [Kind.NEW, Kind.EDIT]
    assert [source.name for source in desk.alerts[1].content.sources] == ["Chui", "Wire"]
    assert [desk.alerts[1].content.told_in(language).headline for language in ("ru", "en")] == [DETAINED, IN_ENGLISH]
    async with desk.parts.store.read() as session:
        edit = (await session.scalars(select(AlertRow).where(AlertRow.kind == "edit"))).one()
        first = await session.get_one(AlertRow, desk.alerts[0].id)
    assert edit.edits == first.id
    assert len(first.content["sources"]) == 2, "who has not had it yet gets both sources at once"


async def test_a_title_edited_in_the_other_language_is_edited_for_its_readers(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    desk.clock.pass_(minutes=5)
    item = desk.wire.publish(FeedItem(IN_ENGLISH, "Security officers took the activist at Russia's request."))
    await desk.poll("wire")
    desk.clock.pass_(minutes=5)
    desk.wire.change(item.guid, title=f"{IN_ENGLISH}, lawyer says")
    await desk.poll("wire")
    assert desk.kinds == [Kind.NEW, Kind.EDIT, Kind.EDIT]
    told = desk.alerts[2].content
    assert [told.told_in(language).headline for language in ("ru", "en")] == [DETAINED, f"{IN_ENGLISH}, lawyer says"]


async def test_an_alert_names_outlets_too_whose_reports_waited_for_a_moderator(desk: Desk) -> None:
    await desk.poll("third", "wire")
    names = "Сергей Новосёлов, Лев Скорякин, Алёна Крылова, Алексей Рожков, Анна Гусева."
    desk.third.publish(FeedItem("Пятеро, кого Киргизия выдала России в этом году", names))
    await desk.poll("third")
    assert desk.alerts == [], "only a rule in review"
    desk.clock.pass_(hours=3)
    exiles = "Sergei Novosyolov, Lev Skoryakin, Alyona Krylova, Aleksei Rozhkov"
    desk.wire.publish(FeedItem(f"Five exiles whom Kyrgyzstan handed over to Russia: {exiles}"))
    await desk.poll("wire")
    (alert,) = desk.alerts
    assert alert.kind is Kind.NEW
    assert [source.name for source in alert.content.sources] == ["Wire", "Third"]
    assert not alert.content.uncertain


async def test_an_outlet_that_told_of_the_arrest_is_added_to_the_update_that_it_confirms(desk: Desk) -> None:
    everyone = ("chui", "wire", "third")
    await desk.poll(*everyone)
    for name, title, hours in (("chui", DETAINED, 1), ("wire", HANDED_OVER, 50), ("chui", HANDED_OVER, 1)):
        desk.clock.pass_(hours=hours)
        desk.host.feed(name).publish(FeedItem(f"{title} – {name}", DETAINED_MORE if title == DETAINED else ""))
        await desk.poll(name)
    assert desk.kinds == [Kind.NEW, Kind.UPDATE, Kind.EDIT]
    assert [source.name for source in desk.alerts[-1].content.sources] == ["Wire", "Chui"]
    async with desk.parts.store.read() as session:
        edit = await session.get_one(AlertRow, desk.alerts[-1].id)
    assert edit.edits == desk.alerts[1].id, "the update is young, whatever the age of the first message"


async def test_a_name_that_is_in_twenty_events_of_thirty_days_joins_nothing(desk: Desk) -> None:
    await desk.poll("chui", "wire")
    async with desk.parts.store.write() as session:
        for number in range(COMMON_NAME):
            at = desk.clock() - timedelta(days=number)
            event = EventRow(opened_at=at, updated_at=at, status="detained", topics=[], countries=["RS"], people=[])
            session.add(event)
            await session.flush()
            session.add(EventKeyRow(key=f"{WHOLE}{key_of('Сергей Новосёлов')}", event_id=event.id))
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    desk.clock.pass_(days=10)
    desk.chui.publish(FeedItem(HANDED_OVER, "Его вывезли самолётом в Москву, сообщила адвокат."))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW, Kind.NEW], "of a name of few events the second would answer the first"


async def test_outlets_that_follow_within_a_minute_share_one_edit(desk: Desk) -> None:
    everyone = ("chui", "wire", "third", "fourth")
    await desk.poll(*everyone)
    for name in everyone:
        desk.clock.pass_(seconds=10)
        feed = desk.host.feed(name)
        feed.publish(FeedItem(IN_ENGLISH if name == "wire" else DETAINED, DETAINED_MORE))
        await desk.poll(name)
    assert desk.kinds == [Kind.NEW, Kind.EDIT, Kind.EDIT]
    first, second = desk.alerts[1], desk.alerts[2]
    assert first.due_at is None
    assert second.due_at == desk.clock() - timedelta(seconds=20) + timedelta(minutes=1)
    async with desk.parts.store.read() as session:
        last = await session.get_one(AlertRow, second.id)
    assert [source["name"] for source in last.content["sources"]] == ["Chui", "Wire", "Third", "Fourth"]


async def test_a_change_of_status_answers_the_first_alert_even_months_later(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    desk.clock.pass_(days=100)
    await desk.poll()
    desk.chui.publish(FeedItem(HANDED_OVER, "Его вывезли самолётом в Москву, сообщила адвокат."))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW, Kind.UPDATE]
    async with desk.parts.store.read() as session:
        update = await session.get_one(AlertRow, desk.alerts[1].id)
    assert update.replies_to == desk.alerts[0].id


async def test_two_people_are_two_events(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(
        FeedItem(DETAINED, DETAINED_MORE),
        FeedItem("В Бишкеке задержали российского активиста Петра Гусева", DETAINED_MORE),
    )
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW, Kind.NEW]


async def test_why_an_item_matched_is_kept_with_it(desk: Desk) -> None:
    await desk.poll()
    desk.wire.publish(FeedItem(IN_ENGLISH, "Security officers took the activist at Russia's request."))
    await desk.poll("wire")
    async with desk.parts.store.read() as session:
        rows = (await session.scalars(select(MatchRow))).all()
    words = {IN_ENGLISH[begin:end] for row in rows for name, begin, end in row.places if name == "title"}
    assert rows
    assert all(row.rule_version == 1 for row in rows)
    assert "detained" in " ".join(words)


async def test_an_outage_of_ours_hides_nothing(desk: Desk) -> None:
    await desk.poll()
    desk.clock.pass_(days=4)
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE, published=desk.clock() - timedelta(days=3)))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW]


@pytest.mark.parametrize("form", [Form.RSS, Form.RSS091, Form.RDF, Form.ATOM])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r"])
async def test_every_kind_of_feed_in_every_encoding_is_read(desk: Desk, form: Form, encoding: str) -> None:
    feed = desk.host.feed("chui", form=form, encoding=encoding)
    feed.form, feed.encoding = form, encoding
    feed.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    async with desk.parts.store.read() as session:
        stored = (await session.scalars(select(ItemRow))).one()
    assert (stored.title, stored.summary) == (DETAINED, DETAINED_MORE)


@pytest.mark.parametrize("missing", ["guid", "link", "published", "title", "summary"])
async def test_an_item_may_lack_anything_and_is_still_known_again(desk: Desk, missing: str) -> None:
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE, without=frozenset({missing})))
    await desk.poll("chui")
    desk.chui.publish("В Бишкеке открыли новый парк")
    await desk.poll("chui")
    assert await desk.count(ItemRow) == 2
    assert desk.kinds == [Kind.NEW]


async def test_markup_in_a_feed_becomes_plain_text(desk: Desk) -> None:
    await desk.poll()
    desk.wire.publish(
        FeedItem("Activist <b>detained</b>", "<p>Russia&nbsp;seeks <a href='x'>extradition</a></p><script>x()</script>")
    )
    await desk.poll("wire")
    async with desk.parts.store.read() as session:
        stored = (await session.scalars(select(ItemRow))).one()
    assert (stored.title, stored.summary) == ("Activist detained", "Russia seeks extradition")


async def test_a_broken_feed_is_told_in_one_line_and_hurts_nobody(desk: Desk) -> None:
    await desk.poll()
    desk.wire.misbehave(Misbehaviour.html())
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    wire, chui, _ = await desk.poll()
    assert wire.outcome is Outcome.FAILED
    assert wire.trouble
    assert "\n" not in wire.trouble
    assert chui.alerts == 1


async def test_when_storing_fails_the_poll_is_made_again_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.poll()
    desk.chui.publish("В Бишкеке открыли новый парк", FeedItem(DETAINED, DETAINED_MORE))

    async def full_disk(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("bot.chronicle.add_alert", full_disk)
    (result,) = await desk.poll("chui")
    assert (result.outcome, result.trouble is None) == (Outcome.CRASHED, False)
    assert await desk.count(ItemRow) == 0
    monkeypatch.undo()
    (result,) = await desk.poll("chui")
    assert (result.new_items, result.alerts) == (2, 1)


async def test_validators_are_kept_with_the_items_they_stand_for(desk: Desk) -> None:
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    async with desk.parts.store.read() as session:
        feed_id = await session.scalar(select(FeedRow.id).where(FeedRow.url.endswith("/chui.xml")))
        assert feed_id is not None
        state = await feed_state(session, feed_id)
    assert state.etag is not None
    await desk.poll("chui")
    assert desk.host.counts[("/chui.xml", 304)] == 1
