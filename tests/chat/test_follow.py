"""Following a person, from the words in a chat to the rows that alerts are matched with."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy import func, select

from bot.alerts.following import named
from bot.chat.follow import MOST
from bot.demo.botapi import Chat, Message
from bot.language.skeleton import key_of
from bot.store import follows
from bot.store.tables import FollowRow
from tests.chat.conftest import House

ADMIN, MEMBER = 801, 802


async def reader(house: House, language: str = "en", *, discreet: bool = False) -> Chat:
    chat = house.api.private(house.api.user(701, language_code=language))
    await chat.says("/start")
    await chat.wait_for()
    if discreet:
        await chat.says("/settings")
        await chat.wait_until(lambda: len(chat.received) == 2)
        await (await chat.press("m:di")).answer()
        await (await chat.press("m:di:1")).answer()
    return chat


async def ask(chat: Chat, words: str, by: int | None = None) -> Message:
    said = await chat.says(words, by=by)
    return await chat.wait_for(after=said.id)


async def is_told(house: House, name: str) -> bool:
    """Whether an alert that prints this name would reach somebody."""
    tags = {house.store.keyring.hash_name(tag) for tag in named(key_of(name))}
    async with house.store.read() as session:
        return await follows.anyone_follows(session, tags)


async def rows(house: House) -> int:
    async with house.store.read() as session:
        return await session.scalar(select(func.count()).select_from(FollowRow)) or 0


@pytest.mark.parametrize("typed", ["Скорякин", "Skoryakin", "Скорякин Лев", "lev skoriakin", "Льва Скорякина"])
async def test_a_followed_name_is_met_in_every_spelling_and_confirmed(house: House, typed: str) -> None:
    chat = await reader(house)
    answer = await ask(chat, f"/follow {typed}")
    assert f"You follow: {typed}." in answer.text
    for printed in ("Лев Скорякин", "Lev Skoryakin", "Скорякина"):
        assert await is_told(house, printed)
    assert not await is_told(house, "Петров")


async def test_the_same_name_twice_is_one_follow(house: House) -> None:
    chat = await reader(house)
    await ask(chat, "/follow Скорякин")
    assert "already" in (await ask(chat, "/follow Skoryakina")).text
    assert "1 name." in (await ask(chat, "/following")).text


async def test_following_tells_a_count_and_why_no_names(house: House) -> None:
    chat = await reader(house)
    assert "/follow Скорякин" in (await ask(chat, "/following")).text
    for name in ("Скорякин", "Zharimbetov", "Крылова"):
        await ask(chat, f"/follow {name}")
    answer = await ask(chat, "/following")
    assert "3 names" in answer.text
    assert "keeps no names" in answer.text
    assert "Скорякин" not in answer.text


async def test_unfollow_ends_whatever_the_name_may_mean(house: House) -> None:
    chat = await reader(house)
    await ask(chat, "/follow Лев Скорякин")
    await ask(chat, "/follow Крылова")
    assert "Done" in (await ask(chat, "/unfollow Skoryakin")).text
    assert not await is_told(house, "Скорякин")
    assert await is_told(house, "Крылова")
    assert "nobody of that name" in (await ask(chat, "/unfollow Skoryakin")).text


async def test_unfollow_keeps_follows_that_share_a_beginning(house: House) -> None:
    chat = await reader(house)
    await ask(chat, "/follow Скорякин")
    await ask(chat, "/follow Скоряков")
    await ask(chat, "/unfollow Скоряков")
    assert await is_told(house, "Скорякин")
    assert not await is_told(house, "Скоряков")


@pytest.mark.parametrize("word", ["all", "все", "ALL"])
async def test_unfollow_all_leaves_no_row(house: House, word: str) -> None:
    chat = await reader(house)
    await ask(chat, "/follow Скорякин")
    await ask(chat, "/follow Крылова")
    await ask(chat, f"/unfollow {word}")
    assert await rows(house) == 0


@pytest.mark.parametrize("words", ["/follow", "/follow @somebody", "/follow 12345", "/follow Я", "/unfollow"])
async def test_what_is_no_name_is_answered_with_an_example(house: House, words: str) -> None:
    chat = await reader(house)
    answer = await ask(chat, words)
    assert "/follow Скорякин" in answer.text or "/unfollow all" in answer.text
    assert await rows(house) == 0


async def test_a_chat_follows_so_many_and_no_more(house: House) -> None:
    chat = await reader(house)
    found = await house.choices(701)
    assert found is not None
    async with house.store.write() as session:
        for number in range(MOST):
            await follows.add_follow(session, found.id, number.to_bytes(2, "big"), [number.to_bytes(3, "big")])
    assert f"{MOST} names" in (await ask(chat, "/follow Скорякин")).text
    assert not await is_told(house, "Скорякин")
    await ask(chat, "/unfollow all")
    assert "You follow" in (await ask(chat, "/follow Скорякин")).text


async def test_without_a_subscription_it_points_to_start(house: House) -> None:
    chat = house.api.private(house.api.user(702, language_code="en"))
    assert "/start makes one" in (await ask(chat, "/follow Скорякин")).text


async def test_in_discreet_mode_the_name_stays_nowhere_in_the_chat(house: House) -> None:
    chat = await reader(house, discreet=True)
    said = await chat.says("/follow Скорякин")
    answer = await chat.wait_for(after=said.id)
    await chat.wait_until(lambda: chat.find(said.id) is None)
    assert answer.silent
    assert answer.protected
    assert not any("Скорякин" in text for text in chat.texts)
    assert await is_told(house, "Скорякин")


async def test_russian_readers_are_answered_in_russian(house: House) -> None:
    chat = await reader(house, "ru")
    assert "Вы следите: Скорякин." in (await ask(chat, "/follow Скорякин")).text
    assert "за 1 именем" in (await ask(chat, "/following")).text
    assert "Следить за человеком" in (await ask(chat, "/follow")).text


async def test_a_group_follows_by_its_admins_alone(house: House) -> None:
    house.api.user(ADMIN, language_code="en")
    house.api.user(MEMBER, language_code="en")
    group = house.api.supergroup("Exiles", admins=[ADMIN], members=[MEMBER])
    await ask(group, "/start", ADMIN)
    assert "Only the admins" in (await ask(group, "/follow Скорякин", MEMBER)).text
    assert await rows(house) == 0
    answer = await ask(group, "/follow Скорякин", ADMIN)
    assert "Noted" in answer.text
    assert "Скорякин" not in answer.text
    assert await is_told(house, "Скорякин")


async def test_a_channel_follows_and_its_readers_do_not_see_whom(house: House) -> None:
    channel = house.api.channel("News", admins=[ADMIN])
    await ask(channel, "/start")
    said = await channel.says("/follow Скорякин")
    await channel.wait_for(after=said.id)
    await channel.wait_until(lambda: channel.find(said.id) is None)
    assert await is_told(house, "Скорякин")
    assert not any("Скорякин" in text for text in shown(channel.messages))


def shown(messages: Collection[Message]) -> list[str]:
    return [message.text for message in messages]


async def test_stop_erases_follows_and_no_name_was_ever_in_the_files(house: House) -> None:
    chat = await reader(house)
    await ask(chat, "/follow Skoryakin")
    kept = house.files().lower()
    assert not [trace for trace in (b"skoryakin", b"skarakin", b"skarak") if trace in kept]
    await ask(chat, "/stop")
    assert await rows(house) == 0


async def test_privacy_and_help_tell_of_it(house: House) -> None:
    chat = await reader(house)
    assert "a name you follow" in (await ask(chat, "/privacy")).text
    assert "/follow –" in (await ask(chat, "/help")).text
