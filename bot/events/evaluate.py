"""How good people, countries and events are: what is said of labelled items, against what people said of them.

The figures of `nabat evaluate` that are about events, in the words of the contract. A row of gold is a line of
the corpus; a row of answers is what `nabat match` says: {"id", "countries", "persons", "event"}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from bot.keywords.evaluate import RELEVANT, Rate, agreement
from bot.language.skeleton import beginning, fold, key_of, same_person

BORDERLINE = "borderline"
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")

Row = Mapping[str, Any]
Rows = Sequence[tuple[Row, Row]]
"""(gold, answer) of each item."""


def rate_countries(rows: Rows) -> Rate:
    """The micro rate of countries over relevant items; those of `maybe_countries` count neither way."""
    return _sum(
        agreement(gold.get("countries") or (), gold.get("maybe_countries") or (), said.get("countries") or ())
        for gold, said in rows
        if gold["label"] == RELEVANT
    )


def rate_people(rows: Rows) -> Rate:
    """The micro rate of persons over relevant items, by key: each name of gold is met by one answer at most."""
    return _sum(
        _persons(gold.get("persons") or (), said.get("persons") or ())
        for gold, said in rows
        if gold["label"] == RELEVANT
    )


def rate_people_in_text(rows: Rows) -> Rate:
    """The same over the names that stand in headline or summary: what a reader of both could find."""
    return _sum(
        _persons([name for name in gold.get("persons") or () if stands_in(gold, name)], said.get("persons") or ())
        for gold, said in rows
        if gold["label"] == RELEVANT
    )


def stands_in(row: Row, name: str) -> bool:
    """Whether a word of the row's texts begins as the name's surname does, in whatever case and script."""
    begun = beginning(key_of(name))
    text = f"{row.get('title') or ''} {row.get('summary') or ''}"
    return any(fold(word).replace("o", "a").startswith(begun) for word in _WORD.findall(text))


def rate_events(rows: Rows) -> Rate:
    """The rate of pairs of items that are one event, over relevant and borderline items."""
    gold, said = _events(rows)
    wanted, given = set(_pairs(gold)), set(_pairs(said))
    return Rate(len(wanted & given), len(given - wanted), len(wanted - given))


def wrong_merges(rows: Rows) -> list[dict[str, Any]]:
    """Every pair that was joined and is two events: the worst error here, because it hides a person."""
    gold, said = _events(rows)
    by_id = {str(row["id"]): row for row, _ in rows}
    return [
        {
            "items": list(pair),
            "titles": [by_id[item]["title"] for item in pair],
            "events": [gold[item] for item in pair],
        }
        for pair in sorted(set(_pairs(said)) - set(_pairs(gold)))
    ]


def report(rows: Rows) -> dict[str, Any]:
    """{"countries": …, "persons": …, "persons_in_text": …, "events": {"precision", "recall", "f1", "wrong_merges"}}."""
    return {
        "countries": rate_countries(rows).as_json(),
        "persons": rate_people(rows).as_json(),
        "persons_in_text": rate_people_in_text(rows).as_json(),
        "events": {**rate_events(rows).as_json(), "wrong_merges": wrong_merges(rows)},
    }


def _persons(gold: Iterable[str], said: Iterable[str]) -> Rate:
    left = list(dict.fromkeys(map(key_of, gold)))
    wrong = 0
    right = 0
    for key in dict.fromkeys(map(key_of, said)):
        met = next((other for other in left if same_person(key, other)), None)
        if met is None:
            wrong += 1
        else:
            left.remove(met)
            right += 1
    return Rate(right, wrong, len(left))


def _events(rows: Rows) -> tuple[dict[str, str], dict[str, str]]:
    """The event of each item as people and as we say; an item without one is its own event."""
    judged = [(gold, said) for gold, said in rows if gold["label"] in (RELEVANT, BORDERLINE)]
    return (
        {str(gold["id"]): str(gold.get("event_id") or f"item {gold['id']}") for gold, _ in judged},
        {str(gold["id"]): str(said.get("event") or f"item {gold['id']}") for gold, said in judged},
    )


def _pairs(events: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    members: dict[str, list[str]] = {}
    for item, event in events.items():
        members.setdefault(event, []).append(item)
    for items in members.values():
        yield from combinations(sorted(items), 2)


def _sum(rates: Iterable[Rate]) -> Rate:
    return sum(rates, Rate())
