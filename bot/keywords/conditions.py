"""What queries ask of a document, in parts that queries share: a group, or two groups near each other, is one part.

A condition answers three questions. `hits` says where it holds, None where it does not: it is the meaning of a
query, found by asking every part. `holds` and `shown` are short cuts to the same answer; a view remembers what they
said, so that a part shared by a thousand rules is asked once a document. What is negated makes no hits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeGuard

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

    @property
    def met_in_title(self) -> set[int]:
        """The leaves that words of the title meet."""

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
        return not self.leaves.isdisjoint(view.met_in_title)

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

    __slots__ = ("_others", "_words", "parts", "within")

    cost = 4

    def __init__(self, parts: Sequence[Condition], within: int | None) -> None:
        self.parts = parts
        self.within = within
        self._words, self._others = words_and_others(parts)

    def clauses(self) -> tuple[Clause, ...]:
        # The longest word first: of clauses of one size the first is taken, and "not" would stand in every text.
        return all_clauses(sorted(self.parts, key=lambda part: -part.letters))

    def hits(self, view: View) -> Hits | None:
        found = []
        for part in self.parts:
            hits = view.find(part)
            if not hits:
                return None
            found.append(hits)
        return self._joined(found) or None

    def holds(self, view: Quick) -> bool:
        met = view.met
        for leaves in self._words:
            if leaves.isdisjoint(met):
                return False
        return all(map(view.__getitem__, self._others)) and view.find(self) is not None

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

    __slots__ = ("_others", "_words", "parts")

    cost = 3

    def __init__(self, parts: Sequence[Condition]) -> None:
        self.parts = tuple(sorted(parts, key=lambda part: part.cost))
        self._words, self._others = words_and_others(self.parts)

    def clauses(self) -> tuple[Clause, ...]:
        return all_clauses(self.parts)

    def hits(self, view: View) -> Hits | None:
        hits: Hits = []
        for part in self.parts:
            found = view.find(part)
            if found is None:
                return None
            hits += found
        return hits

    def holds(self, view: Quick) -> bool:
        met = view.met
        for leaves in self._words:
            if leaves.isdisjoint(met):
                return False
        return all(map(view.__getitem__, self._others))

    def shown(self, view: Quick) -> frozenset[int]:
        return NOTHING.union(*map(view.shows, self.parts))


class Absent(Condition):
    """Not the part."""

    __slots__ = ("part",)

    cost = 3

    def __init__(self, part: Condition) -> None:
        self.part = part

    def hits(self, view: View) -> Hits | None:
        return [] if view.find(self.part) is None else None

    def holds(self, view: Quick) -> bool:
        return not view[self.part]

    def shown(self, view: Quick) -> frozenset[int]:
        return NOTHING


def is_plain(part: Condition) -> TypeGuard[Words]:
    """Whether it is words, wherever they stand."""
    return isinstance(part, Words) and not isinstance(part, TitleWords)


def words_and_others(parts: Iterable[Condition]) -> tuple[tuple[Clause, ...], tuple[Condition, ...]]:
    """The leaves of the parts that are plain words, which are asked of a document at less cost than a view remembers
    an answer; and the other parts."""
    every = tuple(parts)
    return tuple(part.leaves for part in every if is_plain(part)), tuple(part for part in every if not is_plain(part))


def all_clauses(parts: Iterable[Condition]) -> tuple[Clause, ...]:
    """The clauses of all parts, each once."""
    return tuple(dict.fromkeys(clause for part in parts for clause in part.clauses()))
