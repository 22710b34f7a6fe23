"""Events as moderators handle them: merged, split, overruled, their alerts stopped; each act audited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.events.index import index_keys
from bot.events.officials import keys_of
from bot.model import Description, Status
from bot.moderation.audit import Act
from bot.moderation.cases import (
    Merged,
    NotAName,
    NotListed,
    SameEvent,
    UnknownAlert,
    UnknownEvent,
    UnknownItem,
    decided,
    merged,
    without,
)
from bot.store import audit, case_files, event_links, officials
from bot.store.case_files import CaseFile, ListedEvent
from bot.store.deliveries import cancel
from bot.store.events import open_event
from bot.store.session import Store

LONGEST_NAME = 64
"""Characters; also what the database takes."""


class Mends(Protocol):
    """Mends messages already sent (bot.mending)."""

    async def merged(self, event_id: int) -> None: ...

    async def split(self, old: int, new: int) -> None: ...

    async def overruled(self, event_id: int, was: Status, status: Status) -> None: ...


class Casework:
    """Every act is one transaction with its audit row. `actor` is a pseudonym of `Keyring.pseudonym`.

    After the commit, `told_apart` is called with an item that a split made an event of its own, and `mender` mends the
    messages on the events that were merged, split or overruled.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        told_apart: Callable[[int], Awaitable[bool]] | None = None,
        mender: Mends | None = None,
    ) -> None:
        self._store, self._clock, self._told_apart, self._mender = store, clock, told_apart, mender

    async def latest(self, limit: int, offset: int) -> list[ListedEvent]:
        async with self._store.read() as session:
            return await case_files.latest_events(session, limit=limit, offset=offset)

    async def event(self, event_id: int) -> CaseFile:
        async with self._store.read() as session:
            return await _known(session, event_id)

    async def merge(self, actor: str, one: int, other: int) -> CaseFile:
        """Two events become one, under the older number: readers know its alert."""
        kept, gone = sorted((one, other))
        now = self._clock()
        async with self._store.write() as session:
            first, second = await _two(session, kept, gone)
            filed = [*await _filed(session, kept), *await _filed(session, gone)]
            filed.sort(key=lambda numbered: numbered[0])
            change = merged(first.event.status, second.event.status, [found for _, found in filed])
            items = await event_links.merge_events(session, kept, gone, change, actor, now)
            await audit.record(session, actor, Act.MERGE_EVENTS, str(kept), {"merged": gone, "items": items}, now)
        if self._mender is not None:
            await self._mender.merged(kept)
        return await self.event(kept)

    async def part(self, actor: str, one: int, other: int) -> CaseFile:
        """Two events are two, whatever the score says of items that come."""
        now = self._clock()
        async with self._store.write() as session:
            await _two(session, one, other)
            await event_links.part_events(session, one, other, actor, now)
            await audit.record(session, actor, Act.PART_EVENTS, str(one), {"other": other}, now)
        return await self.event(one)

    async def split(self, actor: str, item_id: int) -> tuple[CaseFile, bool]:
        """An item becomes an event of its own, kept apart from the one it was in; (that event, whether it alerted)."""
        now = self._clock()
        async with self._store.write() as session:
            old = await case_files.event_of_item(session, item_id)
            if old is None:
                raise UnknownItem
            event = (await _known(session, old)).event
            filed = await _filed(session, old)
            left, taken = without(item_id, event.status, filed)
            found = dict(filed)[item_id]
            new = await session.run_sync(
                lambda rows: open_event(rows.connection(), item_id, found, taken, index_keys(found), now)
            )
            await event_links.split_item(session, item_id, new)
            keys = frozenset().union(*(index_keys(rest) for number, rest in filed if number != item_id))
            await event_links.remake_event(session, old, left, keys)
            await event_links.part_events(session, old, new, actor, now)
            detail = {"event": old, "new": new}
            await audit.record(session, actor, Act.SPLIT_ITEM, str(item_id), detail, now)
        if self._mender is not None:
            await self._mender.split(old, new)
        alerted = self._told_apart is not None and await self._told_apart(item_id)
        return await self.event(new), alerted

    async def set_status(self, actor: str, event_id: int, words: str, names: Mapping[str, Status]) -> CaseFile:
        """What a moderator decides holds; reports that come later go on from there."""
        now = self._clock()
        async with self._store.write() as session:
            was = (await _known(session, event_id)).event.status
            status = decided(was, words, names.items())
            if status is not was:
                await event_links.set_status(session, event_id, status)
                detail = {"from": was.value, "to": status.value}
                await audit.record(session, actor, Act.SET_STATUS, str(event_id), detail, now)
        if status is not was and self._mender is not None:
            await self._mender.overruled(event_id, was, status)
        return await self.event(event_id)

    async def officials(self) -> list[str]:
        """The moderators' list of those who are in every story."""
        async with self._store.read() as session:
            return await officials.names(session)

    async def add_official(self, actor: str, name: str) -> list[str]:
        """Somebody weighs nothing from now on when events are told apart; the list. Raises NotAName."""
        name, keys = _official(name)
        async with self._store.write() as session:
            await officials.add(session, name, keys)
            await audit.record(session, actor, Act.ADD_OFFICIAL, name, {}, self._clock())
        return await self.officials()

    async def remove_official(self, actor: str, name: str) -> list[str]:
        """Somebody weighs again like anybody; the list. Raises NotAName and NotListed."""
        name, keys = _official(name)
        async with self._store.write() as session:
            if not await officials.remove(session, keys):
                raise NotListed
            await audit.record(session, actor, Act.REMOVE_OFFICIAL, name, {}, self._clock())
        return await self.officials()

    async def stop(self, actor: str, alert_id: int) -> None:
        """Take an alert back: what has not been sent of it, and of its edits, never will be."""
        async with self._store.write() as session:
            there, event_id = await case_files.event_of_alert(session, alert_id)
            if not there:
                raise UnknownAlert
            for each in (alert_id, *await case_files.edits_of(session, alert_id)):
                await cancel(session, each)
            await audit.record(session, actor, Act.STOP_ALERT, str(alert_id), {"event": event_id}, self._clock())


def _official(name: str) -> tuple[str, frozenset[str]]:
    """A name on one line, and its keys."""
    name = " ".join(name.split())
    keys = keys_of(name)
    if not keys or len(name) > LONGEST_NAME:
        raise NotAName
    return name, keys


async def _known(session: AsyncSession, event_id: int) -> CaseFile:
    """Raises UnknownEvent, and Merged with the number that it now has."""
    into = await event_links.merged_into(session, event_id)
    if into is not None:
        raise Merged(into)
    found = await case_files.case_file(session, event_id)
    if found is None:
        raise UnknownEvent
    return found


async def _two(session: AsyncSession, one: int, other: int) -> tuple[CaseFile, CaseFile]:
    if one == other:
        raise SameEvent
    return await _known(session, one), await _known(session, other)


async def _filed(session: AsyncSession, event_id: int) -> list[tuple[int, Description]]:
    return await case_files.descriptions(session, event_id)
