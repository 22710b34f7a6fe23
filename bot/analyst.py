"""An item read once: its words, the rules it meets, what it is about. Everything before the first database row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from bot.events.describe import describe
from bot.keywords.index import RuleIndex
from bot.language.lexicon import Lexicon
from bot.language.names import people
from bot.language.words import Document, analyse, without_boilerplate
from bot.model import Description, Group, Item, Match, Person, Rule


@dataclass(frozen=True)
class Analysis:
    item: Item
    document: Document
    matches: tuple[Match, ...]
    description: Description | None
    """None where no rule matched: nobody needs to know more of such an item."""

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Whom it names, matched or not: somebody may follow them. Found when asked, because of old items, most of a
        first poll, nobody asks; its names cost more than its words."""
        if self.description is not None:
            return self.description.people
        document = self.document
        return people(*without_boilerplate(document), document.language)


class Analyst:
    """Holds the dictionaries and the compiled rules. One thread reads, so that the event loop stays free and the
    caches need no lock."""

    def __init__(self, rules: Iterable[Rule], groups: Iterable[Group], lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self._index = RuleIndex(rules, groups, self.lexicon)
        self._thread = ThreadPoolExecutor(1, "analyst")

    def read(self, item: Item) -> Analysis:
        document = analyse(item, self.lexicon)
        matches = self._index.match(document)
        description = describe(document, matches) if matches else None
        return Analysis(item, document, matches, description)

    async def read_all(self, items: Sequence[Item]) -> list[Analysis]:
        """Read items in the analyst's thread, in order."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: [self.read(item) for item in items])

    async def replace_rules(self, rules: Iterable[Rule], groups: Iterable[Group]) -> None:
        """Compile other rules, then use them for what is read from now on. Raises QueryError, changing nothing."""
        loop = asyncio.get_running_loop()
        self._index = await loop.run_in_executor(self._thread, RuleIndex, rules, groups, self.lexicon)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
