"""An item read once: its words, the rules it meets, what it is about. Everything before the first database row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

from bot.events.describe import describe
from bot.keywords.index import RuleIndex
from bot.keywords.stored import written
from bot.language.lexicon import Lexicon
from bot.language.names import people
from bot.language.words import Document, analyse, without_boilerplate
from bot.model import Description, Group, Item, Match, Person, Rule


@dataclass(frozen=True, slots=True)
class Analysis:
    item: Item
    document: Document
    matches: tuple[Match, ...]
    description: Description | None
    """None where no rule matched: nobody needs to know more of such an item."""
    people: tuple[Person, ...] = ()
    """Whom it names, matched or not: somebody may follow them."""
    words: tuple[str, str] = ("", "\n")
    """Its languages and its words as they are kept for searching (`bot.keywords.stored.written`)."""
    named: bool = True
    """Whether names were looked for: half the time of reading goes into them, and they are for followers alone."""


class Judge:
    """An analyst for a process that reads documents: sent as rules, and made by the first item that it meets there.

    The dictionaries are loaded there too, by the first documents of feeds; a service that has polled all of its
    feeds before never needs them there.
    """

    def __init__(self, rules: Iterable[Rule], groups: Iterable[Group]) -> None:
        self._rules = tuple(rules), tuple(groups)

    def __call__(self, item: Item) -> tuple[str, str] | None:
        """The languages and words of an item that meets no rule; None where one is met, to be read closely here."""
        document = analyse(item, self._analyst.lexicon)
        return None if self._analyst.match(document) else written(document)

    @cached_property
    def _analyst(self) -> Analyst:
        return Analyst(*self._rules)


class Analyst:
    """Holds the dictionaries and the compiled rules. One thread reads, so that the event loop stays free and the
    caches need no lock."""

    def __init__(self, rules: Iterable[Rule], groups: Iterable[Group], lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self._index = RuleIndex(rules, groups, self.lexicon)
        self._thread = ThreadPoolExecutor(1, "analyst")
        self._changed = False

    def read(self, item: Item, *, names: bool = True) -> Analysis:
        """Whom an item names is found where a rule matched, and elsewhere if `names` are asked for."""
        document = analyse(item, self.lexicon)
        matches = self._index.match(document)
        words = written(document)
        if matches:
            description = describe(document, matches)
            return Analysis(item, document, matches, description, description.people, words)
        found = Analysis(item, document, matches, None, words=words, named=False)
        return named(found) if names else found

    def match(self, document: Document) -> tuple[Match, ...]:
        return self._index.match(document)

    async def read_all(
        self, items: Sequence[Item], *, names: bool = True, words: Sequence[tuple[str, str] | None] = ()
    ) -> list[Analysis]:
        """Read items in the analyst's thread, in order.

        `words`: what a Judge with the rules of the beginning said of the first of them. An item that it found no rule
        for is not read again, unless the rules have changed since.
        """
        said = [*words, *[None] * (len(items) - len(words))] if not self._changed else [None] * len(items)
        pairs = list(zip(items, said, strict=True))
        if all(said) and not names:
            return [unwanted(item, told) for item, told in pairs if told]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [self._read(*pair, names=names) for pair in pairs])

    def _read(self, item: Item, told: tuple[str, str] | None, *, names: bool) -> Analysis:
        if told is None:
            return self.read(item, names=names)
        found = unwanted(item, told)
        return named(found) if names else found

    async def name_all(self, analyses: Sequence[Analysis]) -> list[Analysis]:
        """Look for names where that was left out, in the analyst's thread, in order."""
        if all(analysis.named for analysis in analyses):
            return list(analyses)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [*map(named, analyses)])

    async def describe_all(self, items: Sequence[Item]) -> list[Description]:
        """What items are about, whether a rule asks for that or not, in the analyst's thread, in order."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [describe(analyse(i, self.lexicon), ()) for i in items])

    async def replace_rules(self, rules: Iterable[Rule], groups: Iterable[Group]) -> None:
        """Compile other rules, then use them for what is read from now on. Raises QueryError, changing nothing."""
        loop = asyncio.get_running_loop()
        self._index = await loop.run_in_executor(self._thread, RuleIndex, rules, groups, self.lexicon)
        self._changed = True

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


def unwanted(item: Item, words: tuple[str, str]) -> Analysis:
    """The analysis of an item that met no rule elsewhere: its document has the texts, and none of their forms."""
    languages = tuple(words[0].split(","))
    document = Document(item, languages[0], item.title, item.summary, languages, (), 0)
    return Analysis(item, document, (), None, words=words, named=False)


def named(analysis: Analysis) -> Analysis:
    """The analysis with the people that its item names."""
    if analysis.named:
        return analysis
    document = analysis.document
    return replace(analysis, people=people(*without_boilerplate(document), document.language), named=True)
