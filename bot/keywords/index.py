"""Many rules at once: a document touches only the rules whose words it holds (stored queries, percolated)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock

from bot.keywords.common import NEEDLESS, Common
from bot.keywords.compiled import Compiler
from bot.keywords.conditions import NOTHING, Clause, Condition, all_clauses, is_plain
from bot.keywords.leaves import Leaves
from bot.keywords.nearness import Hits
from bot.keywords.query import Query, choose, shelf_of
from bot.keywords.views import QuickView, SlowView
from bot.keywords.ways import Way, ways
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
        found: dict[int, frozenset[int]] = {}
        for language in document.languages:
            view, met = self._percolator(language).ask(document)
            for order, query in met.items():
                shown = view.shows(query)
                found[order] = shown | found[order] if order in found else shown
        return self._matches(document, found) if found else ()

    def meets(self, document: Document) -> frozenset[str]:
        """The ids of the rules that `document` meets, without their places."""
        asked = (self._percolator(language).ask(document)[1] for language in document.languages)
        return frozenset(self._rules[order].id for met in asked for order in met)

    def required(self, language: str) -> tuple[Leaves, tuple[tuple[Clause, ...], ...]]:
        """What each rule cannot do without in a text of `language`: the numbered leaves, and its clauses of them.

        For sorting out documents before they are even read; a clause of facts (source:, country:) is among them.
        """
        percolator = self._percolator(language)
        return percolator.leaves, tuple(query.clauses() for _, query in percolator.queries)

    def match_all_slowly(self, document: Document) -> tuple[Match, ...]:
        """What `match` says, found by asking every rule about every word: its measure in tests and benchmarks."""
        found: dict[int, frozenset[int]] = {}
        for language in document.languages:
            for order, hits in self._percolator(language).ask_all_slowly(document):
                found[order] = found.get(order, NOTHING).union(*(hit.words for hit in hits))
        return self._matches(document, found)

    def _matches(self, document: Document, found: Mapping[int, frozenset[int]]) -> tuple[Match, ...]:
        # Of many rules that an item meets, many meet it by the same words.
        stand = {words: places(document, sorted(words)) for words in {*found.values()}}
        return tuple(
            Match(rule.id, rule.version, rule.topic, rule.state, stand[found[order]])
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
        self._percolators[language] = Percolator(compiled, leaves, compiler)
        return self._percolators[language]


_Asked = tuple[Clause, Clause, Condition | None, Condition | None, int, Condition]
"""What to ask of a way when a leaf of its rarest clause is met: the numbers of the common clauses it needs, then what
`Percolator._asked` tells; the order of its query, and the query itself."""


class Percolator:
    """The queries of one language, each of their ways filed under the clause whose leaves the fewest queries share,
    and there under the rarest common clause that it needs too."""

    def __init__(self, queries: list[tuple[int, Condition]], leaves: Leaves, compiler: Compiler) -> None:
        self.leaves = leaves
        self.queries = queries
        self._always = [pair for pair in queries if not pair[1].clauses()]
        one: dict[Clause, Clause] = {}
        found = [
            (order, query, way, tuple(one.setdefault(clause, clause) for clause in all_clauses(way)))
            for order, query in queries
            if query.clauses()
            for way in ways(query)
        ]
        # What several ways of one query need makes it neither common nor shared.
        needed: dict[int, dict[Clause, None]] = {}
        asking = Counter(part for _, part in {(order, part) for order, _, way, _ in found for part in way})
        shared = frozenset(part for part, number in asking.items() if number > 1)
        for order, _, _, clauses in found:
            needed.setdefault(order, {}).update(dict.fromkeys(clauses))
        self._common = Common(map(tuple, needed.values()))
        known, commonness = self._common.numbers, _commonness(needed.values())
        same: dict[Clause, Clause] = {}
        """One object for equal sets: those of a few hundred shapes stay in the processor's cache."""
        filed: dict[int, dict[int, list[_Asked]]] = {}
        for order, query, way, clauses in found:
            ranked = sorted(clauses, key=commonness.__getitem__)
            numbers = [known[clause] for clause in ranked[1:] if clause in known]
            needs = frozenset(numbers)
            asked = (same.setdefault(needs, needs), *self._asked(way, ranked, shared, compiler), order, query)
            for leaf in ranked[0]:
                filed.setdefault(leaf, {}).setdefault(numbers[0] if numbers else NEEDLESS, []).append(asked)
        self._filed = {leaf: tuple((two, tuple(all_)) for two, all_ in by.items()) for leaf, by in filed.items()}
        self._leaves_filed = frozenset(filed)

    def _asked(
        self, way: Way, ranked: Sequence[Clause], shared: frozenset[Condition], compiler: Compiler
    ) -> tuple[Clause, Condition | None, Condition | None]:
        """What to ask of a way when a leaf of its rarest clause is met, and its common clauses: the rarest clause that
        is not common (its first where all are), what other queries ask too, and its own that these do not tell. None
        is nothing more."""
        also = next((clause for clause in ranked[1:] if clause not in self._common.numbers), ranked[0])
        settled = (ranked[0], also)
        rest = [part for part in way if not (is_plain(part) and self._is_told(part.leaves, settled))]
        common = [part for part in rest if part in shared]
        own = [part for part in rest if part not in shared]
        return also, compiler.every(common) if common else None, compiler.every(own) if own else None

    def _is_told(self, clause: Clause, settled: tuple[Clause, ...]) -> bool:
        return clause in settled or clause in self._common.numbers

    def ask(self, document: Document) -> tuple[QuickView, dict[int, Condition]]:
        """The queries that the document meets, by their order, and the view that says where."""
        by_word = [*map(self.leaves.met.__getitem__, document.forms)]
        met = set(self.leaves.facts_of(document)).union(*by_word)
        view = QuickView(document, met, by_word)
        found: dict[int, Condition] = {}
        filed = self._leaves_filed & met
        if filed:
            common = self._common.met(met)
            found = {
                order: query
                for by_need in map(self._filed.__getitem__, filed)
                for need, all_asked in by_need
                if need in common
                for needs, also, shared, own, order, query in all_asked
                if needs <= common and not also.isdisjoint(met)
                if (shared is None or view[shared]) and (own is None or own.holds(view))
            }
        found.update((order, query) for order, query in self._always if view[query])
        return view, found

    def ask_all_slowly(self, document: Document) -> Iterator[tuple[int, Hits]]:
        view = SlowView(document, self.leaves)
        for order, query in self.queries:
            hits = view.find(query)
            if hits is not None:
                yield order, hits


def _commonness(needed: Iterable[Iterable[Clause]]) -> dict[Clause, int]:
    """How many queries need the leaves of each clause, added up."""
    sharing = Counter(clause for clauses in needed for clause in clauses)
    leaves: Counter[int] = Counter()
    for clause, number in sharing.items():
        for leaf in clause:
            leaves[leaf] += number
    return {clause: sum(map(leaves.__getitem__, clause)) for clause in sharing}


def places(document: Document, words: list[int]) -> Places:
    """Where words (indexes, in order) stand; neighbours with only a space between them are one place."""
    merged: list[tuple[str, int, int]] = []
    spans, titled = document.spans, document.titled
    last = -2
    for index in words:
        start, end = spans[index]
        if index == last + 1 and index != titled:
            field, first, until = merged[-1]
            if not (document.title if index < titled else document.summary)[until:start].strip():
                merged[-1] = (field, first, end)
                last = index
                continue
        merged.append(("title" if index < titled else "summary", start, end))
        last = index
    return tuple(merged)
