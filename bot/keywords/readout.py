"""Matches, backtests and differences in plain words, for a terminal or a chat."""

from __future__ import annotations

from collections.abc import Iterable

from bot.keywords.backtest import Backtest, Sample
from bot.model import Group, Item, Match, Places, Rule
from bot.store.difference import Difference

LONGEST_DAY = 40
"""Signs of the bar of the day with most hits."""


def marked(text: str, places: Places, field: str, marks: tuple[str, str] = ("[", "]")) -> str:
    """`text`, which is the item's title or summary as `field` says, with what matched between marks."""
    found, last = [], 0
    for start, end in sorted((start, end) for where, start, end in places if where == field):
        found += [text[last:start], marks[0], text[start:end], marks[1]]
        last = end
    return "".join([*found, text[last:]])


def explain(item: Item, match: Match) -> str:
    """Why an item matched, in one line: the rule as it was then, and the words that it met."""
    texts = {"title": item.title, "summary": item.summary}
    met = dict.fromkeys(texts.get(field, "")[start:end] for field, start, end in match.places)
    words = ", ".join(f"“{word}”" for word in met if word)
    return f"{match.rule} version {match.version} ({match.topic}, {match.state}): {words or 'no words of its own'}"


def readout(result: Backtest) -> str:
    """A backtest as text: how often, which items, what the change gains and loses, which forms each word met."""
    days = max(1, len(result.per_day))
    lines = [
        f"{result.hits} of {result.items} items since {result.since:%Y-%m-%d}; "
        f"on the {len(result.per_day)} days with any, {result.hits / days:.1f} a day."
    ]
    lines += _bars(result)
    lines += _samples("Newest", result.hits, result.samples)
    lines += _samples("Gained by this version", result.gained, result.gained_samples)
    lines += _samples("Lost by this version", result.lost, result.lost_samples)
    if result.forms:
        lines += ["", "Forms met:"]
        lines += [f"  {word}: {', '.join(forms) or 'none; is it spelled right?'}" for word, forms in result.forms]
    return "\n".join(lines)


def difference(found: Difference) -> str:
    """What an import changes, one line a rule or group, with the queries that differ; empty where nothing does."""
    lines = [f"+ {_name(thing)}" for thing in found.added]
    for before, after in found.changed:
        lines += [f"~ {_name(after)}", *_changes(before, after)]
    return "\n".join([*lines, *(f"- {_name(thing)}" for thing in found.removed)])


def _bars(result: Backtest) -> list[str]:
    most = max((count for _, count in result.per_day), default=1)
    return [f"  {day:%Y-%m-%d} {'#' * max(1, count * LONGEST_DAY // most)} {count}" for day, count in result.per_day]


def _samples(title: str, count: int, samples: Iterable[Sample]) -> list[str]:
    if not count:
        return []
    lines = ["", f"{title} ({count}):"]
    for sample in samples:
        lines.append(
            f"  {sample.seen_at:%m-%d %H:%M} {sample.item.outlet} | {marked(sample.item.title, sample.places, 'title')}"
        )
        if any(field == "summary" for field, _, _ in sample.places):
            lines.append(f"      {marked(sample.item.summary, sample.places, 'summary')}")
    return lines


def _name(thing: Rule | Group) -> str:
    return f"@{thing.name}" if isinstance(thing, Group) else f"{thing.id} ({thing.topic}, {thing.state})"


def _changes(before: Rule | Group, after: Rule | Group) -> list[str]:
    lines = []
    if isinstance(before, Rule) and isinstance(after, Rule):
        for what in ("topic", "state", "comment"):
            was, is_ = getattr(before, what), getattr(after, what)
            lines += [f"    {what}: {was} → {is_}"] * (was != is_)
    was, is_ = dict(before.queries), dict(after.queries)
    for language in dict.fromkeys([*was, *is_]):
        if was.get(language) != is_.get(language):
            lines += [f"    {language or 'query'}: {was.get(language, '—')}", f"      → {is_.get(language, '—')}"]
    return lines
