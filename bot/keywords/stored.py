"""An analysed item as one line of text a field, and back: what a rule is tried on long after the item came.

A form is written as its surface and its other terms (выдали|выдать), forms are parted by spaces, the title's from
the summary's by a line break. No word holds any of these signs. Places are not kept: they follow from the item's
own text, and only the few items that are shown need them.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from bot.keywords.conditions import Clause
from bot.keywords.index import RuleIndex
from bot.keywords.leaves import Leaves
from bot.language.lexicon import Form
from bot.language.words import Document
from bot.model import Item

ANALYSER = 1
"""To be raised when words are analysed in another way: items analysed before are then analysed again."""


def written(document: Document) -> tuple[str, str]:
    """The document's languages, by commas, and its forms."""
    forms = [*map(_SPELLED.__getitem__, document.forms)]
    title, summary = forms[: document.titled], forms[document.titled :]
    return ",".join(document.languages), f"{' '.join(title)}\n{' '.join(summary)}"


class _Spelled(dict[Form, str]):
    """Forms as written. Forgets all when full, as a lexicon does: a lexicon's forms must not outlive it here."""

    MOST = 20_000

    def __missing__(self, form: Form) -> str:
        if len(self) >= self.MOST:
            self.clear()
        spelled = self[form] = "|".join((form.surface, *sorted(form.terms - {form.surface})))
        return spelled


_SPELLED = _Spelled()


class Reader:
    """Reads what `written` wrote. The same form is one object in every document, as in a lexicon."""

    def __init__(self) -> None:
        self.forms = _Forms()

    def document(self, item: Item, languages: str, terms: str) -> Document:
        """A document whose places cannot be asked for. `item` is what source: and country: go by."""
        title, _, summary = terms.partition("\n")
        in_title = title.split()
        forms = tuple(map(self.forms.__getitem__, (*in_title, *summary.split())))
        spoken = tuple(languages.split(","))
        return Document(item, spoken[0], item.title, item.summary, spoken, forms, len(in_title))


class _Forms(dict[str, Form]):
    def __missing__(self, spelled: str) -> Form:
        parts = spelled.split("|")
        form = self[spelled] = Form(parts[0], frozenset(parts))
        return form


class Sieve:
    """Sorts out texts that cannot meet any rule of an index, before they are made into documents.

    Each clause that a rule cannot do without is a bit; each form has the bits of the clauses it meets.
    """

    def __init__(self, index: RuleIndex, reader: Reader) -> None:
        self._index, self._reader = index, reader
        self._masks: dict[str, _Masks] = {}
        self._spoken: dict[str, tuple[_Masks, ...]] = {}

    def lets_through(self, languages: str, terms: str) -> bool:
        """Whether a text, as `written`, may meet a rule."""
        if languages not in self._spoken:
            self._spoken[languages] = tuple(map(self._of, languages.split(",")))
        spelled = terms.split()
        return any(masks.lets_through(spelled) for masks in self._spoken[languages])

    def _of(self, language: str) -> _Masks:
        if language not in self._masks:
            self._masks[language] = _Masks(*self._index.required(language), self._reader)
        return self._masks[language]


class _Masks(dict[str, int]):
    """The clauses of one language that a form meets, by the form as written, as bits."""

    def __init__(self, leaves: Leaves, required: tuple[tuple[Clause, ...], ...], reader: Reader) -> None:
        super().__init__()
        self._leaves, self._forms = leaves, reader.forms
        facts = frozenset(leaves.facts.values())
        # Whether a fact holds is not told by the words.
        told = [[clause for clause in clauses if clause.isdisjoint(facts)] for clauses in required]
        numbers = {clause: 1 << number for number, clause in enumerate({clause for rule in told for clause in rule})}
        self._bits: dict[int, int] = {}
        for clause, bit in numbers.items():
            for leaf in clause:
                self._bits[leaf] = self._bits.get(leaf, 0) | bit
        self._wanted = {sum(numbers[clause] for clause in set(rule)) for rule in told}

    def __missing__(self, spelled: str) -> int:
        mask = 0
        for leaf in self._leaves.find(self._forms[spelled]):
            mask |= self._bits.get(leaf, 0)
        self[spelled] = mask
        return mask

    def lets_through(self, spelled: list[str]) -> bool:
        mask = reduce(or_, map(self.__getitem__, spelled), 0)
        return any(mask & wanted == wanted for wanted in self._wanted)
