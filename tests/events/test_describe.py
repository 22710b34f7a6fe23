"""What an item is about."""

from __future__ import annotations

import pytest

from bot.events.concepts import concepts
from bot.events.describe import describe, describe_text, numbers, terms
from bot.language.lexicon import Lexicon
from bot.language.skeleton import key_of
from bot.language.words import analyse
from bot.model import Item, Match, RuleState, Status, Topic

LEXICON = Lexicon()


def match(topic: Topic) -> Match:
    return Match(f"rule-{topic}", 1, topic, RuleState.AUTO)


def test_an_item_is_described_by_its_rules_its_texts_and_its_feed() -> None:
    summary = "He may be extradited by March 5, his lawyer Nina Vasilkova says."
    item = Item("1", "Police detain activist Pyotr Romashkin", summary, language="en", country="AM")
    found = describe(analyse(item, LEXICON), (match(Topic.EXTRADITION), match(Topic.DETENTION), match(Topic.DETENTION)))
    assert found.topics == (Topic.DETENTION, Topic.EXTRADITION)
    assert found.countries == ("AM",)
    assert [person.key for person in found.people] == [key_of("Pyotr Romashkin"), key_of("Nina Vasilkova")]
    assert found.voices == {key_of("Nina Vasilkova")}
    assert found.status is Status.DETAINED
    assert found.numbers == {"d0305"}


def test_an_outlets_notice_is_no_part_of_an_item() -> None:
    notice = "Readers with a Russian passport could face fines or imprisonment for sharing or liking our content."
    found = describe_text("Poet detained in Yerevan", f"He was alone. {notice}", "en", (Topic.DETENTION,))
    assert found.countries == ("AM",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("85,000 wanted people, 12 of them found in 2023", {"85000", "12"}),
        ("85 000 человек, из них пятеро и еще 3", {"85000"}),
        ("September 8 and 8 сентября and 8 вересня and 8-сентябрда", {"d0908"}),
        ("May 20 in Osh", {"d0520"}),
        ("on Wednesday, в среду, у середу, сәрсенбі", {"w3"}),
        ("посередине, среди всех", set()),
        ("nothing", set()),
    ],
)
def test_numbers_and_dates_read_alike_in_every_language(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


def test_terms_meet_across_scripts() -> None:
    assert terms("extradited from Gyumri") & terms("экстрадирован из Гюмри") >= {"ekstra", "gumri"}


def test_capitals_are_kept_apart_from_people_and_the_proper_ones_from_places_and_openings() -> None:
    found = describe_text(
        "Жеребцова увезли",
        "Пётр Ромашкин работал прежде в фонде, который помогал уехавшим, а потом перебрался в Эдирне, это Турция.",
        "ru",
        (),
    )
    assert {"zerebca", "edirne"} <= found.capitals
    assert "edirne" in found.proper
    assert not {"zerebca", "turcea", "ramaski"} & found.proper
    assert "ramaski" not in found.capitals


def test_a_headline_all_in_capitals_has_no_proper_words() -> None:
    assert not describe_text("Court Of Appeal Frees Exiled Poet", "", "en", ()).proper


def test_concepts_are_the_same_in_every_language() -> None:
    words = {"en": "violinist deserter passport", "ru": "скрипач дезертир паспорт", "uk": "скрипаль дезертир паспорт"}
    assert {frozenset(concepts(terms(text))) for text in words.values()} == {
        frozenset({"musician", "deserter", "passport"})
    }
    assert concepts(terms("материалы")) == frozenset()


def test_names_are_not_terms() -> None:
    found = describe_text("Суд в Гюмри отпустил Петра Ромашкина", "", "ru", (Topic.RELEASE,))
    assert not {term for term in found.terms if term.startswith("romas")}
