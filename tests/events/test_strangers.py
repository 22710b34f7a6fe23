"""Headlines that name nobody: alike in all but who and where, and never one event for that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events.book import Book
from bot.events.cluster import Kind, decide
from bot.events.concepts import _stems
from bot.events.report import Report
from bot.events.strangers import NAMELESS_CASE, ROLES, common_surnames
from bot.model import Topic
from tests.events.stories import event, report

ORIGINS = {"Belarusian": "белорусского", "Kazakh": "казахского", "Uzbek": "узбекского", "Tajik": "таджикского"}
CITIES = {"Bishkek": "Бишкеке", "Yerevan": "Ереване", "Istanbul": "Стамбуле", "Belgrade": "Белграде"}
PEOPLE = {"activist": "активиста", "journalist": "журналиста", "deserter": "дезертира", "programmer": "программиста"}
HEADLINES = {
    ("en", Topic.DETENTION): ("{o} {p} detained in {c}", "Police in {c} detain {o} {p}", "{o} {p} taken in {c}"),
    ("ru", Topic.DETENTION): ("В {c} задержали {o} {p}", "В {c} взяли под стражу {o} {p}"),
    ("en", Topic.DEPORTATION): ("{o} {p} faces deportation from {c}",),
    ("ru", Topic.DEPORTATION): ("Из страны хотят выслать {o} {p}, он сидит в {c}",),
}

stories = st.tuples(st.sampled_from([*ORIGINS]), st.sampled_from([*PEOPLE]), st.sampled_from([*CITIES]))


@st.composite
def headlines(draw: st.DrawFn, story: tuple[str, str, str], topic: Topic) -> Report:
    language = draw(st.sampled_from(["en", "ru"]))
    origin, person, city = story
    words = {"o": origin, "p": person, "c": city}
    if language == "ru":
        words = {"o": ORIGINS[origin], "p": PEOPLE[person], "c": CITIES[city]}
    title = draw(st.sampled_from(HEADLINES[language, topic])).format(**words)
    return report(title, language=language, topics=(topic,), hours=draw(st.integers(0, 40)), outlet=draw(st.text()))


@settings(max_examples=300)
@given(stories, stories, st.sampled_from([Topic.DETENTION, Topic.DEPORTATION]), st.data())
def test_another_origin_calling_or_city_is_another_event(
    one: tuple[str, str, str], other: tuple[str, str, str], topic: Topic, data: st.DataObject
) -> None:
    first, second = data.draw(headlines(one, topic)), data.draw(headlines(other, topic))
    kind = decide(second, [event(first)]).kind
    if one != other:
        assert kind is not Kind.SAME
    elif abs(first.at - second.at) <= NAMELESS_CASE / 4:
        assert kind is Kind.SAME


def test_seven_headlines_of_one_day_are_seven_events() -> None:
    book = Book()
    lines = (
        ("ru", "В Бишкеке задержан российский активист"),
        ("kk", "Бішкекте қазақ журналисі ұсталды"),
        ("ru", "В Алматы задержан российский активист"),
        ("en", "Belarusian opposition activist arrested in Bishkek"),
        ("ru", "В Оше задержали белорусского айтишника"),
        ("ru", "Российского дезертира задержали в Астане"),
        ("ru", "Российского журналиста задержали в Бишкеке"),
    )
    reports = [report(title, language=language, outlet=title) for language, title in lines]
    assert len({book.place(one) for one in reports}) == len(lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("В Бишкеке задержан российский активист", "В Бишкеке задержан ещё один российский активист"),
        ("Russian activist detained in Bishkek", "Another Russian activist detained in Bishkek"),
        ("В Алматы задержан российский активист", "Российский активист задержан в Астане"),
    ],
)
def test_one_more_of_them_is_another(one: str, other: str) -> None:
    language = "en" if one.isascii() else "ru"
    first, second = (report(title, language=language, hours=n) for n, title in enumerate((one, other)))
    assert decide(first, [event(report(one, language=language, outlet="VOA"))]).kind is Kind.SAME
    assert decide(second, [event(first)]).kind is Kind.MAYBE


def test_after_two_days_a_nameless_report_is_news_of_somebody_else() -> None:
    first = report("Russian activist detained in Bishkek")
    for hours, same in ((30, True), (49, False)):
        later = report("Police in Bishkek detain Russian activist", hours=hours)
        assert (decide(later, [event(first)]).kind is Kind.SAME) is same


def test_laws_are_for_everybody_and_hide_nobody() -> None:
    first = report("Kyrgyz parliament adopts law on foreign agents", topics=(Topic.LAW,))
    later = report("Foreign agents law adopted by Kyrgyz parliament", topics=(Topic.LAW,), hours=60)
    assert decide(later, [event(first)]).kind is Kind.SAME


def test_an_event_that_is_barred_does_not_hide_the_right_one() -> None:
    mine = report("Police in Bishkek detain Belarusian activist", outlet="VOA")
    others = report("Police in Bishkek detain Kazakh activist", outlet="Kloop")
    for candidates in ([event(mine, name="mine"), event(others, name="others")], [event(mine, name="mine")]):
        found = decide(report("Police in Bishkek detain Belarusian activist", hours=3), candidates)
        assert (found.kind, found.event) == (Kind.SAME, "mine")


def test_every_role_is_a_concept() -> None:
    known = {concept for found in _stems().values() for concept in found}
    assert set(ROLES) <= known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("В Бишкеке задержали активиста Иванова", "В Ереване задержали журналиста Иванова"),
        ("В Бишкеке задержали активиста Ивана Петрова", "В Бишкеке задержали активистку Анну Петрову"),
        ("Мурад Назаров похищен в Стамбуле", "Назаров задержан в Алматы"),
        ("Белорусский суд заочно осудил Волкова", "Москва заочно осудила Волкова"),
        (
            "Садыр Жапаров прокомментировал задержание активиста Ромашкина",
            "Садыр Жапаров прокомментировал задержание активиста Василькова",
        ),
        ("ОВД-Инфо: в Бишкеке задержали Ромашкина", "ОВД-Инфо: в Бишкеке задержали Василькова"),
    ],
)
def test_a_surname_or_a_speaker_alone_makes_no_two_people_one(one: str, other: str) -> None:
    first, second = report(one, language="ru", outlet="VOA"), report(other, language="ru", hours=5)
    assert decide(second, [event(first)]).kind is not Kind.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("В Бишкеке задержали Мурада Ромашкина", "Мурад Ромашкин нашелся в Ашхабаде"),
        ("В Бишкеке задержали Ромашкина", "Ромашкина отправили в Россию"),
        ("В Бишкеке задержали активиста Иванова", "Активист Иванов под стражей в Бишкеке"),
    ],
)
def test_a_given_name_a_rare_surname_or_the_place_does(one: str, other: str) -> None:
    first, second = report(one, language="ru", outlet="VOA"), report(other, language="ru", hours=5)
    assert decide(second, [event(first)]).kind is Kind.SAME


def test_common_surnames_are_keys_of_surnames_alone() -> None:
    assert {"ivanav", "karimav", "petrenk"} <= common_surnames()
    assert "ramaskin" not in common_surnames()
    assert all("." not in key for key in common_surnames())
