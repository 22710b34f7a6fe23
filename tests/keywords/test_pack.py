"""keywords.yaml: what is refused and where, what is written, and what the shipped pack promises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.story import LANGUAGE, SCENES
from bot.errors import ConfigurationError
from bot.keywords.index import RuleIndex
from bot.keywords.pack import check, dump, load
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import LANGUAGES, Group, Item, Pack, Rule, RuleState, Topic

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "keywords.yaml"
CORPORA = sorted((ROOT / "tests" / "data" / "corpus").glob("*.jsonl"))

GOOD = """
    groups:
      exile: {en: 'emigre | exile', ru: эмигрант}
    rules:
      - {id: sent-home, topic: deportation, state: auto, comment: An emigre is sent home., query: '@exile deport'}
      - id: sent-home-gently
        topic: deportation
        state: off
        comment: Never proved itself.
        query: {ru: '@exile выслать', other: '@exile expel'}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keywords.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def mistakes(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as refusal:
        load(written(tmp_path, text))
    return str(refusal.value)


def test_a_pack_is_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    pack = load(written(tmp_path, GOOD))
    assert pack.groups == (Group("exile", (("en", "emigre | exile"), ("ru", "эмигрант"))),)
    assert [rule.id for rule in pack.rules] == ["sent-home", "sent-home-gently"]
    assert pack.rules[0].queries == (("", "@exile deport"),)
    assert pack.rules[1].queries == (("ru", "@exile выслать"), ("", "@exile expel"))
    assert pack.rules[1].state is RuleState.OFF


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        """
        groups:
          Exile: {ru: эмигрант}
        rules:
          - {id: one, topic: detention, state: auto, comment: A., query: 'задержать ('}
          - {id: one, topic: arrest, state: auto, comment: B., query: {fr: exilé}}
          - {id: two, topic: law, state: live, query: закон}
        """,
    )
    assert "line 3, groups.Exile: “Exile” cannot name a group" in told
    assert "line 5, rules[0].query: column" in told
    assert "line 6, rules[1].id: “one” is the id of the rule in line 5" in told
    assert "line 6, rules[1].topic: “arrest” is not known here" in told
    assert "line 6, rules[1].query.fr: “fr” is not a known key" in told
    assert "line 7, rules[2].state: “live” is not known here" in told
    assert "line 7, rules[2]: “comment” is missing" in told


def test_a_mistake_in_a_group_is_told_at_the_group_and_not_at_its_users(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        """
        groups:
          exile:
            en: exile
            ru: 'эмигрант | (уехавший'
        rules:
          - {id: one, topic: detention, state: auto, comment: A., query: '@exile'}
        """,
    )
    assert "has a mistake;" in told
    assert "line 5, groups.exile.ru" in told


def test_groups_that_use_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    told = mistakes(tmp_path, "groups: {one: '@two', two: '@one'}\nrules: []")
    assert "groups.one" in told
    assert "groups.two" in told


def test_an_unknown_group_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    rule = "{id: one, topic: law, state: auto, comment: A., query: '@emigre'}"
    told = mistakes(tmp_path, f"groups: {{exile: 'exile'}}\nrules: [{rule}]")
    assert "@emigre" in told
    assert "@exile" in told


def test_a_pack_from_elsewhere_can_be_checked_without_a_file() -> None:
    rule = Rule("one", Topic.LAW, RuleState.AUTO, (("ru", "закон |"),))
    (problem,) = check(Pack((rule,), ()))
    assert (problem.where, problem.language) == ("one", "ru")


WORDS = st.sampled_from(["эмигрант", "exile", '"foreign agent"', "«нежелательная организация»", "@acts", "deport*"])
QUERIES = st.lists(WORDS, min_size=1, max_size=60).map(" | ".join)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text == text.strip() and text != ""
)
RULES = st.builds(
    Rule,
    id=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    topic=st.sampled_from(Topic),
    state=st.sampled_from(RuleState),
    queries=QUERIES.map(lambda query: (("", query),))
    | st.dictionaries(st.sampled_from(["", *LANGUAGES]), QUERIES, min_size=2).map(lambda found: tuple(found.items())),
    comment=TEXTS,
)


@given(rules=st.lists(RULES, max_size=4, unique_by=lambda rule: rule.id))
def test_what_is_exported_is_read_back_the_same(rules: list[Rule], tmp_path_factory: pytest.TempPathFactory) -> None:
    pack = Pack(tuple(rules), (Group("acts", (("", "задержать | arrest"),)),))
    path = tmp_path_factory.mktemp("packs") / "keywords.yaml"
    path.write_text(dump(pack), encoding="utf-8")
    assert load(path) == pack


def test_the_shipped_pack_is_what_export_would_write() -> None:
    assert dump(load(SHIPPED)) == SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_pack_can_be_read_by_a_moderator() -> None:
    pack = load(SHIPPED)
    assert len(pack.rules) <= 60
    assert len(pack.groups) <= 40
    assert {rule.topic for rule in pack.rules} == set(Topic)
    assert all(len(rule.comment) > 20 and rule.comment.endswith(".") for rule in pack.rules)
    assert max(len(line) for line in SHIPPED.read_text(encoding="utf-8").splitlines()) <= 130


def test_every_shipped_group_speaks_all_five_languages() -> None:
    for group in load(SHIPPED).groups:
        spoken = {language for language, _ in group.queries}
        assert spoken == {""} or spoken >= {"en", "ru", "uk", "kk", "ky"}, group.name


def test_no_shipped_rule_names_a_person_of_the_corpus() -> None:
    surnames = {
        word.lower()
        for corpus in CORPORA
        for line in corpus.read_text(encoding="utf-8").splitlines()
        for person in json.loads(line)["persons"]
        for word in re.findall(r"\w+", person)[-1:]
    }
    # These are words as well: asylum is granted, «аскер» is an army, «швед» a Swede.
    words = set(re.findall(r"\w{4,}", SHIPPED.read_text(encoding="utf-8").lower())) - {"grant", "аскер", "швед"}
    assert words & surnames == set()


def test_the_shipped_pack_finds_the_relevant_scenes_of_the_demo_and_no_others() -> None:
    pack, lexicon = load(SHIPPED), Lexicon()
    index = RuleIndex(pack.rules, pack.groups, lexicon)
    wrong = []
    for scene in SCENES:
        news = Item(scene.title, scene.title, scene.summary, language=LANGUAGE[scene.outlet], outlet=scene.outlet)
        matched = bool(index.match(analyse(news, lexicon)))
        if matched != scene.relevant:
            wrong.append((scene.title, matched))
    assert wrong == []
    assert {scene.relevant for scene in SCENES} == {True, False}
