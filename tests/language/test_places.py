"""Where an item happened: names, adjectives, cities and their forms, and the traps among them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bot.language.places import find, look
from bot.language.places.make import lines
from bot.language.places.table import TABLE

LANGUAGES = ("en", "ru", "uk", "kk", "ky")


@pytest.mark.parametrize(
    ("text", "language", "country"),
    [
        ("A baker was stopped in Bishkek", "en", "KG"),
        ("Kazakhstan's court adjourned", "en", "KZ"),
        ("The U.S. agency answered", "en", "US"),
        ("Polish border guards spoke", "en", "PL"),
        ("Пекаря остановили в Ереване", "ru", "AM"),
        ("Жителя Алма-Аты вызвали к следователю", "ru", "KZ"),
        ("Узбекистанцев не пустили домой", "ru", "UZ"),
        ("Суд в Южной Осетии отложил дело", "ru", "GE"),
        ("Пекаря зупинили у Варшаві", "uk", "PL"),
        ("Киргизькі прикордонники мовчать", "uk", "KG"),
        ("Наубайшы Бішкекте ұсталды", "kk", "KG"),
        ("Өзбекстандық наубайшы қайтып келді", "kk", "UZ"),
        ("Наабайчы Стамбулдан учуп кетти", "ky", "TR"),
        ("Казакстандык наабайчы кайтып келди", "ky", "KZ"),
    ],
)
def test_a_country_is_found_by_any_form_of_its_words(text: str, language: str, country: str) -> None:
    assert find(text, language=language) == (country,)


@pytest.mark.parametrize(
    ("text", "language", "unmeant"),
    [
        ("Georgia sheriff in Fulton County detains a clerk near Atlanta", "en", "GE"),
        ("Корабль с грузом задержан: груз остался в порту", "ru", "GE"),
        ("The new law keeps us from leaving, they say", "en", "US"),
        ("The Moscow Times published a recipe", "en", "RU"),
        ("Того, кто ушел, не нашли", "ru", "TG"),
        ("Чад от костра мешал соседям", "ru", "TD"),
        ("Прокурор Швед отложил заседание", "ru", "SE"),
        ("Женевская конвенция не нарушена", "ru", "CH"),
    ],
)
def test_a_word_that_only_looks_like_a_country_is_none(text: str, language: str, unmeant: str) -> None:
    assert unmeant not in find(text, language=language)


def test_georgia_next_to_tbilisi_is_the_country() -> None:
    assert find("Georgia asks a sheriff from Atlanta to speak in Tbilisi", language="en")[0] == "GE"


def test_the_war_against_ukraine_is_not_where_an_item_happened() -> None:
    assert find("Serbia expels a man who spoke against the war in Ukraine", language="en") == ("RS",)
    assert "UA" in find("A baker was stopped in Kyiv after the war in Ukraine began", language="en")


def test_russia_is_the_place_only_when_nothing_else_is() -> None:
    text = "Россия, Россия и еще раз Россия требует выдачи: суд в Бишкеке ждет"
    found = look(text, language="ru")
    assert found.place == "KG"
    assert found.countries[0] == "KG"
    assert "RU" in found.countries
    assert look("Суд в Москве отложил дело", language="ru").place == "RU"


def test_the_feeds_country_fills_a_gap_and_breaks_a_tie_but_invents_nothing() -> None:
    assert find("A baker was stopped", language="en", prior="AM") == ("AM",)
    assert find("A baker was stopped", language="en") == ()
    assert find("Kazakhstan and Serbia sign", language="en", prior="RS")[0] == "RS"
    assert "AM" not in find("A baker was stopped in Belgrade", language="en", prior="AM")


def test_the_table_covers_sixty_countries_in_five_languages_with_more_than_names() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    kinds: dict[str, set[str]] = {}
    spoken: dict[str, set[str]] = {}
    for row in rows:
        kinds.setdefault(row["country"], set()).add(row["kind"])
        spoken.setdefault(row["country"], set()).add(row["language"])
    rich = [country for country, found in kinds.items() if {"name", "adjective"} <= found and len(found) >= 3]
    assert len([country for country in rich if spoken[country] >= set(LANGUAGES)]) >= 60


def test_the_table_in_the_tree_is_what_its_script_makes() -> None:
    written = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    assert Counter(written) == Counter(lines())


def test_no_form_of_one_country_belongs_to_another_by_mistake() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    owners: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["kind"] == "capital":
            for form in row["forms"].split("|"):
                owners.setdefault((row["language"], form), set()).add(row["country"])
    assert not {form: found for form, found in owners.items() if len(found) > 1}


def test_the_table_ships_with_the_package() -> None:
    assert TABLE.is_file()
    assert Path(TABLE).parent.name == "places"
