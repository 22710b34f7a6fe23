"""Items as words: surfaces, terms, places."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.lexicon import Lexicon
from bot.language.morphology import analyzer, lemmas
from bot.language.words import FIELD_GAP, Document, analyse, words
from bot.model import Item

LEXICON = Lexicon()


def read(title: str, summary: str = "", language: str | None = None) -> Document:
    return analyse(Item("1", title, summary, language=language), LEXICON)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", ["задержан", "задержали", "задержанного"]),
        ("ru", ["экстрадировали", "экстрадировать", "экстрадирован"]),
        ("ru", ["Скорякин", "Скорякина", "Скорякину"]),
        ("ru", ["подсчёт", "подсчета"]),
        ("uk", ["затримали", "затриманий", "затримати"]),
        ("uk", ["активіст", "активіста", "активістів"]),
        ("en", ["extradited", "extradite", "extraditing"]),
        ("en", ["detainee", "detainees"]),
        ("en", ["kidnap", "kidnapped", "kidnapping"]),
        ("en", ["shoot", "shot", "shooting"]),
        ("en", ["leave", "left", "leaving"]),
        ("en", ["thief", "thieves"]),
        ("en", ["mobilise", "mobilized", "mobilising"]),
        ("en", ["mobilisation", "mobilization"]),
        ("en", ["defense", "defence"]),
        ("en", ["Erdogan", "Erdoğan", "Erdoğan’s"]),
        ("ky", ["кармалды", "кармалган", "кармашкан"]),
        ("kk", ["ұсталды", "усталды", "ұсталған"]),
        ("be", ["активист", "активиста"]),
    ],
)
def test_forms_of_a_word_share_a_term(language: str, forms: list[str]) -> None:
    for form in forms[1:]:
        assert LEXICON.terms(forms[0], language) & LEXICON.terms(form, language), form


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "выдать", "выдающийся"),
        ("ru", "суд", "судьба"),
        ("ru", "задержан", "держава"),
        ("en", "custody", "custom"),
        ("en", "border", "boarder"),
        ("en", "detain", "detail"),
        ("en", "police", "policy"),
        ("en", "rise", "rize"),
        ("ru", "мир", "мирный"),
        ("ru", "суд", "судно"),
        ("ru", "беженец", "бежевый"),
        ("ru", "пытать", "пытаться"),
        ("uk", "видати", "видатний"),
    ],
)
def test_words_that_only_look_alike_share_none(language: str, one: str, other: str) -> None:
    assert not LEXICON.terms(one, language) & LEXICON.terms(other, language)


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_the_lemmas_of_a_known_word_are_those_of_every_parse(language: str) -> None:
    dictionary = analyzer(language)
    for word in ("стали", "задержанных", "елка", "затримано", "мати", "россии", "видано", "три"):
        parsed = {parse.normal_form.replace("ё", "е") for parse in dictionary.parse(word)}
        assert lemmas(word, dictionary) >= parsed if dictionary.word_is_known(word) else not lemmas(word, dictionary)
    assert "затримати" in lemmas("затриманий", analyzer("uk"))


SUBJECT = {
    "ru": "арестовать задержать выдать депортировать выслать похитить исчезнуть избить обыскать приговорить осудить "
    "освободить отпустить разыскивать обвинить преследовать пытать отравить допросить вывезти активист активистка "
    "журналист дезертир убежище беженец граница эмигрант суд тюрьма следователь адвокат слежка угроза пытка обыск "
    "экстрадиция депортация гражданство обмен помилование священник учёный семья",
    "uk": "арештувати затримати екстрадувати видати депортувати викрасти зникнути побити засудити звільнити "
    "розшукувати звинувачувати катувати отруїти активіст активістка журналіст дезертир притулок біженець кордон "
    "суд в'язниця слідчий адвокат обшук вирок громадянство сім'я переслідування",
}


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_form_that_the_dictionary_has_meets_its_word(language: str) -> None:
    missed = []
    for word in SUBJECT[language].split():
        terms = LEXICON.terms(word, language)
        parses = [parse for parse in analyzer(language).parse(word) if parse.normal_form == word]
        assert parses, word
        forms = {form.word for parse in parses for form in parse.lexeme}
        missed += [(word, form) for form in forms if not terms & LEXICON.terms(form, language)]
    assert not missed


def test_a_stem_of_an_unknown_word_is_no_dictionary_word() -> None:
    terms = LEXICON.terms("extraditoids", "en")
    assert terms & LEXICON.terms("extraditoid", "en") == {"extraditoid~"}
    assert "extraditoid" not in terms


@pytest.mark.parametrize(
    ("typed", "surfaces"),
    [
        ("сaд", ["сад"]),
        ("Kиїв", ["київ"]),
        ("Russiа's", ["russia"]),
        ("ЗAДEPЖAH", ["задержан"]),
        ("ФCБ", ["фсб"]),
        ("ВBC", ["bbc"]),
        ("əскер", ["әскер"]),
        ("ɵлкɵ", ["өлкө"]),
        ("қаhарман", ["қаһарман"]),
        ("об′єднання", ["об'єднання"]),
        ("об’єднання", ["об'єднання"]),
        ("экс-министр", ["экс", "министр"]),
        ("за́держан", ["задержан"]),
        ("за\u00adдержан", ["задержан"]),
        ("Ёлка", ["елка"]),
        ("85,000", ["85", "000"]),
        ("«Новая» — газета…", ["новая", "газета"]),
        ("_под_черк_", ["под", "черк"]),
    ],
)
def test_a_word_has_one_spelling(typed: str, surfaces: list[str]) -> None:
    assert words(typed) == surfaces


def test_decomposed_letters_are_composed() -> None:
    assert words("чужои\u0306") == ["чужой"]


def test_places_are_those_of_the_stored_text() -> None:
    document = read("Лев Скорякин задержан", "Его могут выдать (признан в РФ иноагентом) России.")
    text = {"title": document.title, "summary": document.summary}
    assert [text[t.field][t.start : t.end].lower() for t in document.tokens] == [t.surface for t in document.tokens]
    assert "иноагентом" not in [token.surface for token in document.tokens]
    assert document.summary.endswith("России.")


def test_the_summary_stands_far_from_the_title() -> None:
    document = read("Активист", "задержан")
    assert document.tokens[1].position - document.tokens[0].position > FIELD_GAP - 1


def test_the_outlets_own_notice_is_not_read() -> None:
    notice = "Please note that with a Russian passport you could face fines or imprisonment for sharing our content."
    document = read("Weather in Prague", f"Rain is expected. {notice}")
    assert {"imprisonment", "russian"}.isdisjoint(token.surface for token in document.tokens)
    assert "rain" in {token.surface for token in document.tokens}


def test_addresses_are_not_words() -> None:
    document = read("Read more at https://example.org/extradited-to-russia now")
    assert [token.surface for token in document.tokens] == ["read", "more", "at", "now"]


def test_words_of_another_language_are_read_by_their_letters() -> None:
    russian = read("Компания Facebook заблокировала активистов из России, которые уехали", language="ru")
    assert "block" not in {term for token in russian.tokens for term in token.terms}
    assert "facebook" in {term for token in russian.tokens for term in token.terms}
    kyrgyz = LEXICON.terms("активиста", "ky")
    assert "активист" in kyrgyz
    ukrainian = LEXICON.terms("беженцев", "uk")
    assert "беженец" in ukrainian


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read_with_each_word_in_its_place(title: str, summary: str) -> None:
    document = read(title, summary)
    assert len(document.tokens) == len(document.forms)
    places = [(token.field, token.start) for token in document.tokens]
    assert places == sorted(places, key=lambda place: (place[0] != "title", place[1]))
    assert all(token.start < token.end for token in document.tokens)


def test_remembered_forms_are_bounded() -> None:
    lexicon = Lexicon(cached_forms=10)
    for number in range(100):
        lexicon.terms(f"word{number}", "en")
    assert len(lexicon.forms("en")) <= 10


IN_A_FRESH_PROCESS = """
import sys
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Item
lexicon = Lexicon()
for text in sys.argv[1:]:
    analyse(Item("1", text), lexicon)
print(*sorted(lexicon.loaded))
"""


def loaded_after(*texts: str) -> set[str]:
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, *texts]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_service_that_meets_no_ukrainian_item_holds_no_ukrainian_dictionary() -> None:
    assert not {"uk", "ru"} & loaded_after("Activist detained in Bishkek")
    assert "uk" not in loaded_after("Активиста задержали в Бишкеке и не отпускают из-под стражи")
    assert "uk" in loaded_after("Російського активіста затримали в Києві")


MEMORY = """
import sys
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
bare = resident()
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Item
lexicon = Lexicon()
for text in sys.argv[1:]:
    analyse(Item("1", text), lexicon)
assert {"ru", "uk", "en"} <= lexicon.loaded
print(resident() - bare)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="resident memory is read from /proc")
def test_the_room_with_every_language_loaded_stays_under_120_megabytes() -> None:
    texts = ["Activist Skoryakin detained", "Активист Скорякин задержан", "Активіста Скорякіна затримали в Києві",
             "Бишкекте журналист кармалды", "Алматыда белсенді ұсталды", "Расійскага актывіста затрымалі"]  # fmt: skip
    command = [sys.executable, "-c", MEMORY, *texts]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(result.stdout) < 120
