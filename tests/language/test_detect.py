"""Languages of short texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.detect import detect, detect_fields
from bot.model import LANGUAGES

CORPUS = Path(__file__).parents[1] / "data/corpus/dev.jsonl"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Russian activist detained in Bishkek", "en"),
        ("Российского активиста задержали в Бишкеке и могут выдать", "ru"),
        ("Російського активіста затримали в Києві", "uk"),
        ("Бишкекте журналист кармалды", "ky"),
        ("Алматыда белсенді ұсталды", "kk"),
        ("Расійскага актывіста затрымалі ў Мінску", "be"),
        ("RFE/RL’s Kyrgyz Service", "en"),
    ],
)
def test_a_headline_tells_its_language(text: str, language: str) -> None:
    assert detect(text) == language


def test_the_feed_decides_where_the_text_does_not() -> None:
    assert detect("2023", "ky") == "ky"
    assert detect("", "kk") == "kk"
    assert detect("…", "xx") == "en"


def test_a_clear_text_outweighs_its_feed() -> None:
    assert detect("Бишкекте активист кармалып, камакка алынды", "ru") == "ky"
    assert detect("Two men were extradited to Russia", "ru") == "en"


def test_kazakh_in_plain_letters_is_kazakh_in_a_kazakh_feed() -> None:
    assert detect("Алматыда белсенди усталды", "kk") == "kk"
    assert detect("Сот уким шыгарды", "kk") == "kk"
    assert detect("Бишкекте активист кармалып, камакка алынды", "ky") == "ky"
    assert detect("Өкмөт мыйзамды өзгөртүп, чөнтөк акчаны көбөйттү", "kk") == "ky"


def test_a_russian_text_with_a_kazakh_name_in_it_stays_russian() -> None:
    assert detect("Активиста, уехавшего из России, задержали в городе Қонаев и не отпускают") == "ru"


def test_a_headline_in_another_language_than_the_text_is_read_in_its_own() -> None:
    title = "Бишкекте орусиялык активист кармалып, өлкөдөн чыгарылышы мүмкүн, дешти укук коргоочулар"
    summary = "Активиста задержали утром в его квартире; друзья говорят, что его могут выдать России в течение недели."
    assert detect_fields(title, summary, "ky").title == "ky"
    assert detect_fields(title, summary, "ky").summary == "ru"


def test_every_item_of_the_corpus_is_told_right_without_a_prior() -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    wrong = [row["id"] for row in rows if detect_fields(row["title"], row["summary"]).item != row["lang"]]
    assert len(wrong) <= len(rows) // 200, wrong


@given(st.text(), st.sampled_from([None, *LANGUAGES, "de"]))
def test_any_text_has_one_of_our_languages(text: str, prior: str | None) -> None:
    assert detect(text, prior) in LANGUAGES
