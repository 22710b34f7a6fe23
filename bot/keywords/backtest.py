"""A rule tried on what has come already, before it goes live: `nabat keywords test` and /keywords test.

stored words ─> Tally (pure, in a thread) ─> Backtest
in chunks        trial rule, saved rule       hits a day, samples, what is gained and lost, forms
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.keywords.index import RuleIndex
from bot.keywords.query import GroupShelf, choose
from bot.keywords.stored import ANALYSER, Reader, Sieve, written
from bot.keywords.tree import Named, Node, Prefix, Word, children
from bot.language import turkic
from bot.language.lexicon import Form, Lexicon
from bot.language.words import READING, analyse
from bot.model import LANGUAGES, Group, Item, Places, Rule, RuleState
from bot.store import analyses
from bot.store.analyses import Stored
from bot.store.keywords import whole
from bot.store.session import Store

CHUNK = 5_000
"""Stored items read at a time: about 5 MB."""
SAMPLES = 10
STAMP = READING * 100 + ANALYSER
"""How an item's words were read and written; those with another stamp are analysed anew."""
TRIAL, SAVED = "trial", "saved"
"""The ids of the two versions while they are compared."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An item that the rule meets, and where."""

    item: Item
    seen_at: datetime
    places: Places


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have done.

    `gained` and `lost` are against the saved version, and empty where there is none. `forms` are those that each
    word of the query itself (not of its groups) met in these items; a word without any may be misspelt.
    """

    since: datetime
    items: int
    hits: int
    per_day: tuple[tuple[date, int], ...]
    samples: tuple[Sample, ...]
    gained: int
    gained_samples: tuple[Sample, ...]
    lost: int
    lost_samples: tuple[Sample, ...]
    forms: tuple[tuple[str, tuple[str, ...]], ...]


async def backtest(
    store: Store,
    trial: Rule,
    *,
    since: datetime,
    lexicon: Lexicon,
    trial_groups: Iterable[Group] | None = None,
    samples: int = SAMPLES,
) -> Backtest:
    """Try a rule on the items first seen since a moment, beside the saved rule of the same id.

    `trial_groups` are groups that the trial changes or adds. Raises QueryError for a query that cannot be read.
    """
    async with store.read() as session:
        pack = await whole(session)
        saved = next((rule for rule in pack.rules if rule.id == trial.id), None)
        groups = {group.name: group for group in pack.groups}
        tried = groups | {group.name: group for group in trial_groups or ()}
        tally = await asyncio.to_thread(Tally, trial, tried.values(), saved, groups.values(), lexicon)
        last = 0
        while rows := await analyses.chunk(session, since, last, CHUNK):
            last = rows[-1].item_id
            await asyncio.to_thread(tally.add, rows)
        ids = tally.shown(samples)
        shown = await analyses.items(session, ids)
    return await asyncio.to_thread(tally.report, since, shown, samples)


async def keep(session: AsyncSession, words: Mapping[int, tuple[str, str]], *, new: bool = False) -> None:
    """Keep the words of items, as `written` and by item id, for later backtests.

    `new`: whether none were kept for any of these items before.
    """
    await analyses.save_analyses(session, STAMP, words, new=new)


async def fill(store: Store, lexicon: Lexicon, limit: int = 500) -> int:
    """Analyse stored items that were not yet, newest first; how many. For items older than the table, and after
    STAMP was changed."""
    async with store.read() as session:
        waiting = await analyses.not_analysed(session, STAMP, limit)
    found = await asyncio.to_thread(lambda: {int(item.id): written(analyse(item, lexicon)) for item in waiting})
    async with store.write() as session:
        await keep(session, found)
    return len(waiting)


class Tally:
    """Counts which stored items a rule meets. Pure; holds the compiled rule and what it met so far."""

    def __init__(
        self, trial: Rule, groups: Iterable[Group], saved: Rule | None, saved_groups: Iterable[Group], lexicon: Lexicon
    ) -> None:
        self._rule, self._groups, self._lexicon = trial, tuple(groups), lexicon
        self._indexes = _indexes(trial, self._groups, saved, tuple(saved_groups), lexicon)
        self._reader = Reader()
        self._sieves = [(Sieve(index, self._reader), index) for index in self._indexes]
        self._items = 0
        self._languages: set[str] = set()
        self._compared = saved is not None
        self._days: dict[str, dict[int, date]] = {TRIAL: {}, SAVED: {}}

    def add(self, rows: Sequence[Stored]) -> None:
        self._items += len(rows)
        self._languages.update(*{row.languages: row.languages.split(",") for row in rows}.values())
        for row in rows:
            for sieve, index in self._sieves:
                if sieve.lets_through(row.languages, row.terms):
                    self._ask(index, row)

    def _ask(self, index: RuleIndex, row: Stored) -> None:
        item = Item(str(row.item_id), "", url=row.url, outlet=row.outlet, country=row.country)
        for version in index.meets(self._reader.document(item, row.languages, row.terms)):
            self._days[version][row.item_id] = row.seen_at.date()

    def shown(self, limit: int) -> list[int]:
        """The items that a report with so many samples needs whole."""
        return list(dict.fromkeys([*self._hits(limit), *self._gained(limit), *self._lost(limit)]))

    def report(self, since: datetime, shown: Iterable[tuple[Item, datetime]], limit: int) -> Backtest:
        whole_items = {int(item.id): (item, seen_at) for item, seen_at in shown}
        met = self._days[TRIAL]
        return Backtest(
            since=since,
            items=self._items,
            hits=len(met),
            per_day=tuple(sorted(Counter(met.values()).items())),
            samples=self._samples(self._hits(limit), whole_items, TRIAL),
            gained=len(self._gained(None)),
            gained_samples=self._samples(self._gained(limit), whole_items, TRIAL),
            lost=len(self._lost(None)),
            lost_samples=self._samples(self._lost(limit), whole_items, SAVED),
            forms=tuple(self._forms()),
        )

    def _hits(self, limit: int | None) -> list[int]:
        return _newest(self._days[TRIAL], self._days[TRIAL], limit)

    def _gained(self, limit: int | None) -> list[int]:
        met = self._days[TRIAL]
        return _newest(met.keys() - self._days[SAVED].keys(), met, limit) if self._compared else []

    def _lost(self, limit: int | None) -> list[int]:
        met = self._days[SAVED]
        return _newest(met.keys() - self._days[TRIAL].keys(), met, limit)

    def _samples(
        self, ids: Iterable[int], whole_items: dict[int, tuple[Item, datetime]], version: str
    ) -> tuple[Sample, ...]:
        found = []
        for item, seen_at in (whole_items[item_id] for item_id in ids if item_id in whole_items):
            document = analyse(item, self._lexicon)
            matches = [match for index in self._indexes for match in index.match(document) if match.rule == version]
            found.append(Sample(item, seen_at, matches[0].places if matches else ()))
        return tuple(found)

    def _forms(self) -> list[tuple[str, tuple[str, ...]]]:
        asked = self._asked()
        by_term: dict[str, list[str]] = {}
        for word, terms in asked.items():
            for term in terms:
                by_term.setdefault(term, []).append(word)
        seen: dict[str, set[str]] = {word: set() for word in asked}
        starts = tuple(word[:-1] for word in asked if word.endswith("*"))
        for form in self._reader.forms.values():
            for word in _words_met(form, by_term, starts):
                seen[word].add(form.surface)
        return [(word, tuple(sorted(surfaces))) for word, surfaces in seen.items()]

    def _asked(self) -> dict[str, set[str]]:
        """The words and beginnings that were typed, with the terms they are met by."""
        shelf = GroupShelf({group.name: group for group in self._groups})
        asked: dict[str, set[str]] = {}
        for language in [known for known in LANGUAGES if known in self._languages]:
            chosen = choose(self._rule.queries, language)
            for leaf in _typed(shelf.parse(chosen[1], chosen[0]).root) if chosen else ():
                if isinstance(leaf, Word):
                    asked.setdefault(leaf.text, set()).update(self._lexicon.terms(leaf.text, leaf.language or language))
                else:
                    asked.setdefault(f"{leaf.text}*", set())
        return asked


def _words_met(form: Form, by_term: dict[str, list[str]], starts: tuple[str, ...]) -> set[str]:
    met = {word for term in form.terms for word in by_term.get(term, ())}
    if starts:
        spelled = {form.surface, turkic.fold(form.surface)}
        met.update(
            f"{start}*" for start in starts if any(one.startswith((start, turkic.fold(start))) for one in spelled)
        )
    return met


def _typed(node: Node) -> list[Word | Prefix]:
    """The words of a query that are its own: not those of its groups."""
    if isinstance(node, Word | Prefix):
        return [node]
    return [] if isinstance(node, Named) else [leaf for child in children(node) for leaf in _typed(child)]


def _newest(ids: Iterable[int], days: dict[int, date], limit: int | None) -> list[int]:
    return sorted(ids, key=lambda item_id: (days[item_id], item_id), reverse=True)[:limit]


def _indexes(
    trial: Rule, groups: tuple[Group, ...], saved: Rule | None, saved_groups: tuple[Group, ...], lexicon: Lexicon
) -> list[RuleIndex]:
    """One index with both versions, or one for each where their groups differ; a rule that is off is on in it."""
    tried = replace(trial, id=TRIAL, state=RuleState.REVIEW)
    if saved is None:
        return [RuleIndex([tried], groups, lexicon)]
    kept = replace(saved, id=SAVED, state=RuleState.REVIEW)
    if set(groups) == set(saved_groups):
        return [RuleIndex([tried, kept], groups, lexicon)]
    return [RuleIndex([tried], groups, lexicon), RuleIndex([kept], saved_groups, lexicon)]
