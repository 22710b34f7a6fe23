"""Many rules at once: a document touches only the rules whose words it holds (stored queries, percolated)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import NamedTuple

from bot.keywords.compiled import Clause, Compiled, Compiler, Hits, View
from bot.keywords.leaves import Fact, Leaves, facts
from bot.keywords.query import Query, choose, shelf_of
from bot.language import turkic
from bot.language.lexicon import Lexicon
from bot.language.words import Document
from bot.model import LANGUAGES, Group, Match, Places, Rule, RuleState


class RuleIndex:
    """Rules that are not off, ready to be matched.

    All queries are read at once (QueryError names the column of a mistake); the words of a language are looked up
    when its first document comes, so that a language which never comes costs nothing.

    A document is tried with the rule's query for its language, else with the one for any language, else, for uk,
    be, kk and ky, with the Russian one. A document that speaks two languages is tried with both.
    """

    def __init__(self, rules: Iterable[Rule], groups: Iterable[Group], lexicon: Lexicon) -> None:
        self._rules = [rule for rule in rules if rule.state is not RuleState.OFF]
        self._lexicon = lexicon
        shelf = shelf_of(groups)
        self._queries: dict[str, list[tuple[int, Query]]] = {language: [] for language in LANGUAGES}
        for order, rule in enumerate(self._rules):
            for language in LANGUAGES:
                chosen = choose(rule.queries, language)
                if chosen:
                    self._queries[language].append((order, shelf.parse(chosen[1], chosen[0])))
        self._percolators: dict[str, Percolator] = {}
        self._lock = Lock()

    def match(self, document: Document) -> tuple[Match, ...]:
        """The rules that `document` meets, in their order, with the places that made them match."""
        found: dict[int, set[int]] = {}
        for language in document.languages:
            for order, hits in self._percolator(language).ask(document):
                found.setdefault(order, set()).update(word for hit in hits for word in hit.words)
        return self._matches(document, found)

    def meets(self, document: Document) -> frozenset[str]:
        """The ids of the rules that `document` meets, without their places."""
        asked = map(self._percolator, document.languages)
        return frozenset(self._rules[order].id for percolator in asked for order, _ in percolator.ask(document))

    def required(self, language: str) -> tuple[Leaves, tuple[tuple[Clause, ...], ...]]:
        """What each rule cannot do without in a text of `language`: the numbered leaves, and its clauses of them.

        For sorting out documents before they are even read; a clause of facts (source:, country:) is among them.
        """
        percolator = self._percolator(language)
        return percolator.leaves, tuple(query.clauses for _, query in percolator.queries)

    def match_all_slowly(self, document: Document) -> tuple[Match, ...]:
        """What `match` says, found by asking every rule about every word: its measure in tests and benchmarks."""
        found: dict[int, set[int]] = {}
        for language in document.languages:
            for order, hits in self._percolator(language).ask_all_slowly(document):
                found.setdefault(order, set()).update(word for hit in hits for word in hit.words)
        return self._matches(document, found)

    def _matches(self, document: Document, found: dict[int, set[int]]) -> tuple[Match, ...]:
        return tuple(
            Match(rule.id, rule.version, rule.topic, rule.state, places(document, sorted(found[order])))
            for order, rule in ((order, self._rules[order]) for order in sorted(found))
        )

    def _percolator(self, language: str) -> Percolator:
        found = self._percolators.get(language)
        if found is None:
            with self._lock:
                found = self._percolators.get(language) or self._made_ready(language)
        return found

    def _made_ready(self, language: str) -> Percolator:
        leaves = Leaves(turkic.fold if language in ("kk", "ky") else str)
        compiler = Compiler(self._lexicon, leaves)
        compiled = [(order, compiler.compile(query.root)) for order, query in self._queries.pop(language)]
        self._percolators[language] = Percolator(compiled, leaves)
        return self._percolators[language]


class _Filed(NamedTuple):
    """A query under one of its clauses, with the others that must be met too."""

    order: int
    compiled: Compiled
    others: tuple[Clause, ...]


class Percolator:
    """The queries of one language, each filed under the clause whose leaves the fewest queries share."""

    def __init__(self, compiled: list[tuple[int, Compiled]], leaves: Leaves) -> None:
        self.leaves = leaves
        self.queries = compiled
        self._always = [(order, query) for order, query in compiled if not query.clauses]
        self._filed: dict[int, list[_Filed]] = {}
        sharing = Counter(leaf for _, query in compiled for clause in query.clauses for leaf in clause)
        for order, query in compiled:
            if query.clauses:
                self._file(order, query, sharing)

    def _file(self, order: int, query: Compiled, sharing: Counter[int]) -> None:
        rarest = min(query.clauses, key=lambda clause: sum(sharing[leaf] for leaf in clause))
        others = tuple(clause for clause in query.clauses if clause is not rarest)
        for leaf in rarest:
            self._filed.setdefault(leaf, []).append(_Filed(order, query, others))

    def ask(self, document: Document) -> Iterator[tuple[int, Hits]]:
        known = self.leaves.facts_of(document)
        by_word = [*map(self.leaves.met.__getitem__, document.forms)]
        met = set(known).union(*by_word)
        candidates = {
            order: compiled
            for leaf in met & self._filed.keys()
            for order, compiled, others in self._filed[leaf]
            if not any(map(met.isdisjoint, others))
        }
        if not candidates and not self._always:
            return iter(())
        return _answers(_QuickView(document, known, by_word), [*candidates.items(), *self._always])

    def ask_all_slowly(self, document: Document) -> Iterator[tuple[int, Hits]]:
        return _answers(_SlowView(document, self.leaves), self.queries)


def _answers(view: View, queries: list[tuple[int, Compiled]]) -> Iterator[tuple[int, Hits]]:
    for order, query in queries:
        hits = query.ask(view)
        if hits is not None:
            yield order, hits


class _QuickView:
    """A document by what its forms are known to meet: leaves by word, in the order of its words."""

    def __init__(self, document: Document, known: list[int], by_word: list[tuple[int, ...]]) -> None:
        self.document = document
        self._facts = known
        self._words: dict[int, list[int]] = {}
        for index, met in enumerate(by_word):
            for leaf in met:
                self._words.setdefault(leaf, []).append(index)
        self._met = frozenset((*self._words, *known))

    def words(self, leaves: frozenset[int]) -> list[int]:
        met = leaves & self._met
        if len(met) == 1:
            return self._words[next(iter(met))]
        return sorted({index for leaf in met for index in self._words[leaf]})

    def knows(self, leaf: int) -> bool:
        return leaf in self._facts

    def meets_any(self, clause: Clause) -> bool:
        return not clause.isdisjoint(self._met)


class _SlowView:
    """A document whose every word is held against every leaf that is asked for."""

    def __init__(self, document: Document, leaves: Leaves) -> None:
        self.document = document
        self._leaves = leaves

    def words(self, leaves: frozenset[int]) -> list[int]:
        asked, spell = [self._leaves.leaves[leaf] for leaf in leaves], self._leaves.spell
        forms = enumerate(self.document.forms)
        return [i for i, form in forms if any(leaf.meets(form, spell(form.surface)) for leaf in asked)]

    def meets_any(self, clause: Clause) -> bool:
        return True

    def knows(self, leaf: int) -> bool:
        asked = self._leaves.leaves[leaf]
        return isinstance(asked, Fact) and asked.key in facts(self.document)


def places(document: Document, words: list[int]) -> Places:
    """Where words (indexes, in order) stand; neighbours with only a space between them are one place."""
    merged: list[tuple[str, int, int]] = []
    for index in words:
        field, (start, end) = document.field(index), document.spans[index]
        if merged and merged[-1][0] == field:
            text = document.title if field == "title" else document.summary
            if not text[merged[-1][2] : start].strip():
                merged[-1] = (field, merged[-1][1], end)
                continue
        merged.append((field, start, end))
    return tuple(merged)
