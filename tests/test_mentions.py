"""Following a person, from a feed to the rows of the outbox: who gets what, and who never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import analyst
from bot.alerts.content import Content
from bot.alerts.decide import Kind
from bot.alerts.following import typed_keys, wanted
from bot.delivery.outbox import fan_out
from bot.demo.feedhost import FeedItem
from bot.language.names import people
from bot.model import Person, Topic
from bot.store import subscribers
from bot.store.follows import add_follow
from bot.store.latest import latest
from bot.store.subscribers import Subscriber
from bot.store.tables import AlertRow, DeliveryRow
from tests.test_pipeline import DETAINED, DETAINED_MORE, IN_ENGLISH, Desk, desk

__all__ = ["desk"]

CONCERT = "Певец Лев Скорякин выступил в Алматы"
IN_LATIN = "Skoryakin answers questions from readers"


async def reader(desk: Desk, chat_id: int, *names: str, topics: int = Topic.LAW.bit) -> int:
    """A chat that wants laws of Serbia, and news of these people."""
    keyring = desk.parts.store.keyring
    chosen = Subscriber("ru", topics=topics, every_country=False, countries=frozenset({"RS"}))
    async with desk.parts.store.write() as session:
        await subscribers.subscribe(session, keyring, chat_id, chosen, desk.clock())
        chat = await subscribers.find(session, keyring, chat_id)
        assert chat is not None
        for name in names:
            tags = {keyring.hash_name(tag) for key in typed_keys(name) for tag in wanted(key)}
            await add_follow(session, chat.id, keyring.hash_name(name), tags)
    return chat.id


async def reached(desk: Desk, alert_id: int) -> list[int]:
    """The chats that an alert has deliveries for, by subscriber id."""
    await fan_out(desk.parts.store, alert_id, now=desk.clock())
    async with desk.parts.store.read() as session:
        found = await session.scalars(select(DeliveryRow.subscriber_id).where(DeliveryRow.alert_id == alert_id))
        return sorted(found)


async def test_an_item_that_meets_no_rule_reaches_only_those_who_follow_a_name_in_it(desk: Desk) -> None:
    follower = await reader(desk, 1, "Lev Skoryakin")
    await reader(desk, 2, "Пётр Скорякин")
    await reader(desk, 3)
    await desk.poll()
    desk.chui.publish(FeedItem(CONCERT, "Зал был полон."), FeedItem("В Бишкеке открыли новый парк"))
    await desk.poll("chui")
    (alert,) = desk.alerts
    assert alert.content.topic is None
    assert alert.content.people == ("Лев Скорякин",)
    assert await reached(desk, alert.id) == [follower]


async def test_without_a_follower_no_alert_is_made(desk: Desk) -> None:
    await reader(desk, 1, "Иван Петров")
    await desk.poll()
    desk.chui.publish(FeedItem(CONCERT, "Зал был полон."))
    await desk.poll("chui")
    assert desk.alerts == []


async def test_any_script_and_spelling_reaches_the_follower(desk: Desk) -> None:
    follower = await reader(desk, 1, "Скорякин Лев")
    await desk.poll()
    desk.wire.publish(FeedItem(IN_LATIN, "Lev Skoryakin spoke in Berlin."))
    await desk.poll("wire")
    (alert,) = desk.alerts
    assert await reached(desk, alert.id) == [follower]


async def test_old_news_reaches_nobody_also_not_followers(desk: Desk) -> None:
    await reader(desk, 1, "Скорякин")
    desk.chui.publish(FeedItem(CONCERT, published=desk.clock() - timedelta(days=9)))
    await desk.poll("chui")
    assert desk.alerts == []


async def test_an_alert_for_everybody_reaches_followers_once(desk: Desk) -> None:
    follower = await reader(desk, 1, "Новосёлов")
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW]
    assert desk.alerts[0].content.topic is not None
    assert await reached(desk, desk.alerts[0].id) == [follower]


async def test_an_outlet_that_tells_more_of_a_told_event_reaches_followers_alone(desk: Desk) -> None:
    follower = await reader(desk, 1, "Novosyolov")
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    desk.clock.pass_(hours=1)
    desk.chui.publish(FeedItem(f"{DETAINED}: подробности", DETAINED_MORE, link="https://chui.example/2"))
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW, Kind.NEW]
    assert desk.alerts[1].content.topic is None
    assert await reached(desk, desk.alerts[1].id) == [follower]


async def test_an_edit_reaches_a_follower_who_has_no_message_to_be_edited(desk: Desk) -> None:
    early = await reader(desk, 1, "Novosyolov")
    await desk.poll()
    desk.chui.publish(FeedItem(DETAINED, DETAINED_MORE))
    await desk.poll("chui")
    assert await reached(desk, desk.alerts[0].id) == [early]
    late = await reader(desk, 2, "Новосёлов")
    desk.wire.publish(FeedItem(IN_ENGLISH, "Security officers took the activist at Russia's request, his friends say."))
    await desk.poll("wire")
    _first, edit, mention = desk.alerts
    assert (edit.kind, mention.content.topic) == (Kind.EDIT, None)
    assert await reached(desk, edit.id) == [early]
    assert await reached(desk, mention.id) == [late]


async def test_what_waits_for_a_moderator_reaches_followers_and_does_not_count_as_told(desk: Desk) -> None:
    await reader(desk, 1, "Новосёлов")
    await desk.poll()
    async with desk.parts.store.read() as session:
        assert not (await session.scalars(select(AlertRow))).all()
    desk.chui.publish(FeedItem("Сергей Новосёлов открыл выставку в Бишкеке", "Художник показал пейзажи."))
    await desk.poll("chui")
    assert [alert.content.topic for alert in desk.alerts] == [None]
    desk.wire.publish(FeedItem(IN_ENGLISH, "Security officers took the activist at Russia's request, his friends say."))
    await desk.poll("wire")
    assert desk.alerts[1].kind is Kind.NEW
    assert desk.alerts[1].content.topic is not None


async def test_a_changed_title_of_a_followed_person_makes_no_second_message(desk: Desk) -> None:
    await reader(desk, 1, "Скорякин")
    await desk.poll()
    item = FeedItem(CONCERT, "Зал был полон.", link="https://chui.example/9", guid="nine")
    desk.chui.publish(item)
    await desk.poll("chui")
    desk.clock.pass_(minutes=5)
    desk.chui.change("nine", title="Лев Скорякин спел в Алматы")
    await desk.poll("chui")
    assert desk.kinds == [Kind.NEW, Kind.EDIT]
    assert desk.alerts[1].content.headline == "Лев Скорякин спел в Алматы"


async def test_latest_shows_a_mention_to_those_who_follow_and_to_nobody_else(desk: Desk) -> None:
    await reader(desk, 1, "Скорякин")
    await reader(desk, 2)
    await desk.poll()
    desk.chui.publish(FeedItem(CONCERT, "Зал был полон."))
    await desk.poll("chui")
    seen = {}
    async with desk.parts.store.read() as session:
        for chat_id in (1, 2):
            chat = await subscribers.find(session, desk.parts.store.keyring, chat_id)
            assert chat is not None
            found = await latest(session, chat, desk.clock(), limit=5)
            seen[chat_id] = [Content.from_json(kept.content).headline for kept in found]
    assert seen == {1: [CONCERT], 2: []}


@pytest.mark.parametrize("name", ["Скорякин", "Lev Skoryakin"])
async def test_no_name_is_kept_of_a_follow(desk: Desk, name: str) -> None:
    await reader(desk, 1, name)
    kept = b"".join(path.read_bytes() for path in sorted(desk.folder.glob("nabat.db*")))
    for trace in (name, "skarakin", "skarak", "skoryakin"):
        assert trace.encode() not in kept
        assert trace.lower().encode() not in kept


async def test_names_are_looked_for_from_the_first_follow_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def looking(title: str, summary: str, language: str) -> tuple[Person, ...]:
        looked.append(title)
        return people(title, summary, language)

    monkeypatch.setattr(analyst, "people", looking)
    await desk.poll()
    for number in range(3):
        desk.chui.publish(FeedItem(f"В Бишкеке открыли новый парк номер {number}"))
        await desk.poll("chui")
    seen = len(looked)
    desk.chui.publish(FeedItem("В Оше открыли новый рынок"))
    await desk.poll("chui")
    assert len(looked) == seen, "nobody follows anybody, and that is known since the last poll"

    follower = await reader(desk, 1, "Lev Skoryakin")
    desk.chui.publish(FeedItem(CONCERT, "Зал был полон."))
    await desk.poll("chui")
    assert looked[seen:] == [CONCERT]
    (alert,) = desk.alerts
    assert await reached(desk, alert.id) == [follower]
