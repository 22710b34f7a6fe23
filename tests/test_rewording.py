"""Titles that change under one guid and one address: an editor's edit, or somebody else whom nobody must miss."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.alerts.decide import Kind
from bot.demo.feedhost import FeedHost, FeedItem, Form
from bot.store.tables import AlertRow, ItemRow, MatchRow, SightingRow
from tests.alerts.test_rewording import EDITORS, FIRST, LONG, OTHERS
from tests.conftest import Clock
from tests.test_mentions import reached, reader
from tests.test_pipeline import Desk, desk

__all__ = ["desk"]

SECOND = OTHERS["other"]
LINK = "https://chui.example/live"


def live(title: str, summary: str = LONG, **fields: object) -> FeedItem:
    return FeedItem(title, summary, link=LINK, guid="live", **fields)  # type: ignore[arg-type]


async def becomes(desk: Desk, title: str, minutes: float = 20, **fields: object) -> None:
    desk.clock.pass_(minutes=minutes)
    desk.chui.change("live", title=title, **fields)
    await desk.poll("chui")


async def items(desk: Desk) -> list[ItemRow]:
    async with desk.parts.store.read() as session:
        return list(await session.scalars(select(ItemRow).order_by(ItemRow.id)))


def headlines(desk: Desk) -> list[str]:
    return [alert.content.headline for alert in desk.alerts]


@pytest.fixture
async def told(desk: Desk) -> Desk:
    await desk.poll()
    desk.chui.publish(live(FIRST))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW]
    return desk


@pytest.mark.parametrize("change", [change for change in OTHERS if change != "other story"])
async def test_somebody_else_under_the_same_address_is_alerted_and_the_first_stands(told: Desk, change: str) -> None:
    await becomes(told, OTHERS[change])
    assert told.kinds == [Kind.NEW, Kind.NEW]
    assert headlines(told) == [FIRST, OTHERS[change]]
    first, second = await items(told)
    assert (first.title, second.title) == (FIRST, OTHERS[change])
    assert first.event_id != second.event_id
    assert (first.identity, second.identity, second.url) == (None, LINK, LINK)
    async with told.parts.store.read() as session:
        sightings = await session.scalars(select(SightingRow.item_id).where(SightingRow.guid == "live"))
        assert sightings.all() == [second.id]
        assert await session.scalar(select(MatchRow.rule_id).where(MatchRow.item_id == second.id))
    await told.poll("chui")
    await becomes(told, f"{OTHERS[change]} сегодня утром")
    assert told.kinds == [Kind.NEW, Kind.NEW, Kind.EDIT], "from now on the address is the second's"
    assert len(await items(told)) == 2


@pytest.mark.parametrize("change", EDITORS)
async def test_an_editors_change_wakes_nobody(told: Desk, change: str) -> None:
    await becomes(told, EDITORS[change])
    assert told.kinds == [Kind.NEW, Kind.EDIT]
    assert [item.title for item in await items(told)] == [EDITORS[change]]
    await becomes(told, FIRST)
    assert set(told.kinds[1:]) == {Kind.EDIT}
    assert len(await items(told)) == 1


async def test_a_text_that_still_tells_of_the_first_does_not_hide_the_second(told: Desk) -> None:
    await becomes(told, SECOND, summary=f"{LONG} Накануне там же задержали Сергея Новосёлова.")
    assert headlines(told) == [FIRST, SECOND]
    first, second = await items(told)
    assert first.event_id != second.event_id


async def test_a_page_that_goes_from_one_to_another_and_back_alerts_once_on_each(told: Desk) -> None:
    for title in (SECOND, FIRST, SECOND, FIRST):
        await becomes(told, title)
    assert [alert.content.headline for alert in told.alerts if alert.kind is Kind.NEW] == [FIRST, SECOND]
    assert len(await items(told)) <= 5


@pytest.mark.parametrize("days", [0, 6])
async def test_the_first_ones_date_does_not_make_the_second_old(told: Desk, days: int) -> None:
    for _ in range(days):
        told.clock.pass_(days=1)
        await told.poll("chui")
    await becomes(told, SECOND)
    assert headlines(told) == [FIRST, SECOND]
    assert told.alerts[1].content.published is None


async def test_a_date_of_its_own_is_kept(told: Desk) -> None:
    told.clock.pass_(minutes=10)
    now = told.clock()
    await becomes(told, SECOND, published=now)
    assert told.alerts[1].content.published == now.replace(microsecond=0)


async def test_a_story_that_no_rule_wants_leaves_the_first_alert_alone(told: Desk) -> None:
    await becomes(told, OTHERS["other story"], summary="Премию вручили в филармонии.")
    assert told.kinds == [Kind.NEW]
    assert [item.title for item in await items(told)] == [FIRST, OTHERS["other story"]]


async def test_followers_of_the_second_are_told_whatever_the_story(told: Desk) -> None:
    follower = await reader(told, 1, "Гусев")
    await becomes(told, OTHERS["other story"], summary="Премию вручили в филармонии.")
    assert told.kinds == [Kind.NEW, Kind.NEW]
    assert await reached(told, told.alerts[1].id) == [follower]


@pytest.mark.parametrize("form", list(Form))
async def test_in_every_kind_of_feed(desk: Desk, form: Form) -> None:
    desk.chui.form = form
    await desk.poll()
    desk.chui.publish(live(FIRST))
    await desk.poll("chui")
    await becomes(desk, SECOND)
    assert headlines(desk) == [FIRST, SECOND]


@pytest.mark.parametrize("missing", ["guid", "link", "published"])
async def test_whatever_the_feed_lacks(desk: Desk, missing: str) -> None:
    await desk.poll()
    desk.chui.publish(live(FIRST, without=frozenset({missing})))
    await desk.poll("chui")
    await becomes(desk, SECOND)
    assert headlines(desk) == [FIRST, SECOND]


async def test_after_a_restart_as_before(clock: Clock, tmp_path: Path) -> None:
    async with FeedHost(clock=clock) as host:
        desk = Desk(host, clock, tmp_path)
        async with desk.open():
            await desk.poll()
            desk.chui.publish(live(FIRST))
            await desk.poll("chui")
        async with desk.open():
            await becomes(desk, SECOND)
        async with desk.open():
            await becomes(desk, f"{SECOND} сегодня утром")
            assert len(await items(desk)) == 2
        assert desk.kinds == [Kind.NEW, Kind.NEW, Kind.EDIT]


async def test_when_storing_fails_the_second_is_told_by_the_next_poll(
    told: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full_disk(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("bot.chronicle.add_alert", full_disk)
    await becomes(told, SECOND)
    (item,) = await items(told)
    assert (item.title, item.identity) == (FIRST, LINK)
    monkeypatch.undo()
    await told.poll("chui")
    assert headlines(told) == [FIRST, SECOND]


async def test_another_feed_of_the_outlet_with_the_same_page_tells_it_no_second_time(told: Desk) -> None:
    told.section.publish(FeedItem(FIRST, LONG, link=LINK, guid="section"))
    await told.poll("chui-section")
    await becomes(told, SECOND)
    told.section.change("section", title=SECOND)
    await told.poll("chui-section")
    assert headlines(told) == [FIRST, SECOND]
    assert len(await items(told)) == 2


async def test_what_another_outlet_told_of_the_second_gets_a_source_more(told: Desk) -> None:
    await told.poll("third")
    told.third.publish(FeedItem(SECOND, LONG))
    await told.poll("third")
    await becomes(told, SECOND)
    assert told.kinds == [Kind.NEW, Kind.NEW, Kind.EDIT]
    assert [source.name for source in told.alerts[2].content.sources] == ["Third", "Chui"]


async def test_the_first_one_that_no_rule_wanted_is_no_hindrance(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(live("Сергей Новосёлов получил премию в Бишкеке", "Премию вручили в филармонии."))
    await desk.poll("chui")
    assert desk.alerts == []
    await becomes(desk, SECOND, summary=LONG)
    assert headlines(desk) == [SECOND]


async def test_an_item_that_becomes_relevant_while_it_is_fresh_is_alerted(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(live("Что известно к этому часу", "", published=desk.clock() - timedelta(hours=1)))
    await desk.poll("chui")
    await becomes(desk, FIRST, summary=LONG)
    assert headlines(desk) == [FIRST]


@pytest.mark.parametrize("title", [FIRST, "В Бишкеке задержали российского активиста"])
async def test_an_old_page_that_becomes_relevant_is_as_new_as_its_edit(desk: Desk, title: str) -> None:
    await desk.poll()
    desk.chui.publish(live("Что известно к этому часу о событиях в городе", ""))
    for _ in range(4):
        await desk.poll("chui")
        desk.clock.pass_(days=1)
    await becomes(desk, title, summary=LONG)
    assert headlines(desk) == [title]


async def test_a_word_that_is_mended_does_not_make_an_old_report_new(desk: Desk) -> None:
    await desk.poll()
    desk.chui.publish(live(FIRST.replace("задержали", "задрежали"), ""))
    await desk.poll("chui")
    assert desk.alerts == []
    for _ in range(4):
        desk.clock.pass_(days=1)
        await desk.poll("chui")
    await becomes(desk, FIRST)
    assert desk.alerts == []


async def test_what_waited_for_a_moderator_is_alerted_once_its_title_says_enough(desk: Desk) -> None:
    await desk.poll()
    names = "Сергей Новосёлов, Лев Скорякин, Алёна Крылова, Алексей Рожков, Анна Гусева."
    desk.chui.publish(live("Пятеро, кого Киргизия выдала России в этом году", names))
    await desk.poll("chui")
    assert desk.alerts == [], "only a rule in review"
    (item,) = await items(desk)
    assert item.event_id is not None
    await becomes(desk, "Активиста Сергея Новосёлова выдали России", summary=names)
    assert desk.kinds == [Kind.NEW]


async def test_whom_an_edit_adds_the_message_names_and_followers_hear_of(told: Desk) -> None:
    follower = await reader(told, 1, "Гусев")
    await becomes(told, EDITORS["second"])
    assert told.kinds == [Kind.NEW, Kind.EDIT, Kind.NEW]
    assert [told.alerts[1].content.people, told.alerts[2].content.topic] == [("Сергей Новосёлов", "Пётр Гусев"), None]
    assert await reached(told, told.alerts[2].id) == [follower]
    await becomes(told, FIRST)
    await becomes(told, EDITORS["second"])
    assert told.kinds == [Kind.NEW, Kind.EDIT, Kind.NEW, Kind.EDIT, Kind.EDIT]
    assert told.alerts[-1].content.topic is not None


async def test_what_became_of_somebody_is_an_update_also_under_the_old_address(told: Desk) -> None:
    first = told.alerts[0].id
    await becomes(told, "Активиста Сергея Новосёлова выдали России")
    assert told.kinds == [Kind.NEW, Kind.UPDATE]
    async with told.parts.store.read() as session:
        update = await session.get_one(AlertRow, told.alerts[1].id)
        before = await session.get_one(AlertRow, first)
    assert update.replies_to == first
    assert before.content["headline"] == FIRST
    await becomes(told, "Активиста Сергея Новосёлова выдали России, сообщила адвокат")
    assert told.kinds == [Kind.NEW, Kind.UPDATE, Kind.EDIT]


@pytest.mark.parametrize(("change", "kinds"), [("patronymic", []), ("slip", []), ("second", [Kind.NEW])])
async def test_an_old_report_that_nobody_was_told_of_is_news_if_it_names_somebody_more(
    desk: Desk, change: str, kinds: list[Kind]
) -> None:
    desk.chui.publish(live(FIRST, published=desk.clock() - timedelta(days=3)))
    await desk.poll("chui")
    (item,) = await items(desk)
    assert item.event_id is not None
    await becomes(desk, EDITORS[change])
    assert desk.kinds == kinds
