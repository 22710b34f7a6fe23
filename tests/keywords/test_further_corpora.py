"""Four further sets of items, on other events and people than dev.jsonl and second.jsonl, written before the rules
were seen. The floors stand a little under the figures of today.

third.jsonl: the rules of that time found 0.67 of it in English and Russian at a precision of 0.99. They were widened
by kinds of words with one half of it read and the other half not: recall came to 0.97 in the one and 0.81 in the
other, without a false alarm.

fourth.jsonl, in the plain style of dev.jsonl: at first sight the rules found 0.904 of it in English and Russian at a
precision of 0.959; F1 was 0.889 in Ukrainian, 1.0 in Kazakh and 0.75 in Kyrgyz, and 0.779 for the topics.

fifth.jsonl was read to mend the rules. At first sight: recall 0.981 and precision 0.945 in English and Russian, 0.957,
0.960 and 0.957 in the others, 0.775 for the topics.

sixth.jsonl was held out while the rules were mended by fifth.jsonl and by made-up headlines. It tells what they were
worth then on news that they had not seen: recall 0.894, then 0.915 in English and Russian at a precision of 0.915, F1
1.0 in Ukrainian, 0.917 in Kazakh and 0.762 in Kyrgyz, and 0.751 for the topics. Then its false alarms were read (common
criminals tried in absentia, tourists put out). The next measure needs a new set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.keywords import pack
from bot.keywords.evaluate import Gold, Said, errors, gold, relevance, report
from bot.keywords.index import RuleIndex
from bot.keywords.topics import topics_of
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Item
from bot.settings import packaged

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


@dataclass(frozen=True)
class Floors:
    """Of relevance in English and Russian; of its F1 in each of the other languages; of the topics' F1."""

    precision: float
    recall: float
    others: float
    topics: float


@pytest.mark.parametrize(
    ("name", "floors"),
    [
        ("third.jsonl", Floors(precision=0.98, recall=0.95, others=0.9, topics=0.79)),
        ("fourth.jsonl", Floors(precision=0.95, recall=0.95, others=0.95, topics=0.87)),
        ("fifth.jsonl", Floors(precision=0.98, recall=0.98, others=0.95, topics=0.85)),
        ("sixth.jsonl", Floors(precision=0.95, recall=0.9, others=0.84, topics=0.74)),
    ],
)
def test_the_rules_hold_on_items_of_other_events(name: str, floors: Floors) -> None:
    rules = pack.load(packaged("keywords.yaml"))
    lexicon = Lexicon()
    index = RuleIndex(rules.rules, rules.groups, lexicon)
    answers: list[tuple[Gold, Said]] = []
    for row in map(json.loads, (CORPUS / name).read_text(encoding="utf-8").splitlines()):
        news = Item(row["id"], row["title"], row["summary"], language=row["lang"], outlet=row["outlet"])
        matches = index.match(analyse(news, lexicon))
        topics = frozenset(topic.value for topic in topics_of(matches))
        answers.append((gold(row), Said(tuple(match.rule for match in matches), topics)))
    together = relevance(answers, ("en", "ru"))
    assert together.precision >= floors.precision, errors(answers)
    assert together.recall >= floors.recall, errors(answers)
    for language in ("uk", "kk", "ky"):
        assert relevance(answers, [language]).f1 >= floors.others, errors(answers)
    assert report(answers)["topics"]["f1"] >= floors.topics, errors(answers)
