"""The examples of docs/keywords.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.keywords.index import RuleIndex
from bot.keywords.query import QueryError, parse, warnings
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Item, Rule, RuleState, Topic

PAGE = (Path(__file__).parents[2] / "docs/keywords.md").read_text(encoding="utf-8")
LEXICON = Lexicon()


def examples() -> list[tuple[str, str, bool]]:
    """(query, text, whether it matches), from the tables headed "you write"."""
    found = []
    for row in re.findall(r"^\| `(.+?)` \| (.+) \| (.+) \|$", PAGE, flags=re.MULTILINE):
        for cell, matches in ((row[1], True), (row[2], False)):
            found += [(row[0].replace("\\|", "|"), text, matches) for text in re.findall(r"[«\"](.+?)[»\"]", cell)]
    return found


def test_the_page_has_its_examples() -> None:
    assert len(examples()) >= 20


@pytest.mark.parametrize(("query", "text", "matches"), examples())
def test_an_example_does_what_the_page_says(query: str, text: str, matches: bool) -> None:
    language = "en" if text.isascii() else "ru"
    rule = Rule("r", Topic.DETENTION, RuleState.AUTO, ((language, query),))
    document = analyse(Item("1", text, language=language), LEXICON)
    assert bool(RuleIndex([rule], [], LEXICON).match(document)) is matches


def test_the_refusal_shown_is_the_one_given() -> None:
    with pytest.raises(QueryError) as caught:
        parse("беженец ИЛИ (суд", groups={}, language="ru")
    shown = "\n".join(f"    {line}" for line in caught.value.explain("ru").split("\n"))
    assert shown in PAGE


@pytest.mark.parametrize(
    "query",
    ["суд -суд", "source:voa", "суд | -дело", "суд country:UK", "суд или дело", "суд, дело", "'суд дело'"],
)
def test_what_is_warned_about_is_warned_about(query: str) -> None:
    assert f"`{query}`" in PAGE
    assert warnings(parse(query, groups={}, language="ru"))
