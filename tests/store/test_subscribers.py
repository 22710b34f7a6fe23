from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.store import subscribers
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.subscribers import Subscriber
from bot.store.tables import ChatMessageRow, SubscriberCountryRow, SubscriberRow
from tests.store.conftest import KEY

NOW = datetime(2026, 11, 23, 10, 17, tzinfo=UTC)
NEWER = (2, bytes(reversed(range(64))))
EVERYTHING = Subscriber(
    language="en",
    kind="supergroup",
    thread_id=77,
    topics=5,
    countries=frozenset({"KG", "AM"}),
    every_country=False,
    jurisdictions=("KG",),
    discreet=True,
    time_zone="Asia/Bishkek",
    quiet_from=1380,
    quiet_to=420,
    quiet_unless_urgent=False,
    digest_at=(540, 1200),
    delete_after_hours=6,
    paused_until=NOW + timedelta(days=1),
)


@pytest.fixture
def store(either_store: Store) -> Store:
    return either_store


def twin(store: Store, *keys: tuple[int, bytes]) -> Store:
    """The same database, as another process opens it."""
    return Store(store.url.render_as_string(hide_password=False), Keyring(keys))


async def subscribe(store: Store, chat_id: int, chosen: Subscriber = EVERYTHING) -> bool:
    async with store.write() as session:
        return await subscribers.subscribe(session, store.keyring, chat_id, chosen, NOW)


async def find(store: Store, chat_id: int) -> Subscriber | None:
    async with store.read() as session:
        return await subscribers.find(session, store.keyring, chat_id)


async def test_every_choice_comes_back_as_it_was_kept(store: Store) -> None:
    assert await subscribe(store, -100500)
    assert await find(store, -100500) == EVERYTHING


async def test_a_second_subscription_changes_nothing(store: Store) -> None:
    await subscribe(store, 5)
    assert not await subscribe(store, 5, Subscriber("ru"))
    assert await find(store, 5) == EVERYTHING


async def test_two_processes_that_subscribe_a_chat_at_once_make_one_row(store: Store) -> None:
    other = twin(store, KEY)
    made = await asyncio.gather(*(subscribe(s, 5) for s in (store, other) * 5))
    await other.close()
    assert sum(made) == 1


async def test_saving_replaces_the_countries(store: Store) -> None:
    await subscribe(store, 5)
    async with store.write() as session:
        chat = await subscribers.find(session, store.keyring, 5)
        assert chat is not None
        await subscribers.save(session, replace(chat, countries=frozenset({"GE"}), paused_until=None))
    found = await find(store, 5)
    assert found is not None
    assert found.countries == {"GE"}
    assert found.paused_until is None


async def test_erasing_one_chat_leaves_the_others(store: Store) -> None:
    await subscribe(store, 5)
    await subscribe(store, 6)
    async with store.write() as session:
        assert await subscribers.erase(session, store.keyring, 5)
        assert not await subscribers.erase(session, store.keyring, 5)
    assert await find(store, 5) is None
    assert await find(store, 6) == EVERYTHING
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(SubscriberCountryRow)) == 2


async def test_an_erased_chats_row_id_is_never_given_again(store: Store) -> None:
    await subscribe(store, 5)
    first = await find(store, 5)
    async with store.write() as session:
        await subscribers.erase(session, store.keyring, 5)
    await subscribe(store, 6)
    second = await find(store, 6)
    assert first is not None
    assert second is not None
    assert second.id > first.id


async def test_a_chat_is_found_under_an_older_key_and_written_under_the_newest(store: Store) -> None:
    await subscribe(store, 5)
    turned = twin(store, KEY, NEWER)
    assert await find(turned, 5) == EVERYTHING
    assert not await subscribe(turned, 5)
    await subscribe(turned, 6)
    async with turned.read() as session:
        sealed = list(await session.scalars(select(SubscriberRow.chat).order_by(SubscriberRow.id)))
    await turned.close()
    assert [chat[0] for chat in sealed] == [1, 2]


async def test_renaming_keeps_choices_but_neither_topic_nor_old_message_ids(store: Store) -> None:
    await subscribe(store, -5)
    chat = await find(store, -5)
    assert chat is not None
    async with store.write() as session:
        await subscribers.note_messages(session, chat.id, [1, 2], NOW)
        assert await subscribers.rename(session, store.keyring, -5, -100_5)
        assert await session.scalar(select(func.count()).select_from(ChatMessageRow)) == 0
    assert await find(store, -5) is None
    assert await find(store, -100_5) == replace(EVERYTHING, thread_id=None)


async def test_renaming_onto_a_subscribed_chat_leaves_that_one(store: Store) -> None:
    await subscribe(store, -5)
    await subscribe(store, -100_5, Subscriber("ru"))
    async with store.write() as session:
        assert await subscribers.rename(session, store.keyring, -5, -100_5)
        assert not await subscribers.rename(session, store.keyring, -5, -100_5)
    assert await find(store, -5) is None
    assert await find(store, -100_5) == Subscriber("ru")


async def test_conversation_messages_are_due_by_the_chats_own_hours(store: Store) -> None:
    await subscribe(store, 5)
    await subscribe(store, 6, replace(EVERYTHING, delete_after_hours=None))
    for chat_id, message in ((5, 11), (6, 12)):
        chat = await find(store, chat_id)
        assert chat is not None
        async with store.write() as session:
            await subscribers.note_messages(session, chat.id, [message, message], NOW)
    async with store.write() as session:
        hour = NOW.replace(minute=0)
        early, due = hour + timedelta(hours=5, minutes=59), hour + timedelta(hours=6)
        assert await subscribers.due_messages(session, store.keyring, early) == {}
        assert await subscribers.due_messages(session, store.keyring, due) == {5: [11]}
        await subscribers.forget_messages(session, store.keyring, 5, [11])
        assert await subscribers.due_messages(session, store.keyring, due) == {}


@pytest.mark.parametrize(
    ("chats", "told"), [(0, 0), (9, 0), (10, 10), (19, 10), (20, 20), (49, 20), (50, 50), (99, 50), (100, 100)]
)
async def test_counts_are_told_in_rough_steps(store: Store, chats: int, told: int) -> None:
    async with store.write() as session:
        for chat_id in range(1, chats + 1):
            await subscribers.subscribe(session, store.keyring, chat_id, Subscriber("ru"), NOW)
        assert await subscribers.count_about(session) == told


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_chat_id_comes_back_from_its_ciphertext_and_does_not_show_in_it(chat_id: int) -> None:
    ring = Keyring((KEY, NEWER))
    sealed = ring.seal_chat(chat_id)
    assert ring.open_chat(sealed) == chat_id
    assert sealed == ring.candidates(chat_id)[0]
    assert chat_id.to_bytes(8, "big", signed=True) not in sealed
