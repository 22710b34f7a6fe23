"""Entries whose titles changed, read before and after: editors' edits, and other stories in the place of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.alerts.rewording import Version, is_another_story, is_news, newcomers
from bot.analyst import Analyst
from bot.model import Feed, Person
from bot.news.compare import Retitled
from bot.news.reading import item_of, new_item
from bot.store.items import KnownItem, NewItem, told_in
from bot.store.session import Store


@dataclass(frozen=True, slots=True)
class Edit:
    """An item that an editor changed. `newcomers` are named since then; `news`: what it says is as new as the edit."""

    item: KnownItem
    entry: NewItem
    newcomers: tuple[Person, ...]
    news: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """`others` are new items, each with the one in whose place it stands now."""

    edits: tuple[Edit, ...] = ()
    others: tuple[tuple[NewItem, KnownItem], ...] = ()


async def read_changes(store: Store, analyst: Analyst, feed: Feed, retitled: Sequence[Retitled]) -> Changes:
    """Sort changed entries by whether they tell of the same people as the items which they are taken for."""
    retitled = [found for found in retitled if found.entry.title != found.item.title]
    if not retitled:
        return Changes()
    async with store.read() as session:
        told = await told_in(session, [found.item.id for found in retitled])
    retitled = [found for found in retitled if found.item.id in told]
    stored = [told[found.item.id] for found in retitled]
    after = [item_of(found.entry, feed) for found in retitled]
    before = [replace(item, title=was.title, summary=was.summary) for item, was in zip(after, stored, strict=True)]
    described = await analyst.describe_all([*before, *after])
    versions = [Version(i.title, i.summary, found) for i, found in zip([*before, *after], described, strict=True)]
    edits, others = list[Edit](), list[tuple[NewItem, KnownItem]]()
    for found, was, old, now in zip(retitled, stored, versions, versions[len(retitled) :], strict=False):
        if is_another_story(old, now, was.people):
            others.append((_in_place(found, feed), found.item))
        else:
            entry = new_item(found.entry, found.item.identity, feed)
            edits.append(Edit(found.item, entry, newcomers(old, now, was.people), is_news(old, now)))
    return Changes(tuple(edits), tuple(others))


def _in_place(found: Retitled, feed: Feed) -> NewItem:
    """Another's story as a new item: a date that it has from the first one says nothing of it."""
    item = new_item(found.entry, found.identity, feed)
    own = item.published is not None and found.item.published is not None and item.published > found.item.published
    return item if own else replace(item, published=None)
