"""Groups, forums and channels."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden

from bot.demo.botapi import FakeBotAPI, Standing


async def heard(bot: Bot) -> list[str | None]:
    """The texts of the messages that the bot was told of."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return [u.effective_message.text for u in updates if u.effective_message]


async def test_privacy_mode_gives_the_bot_only_what_is_meant_for_it(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles", admins=[1], members=[2])
    for text in ("hello all", "/settings", "/settings@nabat_demo_bot", "/ban@other_bot", "@nabat_demo_bot hi"):
        await group.says(text, by=2)
    assert await heard(bot) == ["/settings", "/settings@nabat_demo_bot", "@nabat_demo_bot hi"]
    mine = await bot.send_message(group.id, "Which country?")
    await group.says("KG", by=2, reply_to=mine.message_id)
    assert await heard(bot) == ["KG"]


async def test_the_administrators_of_a_group_are_told_apart(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles", admins=[1, 2], members=[3])
    admins = await bot.get_chat_administrators(group.id)
    assert [(a.user.id, a.status) for a in admins] == [(1, "creator"), (2, "administrator")]
    assert not any(a.api_kwargs for a in admins)
    assert (await bot.get_chat_member(group.id, 3)).status == "member"
    group.set_member(3, Standing.RESTRICTED)
    restricted = await bot.get_chat_member(group.id, 3)
    assert restricted.status == "restricted"
    assert not restricted.api_kwargs
    assert (await bot.get_chat_member(group.id, api.user(9).id)).status == "left"
    with pytest.raises(BadRequest, match="Member not found"):
        await bot.get_chat_member(group.id, 99)


async def test_an_anonymous_administrator_writes_as_the_group(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles")
    await group.says("/settings", anonymous=True)
    message = (await bot.get_updates())[0].message
    assert message
    assert message.sender_chat
    assert message.sender_chat.id == group.id
    assert message.from_user
    assert message.from_user.username == "GroupAnonymousBot"


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_kicked_bot_is_told_and_refused(api: FakeBotAPI, bot: Bot, kind: str) -> None:
    chat = getattr(api, kind)("Exiles")
    await chat.kick_bot(by=1)
    update = (await bot.get_updates())[0].my_chat_member
    assert update
    assert update.new_chat_member.status == "kicked"
    assert update.from_user.id == 1
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await bot.send_message(chat.id, "hello")
    await chat.add_bot(by=1, admin=True)
    await bot.send_message(chat.id, "back")
    assert chat.texts == ("back",)


async def test_the_bot_leaves_and_may_not_write(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles")
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "hello")


async def test_a_muted_bot_gets_a_400(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles")
    group.restrict_bot()
    with pytest.raises(BadRequest, match="Not enough rights to send text messages"):
        await bot.send_message(group.id, "hello")


async def test_topics_open_close_and_vanish(api: FakeBotAPI, bot: Bot) -> None:
    forum = api.supergroup("Exiles", is_forum=True)
    topic = await forum.open_topic("Alerts")
    sent = await bot.send_message(forum.id, "in the topic", message_thread_id=topic)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    assert sent.chat.is_forum
    await forum.close_topic(topic)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "late", message_thread_id=topic)
    await forum.delete_topic(topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "later", message_thread_id=topic)
    await bot.send_message(forum.id, "general")
    assert forum.texts == ("general",)


async def test_a_channel_is_reached_by_its_name_and_posts_as_itself(api: FakeBotAPI, bot: Bot) -> None:
    channel = api.channel("Nabat", username="nabat_ru")
    sent = await bot.send_message("@nabat_ru", "An alert")
    assert sent.from_user is None
    assert sent.sender_chat
    assert sent.sender_chat.id == channel.id
    channel.bot = Standing.MEMBER
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(channel.id, "hello")


async def test_a_chat_in_full_has_only_fields_that_the_library_knows(api: FakeBotAPI, bot: Bot) -> None:
    group = api.supergroup("Exiles", is_forum=True, username="exiles")
    group.bot = Standing.ADMINISTRATOR
    sent = await bot.send_message(group.id, "rules")
    await bot.pin_chat_message(group.id, sent.message_id)
    chat = await bot.get_chat(group.id)
    assert (chat.title, chat.username, chat.is_forum) == ("Exiles", "exiles", True)
    assert chat.pinned_message
    assert chat.pinned_message.text == "rules"
    assert not chat.api_kwargs
    await bot.unpin_chat_message(group.id)
    assert (await bot.get_chat(group.id)).pinned_message is None


async def test_message_ids_are_counted_by_account_or_by_supergroup(api: FakeBotAPI, bot: Bot) -> None:
    one, two = api.private(5, started=True), api.private(6, started=True)
    group = api.supergroup("Exiles")
    ids = [(await bot.send_message(chat.id, "x")).message_id for chat in (one, two, one, group)]
    assert ids == [1, 2, 3, 1]
