"""Clauses that many queries share, a bit each: two numbers tell of most queries that a document cannot meet them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.keywords.conditions import Clause

MOST_BITS = 256
"""Numbers of so many bits are compared in tens of nanoseconds. A pack's groups, and their alternatives, are fewer."""


class Bits:
    """A bit for each of the clauses that the most queries share."""

    def __init__(self, queries: Iterable[tuple[Clause, ...]]) -> None:
        sharing = Counter(clause for clauses in queries for clause in clauses)
        shared = [clause for clause, number in sharing.most_common(MOST_BITS) if number > 1]
        self._bit = {clause: 1 << order for order, clause in enumerate(shared)}
        self._all = (1 << len(shared)) - 1
        self._by_leaf: dict[int, int] = {}
        for clause, bit in self._bit.items():
            for leaf in clause:
                self._by_leaf[leaf] = self._by_leaf.get(leaf, 0) | bit
        self.known = frozenset(self._bit)
        """The clauses that have a bit."""

    def of(self, clauses: Iterable[Clause]) -> int:
        """The bits of those among `clauses` that have one."""
        bits = 0
        for clause in clauses:
            bits |= self._bit.get(clause, 0)
        return bits

    def lacking(self, leaves: set[int]) -> int:
        """The bits of the clauses that a document lacks which meets `leaves`."""
        bits = 0
        for leaf in leaves & self._by_leaf.keys():
            bits |= self._by_leaf[leaf]
        return self._all & ~bits
