"""/events, from a moderator's chat to the database and back, on events that real feeds made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.alerts.decide import Kind
from bot.alerts.message import LIMIT, units
from bot.delivery.outbox import fan_out
from bot.demo.botapi import Chat, Message
from bot.demo.feedhost import FeedHost, FeedItem
from bot.model import Status
from bot.moderation.casework import Casework
from bot.moderation.events import EventsTalk
from bot.store import audit, subscribers
from bot.store.subscribers import Subscriber
from bot.store.tables import AlertRow, AuditRow, DeliveryRow, EventKeyRow, EventLinkRow, EventRow, ItemRow
from tests.chat.conftest import House, open_house
from tests.conftest import Clock
from tests.moderation.conftest import OWNER, READER
from tests.test_pipeline import DETAINED, DETAINED_MORE, HANDED_OVER, IN_ENGLISH
from tests.test_pipeline import Desk as Feeds

IN_ENGLISH_MORE = "Security officers took the activist at Russia's request, his friends say."
OTHER = "В Бишкеке задержали российского активиста Петра Гусева"
WITHOUT_A_NAME = "В Бишкеке задержали российского активиста"


@dataclass
class Bench:
    """Feeds that make events, and a bot with a moderator."""

    feeds: Feeds
    house: House

    async def comes(self, feed: str, title: str, summary: str = DETAINED_MORE, minutes: int = 5) -> ItemRow:
        """An item that a feed brings, as stored."""
        self.feeds.clock.pass_(minutes=minutes)
        self.feeds.host.feed(feed).publish(FeedItem(title, summary))
        await self.feeds.poll(feed)
        async with self.feeds.parts.store.read() as session:
            return (await session.scalars(select(ItemRow).order_by(ItemRow.id.desc()).limit(1))).one()

    async def ask(self, words: str, user_id: int = OWNER, language: str = "en") -> Message:
        chat = self.chat(user_id, language)
        said = await chat.says(words)
        return await chat.wait_for(after=said.id)

    def chat(self, user_id: int = OWNER, language: str = "en") -> Chat:
        return self.house.api.private(self.house.api.user(user_id, language_code=language))

    async def event(self, number: int) -> EventRow:
        async with self.feeds.parts.store.read() as session:
            return await session.get_one(EventRow, number)

    async def event_of(self, item: ItemRow) -> int:
        async with self.feeds.parts.store.read() as session:
            return (await session.get_one(ItemRow, item.id)).event_id or 0

    async def acts(self) -> list[tuple[str, str]]:
        async with self.feeds.parts.store.read() as session:
            return [(row.action, row.subject) for row in await session.scalars(select(AuditRow).order_by(AuditRow.id))]

    async def alerts_on(self, event: int) -> list[str]:
        async with self.feeds.parts.store.read() as session:
            rows = await session.scalars(select(AlertRow).where(AlertRow.event_id == event).order_by(AlertRow.id))
            return [row.kind for row in rows]


@pytest.fixture
async def bench(clock: Clock, tmp_path: Path) -> AsyncIterator[Bench]:
    async with FeedHost(clock=clock) as host:
        feeds = Feeds(host, clock, tmp_path)
        async with feeds.open():
            await feeds.poll("wire", "chui", "third", "fourth")
            casework = Casework(
                feeds.parts.store, clock, told_apart=feeds.parts.pipeline.told_apart, mender=feeds.parts.mender
            )
            staff = EventsTalk(casework).staff()
            async with open_house(tmp_path, staff, owner_ids=frozenset({OWNER})) as house:
                yield Bench(feeds, house)


async def two_events(bench: Bench) -> tuple[int, int]:
    first, second = await bench.comes("chui", DETAINED), await bench.comes("wire", OTHER)
    events = await bench.event_of(first), await bench.event_of(second)
    assert events[0] < events[1]
    return events


async def test_the_list_shows_events_with_status_people_places_and_sources(bench: Bench) -> None:
    item = await bench.comes("chui", DETAINED)
    await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    answer = await bench.ask("/events")
    number = await bench.event_of(item)
    assert answer.spans("bold")[0] == str(number)
    assert "detained · Kyrgyzstan\n" in answer.text
    assert DETAINED in answer.text
    assert "Новосёлов" in answer.text
    assert "Chui · Wire – 2 items" in answer.text


async def test_to_a_reader_the_command_is_unknown_and_presses_do_nothing(bench: Bench) -> None:
    one, other = await two_events(bench)
    answer = await bench.ask(f"/events merge {one} {other}", READER)
    unknown = await bench.ask("/nonsense", READER)
    assert answer.text == unknown.text
    assert await bench.acts() == []
    assert (await bench.event(other)).closed_at is None


async def test_in_a_group_even_an_owner_gets_no_answer(bench: Bench) -> None:
    group = bench.house.api.supergroup("Staff", admins=[OWNER])
    await group.says("/events", by=OWNER)
    await bench.ask("/events")
    assert group.received == ()


async def test_one_event_shows_its_items_and_alerts_by_number(bench: Bench) -> None:
    item = await bench.comes("chui", DETAINED)
    second = await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    answer = await bench.ask(f"/events {await bench.event_of(item)}")
    assert set(answer.spans("code")) == {str(item.id), str(second.id)}
    assert f"{bench.feeds.alerts[0].id} new" in answer.text
    assert f"{bench.feeds.alerts[1].id} edit" in answer.text


async def test_a_hint_is_shown_and_one_tap_merges(bench: Bench) -> None:
    one, other = await two_events(bench)
    async with bench.feeds.parts.store.write() as session:
        (await session.get_one(EventRow, other)).maybe = one
    assert f"may be the same as event {one}" in (await bench.ask("/events")).text
    await bench.ask(f"/events {other}")
    chat = bench.chat()
    await (await chat.press("One event")).answer()
    assert "Merged" in chat.last.text
    assert await bench.acts() == [("event.merge", str(one))]


async def test_the_other_tap_keeps_them_apart_and_the_hint_goes(bench: Bench) -> None:
    one, other = await two_events(bench)
    async with bench.feeds.parts.store.write() as session:
        (await session.get_one(EventRow, other)).maybe = one
    await bench.ask(f"/events {other}")
    chat = bench.chat()
    await (await chat.press("Two events")).answer()
    assert f"Kept apart from: {other}" in chat.last.text
    assert (await bench.event(other)).maybe is None
    assert await bench.acts() == [("event.part", str(one))]


async def test_a_merge_moves_items_keys_and_alerts_and_keeps_the_older_number(bench: Bench) -> None:
    one, other = await two_events(bench)
    answer = await bench.ask(f"/events merge {other} {one}")
    assert answer.spans("bold")[0] == str(one)
    assert "Новосёлов" in answer.text
    assert "Гусев" in answer.text
    assert await bench.alerts_on(one) == ["new", "new", "edit", "edit"], "two that were sent, and their new sources"
    assert (await bench.event(other)).closed_at is not None
    async with bench.feeds.parts.store.read() as session:
        assert await session.scalar(select(func.count()).where(EventKeyRow.event_id == other)) == 0
        link = (await session.scalars(select(EventLinkRow))).one()
    assert (link.a, link.b, link.kind) == (one, other, "must")
    assert f"merged into event {one}" in (await bench.ask(f"/events {other}")).text
    assert str(other) not in (await bench.ask("/events")).spans("bold")


async def test_an_item_that_comes_after_a_merge_joins_by_either_name(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events merge {one} {other}")
    for feed, title in (("third", OTHER), ("fourth", DETAINED)):
        assert await bench.event_of(await bench.comes(feed, title)) == one


async def test_what_was_merged_is_remembered_when_many_reports_came_since(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events merge {one} {other}")
    for number in range(9):
        await bench.comes("chui", f"{DETAINED}, часть {number}", minutes=20)
    assert await bench.event_of(await bench.comes("third", OTHER)) == one


async def test_a_split_makes_an_event_and_the_hidden_person_gets_an_alert(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events merge {one} {other}")
    hidden = await bench.comes("third", OTHER)
    assert bench.feeds.kinds[-1] is Kind.EDIT, "the third outlet only added its name"
    answer = await bench.ask(f"/events split {hidden.id}")
    assert "Its alert goes out" in answer.text
    new = await bench.event_of(hidden)
    assert new not in (one, other)
    assert await bench.alerts_on(new) == ["new"]
    assert bench.feeds.alerts[-1].content.headline == OTHER
    assert f"Kept apart from: {one}" in answer.text
    assert (await bench.acts())[-1] == ("event.split", str(hidden.id))


async def test_a_merge_adds_the_outlets_of_each_to_the_messages_of_the_other(bench: Bench) -> None:
    one, other = await two_events(bench)
    first, second = bench.feeds.alerts
    assert first.content.uncertain
    await bench.ask(f"/events merge {one} {other}")
    edits = bench.feeds.alerts[2:]
    assert [(edit.kind, edit.content.headline) for edit in edits] == [(Kind.EDIT, DETAINED), (Kind.EDIT, OTHER)]
    assert [source.name for source in edits[0].content.sources] == ["Chui", "Wire"]
    assert [source.name for source in edits[1].content.sources] == ["Wire", "Chui"]
    assert not edits[0].content.uncertain
    async with bench.feeds.parts.store.read() as session:
        rows = [await session.get_one(AlertRow, edit.id) for edit in edits]
    assert [row.edits for row in rows] == [first.id, second.id]
    assert all(row.due_at is None for row in rows), "no edit went out within the last minute"


async def test_a_merge_leaves_messages_alone_that_are_too_old_to_be_edited(bench: Bench) -> None:
    one = await bench.event_of(await bench.comes("chui", DETAINED))
    other = await bench.event_of(await bench.comes("wire", OTHER, minutes=60 * 49))
    await bench.ask(f"/events merge {one} {other}")
    assert [alert.content.headline for alert in bench.feeds.alerts[2:]] == [OTHER]


async def test_a_split_takes_the_outlet_from_the_messages_already_sent(bench: Bench) -> None:
    item = await bench.comes("chui", DETAINED)
    second = await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    assert [source.name for source in bench.feeds.alerts[-1].content.sources] == ["Chui", "Wire"]
    bench.feeds.clock.pass_(minutes=5)
    await bench.ask(f"/events split {second.id}")
    mended, own = bench.feeds.alerts[2:]
    assert (mended.kind, [source.name for source in mended.content.sources]) == (Kind.EDIT, ["Chui"])
    assert mended.content.uncertain, "one outlet says so again"
    assert mended.content.told_in("en").headline == DETAINED, "what was split off is quoted to nobody any more"
    assert (own.kind, [source.name for source in own.content.sources]) == (Kind.NEW, ["Wire"])
    async with bench.feeds.parts.store.read() as session:
        row = await session.get_one(AlertRow, bench.feeds.alerts[0].id)
    assert [source["name"] for source in row.content["sources"]] == ["Chui"], "/latest says so too"
    assert await bench.event_of(item) != await bench.event_of(second)


async def test_a_split_after_two_days_edits_no_message_and_yet_mends_what_latest_tells(bench: Bench) -> None:
    await bench.comes("chui", DETAINED)
    second = await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    bench.feeds.clock.pass_(hours=49)
    before = len(bench.feeds.alerts)
    await bench.ask(f"/events split {second.id}")
    assert not [alert for alert in bench.feeds.alerts[before:] if alert.kind is Kind.EDIT]
    async with bench.feeds.parts.store.read() as session:
        row = await session.get_one(AlertRow, bench.feeds.alerts[0].id)
    assert [source["name"] for source in row.content["sources"]] == ["Chui"]
    assert row.content["wordings"] == []


async def test_an_outlet_that_still_reports_the_event_stays_after_a_split(bench: Bench) -> None:
    await bench.comes("chui", DETAINED)
    again = await bench.comes("chui", f"{DETAINED}: подробности", minutes=10)
    before = len(bench.feeds.alerts)
    await bench.ask(f"/events split {again.id}")
    assert [alert.kind for alert in bench.feeds.alerts[before:]] == [Kind.NEW]


async def test_after_a_split_items_go_to_their_own_event(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events merge {one} {other}")
    async with bench.feeds.parts.store.read() as session:
        gusev = (await session.scalars(select(ItemRow).where(ItemRow.title == OTHER))).one()
    await bench.ask(f"/events split {gusev.id}")
    new = await bench.event_of(gusev)
    # Its first alert went with it, and the edits that gave it the other's outlet and took it away again.
    assert await bench.alerts_on(new) == ["new", "edit", "edit"]
    assert await bench.event_of(await bench.comes("third", OTHER)) == new
    assert await bench.event_of(await bench.comes("fourth", DETAINED)) == one
    row = await bench.event(one)
    assert [name for name, _ in row.people] == ["Сергей Новосёлов"]


async def test_an_item_that_fits_two_parted_events_becomes_its_own_with_a_hint(bench: Bench) -> None:
    first = await bench.comes("chui", DETAINED)
    second = await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    one = await bench.event_of(first)
    assert await bench.event_of(second) == one
    await bench.ask(f"/events split {second.id}")
    two = await bench.event_of(second)
    third = await bench.event_of(await bench.comes("third", DETAINED))
    assert third not in (one, two)
    assert (await bench.event(third)).maybe in (one, two)


async def test_the_only_item_of_an_event_cannot_be_split(bench: Bench) -> None:
    item = await bench.comes("chui", DETAINED)
    assert "nothing to split" in (await bench.ask(f"/events split {item.id}")).text
    assert await bench.acts() == []


async def test_parted_events_can_be_merged_again(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events apart {one} {other}")
    await bench.ask(f"/events merge {one} {other}")
    async with bench.feeds.parts.store.read() as session:
        links = (await session.scalars(select(EventLinkRow))).all()
    assert [(link.a, link.b, link.kind) for link in links] == [(one, other, "must")]


async def test_chains_of_merges_lead_to_the_first(bench: Bench) -> None:
    one, other = await two_events(bench)
    third = await bench.event_of(await bench.comes("third", "В Оше задержали журналиста Ивана Мальцева"))
    await bench.ask(f"/events merge {other} {third}")
    await bench.ask(f"/events merge {one} {other}")
    assert f"merged into event {one}" in (await bench.ask(f"/events {third}")).text
    assert await bench.event_of(await bench.comes("fourth", "В Оше задержали журналиста Ивана Мальцева")) == one


@pytest.mark.parametrize("words", ["handed_over", "handed over", "Handed_Over", "выдан"])
async def test_a_status_is_overruled_and_later_reports_go_on_from_it(bench: Bench, words: str) -> None:
    item = await bench.comes("chui", DETAINED)
    number = await bench.event_of(item)
    answer = await bench.ask(f"/events status {number} {words}", language="ru" if words == "выдан" else "en")
    assert "выдан" in answer.text or "handed over" in answer.text
    assert (await bench.event(number)).status == Status.HANDED_OVER
    await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    assert (await bench.event(number)).status == Status.HANDED_OVER
    assert await bench.acts() == [("event.status", str(number))]


async def test_a_status_said_twice_is_one_act(bench: Bench) -> None:
    number = await bench.event_of(await bench.comes("chui", DETAINED))
    for _ in range(2):
        await bench.ask(f"/events status {number} released")
    assert await bench.acts() == [("event.status", str(number))]


async def test_a_stopped_alert_goes_to_nobody_any_more_and_its_event_stays_quiet(bench: Bench) -> None:
    store = bench.feeds.parts.store
    async with store.write() as session:
        await subscribers.subscribe(session, store.keyring, 1, Subscriber("ru"), bench.feeds.clock())
    item = await bench.comes("chui", DETAINED)
    alert = bench.feeds.alerts[0]
    await fan_out(store, alert.id, now=bench.feeds.clock())
    answer = await bench.ask(f"/events stop {alert.id}")
    assert f"Stopped: alert {alert.id}" in answer.text
    async with store.read() as session:
        assert set(await session.scalars(select(DeliveryRow.state))) == {"expired"}
    await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    assert len(bench.feeds.alerts) == 1, "another outlet does not bring it back"
    assert f"{alert.id} new" in (shown := (await bench.ask(f"/events {await bench.event_of(item)}")).text)
    assert "stopped" in shown
    await bench.comes("chui", HANDED_OVER, "Его вывезли самолётом в Москву, сообщила адвокат.")
    assert len(bench.feeds.alerts) == 2, "a change of status is news of its own"


async def test_an_edit_that_waits_is_stopped_with_its_alert(bench: Bench) -> None:
    await bench.comes("chui", DETAINED)
    await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE)
    first, edit = bench.feeds.alerts
    await bench.ask(f"/events stop {first.id}")
    async with bench.feeds.parts.store.read() as session:
        assert (await session.get_one(AlertRow, edit.id)).cancelled


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("999", "no event with that number"),
        ("merge 1", "/events merge 12 15"),
        ("merge 1 1", "two different events"),
        ("merge 1 999", "no event with that number"),
        ("apart 1 x", "/events merge 12 15"),
        ("split 999", "No event has an item"),
        ("split", "/events split 345"),
        ("status 1 flying", "no status"),
        ("status 1", "no status"),
        ("status 1 unknown", "no status"),
        ("stop 999", "no alert with that number"),
        ("help", "Statuses: detained, extradition_sought"),
        ("99999999999999999999", "/events stop 7"),
        ("٣", "/events stop 7"),
    ],
)
async def test_what_cannot_be_done_is_told_with_the_way_to_mend_it(bench: Bench, words: str, told: str) -> None:
    await bench.comes("chui", DETAINED)
    assert told in (await bench.ask(f"/events {words}")).text
    assert await bench.acts() == []


async def test_the_log_names_the_acts_in_words(bench: Bench) -> None:
    one, other = await two_events(bench)
    await bench.ask(f"/events merge {one} {other}")
    store = bench.feeds.parts.store
    async with store.read() as session:
        (entry,) = await audit.entries(session, limit=5)
    assert entry.actor == bench.house.store.keyring.pseudonym(OWNER)
    assert entry.detail["merged"] == other


async def test_russian_moderators_may_type_russian_words(bench: Bench) -> None:
    one, other = await two_events(bench)
    answer = await bench.ask(f"/events объединить {one} {other}", language="ru")
    assert "Объединено" in answer.text
    assert "Кыргызстан" in answer.text


async def test_many_events_come_page_by_page(bench: Bench) -> None:
    for number in range(11):
        async with bench.feeds.parts.store.write() as session:
            at = bench.feeds.clock() + timedelta(minutes=number)
            session.add(
                EventRow(opened_at=at, updated_at=at, status="detained", topics=[], countries=["KG"], people=[])
            )
    first = await bench.ask("/events")
    chat = bench.chat()
    await (await chat.press("→")).answer()
    second = chat.last.text
    assert second != first.text
    await (await chat.press("←")).answer()
    assert chat.last.text == first.text


async def test_hostile_titles_neither_break_nor_overflow_a_page(bench: Bench) -> None:
    item = await bench.comes("chui", DETAINED)
    async with bench.feeds.parts.store.write() as session:
        for number, row in enumerate(await session.scalars(select(ItemRow))):
            row.title = f"{'😀' * 5000}\n\n{number}"
        event = await session.get_one(EventRow, item.event_id)
        event.people = [["😀" * 5000, "a"], ["line\nbreak", "b"]]
    for words in ("/events", f"/events {item.event_id}"):
        answer = await bench.ask(words)
        assert units(answer.text) <= LIMIT
        assert answer.text


async def test_a_name_on_the_moderators_list_joins_no_events(bench: Bench) -> None:
    first = await bench.event_of(await bench.comes("chui", DETAINED))
    answer = await bench.ask("/events official Сергей Новосёлов")
    assert "Сергей Новосёлов" in answer.text
    await bench.comes("chui", HANDED_OVER, "", minutes=20 * 24 * 60)
    assert bench.feeds.kinds == [Kind.NEW, Kind.NEW], "unlisted, the second would answer the first"
    assert "Taken off" in (await bench.ask("/events unofficial Сергей Новосёлов")).text
    assert "Сергей" not in (await bench.ask("/events officials")).text
    third = await bench.comes("wire", IN_ENGLISH, IN_ENGLISH_MORE, minutes=60)
    assert await bench.event_of(third) != first
    assert bench.feeds.kinds[2:] == [Kind.EDIT], "it is of the second event again, by that name"
    assert await bench.acts() == [("official.add", "Сергей Новосёлов"), ("official.remove", "Сергей Новосёлов")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("official", "That is no name"),
        ("official ...", "That is no name"),
        ("official " + "Длинное имя " * 20, "That is no name"),
        ("unofficial Пётр Ромашкин", "Nobody of that name"),
        ("чиновники", "on the moderators' list: 0"),
    ],
)
async def test_what_the_list_of_officials_answers(bench: Bench, words: str, says: str) -> None:
    assert says in (await bench.ask(f"/events {words}")).text
    assert await bench.acts() == []
