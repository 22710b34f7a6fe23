"""A query ready to be asked: its words numbered, evaluated on one document after another.

A node answers with hits, or None where it does not hold. A hit is (first, last, words): the positions it reaches
over, and the indexes of the words that made it, to be shown in bold. What is negated makes no hits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bot.keywords import tree
from bot.keywords.leaves import AnyForm, Beginning, Fact, Leaves, ThisForm
from bot.language.lexicon import Lexicon
from bot.language.words import Document


class Hit(NamedTuple):
    first: int
    last: int
    words: tuple[int, ...]


Hits = list[Hit]

NEIGHBOURS = 8
"""How many hits on either side NEAR looks at. News says a word a few times; a text made to say it thousands of times
must not cost their square."""
MOST_HITS = 2_000

Clause = frozenset[int]
"""Numbers of leaves of which a document must meet at least one."""


class View(Protocol):
    """A document as queries see it."""

    @property
    def document(self) -> Document: ...

    def words(self, leaves: frozenset[int]) -> list[int]:
        """The indexes of the words that meet one of the leaves, in order."""

    def knows(self, leaf: int) -> bool:
        """Whether the fact holds of the document."""

    def meets_any(self, clause: Clause) -> bool:
        """False only where no leaf of the clause is met, by a word or as a fact."""


Ask = Callable[[View], "Hits | None"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`ask` tells whether and where a document holds it; it cannot, unless it meets a leaf of every clause."""

    ask: Ask
    clauses: tuple[Clause, ...]
    words: frozenset[int] = frozenset()
    """The leaves, where any word that meets one of them is all that is asked."""


class Compiler:
    """Makes queries of one language ready, their leaves numbered in `leaves`."""

    def __init__(self, lexicon: Lexicon, leaves: Leaves) -> None:
        self._lexicon = lexicon
        self._leaves = leaves
        self._named: dict[tuple[str, bool], Compiled] = {}

    def compile(self, node: tree.Node, titled: bool = False) -> Compiled:
        """`node` ready to be asked, of the whole document or of its title alone."""
        match node:
            case tree.Word() | tree.Exact() | tree.Prefix():
                return _any_word(frozenset((self._leaves.number(self._leaf(node)),)), titled)
            case tree.Phrase(words, within):
                parts = [self.compile(word, titled) for word in words]
                asks = [part.ask for part in parts]
                ask = _in_order(asks) if within is None else _together(asks, within)
                return Compiled(ask, _all_clauses(parts))
            case tree.Near(left, right, within):
                parts = [self.compile(left, titled), self.compile(right, titled)]
                return Compiled(_near(parts[0].ask, parts[1].ask, within), _all_clauses(parts))
            case tree.And(children):
                parts = [self.compile(child, titled) for child in children]
                return Compiled(_every([part.ask for part in parts]), _all_clauses(parts))
            case tree.Or(children):
                return _either([self.compile(child, titled) for child in children], titled)
            case tree.Not(child):
                return Compiled(_absent(self.compile(child, titled).ask), ())
            case tree.Titled(child):
                inner = self.compile(child, True)
                # Elsewhere than in the title, its words are not plain words of the query.
                return inner if titled else Compiled(inner.ask, inner.clauses)
            case tree.About(field, value):
                leaf = self._leaves.number(Fact(f"{field}:{value}"))
                return Compiled(_known(leaf), (frozenset((leaf,)),))
            case tree.Named(name, child):
                # Many rules share a group: it is made ready once.
                if (name, titled) not in self._named:
                    self._named[name, titled] = self.compile(child, titled)
                return self._named[name, titled]

    def _leaf(self, leaf: tree.Leaf) -> AnyForm | ThisForm | Beginning:
        match leaf:
            case tree.Word(text, language):
                return AnyForm(self._lexicon.terms(text, language))
            case tree.Exact(text):
                return ThisForm(text)
            case tree.Prefix(text):
                return Beginning(self._leaves.spell(text))


def _all_clauses(parts: Iterable[Compiled]) -> tuple[Clause, ...]:
    return tuple(dict.fromkeys(clause for part in parts for clause in part.clauses))


def _any_clause(parts: list[Compiled]) -> tuple[Clause, ...]:
    """One of the parts must hold; so a leaf of one of them must be met, if each has a clause at all."""
    if not all(part.clauses for part in parts):
        return ()
    return (frozenset().union(*(min(part.clauses, key=len) for part in parts)),)


def _either(parts: list[Compiled], titled: bool) -> Compiled:
    """Plain words among the alternatives, which may be dozens in a group, are asked for at once."""
    plain = _any_word(frozenset().union(*(part.words for part in parts)), titled)
    others = [part for part in parts if not part.words]
    if not others:
        return plain
    parts = [plain, *others] if plain.words else others
    return Compiled(_some(parts), _any_clause(parts))


def _any_word(leaves: frozenset[int], titled: bool) -> Compiled:
    def ask(view: View) -> Hits | None:
        document = view.document
        return [
            Hit(position := document.position(index), position, (index,))
            for index in view.words(leaves)
            if not titled or index < document.titled
        ] or None

    return Compiled(ask, (leaves,), leaves)


def _known(leaf: int) -> Ask:
    return lambda view: [] if view.knows(leaf) else None


def _in_order(asks: list[Ask]) -> Ask:
    """Words next to each other."""

    def ask(view: View) -> Hits | None:
        runs = asks[0](view)
        for following in asks[1:]:
            found = following(view) if runs else None
            if not runs or not found:
                return None
            at = {hit.first: hit.words for hit in found}
            runs = [Hit(first, last + 1, (*words, *at[last + 1])) for first, last, words in runs if last + 1 in at]
        return runs or None

    return ask


def _together(asks: list[Ask], within: int) -> Ask:
    """All the words, in any order, with fewer than `within` others among them."""

    def ask(view: View) -> Hits | None:
        found: list[Hits] = []
        for one in asks:
            hits = one(view)
            if hits is None:
                return None
            found.append(hits)
        reach = within + len(asks) - 2
        starts = sorted({hit.first for hits in found for hit in hits})
        return [window for start in starts if (window := _window(found, start, reach))] or None

    return ask


def _window(found: list[Hits], start: int, reach: int) -> Hit | None:
    """The words from position `start` to `reach` later, if they are enough for each word of the phrase."""
    inside = [hits[bisect_left(hits, (start,)) : bisect_left(hits, (start + reach + 1,))] for hits in found]
    if not all(inside) or not _one_each(inside):
        return None
    words = sorted({index for hits in inside for hit in hits for index in hit.words})
    return Hit(start, max(hits[-1].last for hits in inside), tuple(words))


def _one_each(choices: list[Hits]) -> bool:
    """Whether each word of a phrase can have one of its own: "a a"~3 needs two. (Matching by augmenting paths.)"""
    owner: dict[int, int] = {}

    def place(word: int, tried: set[int]) -> bool:
        for hit in choices[word]:
            if hit.first not in tried:
                tried.add(hit.first)
                if hit.first not in owner or place(owner[hit.first], tried):
                    owner[hit.first] = word
                    return True
        return False

    return all(place(word, set()) for word in range(len(choices)))


def _near(left: Ask, right: Ask, within: int) -> Ask:
    def ask(view: View) -> Hits | None:
        lefts = left(view)
        rights = right(view) if lefts else None
        if not lefts or not rights:
            return None
        ordered = sorted(rights)
        pairs: dict[tuple[int, int], tuple[int, ...]] = {}
        for one in lefts[:MOST_HITS]:
            middle = bisect_left(ordered, (one.first,))
            for other in ordered[max(0, middle - NEIGHBOURS) : middle + NEIGHBOURS]:
                if 1 <= max(other.first - one.last, one.first - other.last) <= within:
                    reach = (min(one.first, other.first), max(one.last, other.last))
                    pairs[reach] = tuple(sorted({*one.words, *other.words, *pairs.get(reach, ())}))
        return [Hit(*reach, pairs[reach]) for reach in sorted(pairs)] or None

    return ask


def _every(asks: list[Ask]) -> Ask:
    def ask(view: View) -> Hits | None:
        hits: Hits = []
        for one in asks:
            found = one(view)
            if found is None:
                return None
            hits += found
        return hits

    return ask


def _some(parts: list[Compiled]) -> Ask:
    """Any of the parts. One that lacks a leaf it needs is not asked: most of a group's phrases, in most documents."""
    needing = [(part.ask, min(part.clauses, key=len, default=None)) for part in parts]

    def ask(view: View) -> Hits | None:
        asked = (one for one, clause in needing if clause is None or view.meets_any(clause))
        found = [hits for one in asked if (hits := one(view)) is not None]
        return [hit for hits in found for hit in hits] if found else None

    return ask


def _absent(inner: Ask) -> Ask:
    def ask(view: View) -> Hits | None:
        return [] if inner(view) is None else None

    return ask
