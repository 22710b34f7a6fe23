"""The words, beginnings and facts that queries of one language ask for, numbered; and which of them a form meets.

A form (a word as it stands in texts) is held against all queries once; from then on it is a tuple of numbers, empty
for nearly every word of the news. So a word that no rule asks for costs the same among 10,000 rules as among 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.language.lexicon import Form
from bot.language.words import Document

REMEMBERED_FORMS = 30_000
"""Forms whose numbers are remembered, about 100 bytes each; all are forgotten when full."""


@dataclass(frozen=True, slots=True)
class AnyForm:
    """Met by a word whose terms meet these."""

    terms: frozenset[str]

    def meets(self, form: Form, spelled: str) -> bool:
        return not self.terms.isdisjoint(form.terms)


@dataclass(frozen=True, slots=True)
class ThisForm:
    """Met by a word of this surface, in the language's own spelling."""

    surface: str

    def meets(self, form: Form, spelled: str) -> bool:
        return spelled == self.surface


@dataclass(frozen=True, slots=True)
class Beginning:
    """Met by a word that begins so, in the language's own spelling."""

    start: str

    def meets(self, form: Form, spelled: str) -> bool:
        return spelled.startswith(self.start)


@dataclass(frozen=True, slots=True)
class Fact:
    """Met by a document of which this is known: "lang:ru", "source:rferl", "country:KG"."""

    key: str

    def meets(self, form: Form, spelled: str) -> bool:
        return False


Leaf = AnyForm | ThisForm | Beginning | Fact


class Leaves:
    """Numbers for leaves. `spell` is how the language folds its letters."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        self.spell = spell
        self.leaves: list[Leaf] = []
        self._numbers: dict[Leaf, int] = {}
        self._by_term: dict[str, list[int]] = {}
        self._by_surface: dict[str, int] = {}
        self._by_start: dict[str, int] = {}
        self._start_lengths: tuple[int, ...] = ()
        self.facts: dict[str, int] = {}
        self.met = _Met(self)

    def number(self, leaf: Leaf) -> int:
        """The number of `leaf`; a new one is entered."""
        if leaf not in self._numbers:
            self._numbers[leaf] = len(self.leaves)
            self.leaves.append(leaf)
            self._enter(leaf, self._numbers[leaf])
            self.met.clear()
        return self._numbers[leaf]

    def _enter(self, leaf: Leaf, number: int) -> None:
        match leaf:
            case AnyForm(terms):
                for term in terms:
                    self._by_term.setdefault(term, []).append(number)
            case ThisForm(surface):
                self._by_surface[surface] = number
            case Beginning(start):
                self._by_start[start] = number
                self._start_lengths = tuple(sorted({*self._start_lengths, len(start)}))
            case Fact(key):
                self.facts[key] = number

    def find(self, form: Form) -> tuple[int, ...]:
        """The numbers of the leaves that `form` meets, looked up by its terms, its surface and its beginnings."""
        found = {number for term in form.terms for number in self._by_term.get(term, ())}
        spelled = self.spell(form.surface)
        starts = (spelled[:length] for length in self._start_lengths if length <= len(spelled))
        found.update(self._by_start[start] for start in starts if start in self._by_start)
        if spelled in self._by_surface:
            found.add(self._by_surface[spelled])
        return tuple(found)

    def facts_of(self, document: Document) -> list[int]:
        """The numbers of the facts that hold of `document`."""
        if not self.facts:
            return []
        return [self.facts[key] for key in facts(document) if key in self.facts]


class _Met(dict[Form, tuple[int, ...]]):
    """What each form meets, found when first asked."""

    def __init__(self, leaves: Leaves) -> None:
        super().__init__()
        self._leaves = leaves

    def __missing__(self, form: Form) -> tuple[int, ...]:
        if len(self) >= REMEMBERED_FORMS:
            self.clear()
        found = self[form] = self._leaves.find(form)
        return found


def facts(document: Document) -> set[str]:
    """What is known beside the text: "lang:ru", "source:rferl", "source:rferl.org", "country:KG"."""
    item = document.item
    known = {f"lang:{language}" for language in document.languages}
    if item.outlet:
        known.add(f"source:{item.outlet.lower()}")
    if item.country:
        known.add(f"country:{item.country.upper()}")
    if item.url and "://" in item.url:
        host = item.url.split("://", 1)[1].split("/", 1)[0].lower()
        known |= {f"source:{host}", f"source:{host.removeprefix('www.')}"}
    return known
