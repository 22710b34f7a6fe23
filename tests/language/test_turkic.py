"""Kazakh and Kyrgyz word forms."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.language.turkic import fold, stems


@pytest.mark.parametrize(
    "forms",
    [
        "кармалды кармалган кармашкан кармады кармоо кармалууда кармалгандарды",
        "ұсталды ұстады ұсталған ұстау ұстап",
        "қамалды қамалған қамау қамады",
        "издөө издеп изделген издөөдө изделүүдө",
        "экстрадиция экстрадицияланды экстрадициялоо экстрадициясы экстрадицияга",
        "активист активисттер активисттерди активисттин активисти активистке",
        "журналист журналисттен журналисттердин журналистің",
        "белсенді белсендіні белсенділер белсендіге белсендісі",
        "Қазақстан Қазақстанда Қазақстаннан Қазақстанға".lower(),
        "босқын босқындар босқындарды босқынға",
    ],
)
def test_forms_of_one_word_meet(forms: str) -> None:
    for one, other in combinations(forms.split(), 2):
        assert stems(one) & stems(other), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("түрмө", "турат"),
        ("адам", "адат"),
        ("сот", "соода"),
        ("камалды", "калды"),
        ("активист", "актив"),
        ("өлкө", "өлүм"),
    ],
)
def test_other_words_do_not_meet(one: str, other: str) -> None:
    assert not stems(one) & stems(other)


def test_letters_typed_as_their_neighbours_are_the_same_word() -> None:
    assert fold("ұсталған") == "усталган"
    assert stems("усталган") & stems("ұсталды")
    assert stems("издөө") == stems("издоо")
