from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from bot.model import Feed, LegalStatus, Outlet
from bot.store.items import Arrival, NewItem, add_items, items_by_guid, items_by_identity, note_guids
from bot.store.news import FeedState, feed_state, health_counts, listed_feeds, save_catalogue, save_polls, save_states
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
        (added,) = await add_items(session, [Arrival(feed.id, "wire", [new])], clock())
    return added.get(new.guid)


async def known_guids(store: Store, feed: FeedState, *guids: str) -> set[str]:
    async with store.read() as session:
        return set(await items_by_guid(session, feed.id, guids))


async def test_a_catalogue_is_saved_and_read_back(store: Store) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    assert (first.feed, second.feed) == (ALL, KYRGYZSTAN)
    assert first.first_poll
    async with store.read() as session:
        assert (await session.get_one(OutletRow, "wire")).status[0]["label"] == "undesirable"


async def test_a_feed_that_left_the_file_is_not_polled_but_keeps_its_state(store: Store, clock: Clock) -> None:
    (feed,) = await listed(store, ALL)
    async with store.write() as session:
        await save_states(session, [replace(feed, etag='"e1"', body_hash=b"h", first_stored_at=clock())])
    assert await listed(store, KYRGYZSTAN) != ()
    (again,) = [state for state in await listed(store, ALL) if state.feed == ALL]
    assert (again.id, again.etag, again.first_poll) == (feed.id, '"e1"', False)


async def test_two_feeds_of_an_outlet_share_an_item_by_its_address(store: Store, clock: Clock) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    assert await add(store, first, item("a", "https://wire.example/1"), clock) is not None
    assert await add(store, second, item("b", "https://wire.example/1"), clock) is None
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(ItemRow)) == 1
        assert set(await items_by_identity(session, "wire", ["https://wire.example/1", "x"])) == {
            "https://wire.example/1"
        }
    assert await known_guids(store, second, "b", "c") == {"b"}


async def test_items_without_an_address_are_told_apart_by_guid(store: Store, clock: Clock) -> None:
    (feed,) = await listed(store, ALL)
    assert await add(store, feed, item("a", None), clock) != await add(store, feed, item("b", None), clock)
    assert await known_guids(store, feed, "a", "b", "c") == {"a", "b"}


async def test_a_guid_seen_in_a_second_feed_is_tied_to_the_item(store: Store, clock: Clock) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    await add(store, first, item("a", "https://wire.example/1"), clock)
    async with store.write() as session:
        await note_guids(session, second.id, "wire", [("other", "https://wire.example/1"), ("lost", "https://x")])
    assert await known_guids(store, second, "other", "lost") == {"other"}


async def test_feeds_that_bring_the_same_article_at_the_same_time_bring_one_item(store: Store, clock: Clock) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    one, other = item("a", "https://wire.example/1"), item("b", "https://wire.example/1")
    async with store.write() as session:
        added = await add_items(
            session, [Arrival(first.id, "wire", [one, item("u", None)]), Arrival(second.id, "wire", [other])], clock()
        )
        assert await session.scalar(select(func.count()).select_from(ItemRow)) == 2
    assert [sorted(each) for each in added] == [["a", "u"], []]
    assert await known_guids(store, second, "b") == {"b"}


async def test_what_polls_leave_is_written_together_and_keeps_what_only_a_document_changes(
    store: Store, clock: Clock
) -> None:
    first, second = await listed(store, ALL, KYRGYZSTAN)
    async with store.write() as session:
        await save_states(session, [replace(first, etag='"e1"', rhythm={"came": [1], "longest": 0.0, "watched": 1})])
        await save_polls(
            session,
            [
                replace(
                    first, failures=3, trouble="status 503", polled_at=clock(), health="down", rhythm={}, etag='"e2"'
                ),
                replace(second, polled_at=clock(), succeeded_at=clock()),
            ],
        )
    async with store.read() as session:
        one, two = await feed_state(session, first.id), await feed_state(session, second.id)
        assert await health_counts(session) == {"down": 1, "good": 1}
    assert (one.failures, one.trouble, one.etag, one.health) == (3, "status 503", '"e2"', "down")
    assert one.rhythm == {"came": [1], "longest": 0.0, "watched": 1}
    assert (two.succeeded_at, two.first_poll) == (clock(), True)
