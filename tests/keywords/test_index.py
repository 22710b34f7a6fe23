"""Many rules at once: what matches, where, and that the index answers as asking every rule does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.keywords.index import RuleIndex
from bot.keywords.query import QueryError, parse
from bot.language.lexicon import Lexicon
from bot.language.words import Document, analyse
from bot.model import Group, Item, Rule, RuleState, Topic
from tests.keywords.queries import queries, texts

LEXICON = Lexicon()
GROUPS = [
    Group("act", (("ru", 'экстрадиция | "выдать NEAR/4 Россия"'), ("en", "extradite | detain"), ("ky", "кармоо"))),
    Group("who", (("", "activist | активист"),)),
]


def rule(name: str, *queries: tuple[str, str], state: RuleState = RuleState.AUTO) -> Rule:
    return Rule(name, Topic.DETENTION, state, queries, version=3)


def read(title: str, summary: str = "", language: str = "ru", **known: str) -> Document:
    return analyse(Item("1", title, summary, language=language, **known), LEXICON)  # type: ignore[arg-type]


def shown(query: str, title: str, summary: str = "", language: str = "ru", **known: str) -> list[str] | None:
    """What is shown in bold, or None where the query does not match."""
    document = read(title, summary, language, **known)
    found = RuleIndex([rule("r", (language, query))], GROUPS, LEXICON).match(document)
    fields = {"title": document.title, "summary": document.summary}
    return [fields[field][start:end] for field, start, end in found[0].places] if found else None


@pytest.mark.parametrize(
    ("query", "title", "bold"),
    [
        ("задержать", "Активиста задержали", ["задержали"]),
        ("выдать", "Выдающийся учёный", None),
        ("=задержан", "Активист задержан", ["задержан"]),
        ("=задержан", "Активиста задержали", None),
        ("экстрад*", "Его экстрадируют завтра", ["экстрадируют"]),
        ("челов*", "Задержаны люди", None),
        ('"политический беженец"', "Двух политических беженцев выдали", ["политических беженцев"]),
        ('"политический беженец"', "Политический противник беженца", None),
        ('"беженец Россия"~2', "Россия ищет беженцев", ["Россия", "беженцев"]),
        ('"беженец Россия"~1', "Россия ищет беженцев", None),
        ('"беженец беженец"~3', "Россия ищет беженцев", None),
        ("беженец NEAR/2 Россия", "Россия ищет беженцев", ["Россия", "беженцев"]),
        ("беженец NEAR/1 Россия", "Россия ищет беженцев", None),
        ("(беженец | активист) NEAR/1 (искать | ловить)", "Ловят активиста", ["Ловят активиста"]),
        ("активист -экстрадиция", "Активист уехал", ["Активист"]),
        ("активист -экстрадиция", "Активисту грозит экстрадиция", None),
        ("@act @who", "Активиста могут выдать в Россию", ["Активиста", "выдать", "Россию"]),
        ("сад", "Вишнёвый сaд", ["сaд"]),
        ("ёлка", "Елку убрали", ["Елку"]),
        ("Скорякин", "Скорякину отказали", ["Скорякину"]),
    ],
)
def test_what_a_query_matches_and_shows(query: str, title: str, bold: list[str] | None) -> None:
    assert shown(query, title) == bold


def test_a_phrase_does_not_reach_from_the_title_into_the_summary() -> None:
    assert shown('"задержать активист"', "Его задержали", "Активист дома") is None
    assert shown("задержать NEAR/9 активист", "Его задержали", "Активист дома") is None
    assert shown("задержать активист", "Его задержали", "Активист дома") == ["задержали", "Активист"]


def test_a_hyphen_parts_words_that_stand_next_to_each_other() -> None:
    assert shown("anti-war", "Anti-war activist", language="en") == ["Anti", "war"]
    assert shown('"anti war"', "An anti‑war and anti-war rally", language="en") == ["anti", "war", "anti", "war"]
    assert shown("министр", "Экс-министр уехал из страны") == ["министр"]


def test_title_asks_of_the_title_alone() -> None:
    assert shown("title:активист", "Суд", "Активист") is None
    assert shown("title:(активист | суд)", "Суд", "Активист") == ["Суд"]
    assert shown("title:активист | суд", "Дело", "Суд и активист") == ["Суд"]
    assert shown("суд -title:активист", "Суд", "Активист") == ["Суд"]


def test_facts_of_the_item() -> None:
    assert shown("source:voa суд", "Суд", outlet="VOA") == ["Суд"]
    assert shown("source:voa суд", "Суд", outlet="rferl") is None
    assert shown("source:rferl.org суд", "Суд", url="https://www.rferl.org/a/1.html") == ["Суд"]
    assert shown("country:KG суд", "Суд", country="KG") == ["Суд"]
    assert shown("lang:ru суд", "Суд над активистом начался в Бишкеке и на нём нет людей") is not None


def test_kazakh_and_kyrgyz_forms_and_plain_letters() -> None:
    for form in ("кармалды", "кармалган", "кармашкан"):
        assert shown("кармоо", f"Бишкекте журналист {form}", language="ky") == [form]
    for form in ("ұсталды", "ұстады", "ұсталған", "усталды"):
        assert shown("ұстау", f"Алматыда белсенді {form}", language="kk") == [form]
    assert shown("устал*", "Алматыда белсенді ұсталды", language="kk") == ["ұсталды"]
    assert shown("=ұсталды", "Алматыда белсенді усталды", language="kk") == ["усталды"]
    assert shown("=ұсталды", "Алматыда белсенді ұсталған", language="kk") is None


def test_a_rule_is_asked_in_the_language_of_the_item_else_in_any_else_in_russian() -> None:
    index = RuleIndex(
        [
            rule("both", ("en", "detain"), ("ru", "задержать")),
            rule("any", ("", "@who")),
            rule("ru", ("ru", "активист")),
        ],
        GROUPS,
        LEXICON,
    )
    assert [match.rule for match in index.match(read("Activist detained", language="en"))] == ["both", "any"]
    russian = read("Активиста задержали в Бишкеке, и его могут выдать на родину")
    assert [match.rule for match in index.match(russian)] == ["both", "any", "ru"]
    kyrgyz = read("Бишкекте активисттер кармалып, түрмөгө камалды", language="ky")
    assert [match.rule for match in index.match(kyrgyz)] == ["any", "ru"]


def test_a_match_carries_its_rule_and_its_version() -> None:
    index = RuleIndex([rule("r", ("", "активист"), state=RuleState.REVIEW)], [], LEXICON)
    (match,) = index.match(read("Активист"))
    assert (match.rule, match.version, match.topic, match.state) == ("r", 3, Topic.DETENTION, RuleState.REVIEW)
    assert match.places == (("title", 0, 8),)


def test_rules_that_are_off_are_not_asked() -> None:
    assert RuleIndex([rule("r", ("", "активист"), state=RuleState.OFF)], [], LEXICON).match(read("Активист")) == ()


def test_a_mistake_in_a_rule_is_found_when_the_index_is_made() -> None:
    with pytest.raises(QueryError):
        RuleIndex([rule("r", ("uk", "(активіст"))], [], LEXICON)


def test_dictionaries_are_loaded_by_the_first_item_of_their_language() -> None:
    lexicon = Lexicon()
    index = RuleIndex([rule("r", ("uk", "активіст"), ("ru", "активист"), ("en", "activist"))], [], lexicon)
    assert not lexicon.loaded
    index.match(analyse(Item("1", "An activist was detained"), lexicon))
    assert lexicon.loaded <= {"en", "en-stems"}


def test_a_long_text_of_one_word_is_matched_in_good_time() -> None:
    document = read("активист " * 3_000)
    index = RuleIndex([rule("r", ("ru", "активист NEAR/50 активист NEAR/50 активист"))], [], LEXICON)
    assert [match.rule for match in index.match(document)] == ["r"]


def is_readable(query: str) -> bool:
    try:
        parse(query, groups={group.name: group for group in GROUPS}, language="")
    except QueryError:
        return False
    return True


@settings(max_examples=100, deadline=None)
@given(st.lists(queries, min_size=1, max_size=8), texts, texts, st.sampled_from(["voa", "rferl", ""]))
def test_the_index_answers_as_asking_every_rule_does(made: list[str], title: str, summary: str, outlet: str) -> None:
    rules = [rule(f"r{number}", ("", query)) for number, query in enumerate(made) if is_readable(query)]
    document = read(title, summary, outlet=outlet, country="KG")
    index = RuleIndex(rules, GROUPS, LEXICON)
    matches = index.match_all_slowly(document)
    assert index.match(document) == matches
    assert index.meets(document) == {match.rule for match in matches}
