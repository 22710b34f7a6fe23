"""keywords.yaml: read, checked and written. The file is the seed and the export; the database is the truth.

groups:
  deserter: {en: 'deserter | "draft dodger"', ru: 'дезертир | уклонист'}
rules:
  - id: extradition-of-deserters
    topic: extradition
    state: auto                      # auto, review or off
    comment: A deserter is to be handed over.
    query: '@extradite @deserter'    # one for all languages, or a mapping {en: …, ru: …, other: …}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from bot import yamlfile
from bot.keywords.query import GroupShelf, QueryError, shelf_of
from bot.model import LANGUAGES, Group, Pack, Rule, RuleState, Topic
from bot.yamlfile import Section, Value

OTHER = "other"
"""In the file, the key of the query that serves every language without one of its own; "" in `Rule.queries`."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_WIDTH = 120
POINTED = 72
"""Characters of a mistaken query that are shown: in a file it is folded, and a column alone leads nowhere."""
_PLAIN = re.compile(r"[^\W\d_][\w ,.()-]*[\w.)]")
"""Text that YAML reads as itself without quotes."""
_PIECE = re.compile(r'"[^"]*"\S*(?: \|)?|\S+(?: \|)?')
"""What stays on one line: a phrase or a word, and the | after it."""
_HEAD = """\
# What Nabat looks for. Groups are lists of alternatives, used as @name; a rule is a topic and a query.
# The language of queries is explained in docs/keywords.md. State auto alerts by itself, review asks a moderator first.
# The database is the truth once it is filled: `nabat keywords import` brings changes of this file into it,
# `nabat keywords export` writes it anew.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the query of a rule or a group in one language ("" for all)."""

    where: str
    language: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}{f' ({self.language})' if self.language else ''}: {self.message}"


def load(path: Path) -> Pack:
    """The pack in a file. Raises ConfigurationError that lists every mistake by line and field."""
    with yamlfile.reading(path) as root:
        top = root.mapping(required=("groups", "rules"))
        names = top["groups"].entries()
        groups = tuple(_group(name, value) for name, value in names.items())
        rules = tuple(_rule(value) for value in _distinct(top["rules"].items()))
        pack = Pack(rules, groups)
        _report(check(pack), names, top["rules"].items(), rules)
    return pack


def check(pack: Pack) -> tuple[Problem, ...]:
    """What is wrong with the queries of a pack: an unknown group, a mistake of grammar, a circle of groups.

    A mistake inside a group is told once, at the group, and not at every rule that uses it.
    """
    shelf = shelf_of(pack.groups)
    problems = [problem for group in pack.groups for problem in _problems(f"@{group.name}", group.queries, shelf)]
    return (*problems, *(problem for rule in pack.rules for problem in _problems(rule.id, rule.queries, shelf)))


def dump(pack: Pack) -> str:
    """The pack as keywords.yaml; `load` of it gives the pack again, but for the versions of its rules."""
    lines = ["groups:"]
    for group in pack.groups:
        lines += ["", *_queries_out(group.name, group.queries, 2)]
    lines += ["", "rules:"]
    for rule in pack.rules:
        lines += ["", f"  - id: {_scalar(rule.id)}", f"    topic: {rule.topic}", f"    state: {rule.state}"]
        lines += [*_text_out("comment", rule.comment, 4), *_queries_out("query", rule.queries, 4)]
    return _HEAD + "\n".join(lines) + "\n"


def _group(name: str, value: Value) -> Group:
    if not _NAME.fullmatch(name):
        value.wrong(f"“{name}” cannot name a group; use small Latin letters, digits and dashes, a letter first.")
    return Group(name, _queries(value))


def _rule(value: Value) -> Rule:
    section = value.mapping(required=("id", "topic", "state", "comment", "query"))
    rule_id = section["id"].text()
    if rule_id and not _NAME.fullmatch(rule_id):
        section["id"].wrong(f"“{rule_id}” cannot name a rule; use small Latin letters, digits and dashes.")
    return Rule(
        id=rule_id,
        topic=Topic(section["topic"].choice(list(Topic))),
        state=RuleState(section["state"].choice(list(RuleState))),
        queries=_rule_queries(section),
        comment=section["comment"].text(),
    )


def _rule_queries(section: Section) -> tuple[tuple[str, str], ...]:
    query = section.get("query")
    return () if query is None else _queries(query)


def _queries(value: Value) -> tuple[tuple[str, str], ...]:
    if not value.is_mapping:
        return (("", value.text()),)
    section = value.mapping(optional=(*LANGUAGES, OTHER))
    found = []
    for language in value.entries():
        query = section.get(language)
        if query is not None:
            found.append(("" if language == OTHER else language, query.text()))
    return tuple(found)


def _distinct(values: Iterable[Value]) -> Iterator[Value]:
    seen: dict[str, int] = {}
    for value in values:
        name = value.entries().get("id") if value.is_mapping else None
        if name is not None and name.text() in seen:
            name.wrong(f"“{name.text()}” is the id of the rule in line {seen[name.text()]}; choose another one.")
        elif name is not None:
            seen[name.text()] = name.line
        yield value


def _problems(where: str, queries: Iterable[tuple[str, str]], shelf: GroupShelf) -> Iterator[Problem]:
    for language, text in queries:
        mistakes = (_mistake(text, tried, shelf, where) for tried in ([language] if language else LANGUAGES))
        found = next(filter(None, mistakes), None)
        if found:
            yield Problem(where, language, found)


def _mistake(text: str, language: str, shelf: GroupShelf, where: str) -> str | None:
    try:
        shelf.parse(text, language)
    except QueryError as error:
        elsewhere = error.group is not None and f"@{error.group}" != where
        return None if elsewhere else f"{error}\n{indent(error.pointed(POINTED), '    ')}"
    return None


def _report(problems: Iterable[Problem], groups: dict[str, Value], rules: list[Value], read: tuple[Rule, ...]) -> None:
    """Note each problem at the value of the file that has it."""
    values = {f"@{name}": value for name, value in groups.items()}
    for value, rule in zip(rules, read, strict=True):
        values.setdefault(rule.id, value.entries().get("query", value))
    for problem in problems:
        value = values[problem.where]
        inner = value.entries().get(problem.language or OTHER, value) if value.is_mapping else value
        inner.wrong(problem.message)


def _queries_out(key: str, queries: tuple[tuple[str, str], ...], indent: int) -> Iterator[str]:
    if len(queries) == 1 and not queries[0][0]:
        yield from _text_out(key, queries[0][1], indent)
        return
    yield f"{' ' * indent}{key}:"
    for language, text in queries:
        yield from _text_out(language or OTHER, text, indent + 2)


def _text_out(key: str, text: str, indent: int) -> Iterator[str]:
    """`key: text`, folded at its | signs where it is long: YAML puts the lines together again with single spaces."""
    margin = " " * indent
    if text != " ".join(text.split()) or len(text) <= _WIDTH - indent - len(key) - 4:
        yield f"{margin}{key}: {_scalar(text)}"
        return
    yield f"{margin}{key}: >-"
    yield from (f"{margin}  {line}" for line in _folded(text, _WIDTH - indent - 2))


def _folded(text: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if line and len(line) + 1 + len(piece) > width:
            yield line
            line = piece
        else:
            line = f"{line} {piece}".lstrip()
    yield line


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() != "null":
        return text
    if "\n" in text:
        return json.dumps(text, ensure_ascii=False)
    return "'" + text.replace("'", "''") + "'"
