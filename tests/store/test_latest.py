from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import Topic
from bot.store.answers import answered_by, case_of
from bot.store.latest import is_hidden, latest
from bot.store.session import Store
from bot.store.subscribers import Subscriber
from bot.store.tables import AlertCountryRow, AlertRow, EventRow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
EVERYWHERE = Subscriber("ru")
BISHKEK = replace(EVERYWHERE, every_country=False, countries=frozenset({"KG"}))


async def alert(store: Store, said: str, topic: Topic = Topic.LAW, countries: str = "KG", **fields: Any) -> int:
    row = {"kind": "new", "priority": 1, "everywhere": not countries, "created_at": NOW} | fields
    async with store.write() as session:
        made = AlertRow(topics=topic.bit, content={"headline": said}, **row)
        session.add(made)
        await session.flush()
        session.add_all(AlertCountryRow(alert_id=made.id, country=code) for code in countries.split())
    return made.id


async def shown(store: Store, chat: Subscriber, **wanted: Any) -> list[str]:
    async with store.read() as session:
        found = await latest(session, chat, NOW, **{"limit": 10} | wanted)
    return [kept.content["headline"] for kept in found]


async def test_topics_and_countries_both_count(either_store: Store) -> None:
    await alert(either_store, "law KG")
    await alert(either_store, "law KZ AM", countries="KZ AM")
    await alert(either_store, "wanted KG", Topic.WANTED)
    await alert(either_store, "law everywhere", countries="")
    assert await shown(either_store, EVERYWHERE) == ["law everywhere", "wanted KG", "law KZ AM", "law KG"]
    assert await shown(either_store, BISHKEK) == ["law everywhere", "wanted KG", "law KG"]
    assert await shown(either_store, replace(BISHKEK, topics=Topic.LAW.bit)) == ["law everywhere", "law KG"]


async def test_an_alert_of_two_chosen_countries_comes_once(either_store: Store) -> None:
    await alert(either_store, "both", countries="KG KZ")
    both = replace(BISHKEK, countries=frozenset({"KG", "KZ"}))
    assert await shown(either_store, both) == ["both"]


async def test_pages_follow_each_other_without_gap_or_repeat(either_store: Store) -> None:
    ids = [await alert(either_store, str(number)) for number in range(5)]
    assert await shown(either_store, EVERYWHERE, limit=2) == ["4", "3"]
    assert await shown(either_store, EVERYWHERE, limit=2, before=ids[3]) == ["2", "1"]
    assert await shown(either_store, EVERYWHERE, limit=2, before=ids[1]) == ["0"]


async def test_the_last_edit_that_was_not_cancelled_is_shown(either_store: Store) -> None:
    first = await alert(either_store, "first")
    await alert(either_store, "second outlet", edits=first)
    await alert(either_store, "third outlet", edits=first)
    await alert(either_store, "a mistake", edits=first, cancelled=True)
    assert await shown(either_store, EVERYWHERE) == ["third outlet"]


async def test_neither_cancelled_nor_old_alerts_are_shown(either_store: Store) -> None:
    await alert(either_store, "cancelled", cancelled=True)
    await alert(either_store, "old", created_at=NOW - timedelta(days=30))
    await alert(either_store, "young", created_at=NOW - timedelta(days=29))
    assert await shown(either_store, EVERYWHERE) == ["young"]


async def test_an_event_is_one_entry_with_its_sources_and_the_status_it_now_has(either_store: Store) -> None:
    async with either_store.write() as session:
        event = EventRow(
            opened_at=NOW, updated_at=NOW, status="handed_over", topics=["extradition"], countries=["KG"], people=[]
        )
        session.add(event)
        await session.flush()
    first = await alert(either_store, "detained", event_id=event.id)
    last = await alert(either_store, "handed over", event_id=event.id)
    async with either_store.write() as session:
        for number, names in ((first, ("Chui", "Wire")), (last, ("Kloop", "Chui"))):
            row = await session.get_one(AlertRow, number)
            row.content = row.content | {"sources": [{"name": name} for name in names], "status": "detained"}
    async with either_store.read() as session:
        (kept,) = await latest(session, EVERYWHERE, NOW, limit=10)
    assert (kept.id, kept.content["headline"], kept.content["status"]) == (last, "handed over", "handed_over")
    assert {source["name"] for source in kept.content["sources"]} == {"Chui", "Wire", "Kloop"}
    assert len(kept.content["sources"]) == 3


async def test_an_alert_for_followers_alone_is_hidden_from_everybody_else(either_store: Store) -> None:
    made = await alert(either_store, "named", countries="")
    async with either_store.write() as session:
        (await session.get_one(AlertRow, made)).topics = 0
    async with either_store.read() as session:
        assert await is_hidden(session, EVERYWHERE, made)
        assert await latest(session, EVERYWHERE, NOW, limit=10) == []


async def test_of_a_case_that_went_on_the_last_step_is_shown_with_those_before(either_store: Store) -> None:
    events = list[int]()
    async with either_store.write() as session:
        for follows in (None, 0, 1):
            row = EventRow(
                opened_at=NOW,
                updated_at=NOW,
                status="detained",
                topics=[],
                countries=[],
                people=[],
                follows=None if follows is None else events[follows],
            )
            session.add(row)
            await session.flush()
            events.append(row.id)
    first = await alert(either_store, "detained", event_id=events[0])
    other = await alert(either_store, "somebody else")
    await alert(either_store, "approved", event_id=events[1], replies_to=first, kind="update")
    await alert(either_store, "handed over", event_id=events[2], replies_to=first, kind="update")
    assert await shown(either_store, EVERYWHERE) == ["handed over", "somebody else"]
    async with either_store.read() as session:
        assert await case_of(session, events[1]) == tuple(events)
        assert await answered_by(session, other) == ()
