"""Clauses that many queries share, by numbers: which of them a document meets tells of most queries that it cannot
meet them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.keywords.conditions import Clause

MOST_NUMBERS = 256
"""A pack's groups, and their alternatives, are fewer."""

NEEDLESS = -1
"""Stands for no clause at all, which every document meets."""


class Common:
    """A number for each of the clauses that the most queries share."""

    def __init__(self, queries: Iterable[tuple[Clause, ...]]) -> None:
        sharing = Counter(clause for clauses in queries for clause in clauses)
        shared = [clause for clause, number in sharing.most_common(MOST_NUMBERS) if number > 1]
        self.numbers = {clause: number for number, clause in enumerate(shared)}
        by_leaf: dict[int, set[int]] = {}
        for clause, number in self.numbers.items():
            for leaf in clause:
                by_leaf.setdefault(leaf, set()).add(number)
        self._by_leaf = {leaf: frozenset(numbers) for leaf, numbers in by_leaf.items()}
        self._leaves = frozenset(by_leaf)

    def met(self, leaves: set[int]) -> set[int]:
        """The numbers of the clauses that a document meets which meets `leaves`."""
        return {NEEDLESS}.union(*map(self._by_leaf.__getitem__, self._leaves & leaves))
