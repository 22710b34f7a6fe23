"""People named in a text, and the keys by which their spellings are one person."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from bot.language.names import people, voices
from bot.language.skeleton import beginning, family, key_of, same_person, skeleton

CORPORA = [Path(__file__).parents[1] / "data/corpus" / name for name in ("dev.jsonl", "second.jsonl")]


@pytest.mark.parametrize(
    "spellings",
    [
        "Скорякин Скорякина Скорякину Скорякиным Skoryakin Skoriakin",
        "Жаримбетов Жаримбетова Zharimbetov Jarimbetov",
        "Гнёт Гнёта Gnyot Hniot",
        "Тихановская Тихановскую Тихановську Tikhanovskaya Tsikhanouskaya",
        "Соловьёв Соловьев Solovyov Soloviev Solov'ev",
        "Газарян Газаряну Газаряном Gazaryan Ghazaryan",
        "Гусейнов Гусейнова Huseynov Guseinov Hüseynov",
        "Хасоев Хасоеву Khasoyev Hasoev",
        "Щербина Shcherbina Scherbina",
        "Жапаров Japarov Zhaparov",
        "Остапчик Остапчика Astapchyk Ostapchik",
        "Горбачёва Горбачева Harbachova Gorbacheva Gorbachova",
        "Məmmədov Мамедов Mammadov Mamedov",
    ],
)
def test_spellings_of_a_name_in_any_script_and_case_share_its_key(spellings: str) -> None:
    assert len({skeleton(spelling) for spelling in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ким", "Кимов"), ("Иванов", "Петров"), ("Рожков", "Рожин"), ("Лев", "Левин"), ("Садыков", "Садыр")],
)
def test_other_surnames_are_other_people(one: str, other: str) -> None:
    assert not same_person(skeleton(one), skeleton(other))


def test_one_key_may_begin_the_other_by_five_letters_with_at_most_four_more() -> None:
    assert same_person("boram", "boramangn")
    assert not same_person("boram", "boramangna")
    assert not same_person("bora", "boraman")


def test_given_names_keep_spouses_apart_and_are_not_needed() -> None:
    his, hers = key_of("Пётр Ромашкин"), key_of("Нина Ромашкина")
    assert family(his) == family(hers)
    assert not same_person(his, hers)
    assert same_person(his, key_of("Ромашкина"))
    assert same_person(his, key_of("Piotr Romashkin"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Николай Ромашкин", "Mikalai Ramashkin"),
        ("Владимир Ромашкин", "Uladzimir Ramashkin"),
        ("Александр Ромашкин", "Alexander Romashkin"),
        ("Ольга Ромашкина", "Volha Ramashkina"),
        ("Евгений Ромашкин", "Yauhen Ramashkin"),
    ],
)
def test_a_given_name_is_the_same_in_its_neighbours_languages(one: str, other: str) -> None:
    assert same_person(key_of(one), key_of(other))


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщыэюяабвгдеabcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14))
def test_a_key_is_plain_letters_and_is_its_own_person(name: str) -> None:
    key = skeleton(name)
    assert key == "" or (key.isascii() and key.isalpha() and key.islower())
    assert not key or same_person(key, key)


@given(
    st.sampled_from(["romaskin", "ivanav", "kim", "boramangn"]), st.sampled_from(["roma", "romaskinav", "ivan", "kim"])
)
def test_same_person_does_not_depend_on_the_order_and_shares_a_beginning(one: str, other: str) -> None:
    assert same_person(one, other) == same_person(other, one)
    if same_person(one, other):
        assert beginning(one) == beginning(other)


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Активиста Петра Ромашкина задержали в Бишкеке", "ru", ["Пётр Ромашкин", "Петр Ромашкин"]),
        ("Юристку Веру Незабудкину не выдадут", "ru", ["Вера Незабудкина"]),
        ("Суд отказал Ромашкину в убежище", "ru", ["Ромашкин"]),
        ("Блогера Петра Ромашкіна затримали у Варшаві", "uk", ["Петро Ромашкін", "Петр Ромашкін"]),
        ("Police in Tbilisi detained Pyotr Romashkin on Monday", "en", ["Pyotr Romashkin"]),
        ("Serbia Orders Journalist Romashkin to Leave", "en", ["Romashkin"]),
        ("Белсенді Пётр Ромашкинді Алматыда ұстады", "kk", ["Пётр Ромашкин"]),
        ("Активист Айбек Ромашовду Бишкекте кармашты", "ky", ["Айбек Ромашов"]),
        # What is also a word, or a town, or many of a given name.
        ("Пропавший в Киргизии Жеребцов нашелся в СИЗО", "ru", ["Жеребцов"]),
        ("Лоскутов в Оренбурге. Передали ночью", "ru", ["Лоскутов"]),
        ("Активист Асанбеков прятался в Подмосковье", "ru", ["Асанбеков"]),
        ("Добровольцу Маковскому закрыли въезд", "ru", ["Маковскому"]),
        ("Перечень дополнили именами Осетинской и других", "ru", ["Осетинской"]),
        ("Экоактивистку Ромашкину арестовали в Оше", "ru", ["Ромашкина"]),
        ("Интерпол вычеркнул Рахмонзоду из базы", "ru", ["Рахмонзода", "Рахмонзоду"]),
        ("Из квартиры пытались увезти Ромашлы", "ru", ["Ромашлы"]),
        ("Turkish charter carried Romashkow out", "en", ["Romashkow"]),
        ("Romashchyk hugs his wife", "en", ["Romashchyk"]),
        ("Белсенді, тілші Али Ромашды сотқа берді", "kk", ["Али Ромашды"]),
    ],
)
def test_a_person_is_found_and_named_in_the_nominative(text: str, language: str, names: list[str]) -> None:
    found = people(text, "", language)
    assert len(found) == 1
    assert found[0].name in names


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Human Rights Watch and the Interior Ministry disagree", "en"),
        ("Former Presidential Guard Risks Prison After Return", "en"),
        ("Генпрокуратура Казахстана и Верховный суд промолчали", "ru"),
        ("Новая книга вышла в издательстве The Bell", "ru"),
        ("На проспекте Ромашкина перекрыли движение", "ru"),
        ("Мэр Маковского не ответил на вопросы", "ru"),
        ("Передали ночью, через Ромашкин", "ru"),
        ("Список СМИ-иноагентов пополнили", "ru"),
        ("Слова прозвучали в российской Думе", "ru"),
        ("На Бутырский суд пожаловались в среду", "ru"),
        ("Putin's mobilization drives men abroad", "en"),
        ("Башкы прокуратура жана Жогорку Кеңеш унчукпады", "ky"),
    ],
)
def test_offices_outlets_streets_and_heads_of_state_are_nobody(text: str, language: str) -> None:
    assert people(text, "", language) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [("Police showed Pyotr and Nina Romashkin their posts", "en"), ("Вернулись Пётр и Нина Ромашкины", "ru")],
)
def test_a_couple_with_one_surname_is_two_people(text: str, language: str) -> None:
    assert [person.key for person in people(text, "", language)] == ["ramaskin.pt", "ramaskin.nn"]


def test_a_person_named_twice_is_one_by_the_fuller_name() -> None:
    found = people("Ромашкина выдали", "Петра Ромашкина искали год, Ромашкин скрывался.", "ru")
    assert [person.key for person in found] == [key_of("Петр Ромашкин")]


def test_those_who_only_speak_are_voices_and_the_person_is_not() -> None:
    text = "Pyotr Romashkin was detained in Tbilisi, lawyer Nina Vasilkova said."
    assert voices("", text, "en") == {key_of("Nina Vasilkova")}


def test_no_two_people_of_the_corpus_share_a_key() -> None:
    """Spellings differ, people must not: a shared key with another surname or given name is a collision."""
    holders: dict[str, set[str]] = {}
    for line in (line for path in CORPORA for line in path.read_text(encoding="utf-8").splitlines()):
        for name in json.loads(line)["persons"]:
            holders.setdefault(key_of(name), set()).add(name)
    assert len(holders) > 300
    strangers = [
        (key, one, other)
        for key, names in holders.items()
        for one, other in combinations(sorted(names), 2)
        if not _one_person(one, other)
    ]
    assert not strangers


def _one_person(one: str, other: str) -> bool:
    """A second opinion on two spellings: how alike their letters are, whatever the rules of the skeleton."""
    mine, theirs = anyascii(one).lower().split(), anyascii(other).lower().split()
    return (
        SequenceMatcher(None, mine[-1], theirs[-1]).ratio() > 0.6
        and SequenceMatcher(None, mine[0], theirs[0]).ratio() > 0.4
    )
