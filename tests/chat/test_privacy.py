from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.chat.traces import sweep
from bot.demo.botapi import Chat, Fault, FaultKind
from bot.store import subscribers
from bot.store.tables import Base, ChatMessageRow, DeliveryRow, FollowRow, SubscriberCountryRow, SubscriberRow
from tests.chat.conftest import House

USER = 7_345_678_912
USERNAME = "vera_zasulich_1849"
PERSONAL = (SubscriberRow, SubscriberCountryRow, FollowRow, DeliveryRow, ChatMessageRow)


async def subscribed(house: House, language: str = "en") -> Chat:
    chat = house.api.private(house.api.user(USER, language_code=language, username=USERNAME, first_name="Вера"))
    await chat.says("/start")
    await chat.wait_for()
    return chat


async def deliver(house: House, chat: Chat, headline: str = "Two detained") -> None:
    """Send an alert and keep its delivery, as delivery does."""
    alert = await house.alert(headline)
    sent = await house.app.bot.send_message(chat.id, headline)
    async with house.store.write() as session:
        row = await session.scalar(select(SubscriberRow.id))
        now = house.clock()
        session.add(
            DeliveryRow(
                alert_id=alert,
                subscriber_id=row,
                state="sent",
                priority=0,
                message_id=sent.message_id,
                created_at=now,
                sent_at=now,
            )
        )


async def rows(house: House) -> dict[str, int]:
    async with house.store.read() as session:
        return {t.__tablename__: await session.scalar(select(func.count()).select_from(t)) or 0 for t in PERSONAL}


async def test_stop_erases_everything_and_says_so(house: House) -> None:
    chat = await subscribed(house)
    await (await chat.press("✓ English")).answer()
    await (await chat.press("Georgia")).answer()
    await deliver(house, chat)
    async with house.store.write() as session:
        chat_id = await session.scalar(select(SubscriberRow.id))
        session.add(FollowRow(name_hash=b"x" * 16, subscriber_id=chat_id, follow=b"y" * 16))
    assert all((await rows(house)).values())
    await chat.says("/stop")
    await chat.wait_for(lambda m: "erased" in m.text)
    assert set((await rows(house)).values()) == {0}
    await chat.says("/stop")
    await chat.wait_for(lambda m: "nothing to erase" in m.text)


async def test_what_was_erased_is_in_no_page_of_the_files(house: House, caplog: pytest.LogCaptureFixture) -> None:
    chat = await subscribed(house)
    sealed = house.store.keyring.seal_chat(USER)
    assert sealed in house.files()
    await chat.says("/stop")
    await chat.wait_for(lambda m: "erased" in m.text)
    assert sealed not in house.files()
    # Nor does erasing cost a connection: the pool takes the one back that emptied the log.
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_blocking_the_bot_erases_at_once(house: House) -> None:
    chat = await subscribed(house)
    await chat.block()
    await _gone(house)
    assert set((await rows(house)).values()) == {0}


async def _gone(house: House) -> None:
    for _ in range(100):
        if await house.choices(USER) is None:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the subscription is still there")


async def test_wipe_deletes_both_sides_of_the_last_48_hours_then_erases(house: House) -> None:
    chat = await subscribed(house)
    await chat.says("/settings")
    await chat.says("/privacy")
    await chat.wait_until(lambda: len(chat.received) == 3)
    await deliver(house, chat)
    await chat.says("/wipe")
    last = await chat.wait_for(lambda m: "Older messages" in m.text)
    assert [m.id for m in chat.messages] == [last.id]
    assert set((await rows(house)).values()) == {0}
    assert "abat" not in last.text


async def test_wipe_erases_even_when_telegram_refuses_to_delete(house: House) -> None:
    chat = await subscribed(house)
    await deliver(house, chat)
    for method in ("deletemessages", "deletemessage"):
        house.api.fail(Fault(FaultKind.SERVER_ERROR, method=method))
    await chat.says("/wipe")
    await chat.wait_for(lambda m: "Older messages" in m.text)
    assert set((await rows(house)).values()) == {0}


async def test_wipe_reaches_what_can_be_deleted_beside_what_cannot(house: House) -> None:
    chat = await subscribed(house)
    old = chat.received[0].id
    house.api.turn_clock(timedelta(hours=47, minutes=30))
    house.clock.ahead += timedelta(hours=47, minutes=30)
    await chat.says("/settings")
    await chat.wait_until(lambda: len(chat.received) == 2)
    house.api.turn_clock(timedelta(hours=1))
    house.clock.ahead += timedelta(hours=1)
    await chat.says("/wipe")
    last = await chat.wait_for(lambda m: "Older messages" in m.text)
    assert {m.id for m in chat.received} == {old, last.id}


async def test_free_text_is_answered_briefly_and_does_not_stay_anywhere(house: House) -> None:
    chat = await subscribed(house)
    said = await chat.says("Меня зовут Вера, я в Бишкеке на улице Токтогула")
    await chat.wait_for(lambda m: "Nobody reads" in m.text)
    assert chat.find(said.id) is None
    assert "Токтогула".encode() not in house.files()


async def test_a_burst_of_free_text_gets_one_answer(house: House) -> None:
    chat = await subscribed(house)
    for number in range(5):
        await chat.says(f"help {number}")
    await chat.says("/help")
    await chat.wait_for(lambda m: "around the clock" in m.text)
    assert sum("Nobody reads" in t for t in chat.texts) == 1
    assert not any(m.text.startswith("help") for m in chat.messages)


async def test_no_id_name_or_word_of_a_reader_is_in_the_files_or_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "httpx", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING
    chat = await subscribed(house)
    await (await chat.press("✓ English")).answer()
    await (await chat.press("Georgia")).answer()
    await chat.says("I live at Chavchavadze 12")
    await chat.says("/latest")
    await chat.says("/settings")
    await chat.wait_for(lambda m: m.text.startswith("Settings"))
    # An error in a handler and one on the wire are logged too.
    house.api.fail(Fault(FaultKind.SERVER_ERROR, method="sendmessage", times=2))
    await chat.says("/help")
    await chat.says("/privacy")
    await chat.wait_for(lambda m: "What is kept" in m.text or "If the server" in m.text)
    traces = [str(USER), f"{USER:x}", f"{USER:X}", USERNAME, "Вера", "Chavchavadze"]
    files = house.files()
    for stored in [t.encode() for t in traces] + [USER.to_bytes(8, "big"), USER.to_bytes(8, "little")]:
        assert stored not in files
    log = "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records if not r.name.startswith("aiosqlite"))
    assert "update_failed" in log
    for trace in [*traces, house.api.token, house.api.token.split(":")[1]]:
        assert trace not in log


async def test_no_table_keeps_a_time_of_a_reader_finer_than_a_month_but_for_what_is_deleted(house: House) -> None:
    await subscribed(house)
    await house.app.update_queue.join()
    async with house.store.read() as session:
        kept = (await session.execute(select(SubscriberRow.since_month, SubscriberRow.paused_until))).one()
        hour = await session.scalar(select(ChatMessageRow.hour))
    assert kept == (f"{house.clock():%Y-%m}", None)
    assert hour is not None
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert [c.name for c in SubscriberRow.__table__.columns if "date" in str(c.type).lower()] == ["paused_until"]


async def test_privacy_says_what_is_kept_and_what_telegram_sees(house: House) -> None:
    chat = await subscribed(house, "ru")
    await chat.says("/privacy")
    page = await chat.wait_for(lambda m: "Что хранится" in m.text)
    for title in ("Что не хранится", "Если захватят сервер", "Что видит Telegram", "Если заберут телефон"):
        assert title in page.text
    assert {e.type for e in page.entities} >= {"bold", "bot_command"}


async def test_deleting_by_itself_takes_the_conversation_too(house: House) -> None:
    chat = await subscribed(house)
    await chat.says("/settings")
    await chat.wait_until(lambda: len(chat.received) == 2)
    await (await chat.press("Deleting messages")).answer()
    await (await chat.press("6 hours")).answer()
    await house.app.update_queue.join()
    assert await sweep(house.deps, house.app.bot) == 0
    house.api.turn_clock(timedelta(hours=7))
    house.clock.ahead += timedelta(hours=7)
    assert await sweep(house.deps, house.app.bot) == 4
    assert chat.messages == ()
    async with house.store.read() as session:
        assert await session.scalar(select(func.count()).select_from(ChatMessageRow)) == 0


async def test_noted_messages_are_forgotten_when_they_cannot_be_deleted_any_more(house: House) -> None:
    await subscribed(house)
    await house.app.update_queue.join()
    async with house.store.write() as session:
        later = house.clock() + timedelta(hours=49, minutes=1)
        assert await subscribers.due_messages(session, house.store.keyring, later) == {}
        assert await session.scalar(select(func.count()).select_from(ChatMessageRow)) == 0


async def test_every_personal_row_hangs_on_the_subscriber(house: House) -> None:
    """A table that refers to subscribers without ON DELETE CASCADE would outlive /stop."""
    async with house.store.read() as session:
        for table in Base.metadata.tables.values():
            keys = (await session.execute(text(f"PRAGMA foreign_key_list({table.name})"))).mappings().all()
            for key in keys:
                if key["table"] == "subscribers":
                    assert key["on_delete"] == "CASCADE", table.name
