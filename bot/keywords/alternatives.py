"""Any of several conditions; as a group, what many queries share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from bot.keywords.conditions import NOTHING, Clause, Condition, Quick, View, Words
from bot.keywords.nearness import Hits

_NO_LEAF: dict[int, tuple[Condition, ...]] = {}


class Some(Condition):
    """Any of the parts; the plain words among them, which may be dozens in a group, are asked for at once.

    Alternatives of their own, such as groups, are asked as others have asked them. Of the rest, a part that lacks a
    leaf it needs is not asked: most of a group's phrases, in most documents.
    """

    __slots__ = ("_always", "_by_leaf", "_leaves", "others", "parts", "plain")

    cost = 2

    def __init__(self, plain: Words | None, others: Sequence[Condition]) -> None:
        self.plain = plain
        self.others = tuple(others)
        self.parts: tuple[Condition, ...] = (plain, *others) if plain else self.others
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
        return (self.plain is not None and self.plain.holds(view)) or any(map(view.__getitem__, self._likely(view)))

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


class Group(Some):
    """Alternatives that many queries share by a name. What they need is kept: each of the queries asks."""

    __slots__ = ("_clauses",)

    def __init__(self, plain: Words | None, others: Sequence[Condition]) -> None:
        super().__init__(plain, others)
        self._clauses = super().clauses()

    def clauses(self) -> tuple[Clause, ...]:
        return self._clauses
