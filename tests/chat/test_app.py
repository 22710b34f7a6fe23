from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.app import introduce
from bot.chat.lately import Lately, Throttle
from bot.demo.botapi import Fault
from tests.chat.conftest import House


async def test_an_unknown_command_is_answered_in_private(house: House) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    await chat.says("/frobnicate now")
    assert "do not know this command" in (await chat.wait_for()).text


async def test_keywords_is_no_command_for_a_reader(house: House) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    await chat.says("/frobnicate")
    unknown = await chat.wait_for()
    await chat.says("/keywords")
    answer = await chat.wait_for(after=unknown.id)
    assert answer.text == unknown.text


async def test_help_names_every_command_and_the_handle(house: House) -> None:
    chat = house.api.private(house.api.user(901, language_code="ru"))
    await chat.says("/help")
    text = (await chat.wait_for()).text
    for command in ("/start", "/latest", "/settings", "/privacy", "/stop", "/wipe"):
        assert command in text
    assert "/keywords" not in text
    assert f"@{house.api.me.username}" in text


async def test_the_command_menu_is_told_in_both_languages(house: House) -> None:
    await introduce(house.app.bot)
    told = house.api.requests_of("setMyCommands")
    assert {r.params.get("language_code") for r in told} == {None, "ru"}
    assert "keywords" not in str([r.params for r in told])
    for method, limit in (("setMyDescription", 512), ("setMyShortDescription", 120)):
        (english, russian) = house.api.requests_of(method)
        for request in (english, russian):
            text = str(request.params.get("description") or request.params.get("short_description"))
            assert 0 < len(text) <= limit
            assert text.endswith((".", "number", "телефона."))


async def test_a_failing_command_menu_stops_nothing(house: House) -> None:
    house.api.fail(Fault.server_error(method="setmycommands"))
    await introduce(house.app.bot)
    assert house.api.requests_of("setmycommands")[-1].status >= 500
    chat = house.api.private(house.api.user(900, language_code="en"))
    await chat.says("/help")
    assert await chat.wait_for()


async def test_a_failure_in_a_conversation_is_admitted_and_the_next_one_works(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    house.api.fail(Fault.server_error(method="sendmessage", times=1))
    with caplog.at_level(logging.ERROR):
        await chat.says("/help")
        await chat.wait_for(lambda m: "Something went wrong" in m.text)
        await chat.says("/help")
        await chat.wait_for(lambda m: "around the clock" in m.text)
    assert any("visit.py" in record.getMessage() for record in caplog.records)


async def test_a_chat_that_waits_does_not_hold_up_the_others(house: House) -> None:
    slow = house.api.private(house.api.user(901, language_code="en"))
    quick = house.api.private(house.api.user(902, language_code="en"))
    house.api.fail(Fault.slow(3.0, method="sendmessage", chat_id=901, before=True))
    await slow.says("/help")
    await quick.says("/help")
    await quick.wait_for(timeout=2.5)
    assert slow.received == ()


async def test_a_flood_from_one_chat_is_dropped_but_its_stop_is_heard(house: House) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    await chat.says("/start")
    for _ in range(80):
        await chat.says("/frobnicate")
    await chat.says("/stop")
    await chat.wait_for(lambda m: "erased" in m.text)
    assert len(chat.received) <= 41
    assert await house.choices(901) is None


async def test_when_telegram_wants_a_rest_the_choice_is_kept_and_the_press_answered(house: House) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    await chat.says("/start")
    await chat.wait_for()
    house.api.fail(Fault.too_many(30, method="editmessagetext", times=1))
    answer = await (await chat.press("Русский")).answer()
    assert "short rest" in (answer.text or "")
    found = await house.choices(901)
    assert found is not None
    assert found.language == "ru"


async def test_whoever_leaves_in_the_middle_of_an_answer_makes_no_error(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    house.api.fail(Fault.forbidden(method="sendmessage", times=1))
    await chat.says("/help")
    await chat.says("/privacy")
    await chat.wait_for(lambda m: "What is kept" in m.text)
    assert len(chat.received) == 1
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "content",
    [
        {"location": {"latitude": 42.87, "longitude": 74.59}},
        {"contact": {"phone_number": "+996555000000", "first_name": "Vera"}},
        {"document": {"file_id": "x", "file_unique_id": "y", "file_name": "passport.pdf"}},
    ],
)
async def test_what_the_bot_never_asks_for_is_deleted_and_not_kept(house: House, content: dict[str, object]) -> None:
    chat = house.api.private(house.api.user(901, language_code="en"))
    await chat.says("/start")
    await chat.wait_for()
    said = chat.put(chat.person, house.clock())
    chat.world.updates.push("message", chat.message_wire(said) | content)
    await chat.wait_for(lambda m: "have deleted your message" in m.text)
    assert chat.find(said.id) is None


class Hand:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_lately_forgets_after_its_span_and_holds_no_more_than_it_may() -> None:
    clock = Hand()
    lately = Lately(clock, timedelta(seconds=10), most=3)
    assert [lately.first(key) for key in (1, 1, 2, 3)] == [True, False, True, True]
    assert lately.first(4)
    assert lately.first(1)
    clock.now += timedelta(seconds=10)
    assert lately.first(4)


def test_the_throttle_lets_a_chat_go_on_after_its_span() -> None:
    clock = Hand()
    throttle = Throttle(clock, most=2, span=timedelta(minutes=1))
    assert [throttle.admits(1) for _ in range(3)] == [True, True, False]
    assert throttle.admits(2)
    clock.now += timedelta(minutes=1)
    assert throttle.admits(1)
    assert len(throttle._times) == 1
