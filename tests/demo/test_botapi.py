"""The fake Bot API as python-telegram-bot's client and Application see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.demo.botapi import FakeBotAPI, NothingCame, NothingShown
from bot.demo.botapi.refusal import NOT_MODIFIED
from tests.demo.conftest import client

Context = ContextTypes.DEFAULT_TYPE
GO = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


async def greet(update: Update, context: Context) -> None:
    assert update.message
    assert update.effective_user
    await update.message.reply_html(f"<b>Hello</b>, {update.effective_user.language_code}", reply_markup=GO)


async def press(update: Update, context: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("Done", show_alert=True)
    await update.callback_query.edit_message_text("Gone")


@asynccontextmanager
async def polling(api: FakeBotAPI) -> AsyncIterator[None]:
    """An Application that greets, polling the fake."""
    app: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token(api.token).base_url(f"{api.url}/bot").build()
    )
    app.add_handlers([CommandHandler("start", greet), CallbackQueryHandler(press)])
    assert app.updater
    async with app:
        await app.start()
        await app.updater.start_polling()
        yield
        await app.updater.stop()
        await app.stop()


async def test_a_person_says_start_and_presses_a_button(api: FakeBotAPI) -> None:
    chat = api.private(api.user(5, "ru"))
    async with polling(api):
        await chat.says("/start")
        greeting = await chat.wait_for()
        assert (greeting.text, greeting.spans("bold"), greeting.labels) == ("Hello, ru", ("Hello",), ("Go",))
        answer = await (await chat.press("Go")).answer()
        assert (answer.text, answer.show_alert) == ("Done", True)
        edited = await chat.wait_for(lambda m: m.text == "Gone")
    assert edited.id == greeting.id
    assert edited.edits == ("Hello, ru",)
    assert edited.labels == ()


async def test_blocking_the_bot_tells_it_and_refuses_it(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(api.user(5), started=True)
    await chat.block()
    update = (await bot.get_updates(timeout=1))[0].my_chat_member
    assert update
    assert (update.old_chat_member.status, update.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(5, "hello")
    await chat.says("/start")
    await bot.send_message(5, "hello")
    assert chat.last.text == "hello"


async def test_the_bot_cannot_write_first(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(5, "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(6, "hello")


async def test_a_deleted_account_is_refused(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True).deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(5, "hello")


async def test_what_a_message_was_sent_with_is_kept(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    asked = await chat.says("/latest")
    sent = await bot.send_message(
        5,
        "An alert",
        disable_notification=True,
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(asked.id),
    )
    shown = chat.last
    assert (shown.silent, shown.protected, shown.reply_to) == (True, True, asked.id)
    assert shown.preview == {"is_disabled": True}
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "/latest"
    assert sent.has_protected_content
    assert not sent.api_kwargs


async def test_a_reply_to_a_missing_message_is_refused_unless_allowed(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(5, "late", reply_parameters=ReplyParameters(99))
    await bot.send_message(5, "late", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))
    assert chat.last.reply_to is None
    assert len(chat.received) == 1


async def test_an_edit_must_change_something_of_the_bots_own(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    theirs = await chat.says("hello")
    mine = await bot.send_message(5, "one", reply_markup=GO)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("one", 5, mine.message_id, reply_markup=GO)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("two", 5, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("two", 5, theirs.id)
    await bot.edit_message_reply_markup(5, mine.message_id)
    assert chat.last.labels == ()
    assert chat.last.text == "one"


async def test_the_answers_to_an_edit_that_changes_nothing_are_telegrams_own(api: FakeBotAPI, bot: Bot) -> None:
    chat, other = api.private(5, started=True), api.private(6, started=True)
    theirs = await chat.says("one")
    mine = await bot.send_message(5, "one")
    elsewhere = await bot.send_message(6, "one")
    assert [theirs.id, mine.message_id, elsewhere.message_id] == [1, 2, 3]
    assert other.last.id == 3
    for message_id, description in (
        (mine.message_id, NOT_MODIFIED),
        (elsewhere.message_id, "Bad Request: message to edit not found"),
        (theirs.id, "Bad Request: message can't be edited"),
    ):
        body = {"chat_id": 5, "message_id": message_id, "text": "one"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{api.url}/bot{api.token}/editMessageText", json=body) as answer,
        ):
            assert answer.status == 400
            assert await answer.json() == {"ok": False, "error_code": 400, "description": description}
    assert "are exactly the same as a current content and reply markup of the message" in NOT_MODIFIED


async def test_the_bot_deletes_its_messages_for_48_hours_only(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    old = await bot.send_message(5, "old")
    api.turn_clock(timedelta(hours=48, seconds=1))
    new = [await bot.send_message(5, f"new {n}") for n in range(3)]
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(5, old.message_id)
    await bot.delete_message(5, new[0].message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(5, new[0].message_id)
    await bot.delete_messages(5, [message.message_id for message in new])
    assert chat.texts == ("old",)


async def test_a_picture_and_a_document_arrive_with_their_bytes(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    await bot.send_photo(5, b"\x89PNG...", caption="<i>a chart</i>", parse_mode="HTML")
    assert (chat.last.photo, chat.last.text, chat.last.spans("italic")) == (b"\x89PNG...", "a chart", ("a chart",))
    document = await bot.send_document(5, b"rules:", filename="keywords.yaml")
    assert chat.last.document == ("keywords.yaml", b"rules:")
    assert document.document
    assert document.document.file_name == "keywords.yaml"


@pytest.mark.parametrize("data", ["x" * 65, "я" * 33])
async def test_callback_data_has_64_bytes_at_most(api: FakeBotAPI, bot: Bot, data: str) -> None:
    api.private(5, started=True)
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(
            5, "?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data=data)]])
        )


async def test_a_button_needs_an_address_that_telegram_takes(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", url="javascript:alert")]])
    with pytest.raises(BadRequest, match=r"(?i)inline keyboard button URL 'javascript:alert' is invalid"):
        await bot.send_message(5, "?", reply_markup=markup)


async def test_commands_and_descriptions_are_kept_by_language(api: FakeBotAPI, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("start", "Начать")], language_code="ru")
    await bot.set_my_short_description("Alerts")
    assert (await bot.get_my_commands(language_code="ru"))[0].description == "Начать"
    assert await bot.get_my_commands() == ()
    assert (await bot.get_my_short_description(language_code="ru")).short_description == "Alerts"
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([("Start", "capital")])


async def test_a_revoked_token_is_unauthorized(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    api.revoke_token()
    with pytest.raises(InvalidToken, match="Unauthorized"):
        await bot.send_message(5, "hello")
    async with client(api) as renewed:
        await renewed.send_message(5, "hello")


async def test_two_bots_on_one_server_have_chats_of_their_own(api: FakeBotAPI, bot: Bot) -> None:
    staff = api.another_bot("nabat_staff_bot")
    api.private(5, started=True)
    chat = staff.private(5, started=True)
    async with client(api, staff) as other:
        await other.send_message(5, "for moderators")
    assert chat.texts == ("for moderators",)
    assert api.private(5).texts == ()


@pytest.mark.parametrize("form", ["json", "data", "params"])
async def test_parameters_come_in_every_form(api: FakeBotAPI, form: str) -> None:
    chat = api.private(5, started=True)
    sent: Any = {"chat_id": 5, "text": "Привет + 100 %", "disable_notification": "true"}
    url = f"{api.url}/bot{api.token}/sendMessage"
    async with aiohttp.ClientSession() as session, session.post(url, **{form: sent}) as answer:
        assert (await answer.json())["result"]["text"] == "Привет + 100 %"
    assert chat.last.silent


async def test_unknown_methods_and_tokens_get_telegrams_answers(api: FakeBotAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for path, code, description in (
            (f"/bot{api.token}/sendFlowers", 404, "Not Found"),
            ("/bot1:wrong/getMe", 401, "Unauthorized"),
        ):
            async with session.get(api.url + path) as answer:
                assert answer.status == code
                assert await answer.json() == {"ok": False, "error_code": code, "description": description}


async def test_waiting_until_so_many_messages_were_sent(api: FakeBotAPI, bot: Bot) -> None:
    api.private(5, started=True)
    waiting = asyncio.create_task(api.wait_sent(2))
    await bot.send_message(5, "one")
    assert not waiting.done()
    await bot.send_message(5, "two")
    await waiting
    with pytest.raises(NothingCame, match="2 of 3"):
        await api.wait_sent(3, timeout=0.01)


async def test_waiting_for_what_does_not_come_says_what_the_chat_shows(api: FakeBotAPI, bot: Bot) -> None:
    chat = api.private(5, started=True)
    await bot.send_message(5, "something else")
    with pytest.raises(NothingCame, match="something else"):
        await chat.wait_for(lambda m: "alert" in m.text, timeout=0.05)
    with pytest.raises(NothingShown, match="Subscribe"):
        await chat.press("Subscribe")
