"""Which entries of a document are new: by guid, by address, and, when a feed renames everything, by title.

Pure. A feed that changes all its guids and addresses at once (a redesign, a new system) must not send its whole
window again: most of its entries look new while their titles are known. Those are held back and tied to what is
stored; what has a title that nobody knows is new even then.

A guid may lie: some feeds number their entries from the top, or give whatever is newest one and the same guid. A known
guid with another title, another address and another date is another article.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from w3lib.html import remove_tags, replace_entities

from bot.news.entry import Entry
from bot.store.items import KnownItem

FLIP = 3
"""Entries that must look new before a flip is thought of; fewer are told apart by title and time alone."""
SHORTEST = 12
"""Letters and digits of a title that says enough to know an article by: «Новости» comes every day."""
TOGETHER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that the store does not know yet, with its canonical address within the outlet."""

    entry: Entry
    identity: str | None


@dataclass(frozen=True, slots=True)
class Retitled:
    """An entry of a stored item whose title an editor changed since; `identity` is its canonical address now."""

    entry: Entry
    item: KnownItem
    identity: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a document holds. `new` is oldest first, as its outlet wrote it; `same` are (guid, item id) to tie.

    `came` are the times of what this feed did not show before, also where another feed of the outlet did.
    """

    new: tuple[Candidate, ...] = ()
    same: tuple[tuple[str, int], ...] = ()
    retitled: tuple[Retitled, ...] = ()
    flipped: bool = False
    came: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows that may be in the document.

    `latest` are the feed's last items, and its outlet's other feeds' where this one may have renamed everything.
    """

    by_guid: Mapping[str, KnownItem] = field(default_factory=dict)
    by_identity: Mapping[str, KnownItem] = field(default_factory=dict)
    latest: Sequence[KnownItem] = ()


def named(entry: Entry, identity: str | None, by_guid: Mapping[str, KnownItem]) -> KnownItem | None:
    """The stored item that this entry's guid names; None where the feed now calls another article so."""
    item = by_guid.get(entry.guid)
    return None if item is None or _another(entry, identity, item) else item


def _another(entry: Entry, identity: str | None, item: KnownItem) -> bool:
    """An editor changes a title, and the address with it, but then the date stays; or all stays but the title.

    Where no address tells, the dates have to; where there are no dates, two addresses.
    """
    if fold(entry.title) == fold(item.title):
        return False
    moved = identity is not None and item.identity is not None and identity != item.identity
    if entry.published is None or item.published is None:
        return moved
    return (moved or identity is None) and entry.published != item.published


def looks_renamed(unknown: int, entries: int) -> bool:
    """Whether so many entries of a document are unknown that titles have to say whether they are new."""
    return unknown >= FLIP and 2 * unknown >= entries


def compare(feed_id: int, entries: Sequence[Entry], identities: Sequence[str | None], known: Known) -> Findings:
    """Sort the entries of a document by what is known of them; `identities` are their canonical addresses."""
    fresh: list[Candidate] = []
    same: list[tuple[str, int]] = []
    retitled: list[Retitled] = []
    came: list[datetime | None] = []
    for entry, identity in zip(entries, identities, strict=True):
        item = named(entry, identity, known.by_guid)
        if item is None and identity is not None and (item := known.by_identity.get(identity)):
            same.append((entry.guid, item.id))
            came += [entry.published] if item.feed_id != feed_id else []
        if item is None:
            fresh.append(Candidate(entry, identity))
        elif item.feed_id == feed_id and fold(entry.title) != fold(item.title):
            retitled.append(Retitled(entry, item, identity))
    held, flipped = _held(fresh, entries, known.latest)
    same += [(guid, item.id) for guid, item in held.items()]
    new = tuple(candidate for candidate in reversed(fresh) if candidate.entry.guid not in held)
    came += [candidate.entry.published for candidate in new]
    return Findings(new, tuple(same), tuple(reversed(retitled)), flipped, tuple(came))


def fold(title: str) -> str:
    """A title's letters and digits alone: what is left when markup, entities, quotes and case are not looked at."""
    plain = replace_entities(remove_tags(title)) if "&" in title or "<" in title else title
    return _NOT_WORDS.sub("", plain).casefold()


_NOT_WORDS = re.compile(r"[\W_]+")


def _held(
    fresh: Sequence[Candidate], entries: Sequence[Entry], latest: Sequence[KnownItem]
) -> tuple[dict[str, KnownItem], bool]:
    """Entries that only look new, with what they are, by guid; and whether the whole feed was renamed."""
    if not latest:
        return {}, False
    titles: dict[str, list[KnownItem]] = {}
    for item in latest:
        titles.setdefault(fold(item.title), []).append(item)
    pairs = _paired(fresh, titles)
    flipped = looks_renamed(len(fresh), len(entries)) and 2 * len(pairs) >= len(fresh)
    if not flipped:
        pairs = [pair for pair in pairs if _at_once(*pair)]
    return {entry.guid: item for entry, item in pairs}, flipped


def _paired(fresh: Sequence[Candidate], titles: Mapping[str, list[KnownItem]]) -> list[tuple[Entry, KnownItem]]:
    """Each entry with the stored item of its title, one item to one entry; the same date goes first."""
    left = {title: list(items) for title, items in titles.items()}
    pairs = []
    for candidate in fresh:
        title = fold(candidate.entry.title)
        items = left.get(title, []) if len(title) >= SHORTEST else []
        if items:
            best = next((item for item in items if _at_once(candidate.entry, item)), items[0])
            items.remove(best)
            pairs.append((candidate.entry, best))
    return pairs


def _at_once(entry: Entry, item: KnownItem) -> bool:
    if entry.published is None or item.published is None:
        return False
    return abs(entry.published - item.published) <= TOGETHER
