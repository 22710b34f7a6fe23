from __future__ import annotations

from sqlalchemy import func, select

from bot.model import Feed, LegalStatus, Outlet
from bot.store.news import (
    FeedState,
    NewItem,
    Polled,
    add_item,
    feed_state,
    known_guids,
    known_identities,
    listed_feeds,
    note_guids,
    save_catalogue,
    save_polled,
    save_trouble,
)
from bot.store.session import Store
from bot.store.tables import ItemRow, OutletRow
from tests.conftest import Clock

OUTLET = Outlet("wire", "Tian Shan Wire", "https://wire.example", status=(LegalStatus("RU", "undesirable", "2023"),))
ALL = Feed("https://wire.example/all", "wire", "en", "KG")
KYRGYZSTAN = Feed("https://wire.example/kg", "wire", "en", "KG", every=60.0)


def item(guid: str, identity: str | None) -> NewItem:
    return NewItem(guid, identity, identity, f"Title {guid}", "Summary", "en", "KG", None)


async def listed(store: Store, *feeds: Feed) -> tuple[FeedState, ...]:
    async with store.write() as session:
        await save_catalogue(session, [OUTLET], feeds)
        return await listed_feeds(session)


async def add(store: Store, feed: FeedState, new: NewItem, clock: Clock) -> int | None:
    async with store.write() as session:
        return await add_item(session, feed.id, "wire", new, clock())


async def test_a_catalogue_is_saved_and_read_back(store: Store) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    assert (first.feed, second.feed) == (ALL, KYRGYZSTAN)
    assert first.first_poll
    async with store.read() as session:
        assert (await session.get_one(OutletRow, "wire")).status[0]["label"] == "undesirable"


async def test_a_feed_that_left_the_file_is_not_polled_but_keeps_its_state(store: Store, clock: Clock) -> None:
    (feed,) = await listed(store, ALL)
    async with store.write() as session:
        await save_polled(session, feed.id, Polled('"e1"', None, b"h"), clock())
    assert await listed(store, KYRGYZSTAN) != ()
    (again,) = [state for state in await listed(store, ALL) if state.feed == ALL]
    assert (again.id, again.etag, again.first_poll) == (feed.id, '"e1"', False)


async def test_two_feeds_of_an_outlet_share_an_item_by_its_address(store: Store, clock: Clock) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    assert await add(store, first, item("a", "https://wire.example/1"), clock) is not None
    assert await add(store, second, item("b", "https://wire.example/1"), clock) is None
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(ItemRow)) == 1
        assert await known_guids(session, second.id, ["b", "c"]) == {"b"}
        assert await known_identities(session, "wire", ["https://wire.example/1", "x"]) == {"https://wire.example/1"}


async def test_items_without_an_address_are_told_apart_by_guid(store: Store, clock: Clock) -> None:
    (feed,) = await listed(store, ALL)
    assert await add(store, feed, item("a", None), clock) != await add(store, feed, item("b", None), clock)
    async with store.read() as session:
        assert await known_guids(session, feed.id, ["a", "b", "c"]) == {"a", "b"}


async def test_a_guid_seen_in_a_second_feed_is_tied_to_the_item(store: Store, clock: Clock) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    await add(store, first, item("a", "https://wire.example/1"), clock)
    async with store.write() as session:
        await note_guids(session, second.id, "wire", [("other", "https://wire.example/1"), ("lost", "https://x")])
    async with store.read() as session:
        assert await known_guids(session, second.id, ["other", "lost"]) == {"other"}


async def test_trouble_counts_up_and_a_good_poll_clears_it(store: Store, clock: Clock) -> None:
    (feed,) = await listed(store, ALL)
    for _ in range(3):
        async with store.write() as session:
            await save_trouble(session, feed.id, "the server answered 503", clock())
    async with store.read() as session:
        state = await feed_state(session, feed.id)
    assert (state.failures, state.trouble, state.first_poll) == (3, "the server answered 503", True)
    async with store.write() as session:
        await save_polled(session, feed.id, Polled(None, None, None, new_items=1), clock())
    async with store.read() as session:
        state = await feed_state(session, feed.id)
    assert (state.failures, state.trouble, state.new_item_at) == (0, None, clock())
