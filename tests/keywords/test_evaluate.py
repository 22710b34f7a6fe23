"""What the rules are measured by, and the floor under the shipped pack's figures."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.keywords.evaluate import Answers, Gold, Rate, Said, agreement, errors, gold, relevance, report, table
from bot.keywords.index import RuleIndex
from bot.keywords.pack import load
from bot.keywords.topics import topics_of
from bot.language.html import plain
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Item
from bot.news.entry import Entry
from bot.news.failures import NotAFeed
from bot.news.parse import parse

ROOT = Path(__file__).parents[2]


def item(item_id: str, label: str, topics: Iterable[str] = (), maybe: Iterable[str] = (), language: str = "ru") -> Gold:
    return Gold(item_id, language, f"Title {item_id}", "Summary.", label, frozenset(topics), frozenset(maybe))


def said(*topics: str, rules: tuple[str, ...] = ("some-rule",)) -> Said:
    return Said(rules if topics else (), frozenset(topics))


FOUR = [
    (item("right", "relevant", ["detention", "release"]), said("detention", "wanted")),
    (item("missed", "relevant", ["law"], language="en"), said()),
    (item("false", "irrelevant"), said("law", rules=("law-rule",))),
    (item("rest", "irrelevant", language="en"), said()),
]


def test_relevance_counts_matched_items_against_labels() -> None:
    assert relevance(FOUR) == Rate(right=1, wrong=1, missed=1)
    assert relevance(FOUR, ["ru"]) == Rate(right=1, wrong=1)


def test_borderline_items_count_neither_way() -> None:
    borderline = [(item("b1", "borderline", ["law"]), said("law")), (item("b2", "borderline", ["law"]), said())]
    assert report([*FOUR, *borderline]) == report(FOUR)


def test_topics_are_counted_over_relevant_items_alone() -> None:
    assert report(FOUR)["topics"] == {"precision": 0.5, "recall": 0.3333, "f1": 0.4}


def test_a_topic_only_one_person_gave_counts_neither_way() -> None:
    answers = [(item("1", "relevant", ["wanted"], maybe=["detention"]), said("wanted", "detention"))]
    assert report(answers)["topics"]["f1"] == 1.0
    assert agreement(["wanted"], ["detention"], []) == Rate(missed=1)


def test_the_json_has_the_fields_of_the_contract() -> None:
    found = report(FOUR)
    assert found["relevance"] == {
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "by_lang": {
            "en": {"precision": 0.0, "recall": 0.0, "f1": 0.0},
            "ru": {"precision": 0.5, "recall": 1.0, "f1": 0.6667},
        },
    }


def test_nothing_to_say_and_nothing_said_is_perfect() -> None:
    assert report([])["relevance"]["f1"] == 1.0
    assert Rate(wrong=1).precision == 0.0
    assert Rate(missed=1).precision == 0.0


def test_the_table_names_languages_and_topics_with_their_counts() -> None:
    lines = {line.split()[0]: line.split()[1:] for line in table(FOUR).splitlines()[1:]}
    assert lines["relevant"] == ["0.500", "0.500", "0.500", "1", "1", "1"]
    assert lines["ru"] == ["0.500", "1.000", "0.667", "1", "1", "0"]
    assert lines["law"] == ["0.000", "0.000", "0.000", "0", "0", "1"]


def test_errors_tell_each_confusion_with_the_rules_behind_it() -> None:
    told = errors(FOUR)
    assert "FALSE ALARM by law-rule\n  false [ru] Title false" in told
    assert "MISSED (law)\n  missed [en] Title missed" in told
    assert "TOPICS without release; wrongly wanted (by some-rule)\n  right [ru]" in told
    assert "rest" not in told


def test_a_line_without_its_label_is_refused() -> None:
    with pytest.raises(KeyError):
        gold({"id": "1", "title": "T"})


@pytest.fixture(scope="module")
def shipped() -> tuple[RuleIndex, Lexicon]:
    pack, lexicon = load(ROOT / "keywords.yaml"), Lexicon()
    return RuleIndex(pack.rules, pack.groups, lexicon), lexicon


def answered(rows: Iterable[dict[str, Any]], shipped: tuple[RuleIndex, Lexicon]) -> Answers:
    index, lexicon = shipped
    answers = []
    for row in rows:
        news = Item(row["id"], row["title"], row["summary"], language=row["lang"], outlet=row["outlet"])
        matches = index.match(analyse(news, lexicon))
        found = Said(tuple(match.rule for match in matches), frozenset(topic.value for topic in topics_of(matches)))
        answers.append((gold(row), found))
    return answers


def test_the_shipped_pack_keeps_its_figures(shipped: tuple[RuleIndex, Lexicon]) -> None:
    """A little under what was measured when the pack was last tuned: en and ru 0.994 and 0.988; uk, kk and ky 1.0;
    topics 0.919. This corpus flatters the pack: of texts on other events that it was not tuned to, it found 0.97 where
    they were told in plain words and 0.58 to 0.81 where not, each time without a false alarm.
    """
    lines = (ROOT / "tests" / "data" / "corpus" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    answers = answered(map(json.loads, lines), shipped)
    together = relevance(answers, ("en", "ru"))
    assert together.precision >= 0.97, errors(answers)
    assert together.recall >= 0.97, errors(answers)
    for language in ("uk", "kk", "ky"):
        assert relevance(answers, [language]).f1 >= 0.9, errors(answers)
    assert report(answers)["topics"]["f1"] >= 0.91, errors(answers)


def test_ordinary_world_news_raises_hardly_anything(shipped: tuple[RuleIndex, Lexicon], shared_feeds: Path) -> None:
    index, lexicon = shipped
    entries: dict[tuple[str, str | None], Entry] = {}
    for path in sorted(shared_feeds.glob("*/*.*")):
        with contextlib.suppress(NotAFeed):
            for entry in parse(path.read_bytes(), None, "https://some.example.org/rss").entries:
                entries.setdefault((entry.title, entry.url), entry)
    news = [Item(str(n), plain(one.title), plain(one.summary), one.url) for n, one in enumerate(entries.values())]
    alarms = [one.title for one in news if index.match(analyse(one, lexicon))]
    assert len(news) > 700
    assert len(alarms) <= 2, alarms
