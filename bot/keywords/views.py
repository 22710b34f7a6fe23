"""A document as conditions see it: by what its words are known to meet, or word by word against every leaf."""

from __future__ import annotations

from bot.keywords.alternatives import Some
from bot.keywords.conditions import NOTHING, Condition
from bot.keywords.leaves import Fact, Leaves, facts
from bot.keywords.nearness import Hits
from bot.language.words import Document

_NOT_ASKED: Hits = []


class QuickView(dict[Condition, bool]):
    """Whether each condition holds that was asked so far. `met` are the leaves that the document meets, the facts
    among them; `by_word` has those of each word, in order."""

    __slots__ = ("_by_word", "_found", "_in_title", "_places", "_shown", "document", "met")

    def __init__(self, document: Document, met: set[int], by_word: list[tuple[int, ...]]) -> None:
        super().__init__()
        self.document = document
        self.met = met
        self._by_word = by_word
        self._in_title: set[int] | None = None
        self._places: dict[int, list[int]] = {}
        self._found: dict[Condition, Hits | None] = {}
        self._shown: dict[Condition, frozenset[int]] = {}

    def __missing__(self, condition: Condition) -> bool:
        answer = self[condition] = condition.holds(self)
        return answer

    @property
    def met_in_title(self) -> set[int]:
        if self._in_title is None:
            self._in_title = set().union(*self._by_word[: self.document.titled])
        return self._in_title

    def words(self, leaves: frozenset[int]) -> list[int]:
        if not self._places:
            for index, met in enumerate(self._by_word):
                for leaf in met:
                    self._places.setdefault(leaf, []).append(index)
        found = [self._places[leaf] for leaf in leaves & self.met]
        return found[0] if len(found) == 1 else sorted({index for indexes in found for index in indexes})

    def knows(self, leaf: int) -> bool:
        return leaf in self.met

    def find(self, condition: Condition) -> Hits | None:
        found = self._found.get(condition, _NOT_ASKED)
        if found is _NOT_ASKED:
            found = condition.quick_hits(self) if isinstance(condition, Some) else condition.hits(self)
            self._found[condition] = found
        return found

    def shows(self, condition: Condition) -> frozenset[int]:
        shown = self._shown.get(condition)
        if shown is None:
            shown = self._shown[condition] = condition.shown(self) if self[condition] else NOTHING
        return shown


class SlowView:
    """A document whose every word is held against every leaf that is asked for, and nothing is remembered."""

    def __init__(self, document: Document, leaves: Leaves) -> None:
        self.document = document
        self._leaves = leaves

    def words(self, leaves: frozenset[int]) -> list[int]:
        asked, spell = [self._leaves.leaves[leaf] for leaf in leaves], self._leaves.spell
        forms = enumerate(self.document.forms)
        return [i for i, form in forms if any(leaf.meets(form, spell(form.surface)) for leaf in asked)]

    def knows(self, leaf: int) -> bool:
        asked = self._leaves.leaves[leaf]
        return isinstance(asked, Fact) and asked.key in facts(self.document)

    def find(self, condition: Condition) -> Hits | None:
        return condition.hits(self)
