from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.message import LIMIT, units
from bot.errors import UserMistake
from bot.keywords.mistakes import QueryError
from bot.model import Rule, RuleState, Topic
from bot.moderation import pages
from bot.moderation.curate import WrongAddition, read_addition, read_queries
from bot.moderation.roles import Role, role_of


def test_a_state_before_the_query_is_obeyed_and_a_word_like_it_inside_is_not() -> None:
    assert read_addition("a law off суд").state is RuleState.OFF
    rule = read_addition("a law суд off")
    assert (rule.state, rule.queries) == (RuleState.REVIEW, (("", "суд off"),))


def test_lines_of_languages_make_a_query_each_and_other_lines_one() -> None:
    assert read_queries("ru: суд\nother: court") == (("ru", "суд"), ("", "court"))
    assert read_queries("суд\nприговор") == (("", "суд приговор"),)
    assert read_queries("title:суд") == (("", "title:суд"),)


def test_a_language_without_a_query_is_refused() -> None:
    with pytest.raises(WrongAddition):
        read_queries("ru: суд\nen:")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_rule_or_a_mistake_that_can_be_shown(text: str) -> None:
    try:
        shown = pages.rule(read_addition(text), "ru")
    except UserMistake as mistake:
        shown = pages.mistake(mistake, "ru")
    assert shown.text.strip()


@given(st.text(alphabet="суд |&()", min_size=1, max_size=120), st.data())
def test_the_caret_always_stands_under_the_column(text: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(text)))
    shown, caret = QueryError(text, column, "word").pointed(pages.WINDOW).split("\n")
    assert len(shown) <= pages.WINDOW + 2
    assert caret.endswith("^")
    assert shown[len(caret) - 1 : len(caret)] == text[column : column + 1]


def test_a_page_too_long_for_a_message_is_cut_with_its_marks() -> None:
    rule = Rule("long", Topic.LAW, RuleState.AUTO, tuple((language, "суд 😀 " * 400) for language in ("ru", "en")))
    shown = pages.rule(rule, "ru")
    assert units(shown.text) <= LIMIT
    assert all(entity.offset + entity.length <= units(shown.text) for entity in shown.entities)


def test_a_rule_whose_name_leaves_no_room_in_a_button_has_no_buttons() -> None:
    assert pages.rule(Rule("a" * 64, Topic.LAW, RuleState.AUTO, (("", "суд"),)), "en").buttons == ()
    assert pages.rule(Rule("a" * 40, Topic.LAW, RuleState.AUTO, (("", "суд"),)), "en").buttons != ()


@pytest.mark.parametrize(
    ("user_id", "role"), [(1, Role.OWNER), (2, Role.MODERATOR), (3, Role.READER), (None, Role.READER)]
)
def test_roles_are_told_apart(user_id: int | None, role: Role) -> None:
    assert role_of(user_id, {1}, {2}) is role
