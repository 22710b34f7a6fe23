from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.message import LIMIT, units
from bot.chat import screens
from bot.chat.choices import COUNTRIES, JURISDICTIONS, ZONES, language_for
from bot.chat.deps import Ways
from bot.chat.press import Flow, Press, Screen, choose, parse, pause_end
from bot.chat.view import View
from bot.errors import UserMistake
from bot.model import ALL_TOPICS
from bot.store.subscribers import Subscriber

NOW = datetime(2026, 11, 23, 10, 17, 33, tzinfo=UTC)

chats = st.builds(
    Subscriber,
    language=st.sampled_from(["en", "ru"]),
    topics=st.integers(1, ALL_TOPICS),
    countries=st.frozensets(st.sampled_from(COUNTRIES), min_size=1),
    every_country=st.booleans(),
    jurisdictions=st.lists(st.sampled_from(JURISDICTIONS), unique=True).map(tuple),
    discreet=st.booleans(),
    time_zone=st.sampled_from([zone for _country, zone in ZONES]),
    quiet_from=st.none() | st.integers(0, 1439),
    quiet_to=st.none() | st.integers(0, 1439),
    quiet_unless_urgent=st.booleans(),
    digest_at=st.lists(st.integers(0, 1439), max_size=3, unique=True).map(tuple),
    delete_after_hours=st.none() | st.integers(1, 47),
    paused_until=st.none() | st.just(pause_end(NOW, 7)),
).map(lambda chat: replace(chat, countries=frozenset()) if chat.every_country else chat)
presses = st.builds(Press, st.sampled_from(Flow), st.sampled_from(Screen))


def buttons_of(chat: Subscriber, press: Press) -> list[str]:
    shown = screens.screen(View(chat, press, NOW, "@nabat_bot", Ways("@c", "https://p", "https://f")))
    assert 0 < units(shown.text) <= LIMIT
    return [button.data for row in shown.buttons for button in row if button.data is not None]


@given(chats, presses)
def test_every_button_of_every_screen_fits_and_is_understood(chat: Subscriber, press: Press) -> None:
    for data in buttons_of(chat, press):
        assert 0 < len(data.encode()) <= 64
        understood = parse(data)
        assert understood is not None
        assert understood.data == data


@given(chats, presses, st.data())
def test_a_button_pressed_twice_does_what_it_does_once(chat: Subscriber, press: Press, data: st.DataObject) -> None:
    buttons = buttons_of(chat, press)
    if not buttons:
        return
    pressed = parse(data.draw(st.sampled_from(buttons)))
    assert pressed is not None
    try:
        once = choose(chat, pressed, NOW)
    except UserMistake:
        return
    assert choose(once, pressed, NOW) == once


@given(chats, st.text(max_size=64))
def test_no_callback_data_can_leave_a_chat_with_nothing_to_get(chat: Subscriber, data: str) -> None:
    for text in (data, f"s:{data}", f"m:co:{data}", f"m:to:{data}", f"m:qu:{data}"):
        press = parse(text)
        if press is None:
            continue
        try:
            after = choose(chat, press, NOW)
        except UserMistake:
            continue
        assert after.topics & ALL_TOPICS
        assert after.every_country or after.countries


@given(chats)
def test_a_walk_over_all_countries_and_back_ends_with_every_country(chat: Subscriber) -> None:
    for on, country in product("10", COUNTRIES):
        chat = choose(chat, Press(Flow.MENU, Screen.COUNTRIES, country, on), NOW)
        assert chat.every_country == (not chat.countries)
    assert chat.every_country


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("en", "en"),
        ("uk", "ru"),
        ("ky", "ru"),
        ("de", "en"),
        ("pt-br", "en"),
        ("RU-ru", "ru"),
        (None, "ru"),
    ],
)
def test_the_first_language_is_a_fair_guess(code: str | None, language: str) -> None:
    assert language_for(code, "ru") == language


def test_a_pause_ends_at_a_full_hour_and_is_no_shorter_than_promised() -> None:
    assert pause_end(NOW, 1) == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
