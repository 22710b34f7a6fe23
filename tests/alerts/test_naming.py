"""Whom an alert names: those of every report on the event, whichever words a reader is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.alerts.content import Content, Reader, Source
from bot.alerts.current import current, names_outlet
from bot.alerts.naming import named_by, shows, together
from bot.alerts.render import NAMES, render
from bot.events.describe import describe_text
from bot.model import Status, Topic
from bot.store.alerts import PastAlert

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = Content(
    Topic.DETENTION,
    "В Бишкеке задержали Ромашкина",
    "",
    (),
    ("KG",),
    Status.DETAINED,
    (Source("Chui", "https://chui.example/1", NOW),),
    NOW,
    people=("Ромашкин",),
    language="ru",
)
SECOND = replace(
    FIRST, headline="Nina Vasilkova held in Bishkek", sources=(Source("Wire", "https://wire.example/1", NOW),)
)
SECOND = replace(SECOND, people=("Nina Vasilkova",), language="en")


@pytest.mark.parametrize("text", ["Задержан Ромашкин", "выдача Ромашкина", "Romashkin's lawyer", "ПЕТРА РОМАШКИНА"])
def test_a_name_is_seen_in_any_case_and_script(text: str) -> None:
    assert shows(text, "Pyotr Romashkin")
    assert not shows(text, "Нина Василькова")


def test_people_of_a_headline_count_and_those_of_a_text_where_it_names_nobody() -> None:
    summary = "Вместе с ним был Олег Гвоздиков."
    told = describe_text("В Бишкеке задержали Петра Ромашкина", summary, "ru", ())
    assert named_by("В Бишкеке задержали Петра Ромашкина", told) == ("Пётр Ромашкин",)
    nameless = describe_text("В Бишкеке задержали двоих", "Это Пётр Ромашкин и Олег Гвоздиков.", "ru", ())
    assert set(named_by("В Бишкеке задержали двоих", nameless)) == {"Пётр Ромашкин", "Олег Гвоздиков"}


def test_who_only_speaks_is_not_named_as_one_of_them() -> None:
    title = "Pyotr Romashkin detained in Bishkek, lawyer Nina Vasilkova says"
    assert named_by(title, describe_text(title, "", "en", ())) == ("Pyotr Romashkin",)


def test_one_person_in_two_spellings_is_named_once() -> None:
    assert together(["Ромашкин"], ["Pyotr Romashkin", "Nina Vasilkova"]) == ("Ромашкин", "Nina Vasilkova")


def test_a_message_names_whom_its_words_leave_out_and_nobody_twice() -> None:
    both = FIRST.with_all(SECOND.sources, SECOND.people)
    assert "Названы также: Nina Vasilkova\n" in render(both, Reader("ru"), now=NOW).text
    assert "также" not in render(FIRST, Reader("ru"), now=NOW).text
    followed = replace(both, topic=None)
    assert "также" not in render(followed, Reader("ru"), now=NOW).text, "it quotes one item"
    crowd = replace(FIRST, people=tuple(f"Имярек{'абвгде'[n]}ский" for n in range(6)))
    assert f"+{6 - NAMES}\n" in render(crowd, Reader("ru"), now=NOW).text


def test_the_line_of_names_stays_under_the_spoiler_of_a_discreet_message() -> None:
    both = FIRST.with_all(SECOND.sources, SECOND.people)
    message = render(both, Reader("ru", discreet=True), now=NOW)
    (spoiler,) = message.entities[-1:]
    assert spoiler.kind == "spoiler"
    assert "Vasilkova" not in message.text[: spoiler.offset]


def test_words_about_another_person_are_not_taken_over() -> None:
    joined = FIRST.joined(SECOND)
    assert joined.told_in("en").headline == FIRST.headline
    assert [source.name for source in joined.sources] == ["Chui", "Wire"]
    nameless = replace(FIRST, headline="В Бишкеке задержали активиста", people=())
    assert nameless.joined(SECOND).told_in("en").headline == SECOND.headline
    assert FIRST.joined(replace(SECOND, people=())).told_in("en").headline == SECOND.headline


def past(number: int, status: Status) -> PastAlert:
    return PastAlert(number, "new", replace(FIRST, status=status).to_json(), NOW)


def test_a_further_outlet_is_added_to_all_alerts_that_tell_how_it_stands() -> None:
    first, second, third = past(1, Status.DETAINED), past(2, Status.DETAINED), past(3, Status.HANDED_OVER)
    assert current((first, second), Status.DETAINED) == (first, second)
    assert current((first, second, third), Status.HANDED_OVER) == (third,)
    assert current((first, third), Status.RELEASED) == (third,)
    assert current((), Status.RELEASED) == ()
    assert names_outlet(first, "Chui")
    assert not names_outlet(first, "Wire")


def test_a_moderators_status_heads_the_message_and_says_whose_it_is() -> None:
    decided = FIRST.as_decided(Status.HANDED_OVER, Topic.EXTRADITION)
    text = render(decided, Reader("ru"), now=NOW).text
    assert text.startswith("🔴 Экстрадиция · Кыргызстан · выдан")
    assert "Статус указан модератором." in text
    assert Content.from_json(decided.to_json()) == decided
    back = decided.as_decided(Status.DETAINED, Topic.DETENTION)
    assert not back.overruled
    assert back.announced is Status.DETAINED
