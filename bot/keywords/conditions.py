"""What queries ask of a document, in parts that queries share: a group, or two groups near each other, is one part.

A condition answers three questions. `hits` says where it holds, None where it does not: it is the meaning of a
query, found by asking every part. `holds` and `shown` are short cuts to the same answer; a view remembers what they
said, so that a part shared by a thousand rules is asked once a document. What is negated makes no hits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Protocol

from bot.keywords.nearness import Hit, Hits, in_order, near, together
from bot.language.words import Document

Clause = frozenset[int]
"""Numbers of leaves of which a document must meet at least one."""

NOTHING: frozenset[int] = frozenset()


class View(Protocol):
    """A document as its conditions see it."""

    @property
    def document(self) -> Document: ...

    def words(self, leaves: frozenset[int]) -> Sequence[int]:
        """The indexes of the words that meet one of the leaves, in order."""

    def knows(self, leaf: int) -> bool:
        """Whether the fact holds of the document."""

    def find(self, condition: Condition) -> Hits | None:
        """Where the condition holds; None where it does not."""


class Quick(View, Protocol):
    """A view that knows which leaves are met, and remembers what its conditions said."""

    @property
    def met(self) -> set[int]: ...

    def __getitem__(self, condition: Condition, /) -> bool:
        """Whether the condition holds."""

    def shows(self, condition: Condition) -> frozenset[int]:
        """The words that make the condition hold, by their indexes; none where it does not."""


class Condition(ABC):
    """A part of queries."""

    __slots__ = ()

    cost = 0
    """Those of less cost are asked first."""
    letters = 0
    """Of its shortest word; the more, the rarer is what it needs."""

    def clauses(self) -> tuple[Clause, ...]:
        """It cannot hold unless the document meets a leaf of every clause. Made when asked for: kept, the clauses of
        10,000 rules that name a group among other words would fill 100 MB."""
        return ()

    @abstractmethod
    def hits(self, view: View) -> Hits | None:
        """Where it holds in a document; None where it does not."""

    def holds(self, view: Quick) -> bool:
        return view.find(self) is not None

    def shown(self, view: Quick) -> frozenset[int]:
        found = view.find(self)
        return frozenset(word for hit in found for word in hit.words) if found else NOTHING


class Words(Condition):
    """A word that meets one of the leaves."""

    __slots__ = ("leaves", "letters")

    def __init__(self, leaves: frozenset[int], letters: int) -> None:
        self.leaves = leaves
        self.letters = letters

    def clauses(self) -> tuple[Clause, ...]:
        return (self.leaves,)

    def hits(self, view: View) -> Hits | None:
        document = view.document
        return [
            Hit(position := document.position(index), position, (index,)) for index in view.words(self.leaves)
        ] or None

    def holds(self, view: Quick) -> bool:
        return not self.leaves.isdisjoint(view.met)

    def shown(self, view: Quick) -> frozenset[int]:
        return frozenset(view.words(self.leaves))


class TitleWords(Words):
    """A word of the title that meets one of the leaves."""

    __slots__ = ()

    cost = 1

    def hits(self, view: View) -> Hits | None:
        titled = view.document.titled
        return [Hit(index, index, (index,)) for index in view.words(self.leaves) if index < titled] or None

    def holds(self, view: Quick) -> bool:
        titled = view.document.titled
        return any(index < titled for index in view.words(self.leaves))

    def shown(self, view: Quick) -> frozenset[int]:
        titled = view.document.titled
        return frozenset(index for index in view.words(self.leaves) if index < titled)


class Known(Condition):
    """A fact beside the text."""

    __slots__ = ("leaf",)

    def __init__(self, leaf: int) -> None:
        self.leaf = leaf

    def clauses(self) -> tuple[Clause, ...]:
        return (frozenset((self.leaf,)),)

    def hits(self, view: View) -> Hits | None:
        return [] if view.knows(self.leaf) else None

    def holds(self, view: Quick) -> bool:
        return self.leaf in view.met


class Joined(Condition):
    """Hits of several parts put together: a phrase, or NEAR."""

    __slots__ = ("parts", "within")

    cost = 4

    def __init__(self, parts: Sequence[Condition], within: int | None) -> None:
        self.parts = parts
        self.within = within

    def clauses(self) -> tuple[Clause, ...]:
        # The longest word first: of clauses of one size the first is taken, and "not" would stand in every text.
        return _all_clauses(sorted(self.parts, key=lambda part: -part.letters))

    def hits(self, view: View) -> Hits | None:
        found = []
        for part in self.parts:
            hits = view.find(part)
            if not hits:
                return None
            found.append(hits)
        return self._joined(found) or None

    def holds(self, view: Quick) -> bool:
        return all(map(view.__getitem__, self.parts)) and view.find(self) is not None

    def _joined(self, found: Sequence[Hits]) -> Hits:
        return in_order(found) if self.within is None else together(found, self.within)


class Close(Joined):
    """Two parts at most `within` words apart."""

    __slots__ = ()

    def _joined(self, found: Sequence[Hits]) -> Hits:
        assert self.within is not None
        return near(found[0], found[1], self.within)


class Every(Condition):
    """All of the parts."""

    __slots__ = ("parts",)

    cost = 3

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(sorted(parts, key=lambda part: part.cost))

    def clauses(self) -> tuple[Clause, ...]:
        return _all_clauses(self.parts)

    def hits(self, view: View) -> Hits | None:
        hits: Hits = []
        for part in self.parts:
            found = view.find(part)
            if found is None:
                return None
            hits += found
        return hits

    def holds(self, view: Quick) -> bool:
        return all(map(view.__getitem__, self.parts))

    def shown(self, view: Quick) -> frozenset[int]:
        return NOTHING.union(*map(view.shows, self.parts))


_NO_LEAF: dict[int, tuple[Condition, ...]] = {}


class Some(Condition):
    """Any of the parts; the plain words among them, which may be dozens in a group, are asked for at once.

    Alternatives of their own, such as groups, are asked as others have asked them. Of the rest, a part that lacks a
    leaf it needs is not asked: most of a group's phrases, in most documents.
    """

    __slots__ = ("_always", "_by_leaf", "_leaves", "parts", "plain")

    cost = 2

    def __init__(self, plain: Words | None, others: Sequence[Condition]) -> None:
        self.plain = plain
        self.parts = (plain, *others) if plain else tuple(others)
        always: list[Condition] = []
        by_leaf: dict[int, tuple[Condition, ...]] = {}
        for part in others:
            clauses = () if isinstance(part, Some | Words) else part.clauses()
            for leaf in min(clauses, key=len, default=NOTHING):
                by_leaf[leaf] = (*by_leaf.get(leaf, ()), part)
            always += () if clauses else (part,)
        self._always = tuple(always)
        self._by_leaf = by_leaf or _NO_LEAF
        self._leaves = frozenset(by_leaf)

    def clauses(self) -> tuple[Clause, ...]:
        clauses = [part.clauses() for part in self.parts]
        # One of the parts must hold; so a leaf of one of them must be met, if each has a clause at all.
        return (NOTHING.union(*(min(some, key=len) for some in clauses)),) if all(clauses) else ()

    def hits(self, view: View) -> Hits | None:
        found = [hits for part in self.parts if (hits := view.find(part)) is not None]
        return [hit for hits in found for hit in hits] if found else None

    def holds(self, view: Quick) -> bool:
        return (self.plain is not None and view[self.plain]) or any(map(view.__getitem__, self._likely(view)))

    def shown(self, view: Quick) -> frozenset[int]:
        parts = [part for part in self._likely(view) if view[part]]
        if self.plain is not None and view[self.plain]:
            parts.append(self.plain)
        return NOTHING.union(*map(view.shows, parts))

    def quick_hits(self, view: Quick) -> Hits | None:
        """What `hits` finds, of the parts that can hold alone."""
        parts: Iterable[Condition] = dict.fromkeys(self._likely(view))
        if self.plain is not None:
            parts = (self.plain, *parts)
        found = [hits for part in parts if view[part] and (hits := view.find(part)) is not None]
        return [hit for hits in found for hit in hits] if found else None

    def _likely(self, view: Quick) -> Iterable[Condition]:
        met = self._leaves & view.met if self._leaves else None
        return chain(self._always, *map(self._by_leaf.__getitem__, met)) if met else self._always


class Absent(Condition):
    """Not the part."""

    __slots__ = ("part",)

    cost = 2

    def __init__(self, part: Condition) -> None:
        self.part = part

    def hits(self, view: View) -> Hits | None:
        return [] if view.find(self.part) is None else None

    def holds(self, view: Quick) -> bool:
        return not view[self.part]

    def shown(self, view: Quick) -> frozenset[int]:
        return NOTHING


def _all_clauses(parts: Iterable[Condition]) -> tuple[Clause, ...]:
    return tuple(dict.fromkeys(clause for part in parts for clause in part.clauses()))
