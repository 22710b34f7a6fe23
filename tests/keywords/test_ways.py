"""Queries told apart into the ways to meet them, and what each way needs."""

from __future__ import annotations

import pytest

from bot.keywords.compiled import Compiler
from bot.keywords.conditions import Condition
from bot.keywords.index import RuleIndex
from bot.keywords.leaves import Leaves
from bot.keywords.query import parse
from bot.keywords.ways import MOST_WAYS, Way, ways
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Group, Item, Rule, RuleState, Topic

LEXICON = Lexicon()
GROUPS = {"act": Group("act", (("en", "extradite | hand NEAR/2 over"),))}
SIX_PAIRS = " ".join(f"(a{n} b{n} | c{n} d{n})" for n in range(6))


def ways_of(query: str) -> tuple[Way, ...]:
    condition: Condition = Compiler(LEXICON, Leaves(str)).compile(parse(query, groups=GROUPS, language="en").root)
    return ways(condition)


@pytest.mark.parametrize(
    ("query", "sizes"),
    [
        ("one two", [2]),
        ("one | two", [1]),
        ("one two | three four", [2, 2]),
        ("(one two | three NEAR/2 four) five", [3, 2]),
        ('one | "two three"', [1, 1]),
        ("(one two | three (four five | six seven)) eight", [3, 4, 4]),
        ("@act one | two three", [2, 2]),
        ("@act", [1]),
        ("one -(two three | four five)", [2]),
    ],
)
def test_each_alternative_of_several_words_is_a_way_and_groups_stay_one(query: str, sizes: list[int]) -> None:
    assert sorted(map(len, ways_of(query))) == sorted(sizes)


def test_alternatives_that_would_multiply_stay_together() -> None:
    assert len(ways_of(SIX_PAIRS)) <= MOST_WAYS


@pytest.mark.parametrize("text", ["a0 b0 c1 d1 a2 b2 c3 d3 a4 b4 c5 d5", "a0 b0 c1 d1 a2 b2 c3 d3 a4 b4 c5", ""])
def test_they_are_answered_all_the_same(text: str) -> None:
    index = RuleIndex([Rule("r", Topic.DETENTION, RuleState.AUTO, (("en", SIX_PAIRS),))], (), LEXICON)
    document = analyse(Item("1", text, "", language="en"), LEXICON)
    assert index.match(document) == index.match_all_slowly(document)
    assert bool(index.match(document)) == text.endswith("d5")
