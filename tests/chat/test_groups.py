from __future__ import annotations

from bot.demo.botapi import Chat
from tests.chat.conftest import House

ADMIN, MEMBER = 801, 802


def group(house: House, *, is_forum: bool = False) -> Chat:
    house.api.user(ADMIN, language_code="en")
    house.api.user(MEMBER, language_code="en")
    return house.api.supergroup("Exiles", admins=[ADMIN], members=[MEMBER], is_forum=is_forum)


async def settled(house: House) -> None:
    """All that the bot was told so far is done: updates come in order, so an answer means that all came before."""
    probe = house.api.private(house.api.user(899))
    said = await probe.says("/help")
    await probe.wait_for(after=said.id)
    await house.app.update_queue.join()


async def test_only_an_admin_subscribes_a_group(house: House) -> None:
    chat = group(house)
    await chat.says("/start", by=MEMBER)
    assert "Only the admins" in (await chat.wait_for()).text
    assert await house.choices(chat.id) is None
    await chat.says("/start", by=ADMIN)
    await chat.wait_for(lambda m: "This chat is subscribed" in m.text)
    found = await house.choices(chat.id)
    assert found is not None
    assert found.kind == "supergroup"


async def test_a_members_press_is_refused_and_changes_nothing(house: House) -> None:
    chat = group(house)
    await chat.says("/start", by=ADMIN)
    await chat.wait_for()
    answer = await (await chat.press("Русский", by=MEMBER)).answer()
    assert answer.show_alert
    assert "Only the admins" in (answer.text or "")
    found = await house.choices(chat.id)
    assert found is not None
    assert found.language == "en"
    await (await chat.press("Русский", by=ADMIN)).answer()
    found = await house.choices(chat.id)
    assert found is not None
    assert found.language == "ru"


async def test_an_anonymous_admin_is_an_admin(house: House) -> None:
    chat = group(house)
    await chat.says("/start", by=ADMIN, anonymous=True)
    await chat.wait_for(lambda m: "Подписка" in m.text or "Чат подписан" in m.text)
    assert await house.choices(chat.id) is not None


async def test_a_members_stop_and_wipe_erase_nothing(house: House) -> None:
    chat = group(house)
    await chat.says("/start", by=ADMIN)
    await chat.wait_for()
    await chat.says("/stop", by=MEMBER)
    await chat.says("/wipe", by=MEMBER)
    await chat.wait_until(lambda: sum("Only the admins" in t for t in chat.texts) == 2)
    assert await house.choices(chat.id) is not None
    await chat.says("/stop", by=ADMIN)
    await chat.wait_for(lambda m: "erased" in m.text)
    assert await house.choices(chat.id) is None


async def test_alerts_go_to_the_topic_in_which_start_was_said_last(house: House) -> None:
    chat = group(house, is_forum=True)
    first, second = await chat.open_topic("News"), await chat.open_topic("Alarms")
    await chat.says("/start", by=ADMIN, thread=first)
    message = await chat.wait_for()
    assert message.thread == first
    found = await house.choices(chat.id)
    assert found is not None
    assert found.thread_id == first
    await chat.says("/start", by=ADMIN, thread=second)
    await chat.wait_for(lambda m: m.thread == second)
    found = await house.choices(chat.id)
    assert found is not None
    assert found.thread_id == second


async def test_talk_in_a_group_and_foreign_commands_are_left_alone(house: House) -> None:
    chat = group(house)
    await chat.add_bot(ADMIN, admin=True)
    await settled(house)
    before = len(chat.received)
    said = await chat.says("hello everybody", by=MEMBER)
    await chat.says("/roll 6", by=MEMBER)
    await chat.says("/start@another_bot", by=ADMIN)
    await settled(house)
    assert len(chat.received) == before
    assert chat.find(said.id) is not None


async def test_a_bot_that_was_added_says_how_to_begin_and_subscribes_nobody(house: House) -> None:
    chat = group(house)
    await chat.kick_bot(ADMIN)
    await chat.add_bot(ADMIN)
    assert "/start" in (await chat.wait_for()).text
    assert await house.choices(chat.id) is None


async def test_being_thrown_out_erases_at_once(house: House) -> None:
    chat = group(house)
    await chat.says("/start", by=ADMIN)
    await chat.wait_for()
    await chat.kick_bot(ADMIN)
    await settled(house)
    assert await house.choices(chat.id) is None


async def test_a_group_that_becomes_a_supergroup_stays_subscribed_with_its_choices(house: House) -> None:
    house.api.user(ADMIN, language_code="en")
    old = house.api.group("Exiles", admins=[ADMIN])
    await old.says("/start", by=ADMIN)
    await old.wait_for()
    await (await old.press("✓ English", by=ADMIN)).answer()
    await (await old.press("Georgia", by=ADMIN)).answer()
    new = await old.migrate()
    await settled(house)
    assert await house.choices(old.id) is None
    found = await house.choices(new.id)
    assert found is not None
    assert found.kind == "supergroup"
    assert found.countries == {"GE"}


async def test_where_both_groups_are_subscribed_one_subscription_is_left(house: House) -> None:
    house.api.user(ADMIN, language_code="en")
    old = house.api.group("Exiles", admins=[ADMIN])
    await old.says("/start", by=ADMIN)
    await old.wait_for()
    new = await old.migrate()
    await new.says("/start", by=ADMIN)
    await settled(house)
    assert await house.choices(old.id) is None
    assert await house.choices(new.id) is not None


async def test_a_channel_is_subscribed_when_start_is_posted_there(house: House) -> None:
    channel = house.api.channel("Alarms", admins=[ADMIN])
    await channel.says("/start")
    screen = await channel.wait_for()
    found = await house.choices(channel.id)
    assert found is not None
    assert (found.kind, found.language) == ("channel", "ru")
    await (await channel.press("English", by=ADMIN)).answer()
    await (await channel.press("Next →", by=ADMIN)).answer()
    await (await channel.press("Done", by=ADMIN)).answer()
    # The screen does not stay before the channel's readers.
    assert channel.find(screen.id) is None
    found = await house.choices(channel.id)
    assert found is not None
    assert found.language == "en"


async def test_an_admin_who_adds_the_bot_to_a_channel_is_told_in_private(house: House) -> None:
    admin = house.api.private(house.api.user(ADMIN, language_code="en"), started=True)
    channel = house.api.channel("Alarms", admins=[ADMIN])
    await channel.kick_bot(ADMIN)
    await channel.add_bot(ADMIN, admin=True)
    assert "/start" in (await admin.wait_for()).text
    assert channel.received == ()
    assert await house.choices(channel.id) is None


async def test_a_channel_whose_admin_never_wrote_to_the_bot_makes_no_trouble(house: House) -> None:
    channel = house.api.channel("Alarms", admins=[ADMIN])
    await channel.kick_bot(ADMIN)
    await channel.add_bot(ADMIN, admin=True)
    await settled(house)
    await channel.says("/start")
    await channel.wait_for()
    await channel.kick_bot(ADMIN)
    await settled(house)
    assert await house.choices(channel.id) is None
