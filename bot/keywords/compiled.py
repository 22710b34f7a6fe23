"""A query ready to be asked: its words numbered, its parts shared with every other query of its language."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar, cast

from bot.keywords import tree
from bot.keywords.alternatives import Group, Some
from bot.keywords.conditions import NOTHING, Absent, Close, Condition, Every, Joined, Known, TitleWords, Words
from bot.keywords.leaves import AnyForm, Beginning, Fact, Leaves, ThisForm
from bot.language.lexicon import Lexicon

C = TypeVar("C", bound=Condition)


class Compiler:
    """Makes queries of one language ready, their leaves numbered in `leaves`. Equal parts become one condition."""

    def __init__(self, lexicon: Lexicon, leaves: Leaves) -> None:
        self._lexicon = lexicon
        self._leaves = leaves
        self._known: dict[Hashable, Condition] = {}
        self._named: dict[tuple[str, bool], Condition] = {}

    def compile(self, node: tree.Node, titled: bool = False) -> Condition:
        """`node` ready to be asked, of the whole document or of its title alone."""
        match node:
            case tree.Word() | tree.Exact() | tree.Prefix():
                return self._words(frozenset((self._leaves.number(self._leaf(node)),)), len(node.text), titled)
            case tree.Phrase(words, within):
                return self._joined(Joined, self._all(words, titled), within)
            case tree.Near(left, right, within):
                return self._joined(Close, self._all((left, right), titled), within)
            case tree.And(children):
                return self.every(self._all(children, titled))
            case tree.Or(children):
                return self._some(children, titled)
            case tree.Not(child):
                part = self.compile(child, titled)
                return self._one("not", (part,), lambda: Absent(part))
            case tree.Titled(child):
                return self.compile(child, True)
            case tree.About(field, value):
                leaf = self._leaves.number(Fact(f"{field}:{value}"))
                return self._one("known", (leaf,), lambda: Known(leaf))
            case tree.Named(name, child):
                # Many rules share a group: it is made ready once.
                if (name, titled) not in self._named:
                    self._named[name, titled] = _as_group(self.compile(child, titled))
                return self._named[name, titled]

    def every(self, parts: Iterable[Condition]) -> Condition:
        """All of `parts`; of parts of parts where these are all of something too."""
        inner = (inner for part in parts for inner in (part.parts if isinstance(part, Every) else (part,)))
        flat = tuple(dict.fromkeys(inner))
        return flat[0] if len(flat) == 1 else self._one("every", frozenset(flat), lambda: Every(flat))

    def _all(self, nodes: Iterable[tree.Node], titled: bool) -> tuple[Condition, ...]:
        return tuple(self.compile(node, titled) for node in nodes)

    def _one(self, kind: str, key: Hashable, make: Callable[[], C]) -> C:
        found = self._known.get((kind, key))
        if found is None:
            found = self._known[kind, key] = make()
        return cast("C", found)

    def _words(self, leaves: frozenset[int], letters: int, titled: bool) -> Words:
        kind: type[Words] = TitleWords if titled else Words
        return self._one(kind.__name__, leaves, lambda: kind(leaves, letters))

    def _joined(self, kind: type[Joined], parts: Sequence[Condition], within: int | None) -> Condition:
        return self._one(kind.__name__, (parts, within), lambda: kind(parts, within))

    def _some(self, nodes: Sequence[tree.Node], titled: bool) -> Condition:
        """Plain words among the alternatives, and among alternatives of alternatives, become one part. A group stays
        one, whatever it is of: other rules ask it too."""
        groups = self._all((node for node in nodes if isinstance(node, tree.Named)), titled)
        found = self._all((node for node in nodes if not isinstance(node, tree.Named)), titled)
        flat = [inner for part in found for inner in (part.parts if isinstance(part, Some) else (part,))]
        plain = [part for part in flat if isinstance(part, Words) and isinstance(part, TitleWords) == titled]
        others = tuple(dict.fromkeys((*groups, *(part for part in flat if part not in plain))))
        words = self._any(plain, titled) if plain else None
        return words if words and not others else self._one("some", (words, others), lambda: Some(words, others))

    def _any(self, plain: Sequence[Words], titled: bool) -> Words:
        leaves = NOTHING.union(*(part.leaves for part in plain))
        return self._words(leaves, min(part.letters for part in plain), titled)

    def _leaf(self, leaf: tree.Leaf) -> AnyForm | ThisForm | Beginning:
        match leaf:
            case tree.Word(text, language):
                return AnyForm(self._lexicon.terms(text, language))
            case tree.Exact(text):
                return ThisForm(self._leaves.spell(text))
            case tree.Prefix(text):
                return Beginning(self._leaves.spell(text))


def _as_group(condition: Condition) -> Condition:
    if isinstance(condition, Group) or not isinstance(condition, Some):
        return condition
    return Group(condition.plain, condition.others)
