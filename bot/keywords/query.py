"""A moderator's query, read: text to tree, or a mistake with its column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.keywords.cautions import (
    Caution,
    impossible,
    other_language,
    requires_word,
    slips,
    unknown_country,
)
from bot.keywords.mistakes import QueryError
from bot.keywords.reader import Reader
from bot.keywords.tree import Named, Node, children, is_negative
from bot.model import LANGUAGES, Group

__all__ = ["Caution", "GroupShelf", "Query", "QueryError", "choose", "parse", "shelf_of", "warnings"]

MAX_GROUPS = 6
"""Groups within groups."""

MAX_NODES = 150_000
"""Words and signs of a query with its groups written out. Groups that name groups many times over would make billions,
and keep whoever looks through them busy for good; the shipped pack's largest query has a third of this."""

FALLBACK: Mapping[str, tuple[str, ...]] = {"uk": ("ru",), "be": ("ru",), "kk": ("ru",), "ky": ("ru",)}
"""Whose query serves a language that has none of its own, after the one for any language."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query in one language. `str()` spells it in the usual way; reading that again gives the same tree."""

    text: str
    language: str
    root: Node

    def __str__(self) -> str:
        return str(self.root)


def choose(queries: tuple[tuple[str, str], ...], language: str) -> tuple[str, str] | None:
    """Which of a rule's or group's queries serves `language`: (the language it is written in, its text).

    Its own, else the one for any language, else Russian for uk, be, kk and ky; None where nothing does.
    """
    by_language = dict(queries)
    for candidate in (language, "", *FALLBACK.get(language, ())):
        if candidate in by_language:
            return candidate or language, by_language[candidate]
    return None


def parse(text: str, *, groups: Mapping[str, Group], language: str) -> Query:
    """`text` read in `language` ("" is any), groups expanded.

    Raises QueryError: with the column, and what was expected there.
    """
    return GroupShelf(groups).parse(text, language)


def warnings(query: Query) -> tuple[Caution, ...]:
    """What a moderator should know before saving `query`: that it can match nothing, requires no word, or is not
    read as it was most likely meant."""
    found = [*slips(query.text)]
    if part := impossible(query.root):
        found.append(Caution("matches nothing", str(part)))
    served = frozenset(
        language for language in LANGUAGES if query.language in ("", language, *FALLBACK.get(language, ()))
    )
    if about := other_language(query.root, served):
        found.append(Caution("other language", str(about), ", ".join(sorted(served))))
    if abroad := unknown_country(query.root):
        found.append(Caution("unknown country", str(abroad)))
    if not requires_word(query.root):
        found.append(Caution("no required word", str(query)))
    return tuple(found)


def shelf_of(groups: Iterable[Group]) -> GroupShelf:
    """The shelf of these groups: the same one as long as they are the same, so that no query is read twice.

    A start checks the file, then compiles what the database holds, which mostly is the same; so is a reload.
    """
    return _shelf(frozenset(groups))


@lru_cache(maxsize=2)
def _shelf(groups: frozenset[Group]) -> GroupShelf:
    return GroupShelf({group.name: group for group in groups})


class GroupShelf:
    """Groups, each read once a language, for reading many queries that share them; what was read is kept."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._read: dict[tuple[str, str], Node] = {}
        self._sizes: dict[int, int] = {}
        self._queries: dict[tuple[str, str], Query] = {}

    def parse(self, text: str, language: str) -> Query:
        """Raises QueryError: with the column, and what was expected there."""
        known = self._queries.get((text, language))
        if known is None:
            known = self._queries[text, language] = self._parsed(text, language)
        return known

    def _parsed(self, text: str, language: str) -> Query:
        root = Reader(self, text, language, (), None).read()
        if is_negative(root):
            raise QueryError(text, 0, "only negations")
        if self._size(root) > MAX_NODES:
            raise QueryError(text, 0, "too large", most=MAX_NODES)
        return Query(text, language, root)

    def group(self, name: str, reader: Reader, column: int) -> Node:
        """What @name stands for in the reader's language."""
        if name in reader.within:
            raise QueryError(reader.text, column, "group in itself", group=reader.group, found=f"@{name}")
        if name not in self._groups:
            known = ", ".join(f"@{known}" for known in sorted(self._groups)) or "—"
            raise QueryError(reader.text, column, "unknown group", group=reader.group, found=f"@{name}", known=known)
        key = (name, reader.language)
        if key not in self._read:
            found = self._expanded(name, reader, column)
            size = self._size(found)
            if size > MAX_NODES:
                raise QueryError(reader.text, column, "too large", group=reader.group, most=MAX_NODES)
            self._read[key], self._sizes[id(found)] = found, size
        return self._read[key]

    def _size(self, node: Node) -> int:
        """The nodes of `node`; those of a group count wherever it is named, but are looked through once."""
        if isinstance(node, Named):
            return 1 + self._sizes[id(node.child)]
        return 1 + sum(map(self._size, children(node)))

    def _expanded(self, name: str, reader: Reader, column: int) -> Node:
        if len(reader.within) >= MAX_GROUPS:
            raise QueryError(reader.text, column, "too deep", group=reader.group, most=MAX_GROUPS)
        queries = self._groups[name].queries
        chosen = choose(queries, reader.language) or choose(queries, "ru") or next(iter(queries), None)
        if chosen is None:
            raise QueryError("", 0, "empty", group=name)
        language, text = chosen
        return Reader(self, text, language, (*reader.within, name), name).read()
