"""Reading queries: what is accepted, how it is printed, and what is refused where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserMistake
from bot.keywords.mistakes import width
from bot.keywords.query import Query, QueryError, parse, warnings
from bot.keywords.tree import And, Exact, Named, Near, Not, Or, Phrase, Prefix, Titled, Word
from bot.model import Group
from tests.keywords.queries import queries

GROUPS = {
    group.name: group
    for group in (
        Group("act", (("ru", 'экстрадиция | "выдать NEAR/4 Россия"'), ("en", "extradite | extradition"))),
        Group("who", (("", "activist | активист | @friend"),)),
        Group("friend", (("", "friend | друг"),)),
        Group("loop", (("", "a1 | @back"),)),
        Group("back", (("", "@loop"),)),
        Group("broken", (("ru", "слово | (суд"),)),
        Group("only-ru", (("uk", "мова"), ("ru", "слово"))),
    )
}


def read(text: str, language: str = "ru") -> object:
    return parse(text, groups=GROUPS, language=language).root


def word(text: str) -> Word:
    return Word(text, "ru")


@pytest.mark.parametrize(
    "text",
    ["суд выдать", "суд AND выдать", "суд И выдать", "суд & выдать", "суд && выдать", "(суд) (выдать)", "Суд\nВЫДАТЬ"],
)
def test_and_in_all_its_spellings(text: str) -> None:
    assert read(text) == And((word("суд"), word("выдать")))


@pytest.mark.parametrize("text", ["суд | выдать", "суд OR выдать", "суд ИЛИ выдать", "суд АБО выдать", "суд || выдать"])
def test_or_in_all_its_spellings(text: str) -> None:
    assert read(text) == Or((word("суд"), word("выдать")))


@pytest.mark.parametrize(
    "text", ["суд -дело", "суд NOT дело", "суд НЕ дело", "суд AND NOT дело", *(f"суд {sign}дело" for sign in "–—‐‑−")]
)
def test_not_in_all_its_spellings(text: str) -> None:
    assert read(text) == And((word("суд"), Not(word("дело"))))


def test_not_binds_tighter_than_and_and_and_than_or() -> None:
    assert read("а -б | в г") == Or((And((word("а"), Not(word("б")))), And((word("в"), word("г")))))


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u200f", "\u2060", "\ufeff", "\u00a0"])
def test_signs_that_nobody_sees_change_no_operator_and_move_no_caret(unseen: str) -> None:
    assert read(f"{unseen}суд {unseen}ИЛИ{unseen} выдать") == Or((word("суд"), word("выдать")))
    assert read(f"суд {unseen}-дело") == And((word("суд"), Not(word("дело"))))
    assert read(f"экс{unseen}трад*" if unseen != "\u00a0" else "экстрад*") == Prefix("экстрад")
    with pytest.raises(QueryError) as caught:
        read(f"суд{unseen} (дело")
    text, caret, _ = caught.value.explain("ru").split("\n")
    assert len(caret) == len(text) + 1


def test_the_caret_stands_under_its_column_behind_accents_and_emoji() -> None:
    with pytest.raises(QueryError) as caught:
        read("за\u0301держан «🚨 суд» (")
    assert caught.value.column == 19
    assert caught.value.explain("ru").split("\n")[1] == " " * 19 + "^"
    assert (width("а\u0301"), width("🚨")) == (1, 2)


@pytest.mark.parametrize("operator", ["ОR", "OR", "AБO"])
def test_an_operator_with_a_letter_of_the_other_alphabet_is_one(operator: str) -> None:
    assert read(f"суд {operator} дело") == Or((word("суд"), word("дело")))
    assert read("суд НE дело") == read("суд NОT дело") == And((word("суд"), Not(word("дело"))))
    assert read("суд NЕAR/4 дело") == Near(word("суд"), word("дело"), 4)


def test_operators_in_lower_case_are_words() -> None:
    assert read("and or not") == And((word("and"), word("or"), word("not")))
    assert read("суд и дело") == And((word("суд"), word("и"), word("дело")))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("=слово", Exact("слово")),
        ("!слово", Exact("слово")),
        ("экстрад*", Prefix("экстрад")),
        ('"суд выдать"', Phrase((word("суд"), word("выдать")))),
        ("«суд выдать»", Phrase((word("суд"), word("выдать")))),
        ("“суд выдать”", Phrase((word("суд"), word("выдать")))),
        ("„суд выдать“", Phrase((word("суд"), word("выдать")))),
        ('"суд выд*"', Phrase((word("суд"), Prefix("выд")))),
        ('="суд выдать"', Phrase((Exact("суд"), Exact("выдать")))),
        ('"суд выдать"~4', Phrase((word("суд"), word("выдать")), 4)),
        ("суд NEAR/4 дело", Near(word("суд"), word("дело"), 4)),
        ('"выдать NEAR/4 Россия"', Near(word("выдать"), word("россия"), 4)),
        ("anti-war", Phrase((word("anti"), word("war")))),
        ('"слово"', word("слово")),
        ("title:слово", Titled(word("слово"))),
        ("заголовок:слово", Titled(word("слово"))),
        ("Ещё", word("еще")),
        ("сaд", word("сад")),
        ("НЕ НЕ слово", word("слово")),
    ],
)
def test_every_form_of_the_language(text: str, node: object) -> None:
    assert read(text) == node


def test_a_group_is_read_in_the_language_at_hand() -> None:
    assert read("@act", "en") == Named("act", Or((Word("extradite", "en"), Word("extradition", "en"))))
    russian = read("@act", "ru")
    assert isinstance(russian, Named)
    assert russian.child == Or((word("экстрадиция"), Near(word("выдать"), word("россия"), 4)))


def test_a_group_without_the_language_falls_back() -> None:
    assert read("@act", "kk") == read("@act", "ru")
    assert read("@only-ru", "en") == read("@only-ru", "ru")
    assert "activist" in str(Or((read("@who", "uk").child,)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "column", "kind"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("суд AND OR дело", 8, "word"),
        ("суд AND", 7, "end"),
        ("| суд", 0, "word"),
        ("(суд", 4, "closing bracket"),
        ("суд)", 3, "opening bracket"),
        ("суд ()", 5, "empty bracket"),
        ("«суд", 0, "closing quote"),
        ('суд "дело', 4, "closing quote"),
        ('суд ""', 5, "quoted words"),
        ("суд …", 4, "letters"),
        ("аб*", 0, "prefix"),
        ("суд *", 4, "star"),
        ("с*д", 1, "star"),
        ("суд*дело", 3, "star"),
        ("суд NEAR/4дело", 4, "near"),
        ("= слово", 0, "exact"),
        ("=слов*", 1, "exact"),
        ("суд - дело", 4, "minus"),
        ("суд NEAR дело", 4, "near"),
        ("суд NEAR/0 дело", 4, "near"),
        ("суд NEAR/99 дело", 4, "near"),
        ("(суд дело) NEAR/3 акт", 11, "near sides"),
        ("суд NEAR/3 -дело", 11, "word"),
        ("слово~3", 5, "tilde"),
        ('"слово"~3', 7, "tilde"),
        ('"два слова"~0', 11, "tilde"),
        ("суд @", 4, "group name"),
        ("суд @нет", 4, "unknown group"),
        ("автор:суд", 0, "unknown field"),
        ("source:(a b)", 0, "field value"),
        ("lang:xx", 5, "language"),
        ("country:Кыргызстан", 8, "country"),
        ("-суд", 0, "only negations"),
        ("-суд НЕ дело", 0, "only negations"),
        ("(-суд | -дело)", 0, "only negations"),
        ("(" * 40 + "суд" + ")" * 40, 12, "too deep"),
        ("суд " * 2000, 4000, "too long"),
    ],
)
def test_a_mistake_is_refused_at_its_column(text: str, column: int, kind: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, groups=GROUPS, language="ru")
    assert (caught.value.column, caught.value.kind) == (column, kind)


def test_a_group_that_uses_itself_is_refused_by_name() -> None:
    with pytest.raises(QueryError) as caught:
        parse("суд @loop", groups=GROUPS, language="ru")
    assert (caught.value.kind, caught.value.group, caught.value.text) == ("group in itself", "back", "@loop")


def test_groups_that_would_make_billions_of_words_are_refused() -> None:
    groups = {"e": Group("e", (("", "слово | дело"),))}
    for name, inner in ("de", "cd", "bc", "ab"):
        groups[name] = Group(name, (("", " ".join(f"(@{inner} | x{i})" for i in range(99))),))
    with pytest.raises(QueryError) as caught:
        parse("суд @a", groups=groups, language="ru")
    assert (caught.value.kind, caught.value.group) == ("too large", "a")


def test_a_mistake_inside_a_group_shows_the_groups_text() -> None:
    with pytest.raises(QueryError) as caught:
        parse("@broken", groups=GROUPS, language="ru")
    assert (caught.value.text, caught.value.column, caught.value.group) == ("слово | (суд", 12, "broken")
    assert "@broken" in caught.value.explain("ru")


def test_a_mistake_is_explained_under_its_column_in_the_moderators_language() -> None:
    with pytest.raises(UserMistake) as caught:
        parse("беженец ИЛИ (суд", groups={}, language="ru")
    assert isinstance(caught.value, QueryError)
    assert caught.value.explain("ru") == "беженец ИЛИ (суд\n                ^\nОжидалась закрывающая скобка )."
    assert caught.value.explain("en") == "беженец ИЛИ (суд\n                ^\nA closing bracket ) was expected."
    assert caught.value.expected == "a closing bracket ) was expected"
    assert str(caught.value) == "column 17: a closing bracket ) was expected"


def test_an_unknown_group_is_told_which_there_are() -> None:
    with pytest.raises(QueryError, match="@act, @back"):
        parse("@actt", groups=GROUPS, language="en")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("суд дело", ()),
        ("суд -суд", ("matches nothing",)),
        ("=суд -суд", ("matches nothing",)),
        ("экстрадиция -экстр*", ()),
        ("=экстрадиция -экстр*", ("matches nothing",)),
        ('"суд дело" -дело', ("matches nothing",)),
        ("(суд | дело) -суд -дело", ()),
        ("(суд | дело) -(суд | дело | акт)", ("matches nothing",)),
        ("@who -@who", ("matches nothing",)),
        ("title:суд -суд", ("matches nothing",)),
        ("суд -title:суд", ()),
        ("country:KG country:KZ суд", ("matches nothing",)),
        ("суд lang:en", ("other language",)),
        ("суд lang:kk", ()),
        ("source:voa", ("no required word",)),
        ("суд | -дело", ("no required word",)),
        ("source:voa суд", ()),
        ("суд country:UK", ("unknown country",)),
        ("суд или дело", ("small operator",)),
        ("суд near/4 дело", ("small operator",)),
        ("суд HE дело", ("small operator",)),
        ('суд "и дело" И акт', ()),
        ("не NEAR/1 принимать", ()),
        ("суд, дело; акт", ("comma",)),
        ("суд | дело,", ()),
        ("‘суд дело’", ("single quotes",)),
    ],
)
def test_a_rule_that_can_match_nothing_or_requires_nothing_is_warned_about(text: str, kinds: tuple[str, ...]) -> None:
    found = warnings(parse(text, groups=GROUPS, language="ru"))
    assert tuple(caution.kind for caution in found) == kinds
    assert all(caution.explain("ru") != caution.explain("en") for caution in found)


def test_a_warning_quotes_what_was_typed_as_it_was_typed() -> None:
    (caution,) = warnings(parse("суд или дело", groups=GROUPS, language="ru"))
    assert caution.explain("en").startswith("или is a word here")


def outcome(text: str) -> Query | QueryError:
    try:
        return parse(text, groups=GROUPS, language="ru")
    except QueryError as mistake:
        return mistake


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='()|&-–"«»~*=!@:/ aбNEARИ4', max_size=40))
def test_any_text_is_read_or_refused_with_a_column(text: str) -> None:
    read = outcome(text)
    if isinstance(read, Query):
        assert parse(str(read), groups=GROUPS, language="ru").root == read.root
        return
    assert 0 <= read.column <= len(read.text)
    for language in ("en", "ru"):
        assert read.explain(language).split("\n")[1] == " " * width(read.text[: read.column]) + "^"


@settings(deadline=None)
@given(queries)
def test_a_printed_query_reads_as_the_same_query(text: str) -> None:
    read = outcome(text)
    if isinstance(read, QueryError):
        assert read.kind in ("only negations", "near sides")
        return
    again = parse(str(read), groups=GROUPS, language="ru")
    assert again.root == read.root
    assert warnings(again) == warnings(read)
