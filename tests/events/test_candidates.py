"""One item against five thousand open events, found by their keys."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from bot.events.cluster import Candidate, decide, keys
from bot.events.report import Report
from bot.model import Description, Person, Status, Topic
from tests.events.stories import MONDAY

EVENTS = 5_000
PLACES = (
    "KG",
    "KZ",
    "UZ",
    "TJ",
    "TM",
    "AM",
    "GE",
    "TR",
    "RS",
    "ME",
    "PL",
    "LT",
    "LV",
    "EE",
    "DE",
    "FI",
    "UA",
    "BY",
    "AE",
    "US",
)
SYLLABLES = re.findall("..", "babebibodadegagokakelalemamenanoraresasetatevavozazu")


def stranger(dice: random.Random) -> Person:
    surname = "".join(dice.choices(SYLLABLES, k=3)) + dice.choice(("v", "n", "sk", "nk"))
    return Person(surname.title(), f"{surname}.{dice.choice('bdgklmnprst')}{dice.choice('bdgklmnprst')}")


def some_report(number: int, dice: random.Random) -> Report:
    place = dice.choice(PLACES)
    topics = tuple(dice.sample(list(Topic), dice.choice((1, 1, 2))))
    people = tuple(stranger(dice) for _ in range(dice.choice((0, 1, 1, 2))))
    terms = frozenset(dice.sample([a + b + c for a in SYLLABLES[:9] for b in SYLLABLES[:9] for c in SYLLABLES[:9]], 25))
    description = Description(topics, (place, "RU"), people, Status.DETAINED, frozenset(), terms)
    return Report(
        str(number), description, f"Title of {number}", f"outlet {number % 60}", MONDAY + timedelta(minutes=4 * number)
    )


def test_an_item_is_compared_with_few_of_five_thousand_open_events_and_answered_as_if_with_all() -> None:
    """How long that takes is measured by benchmarks/events.py."""
    dice = random.Random(4)
    known: dict[str, Candidate] = {}
    by_key: dict[str, list[str]] = defaultdict(list)
    for number in range(EVENTS):
        made = some_report(number, dice)
        known[made.item] = Candidate(made.item, (made,))
        for key in keys(made.description):
            by_key[key].append(made.item)
    repeats = [EVENTS - number for number in range(1, 6)]
    for number in repeats:
        told = replace(known[str(number)].reports[0], item=f"{number} again", outlet="another outlet")
        near = {event for key in keys(told.description) for event in by_key.get(key, ())}
        assert str(number) in near
        assert len(near) < EVENTS / 10
        assert decide(told, [known[event] for event in near]) == decide(told, known.values())
    strangers = [some_report(EVENTS + number, dice) for number in range(40)]
    assert max(len({e for key in keys(s.description) for e in by_key.get(key, ())}) for s in strangers) < EVENTS / 10
