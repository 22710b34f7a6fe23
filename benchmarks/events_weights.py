"""Chooses the weights by which two reports are one event, on labelled corpora; prints what they reach.

    python benchmarks/events_weights.py [ITEMS.jsonl ...] [--write]

Pairs of relevant and borderline items that share a key are the examples; a logistic regression with signs held
(a shared name never speaks against) fits them. A corpus is spread over years where a live stream brings dozens of
cases a day, so pairs of different people's events count as if they had come within days of each other, and the
"crowded" rates are those of the corpus with all its events moved into the same two weeks. Rates are
cross-validated over five parts that share no event; each corpus is also rated with weights that saw only the others;
then the weights are fitted on everything. `--write` replaces bot/events/weights.py.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.analyst import Analyst
from bot.commands.rating import read_item
from bot.events.cluster import Candidate, Kind, decide, keys
from bot.events.describe import describe
from bot.events.evaluate import rate_events, wrong_merges
from bot.events.likeness import Features, Weights, features, gap
from bot.events.report import Report
from bot.keywords import pack
from bot.keywords.evaluate import Rate
from bot.language.skeleton import skeleton

ROOT = Path(__file__).parents[1]
CORPORA = [ROOT / "tests/data/corpus" / name for name in ("dev.jsonl", "second.jsonl")]
PARTS = 5
NAMES = [field.name for field in fields(Features)]
AGAINST = {
    *("extra_names", "one_sided", "clash", "only_russia", "country_clash", "status_clash", "same_outlet"),
    *("number_clash", "date_clash", "weekday_clash", "days", "late"),
}
RIDGE = 0.5
"""Holds weights down, most of all those that few pairs decide."""
STEPS = 3000
CROWD_DAYS = 14.0
"""About twenty reports a day: what a hundred feeds bring, if one item in fifty is about people in exile."""
LEAST_PRECISION, LEAST_IN_CROWD = 0.98, 0.85
"""What the threshold is chosen for; the target is 0.98 of the corpus as dated."""

Row = dict[str, Any]
Matrix = NDArray[np.float64]


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def reports_of(rows: Iterable[Row]) -> list[tuple[Row, Report]]:
    """The relevant and borderline items as the rules of keywords.yaml describe them, oldest first."""
    rules = pack.load(ROOT / "keywords.yaml")
    analyst = Analyst(rules.rules, rules.groups)
    found = []
    for row in rows:
        if row["label"] != "irrelevant":
            item = read_item(row)
            analysis = analyst.read(item)
            description = analysis.description or describe(analysis.document, ())
            at = datetime.fromisoformat(row["published"])
            found.append((row, Report(item.id, description, item.title, item.outlet, at)))
    analyst.close()
    return in_order(found)


def in_order(reports: Iterable[tuple[Row, Report]]) -> list[tuple[Row, Report]]:
    return sorted(reports, key=lambda pair: (pair[1].at, pair[1].item))


def event_of(row: Row) -> str:
    return str(row["event_id"] or f"item {row['id']}")


def part_of(row: Row) -> int:
    return zlib.crc32(event_of(row).encode()) % PARTS


def crowded(reports: Sequence[tuple[Row, Report]]) -> list[tuple[Row, Report]]:
    """The same reports with every story moved into the same CROWD_DAYS; within a story, times keep their distance."""
    stories = stories_of(reports)
    first: dict[str, datetime] = {}
    for row, report in reports:
        first.setdefault(stories[event_of(row)], report.at)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moved = []
    for row, report in reports:
        story = stories[event_of(row)]
        offset = timedelta(days=CROWD_DAYS * (zlib.crc32(story[::-1].encode()) % 1000) / 1000)
        moved.append((row, replace(report, at=start + offset + (report.at - first[story]))))
    return in_order(moved)


def stories_of(reports: Sequence[tuple[Row, Report]]) -> dict[str, str]:
    """The story of each event: events that name the same person are one story, told over months."""
    story: dict[str, str] = {}
    by_name: dict[str, str] = {}

    def root(event: str) -> str:
        while story.setdefault(event, event) != event:
            event = story[event]
        return event

    for row, _ in reports:
        for name in row["persons"]:
            story[root(event_of(row))] = root(by_name.setdefault(skeleton(name), event_of(row)))
    return {event_of(row): root(event_of(row)) for row, _ in reports}


def examples(reports: Sequence[tuple[Row, Report]]) -> tuple[Matrix, Matrix, list[frozenset[int]]]:
    """(features, 1 where the pair is one event, the parts that the pair touches)."""
    crowd = {report.item: report.at for _, report in crowded(reports)}
    values, labels, parts = [], [], []
    for (row, report), (other_row, other) in combinations(reports, 2):
        if keys(report.description) & keys(other.description):
            seen = features(report, other, {})
            if not seen.names:  # other people: as if both had come in the same days
                days = abs((crowd[report.item] - crowd[other.item]).total_seconds()) / 86_400
                seen = replace(seen, **gap(days))
            values.append(astuple(seen))
            labels.append(float(event_of(row) == event_of(other_row)))
            parts.append(frozenset((part_of(row), part_of(other_row))))
    return np.array(values), np.array(labels), parts


def fit(values: Matrix, labels: Matrix) -> tuple[float, Matrix]:
    """Level and weights by projected, accelerated gradient descent on the logistic loss with a ridge, signs held."""
    signs = np.array([-1.0 if name in AGAINST else 1.0 for name in NAMES])
    table = np.hstack([values, np.ones((len(values), 1))])
    pace = 1 / (0.25 * float(np.linalg.norm(table, 2)) ** 2 + RIDGE)
    weights = ahead = np.zeros(table.shape[1])
    for step in range(STEPS):
        slope = table.T @ (1 / (1 + np.exp(-(table @ ahead))) - labels)
        slope[:-1] += RIDGE * ahead[:-1]
        following = ahead - pace * slope
        following[:-1] = np.where(following[:-1] * signs < 0, 0.0, following[:-1])
        ahead = following + step / (step + 3) * (following - weights)
        weights = following
    return float(weights[-1]), weights[:-1]


def weights_of(bias: float, values: Matrix, same: float, maybe: float) -> Weights:
    chosen = {name: round(float(value), 3) for name, value in zip(NAMES, values, strict=True)}
    return Weights(bias=round(bias, 3), same=same, maybe=maybe, **chosen)


def fitted(reports: Sequence[tuple[Row, Report]]) -> Weights:
    values, labels, _ = examples(reports)
    bias, chosen = fit(values, labels)
    return weights_of(bias, chosen, *thresholds(reports, bias, chosen))


def cluster(reports: Sequence[tuple[Row, Report]], weights: Weights) -> list[tuple[Row, Row]]:
    """(gold, answer) of each item, as they come in by the hour."""
    known: dict[str, Candidate] = {}
    by_key: dict[str, set[str]] = defaultdict(set)
    answers: list[tuple[Row, Row]] = []
    for row, report in reports:
        own = keys(report.description)
        candidates = [known[event] for event in sorted({event for key in own for event in by_key[key]})]
        verdict = decide(report, candidates, weights)
        event = verdict.event if verdict.kind is Kind.SAME and verdict.event else f"event of {report.item}"
        known[event] = known[event].joined(report) if event in known else Candidate(event, (report,))
        for key in own:
            by_key[key].add(event)
        answers.append((row, {"event": event}))
    return answers


def thresholds(reports: Sequence[tuple[Row, Report]], bias: float, values: Matrix) -> tuple[float, float]:
    """The lowest score that keeps LEAST_PRECISION, and LEAST_IN_CROWD in the crowd; "maybe" begins two below it."""
    best = 8.0
    crowd = crowded(reports)
    for same in np.arange(8.0, -3.0, -0.25):
        weights = weights_of(bias, values, float(same), float(same) - 2)
        dated_rate, crowd_rate = rate_events(cluster(reports, weights)), rate_events(cluster(crowd, weights))
        if dated_rate.precision >= LEAST_PRECISION and crowd_rate.precision >= LEAST_IN_CROWD:
            best = float(same)
    return best, best - 2


def cross_validate(reports: Sequence[tuple[Row, Report]]) -> tuple[Rate, Rate]:
    """Each part is clustered with weights and thresholds that never saw it: as dated, and crowded."""
    values, labels, parts = examples(reports)
    dated, crowd = Rate(), Rate()
    for part in range(PARTS):
        seen = np.array([part not in touched for touched in parts])
        bias, chosen = fit(values[seen], labels[seen])
        learning = [pair for pair in reports if part_of(pair[0]) != part]
        weights = weights_of(bias, chosen, *thresholds(learning, bias, chosen))
        held_out = [pair for pair in reports if part_of(pair[0]) == part]
        dated += rate_events(cluster(held_out, weights))
        crowd += rate_events(cluster(crowded(held_out), weights))
    return dated, crowd


def write(weights: Weights) -> None:
    body = ",\n    ".join(f"{field.name}={getattr(weights, field.name)}" for field in fields(Weights))
    text = (
        '"""The weights of likeness, written by benchmarks/events_weights.py from the labelled corpus:\n'
        'do not edit by hand."""\n\n'
        f"from bot.events.likeness import Weights\n\nWEIGHTS = Weights(\n    {body},\n)\n"
    )
    (ROOT / "bot/events/weights.py").write_text(text, encoding="utf-8")


def line(name: str, rate: Rate) -> str:
    return (
        f"{name:<28}{rate.precision:>10.3f}{rate.recall:>8.3f}{rate.f1:>8.3f}"
        f"{rate.right:>7}{rate.wrong:>7}{rate.missed:>7}"
    )


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    begun = time.perf_counter()
    corpora = {path.name: reports_of(rows_of(path)) for path in map(Path, arguments or CORPORA)}
    reports = in_order(pair for corpus in corpora.values() for pair in corpus)
    _, labels, _ = examples(reports)
    print(f"{len(reports)} reports, {len(labels)} pairs that share a key, {int(labels.sum())} of them one event")
    print(f"{'pairs of reports':<28}{'precision':>10}{'recall':>8}{'F1':>8}{'right':>7}{'wrong':>7}{'missed':>7}")
    dated, crowd = cross_validate(reports)
    print(line(f"cross-validated, {PARTS} parts", dated))
    print(line("  crowded", crowd))
    for name, corpus in corpora.items() if len(corpora) > 1 else ():
        others = in_order(pair for other in corpora.values() if other is not corpus for pair in other)
        print(line(f"{name}, never seen", rate_events(cluster(corpus, fitted(others)))))
    weights = fitted(reports)
    answers = cluster(reports, weights)
    print(line("fitted on everything", rate_events(answers)))
    print(line("  crowded", rate_events(cluster(crowded(reports), weights))))
    print(
        line("floor: every key joins", rate_events(cluster(reports, weights_of(9.0, np.zeros(len(NAMES)), 0.0, -2.0))))
    )
    for merge in wrong_merges(cluster(crowded(reports), weights)):
        print("  wrong in the crowd:", " <> ".join(merge["titles"]))
    print(*(f"{name}={getattr(weights, name)}" for name in Weights.__dataclass_fields__))
    print(f"{time.perf_counter() - begun:.1f} s")
    if "--write" in sys.argv:
        write(weights)


if __name__ == "__main__":
    main()
