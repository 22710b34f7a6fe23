"""Headlines that name nobody, in pairs: how many are joined though origin, calling or city differ.

    python benchmarks/events_strangers.py

The headlines are made from patterns in English and Russian, and 30,000 pairs are drawn from them (the seed is fixed).
"sum alone" is what likeness says without the bars of bot/events/strangers.py: the floor to compare with.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from bot.events.cluster import Candidate, Kind, decide
from bot.events.describe import describe_text
from bot.events.likeness import features
from bot.events.report import Report
from bot.events.weights import WEIGHTS
from bot.model import Topic

PAIRS = 30_000
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORIGINS = {
    "Russian": "российского", "Belarusian": "белорусского", "Kazakh": "казахского", "Uzbek": "узбекского",
    "Tajik": "таджикского",
}  # fmt: skip
CITIES = {
    "Bishkek": "Бишкеке", "Yerevan": "Ереване", "Istanbul": "Стамбуле", "Tbilisi": "Тбилиси", "Belgrade": "Белграде",
}  # fmt: skip
CALLINGS = {
    "activist": "активиста", "journalist": "журналиста", "deserter": "дезертира", "programmer": "программиста",
    "citizen": "гражданина",
}  # fmt: skip
TOLD = {
    Topic.DETENTION: (
        ("{o} {r} detained in {p}", "Police in {p} detain {o} {r}", "{o} {r} held in {p} at Moscow's request"),
        ("В {p} задержали {o} {r}", "{O} {r} задержали в {p}", "{O} {r} взяли под стражу в {p}"),
    ),
    Topic.DEPORTATION: (
        ("{o} {r} faces deportation from {p}",),
        ("{O} {r} хотят выслать из страны, он сидит в {p}",),
    ),
}

Story = tuple[str, str, str]


def headlines() -> Iterator[tuple[Story, str, str, Topic]]:
    """(story, language, headline, topic) of every pattern."""
    for origin, city, calling, topic in product(ORIGINS, CITIES, CALLINGS, TOLD):
        english, russian = TOLD[topic]
        for pattern in english:
            yield (origin, city, calling), "en", pattern.format(o=origin, r=calling, p=city), topic
        for pattern in russian:
            words = {"o": ORIGINS[origin], "O": ORIGINS[origin].capitalize(), "r": CALLINGS[calling], "p": CITIES[city]}
            yield (origin, city, calling), "ru", pattern.format(**words), topic


def reports(dice: random.Random) -> list[tuple[Story, Topic, Report]]:
    made = []
    for number, (story, language, title, topic) in enumerate(headlines()):
        at = MONDAY + timedelta(hours=dice.random() * 24)
        found = describe_text(title, "", language, (topic,))
        made.append((story, topic, Report(str(number), found, title, str(number), at)))
    return made


def main() -> None:
    dice = random.Random(1)
    made = reports(dice)
    pairs: Counter[str] = Counter()
    barred: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for _ in range(PAIRS):
        (one, topic, first), (other, further, second) = dice.sample(made, 2)
        differ = sum(a != b for a, b in zip(one, other, strict=True))
        if not differ and topic is not further:
            continue
        kind = f"differ in {differ} of origin, city, calling" if differ else "the same story"
        earlier, later = sorted((first, second), key=lambda report: report.at)
        pairs[kind] += 1
        alone[kind] += WEIGHTS.score(features(later, earlier, {})) >= WEIGHTS.same
        barred[kind] += decide(later, [Candidate("first", (earlier,))]).kind is Kind.SAME
    print(f"{'':<40}{'pairs':>8}{'joined':>8}{'sum alone':>11}")
    for kind in sorted(pairs):
        print(f"{kind:<40}{pairs[kind]:>8}{barred[kind]:>8}{alone[kind]:>11}")


if __name__ == "__main__":
    main()
