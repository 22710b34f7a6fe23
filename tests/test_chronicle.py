"""Where items belong, as the store keeps it: found by keys, however many other events there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from bot.analyst import Analysis
from bot.chronicle import Chronicle, Place
from bot.events.describe import describe_text
from bot.language.words import Document
from bot.model import Description, Item, Outlet, Topic
from bot.news.catalogue import Catalogue
from bot.store.candidates import NAMED, NAMELESS, Shelf
from bot.store.event_links import part_events
from bot.store.session import Store
from bot.store.tables import EventRow, FeedRow, ItemRow, OutletRow
from tests.store.conftest import either_store

__all__ = ["either_store"]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TITLE = "В Бишкеке задержали российского активиста Сергея Новосёлова"


class Case:
    """A store with one outlet and one feed, and a chronicle over it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        outlets = tuple(Outlet(name, name.title(), "https://a.example") for name in ("chui", "wire"))
        self.chronicle = Chronicle(store.keyring, Catalogue(outlets, ()))

    async def open(self) -> None:
        async with self.store.write() as session:
            for name in ("chui", "wire"):
                session.add(OutletRow(id=name, name=name.title(), home="https://a.example", mirrors=[], status=[]))
            await session.flush()
            session.add(FeedRow(url="https://a.example/feed", outlet_id="chui", language="ru"))

    async def place(self, title: str, at: datetime = NOW, outlet: str = "chui") -> Place:
        found = describe_text(title, "", "ru", (Topic.DETENTION,), "KG")
        item = Item("0", title, "", None, outlet, "ru", at, "KG")
        document = Document(item, "ru", title, "", ("ru",), (), 0)
        row = {"feed_id": 1, "outlet_id": outlet, "title": title, "summary": "", "language": "ru"}
        async with self.store.write() as session:
            made = insert(ItemRow).values(row | {"published": at, "seen_at": at}).returning(ItemRow.id)
            item_id = (await session.execute(made)).scalar_one()
            analysis = Analysis(item, document, (), found)
            return await self.chronicle.place(session, item_id, analysis, at)


async def test_a_persons_event_is_found_behind_any_number_of_newer_ones(either_store: Store) -> None:
    case = Case(either_store)
    await case.open()
    first = await case.place(TITLE)
    for number in range(NAMED + NAMELESS + 5):
        letters = "бвгдзклмнпрст"
        name = f"{letters[number % 13]}а{letters[number // 13]}у{letters[(number * 5) % 13]}енко".title()
        await case.place(f"В Бишкеке задержали активиста Петра {name}", NOW + timedelta(minutes=number))
    again = await case.place(TITLE, NOW + timedelta(hours=2), "wire")
    assert again.event_id == first.event_id


async def test_an_old_case_of_the_same_person_is_followed_not_joined(either_store: Store) -> None:
    case = Case(either_store)
    await case.open()
    first = await case.place(TITLE)
    later = await case.place("Активиста Сергея Новосёлова выдали России", NOW + timedelta(days=100))
    assert later.event_id != first.event_id
    async with either_store.read() as session:
        assert await session.scalar(select(EventRow.follows).where(EventRow.id == later.event_id)) == first.event_id


async def test_what_is_read_from_memory_is_what_is_stored(either_store: Store) -> None:
    case = Case(either_store)
    await case.open()
    first = await case.place(TITLE)
    restarted = Case(either_store)
    assert (await restarted.place(TITLE, NOW + timedelta(hours=1), "wire")).event_id == first.event_id
    assert (await case.place(TITLE, NOW + timedelta(hours=2))).event_id == first.event_id


async def test_a_report_that_fits_two_parted_events_is_neither(either_store: Store) -> None:
    case = Case(either_store)
    await case.open()
    first = await case.place(TITLE)
    async with either_store.write() as session:
        (await session.get_one(EventRow, first.event_id)).closed_at = NOW
    second = await case.place(TITLE, NOW + timedelta(hours=1), "wire")
    assert second.event_id != first.event_id
    async with either_store.write() as session:
        (await session.get_one(EventRow, first.event_id)).closed_at = None
        await part_events(session, first.event_id, second.event_id, "m-1", NOW)
    third = await case.place(TITLE, NOW + timedelta(hours=2))
    assert third.event_id not in (first.event_id, second.event_id)
    async with either_store.read() as session:
        hint = await session.scalar(select(EventRow.maybe).where(EventRow.id == third.event_id))
    assert hint in (first.event_id, second.event_id)


def test_the_shelf_forgets_what_was_not_asked_for_longest() -> None:
    shelf, plain = Shelf[Description](2), describe_text("Title", "", "en", ())
    keys = [(number, "Title") for number in range(3)]
    shelf.put(keys[0], plain)
    shelf.put(keys[1], plain)
    assert shelf.get(keys[0]) is plain
    shelf.put(keys[2], plain)
    assert shelf.get(keys[1]) is None
    assert shelf.get(keys[0]) is plain
