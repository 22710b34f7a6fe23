from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.following import NotAName, named, named_in, typed_keys, wanted
from bot.language.names import people
from bot.language.skeleton import key_of, same_person
from bot.model import Person


def meets(followed: str, printed: str) -> bool:
    """Whether who follows a name as typed gets an item that prints it so."""
    tags = frozenset().union(*map(wanted, typed_keys(followed)))
    return bool(tags & named_in([Person(printed, key_of(printed))]))


@pytest.mark.parametrize("typed", ["Скорякин", "Skoryakin", "Skoriakin", "Скорякина", "СКОРЯКИН", "скорякину"])
@pytest.mark.parametrize("printed", ["Лев Скорякин", "Lev Skoryakin", "Skoriakin", "Льва Скорякина"])
def test_every_spelling_and_case_meets_every_other(typed: str, printed: str) -> None:
    assert meets(typed, printed)


@pytest.mark.parametrize(
    "typed",
    ["Лев Скорякин", "Скорякин Лев", "Lev Skoryakin", "Skoryakin, Lev", "Лев Валерьевич Скорякин", "Скорякин Лев В."],
)
def test_the_given_name_may_stand_first_or_last_or_not_in_the_news(typed: str) -> None:
    assert meets(typed, "Лев Скорякин")
    assert meets(typed, "Скорякина")
    assert not meets(typed, "Пётр Скорякин"), "a namesake of another given name"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Жаримбетов", "Nurbek Zharimbetov"),
        ("Zharimbetov", "Жаримбетова"),
        ("Тихановская", "Sviatlana Tsikhanouskaya"),
        ("Гнёт", "Hniot"),
        ("Ли", "Анна Ли"),
        ("Юй", "Юй"),
        ("Джапаров", "Japarov"),
    ],
)
def test_scripts_and_transliterations_are_one(typed: str, printed: str) -> None:
    assert meets(typed, printed)


@pytest.mark.parametrize(
    ("typed", "printed"), [("Ким", "Кимов"), ("Скорякин", "Скоробогатов"), ("Иванов", "Петров"), ("Орлов", "Орловски")]
)
def test_other_names_stay_other_names(typed: str, printed: str) -> None:
    assert meets(typed, printed) == same_person(key_of(typed), key_of(printed))
    if typed != "Орлов":
        assert not meets(typed, printed)


@pytest.mark.parametrize("order", ["Лев Скорякин", "Скорякин Лев"])
def test_a_name_that_an_outlet_prints_surname_first_is_met_too(order: str) -> None:
    assert named_in([Person(order, key_of(order))]) & wanted(key_of("Лев Скорякин"))


@pytest.mark.parametrize(
    "text",
    [
        "В Бишкеке задержали активиста Льва Скорякина",
        "Скорякин рассказал о своём аресте",
        "Адвокат Скорякина подал жалобу",
    ],
)
def test_a_name_found_in_russian_news_meets_a_follower_who_typed_latin(text: str) -> None:
    tags = frozenset().union(*map(wanted, typed_keys("Lev Skoryakin")))
    assert tags & named_in(people(text, "", "ru"))


@pytest.mark.parametrize("typed", ["", " ", "@somebody", "12345", "Я", "слово " * 6, "а" * 101, "https://t.me/x", "🙂"])
def test_what_cannot_be_a_name_is_refused(typed: str) -> None:
    with pytest.raises(NotAName):
        typed_keys(typed)


keys = st.builds(
    lambda surname, given: f"{surname}.{given}" if given else surname,
    st.sampled_from(["kim", "kimav", "skara", "skarak", "skarakin", "skarakinava", "skarav", "skarakinavasky", "bibi"]),
    st.sampled_from(["", "lv", "pt"]),
) | st.from_regex(r"[a-d]{1,12}(\.[ab]{1,2})?", fullmatch=True)


@given(keys, keys)
def test_tags_meet_exactly_where_two_keys_may_be_one_person(one: str, other: str) -> None:
    assert bool(wanted(one) & named(other)) == same_person(one, other)
    assert bool(wanted(other) & named(one)) == same_person(one, other)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_name_or_refused(typed: str) -> None:
    try:
        found = typed_keys(typed)
    except NotAName:
        return
    assert 1 <= len(found) <= 2
    assert all(wanted(key) & named(key) for key in found)
