"""How good the rules are: what they say of labelled items, against what people said of them.

The figures of `nabat evaluate` that are about matching, in the words of the contract: precision, recall and F1 of
"relevant", overall and for each language, over items labelled relevant or irrelevant (borderline items count
neither way); micro-F1 of topics over relevant items (a topic of `maybe_topics` counts neither way).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import LANGUAGES, Topic

RELEVANT = "relevant"
IRRELEVANT = "irrelevant"


@dataclass(frozen=True, slots=True)
class Gold:
    """What people said of an item. `label` is relevant, irrelevant or borderline."""

    id: str
    language: str
    title: str
    summary: str
    label: str
    topics: frozenset[str]
    maybe_topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """What the rules said of it: the ids of those that matched, and the topics that follow."""

    rules: tuple[str, ...]
    topics: frozenset[str]

    @property
    def relevant(self) -> bool:
        return bool(self.rules)


@dataclass(frozen=True, slots=True)
class Rate:
    """Hits, false alarms and misses, and the rates they make; of nothing said where nothing was to say, 1."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self._share(self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self._share(self.right + self.missed)

    @property
    def f1(self) -> float:
        return 1.0 if self == Rate() else 2 * self.right / (2 * self.right + self.wrong + self.missed)

    def _share(self, of: int) -> float:
        return self.right / of if of else float(self == Rate())

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def as_json(self) -> dict[str, float]:
        return {"precision": round(self.precision, 4), "recall": round(self.recall, 4), "f1": round(self.f1, 4)}


Answers = Sequence[tuple[Gold, Said]]


def gold(row: Mapping[str, Any]) -> Gold:
    """A labelled item from its JSON line. Raises KeyError where `id`, `title` or `label` is missing."""
    return Gold(
        id=str(row["id"]),
        language=str(row.get("lang") or ""),
        title=str(row["title"]),
        summary=str(row.get("summary") or ""),
        label=str(row["label"]),
        topics=frozenset(row.get("topics") or ()),
        maybe_topics=frozenset(row.get("maybe_topics") or ()),
    )


def agreement(right: Iterable[str], maybe: Iterable[str], said: Iterable[str]) -> Rate:
    """The rate of one item's set of answers; what is in `maybe` counts neither way."""
    wanted, given = frozenset(right) - frozenset(maybe), frozenset(said) - frozenset(maybe)
    return Rate(len(wanted & given), len(given - wanted), len(wanted - given))


def relevance(answers: Answers, languages: Iterable[str] | None = None) -> Rate:
    """The rate of "relevant" over the items of `languages`, or over all."""
    among = None if languages is None else frozenset(languages)
    judged = [
        (item.label == RELEVANT, said.relevant)
        for item, said in answers
        if item.label in (RELEVANT, IRRELEVANT) and (among is None or item.language in among)
    ]
    return Rate(judged.count((True, True)), judged.count((False, True)), judged.count((True, False)))


def topic_rates(answers: Answers) -> dict[str, Rate]:
    """The rate of each topic over relevant items; their sum is the micro rate."""
    rates = dict.fromkeys((topic.value for topic in Topic), Rate())
    for item, said in answers:
        if item.label != RELEVANT:
            continue
        for name in rates:
            only = frozenset((name,))
            rates[name] += agreement(item.topics & only, item.maybe_topics & only, said.topics & only)
    return rates


def report(answers: Answers) -> dict[str, Any]:
    """{"relevance": {"precision", "recall", "f1", "by_lang": {…}}, "topics": {"precision", "recall", "f1"}}."""
    return {
        "relevance": relevance(answers).as_json()
        | {"by_lang": {language: relevance(answers, [language]).as_json() for language in _languages(answers)}},
        "topics": sum(topic_rates(answers).values(), Rate()).as_json(),
    }


def table(answers: Answers) -> str:
    """The same for people, with the rates of each topic and the counts behind every rate."""
    lines = [f"{'':<14}precision  recall      F1   right  wrong missed"]
    lines += [_line("relevant", relevance(answers)), _line("  en and ru", relevance(answers, ("en", "ru")))]
    lines += [_line(f"  {language}", relevance(answers, [language])) for language in _languages(answers)]
    rates = topic_rates(answers)
    lines += [_line("topics", sum(rates.values(), Rate()))]
    return "\n".join(lines + [_line(f"  {name}", rate) for name, rate in rates.items()])


def errors(answers: Answers) -> str:
    """Every item that the rules got wrong, and why: false alarms, misses, then wrong topics of relevant items."""
    return "\n".join([*_false_alarms(answers), *_misses(answers), *_wrong_topics(answers)])


def _false_alarms(answers: Answers) -> Iterator[str]:
    for item, said in answers:
        if item.label == IRRELEVANT and said.relevant:
            yield f"FALSE ALARM by {', '.join(said.rules)}\n{_item(item)}"


def _misses(answers: Answers) -> Iterator[str]:
    for item, said in answers:
        if item.label == RELEVANT and not said.relevant:
            yield f"MISSED ({', '.join(sorted(item.topics))})\n{_item(item)}"


def _wrong_topics(answers: Answers) -> Iterator[str]:
    for item, said in answers:
        missing = sorted(item.topics - item.maybe_topics - said.topics)
        extra = sorted(said.topics - item.topics - item.maybe_topics)
        if item.label == RELEVANT and said.relevant and (missing or extra):
            parts = [f"without {', '.join(missing)}"] * bool(missing) + [f"wrongly {', '.join(extra)}"] * bool(extra)
            yield f"TOPICS {'; '.join(parts)} (by {', '.join(said.rules)})\n{_item(item)}"


def _item(item: Gold) -> str:
    return f"  {item.id} [{item.language}] {item.title}\n    {item.summary}"


def _languages(answers: Answers) -> list[str]:
    present = {item.language for item, _ in answers}
    return [language for language in LANGUAGES if language in present]


def _line(name: str, rate: Rate) -> str:
    figures = f"{rate.precision:>9.3f}{rate.recall:>8.3f}{rate.f1:>8.3f}"
    return f"{name:<14}{figures}{rate.right:>8}{rate.wrong:>7}{rate.missed:>7}"
