"""Taking deliveries out of the outbox: read what waits, decide about each, claim what goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.content import Content
from bot.delivery import when
from bot.delivery.parcel import Parcel
from bot.delivery.turn import After, Ask, Drop, Edit, Gather, Send, Turn, Wait, decide, first_of, message_of
from bot.store import deliveries, waiting
from bot.store.answers import answered_by
from bot.store.deliveries import State
from bot.store.waiting import Waiting

LEASE = timedelta(minutes=2)
"""Longer than a claimed delivery waits and its request takes, so that a living sender never loses one."""
GATHERS = 30
"""Gathered messages prepared at once."""
LINES = 40
"""Deliveries in one gathered message: as many as have room in it with a headline of 40 characters each."""
CHAIN = 5
"""How many messages may have to go before one another."""
CONTENTS = 256
"""Alerts whose content is kept in memory."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a claim brought; `seen` counts the deliveries that it looked at."""

    parcels: tuple[Parcel, ...]
    seen: int


Decided = dict[int, tuple[Waiting, Turn]]


class Claims:
    """Claims for one sender. `parked_for` gives the seconds for which a chat is still parked."""

    def __init__(self, parked_for: Callable[[int], float]) -> None:
        self._parked_for = parked_for
        self._contents: dict[int, Content | None] = {}
        self._answered: dict[int, tuple[int, ...]] = {}

    async def take(self, session: AsyncSession, busy: Collection[int], limit: int, now: datetime) -> Taken:
        """Claim up to `limit` parcels of chats that are not `busy`, one a chat, the most urgent and newest first."""
        rows = await waiting.most_urgent(session, busy, limit)
        decided = await self._decide(session, rows, now)
        chosen = _one_a_chat([_resolve(row, decided) for row in rows])
        parcels = [await self._parcel_rows(session, row, turn, now) for row, turn in chosen]
        claimed = await self._with_contents(session, parcels)
        await _set_aside(session, decided)
        for fold in {_fold(parcel.turn) for parcel in claimed}:
            ids = [i for parcel in claimed if _fold(parcel.turn) == fold for i in parcel.ids]
            await deliveries.claim(session, ids, now + LEASE, fold)
        return Taken(tuple(claimed), len(rows))

    async def _decide(self, session: AsyncSession, rows: Sequence[Waiting], now: datetime) -> Decided:
        """Decide about the rows, and about those that must go before them."""
        decided: Decided = {}
        for _ in range(CHAIN):
            before = {row.id: await self._before(session, row) for row in rows}
            found = await waiting.earlier(session, {(a, row.subscriber_id) for row in rows for a in before[row.id]})
            for row in rows:
                there = [found.get((alert, row.subscriber_id)) for alert in before[row.id]]
                decided[row.id] = row, self._parked(row, now) or decide(row, first_of(there), now)
            firsts = {t.delivery_id for _, t in decided.values() if isinstance(t, After)} - decided.keys()
            if not firsts:
                break
            rows = await waiting.by_id(session, firsts)
        return decided

    async def _before(self, session: AsyncSession, row: Waiting) -> tuple[int, ...]:
        """The alerts that this delivery edits or may answer, the first first."""
        if row.edits is not None or row.replies_to is None:
            return () if row.edits is None else (row.edits,)
        if row.alert_id not in self._answered:
            if len(self._answered) >= CONTENTS:
                self._answered.clear()
            self._answered[row.alert_id] = await answered_by(session, row.alert_id)
        return self._answered[row.alert_id]

    def _parked(self, row: Waiting, now: datetime) -> Wait | None:
        seconds = self._parked_for(row.subscriber_id)
        return Wait(now + timedelta(seconds=seconds), row.fold) if seconds else None

    async def _parcel_rows(
        self, session: AsyncSession, row: Waiting, turn: Send | Edit | Gather, now: datetime
    ) -> tuple[list[Waiting], Send | Edit | Gather]:
        if not isinstance(turn, Gather):
            return [row], turn
        rows = await waiting.to_fold(session, row.subscriber_id, now - when.STALE, LINES)
        age = now - row.created_at
        if len(rows) > 1 or turn.fold is when.Fold.DIGEST or age > when.STALE:
            return rows or [row], turn
        # One alert that was held alone is a message like any other: it can be edited, and answers what it follows.
        alerts = await self._before(session, row)
        found = await waiting.earlier(session, {(alert, row.subscriber_id) for alert in alerts})
        first = first_of(found.get((alert, row.subscriber_id)) for alert in alerts)
        return [row], Send(age > when.LATE, message_of(first))

    async def as_launched(self, session: AsyncSession, row: Waiting, launched: datetime) -> Parcel | None:
        """The parcel as which this delivery was launched then, as far as that can still be known."""
        age = launched - row.created_at
        if age > when.STALE:
            return None
        parcels = await self._with_contents(session, [([row], Send(age > when.LATE))], launched)
        return parcels[0] if parcels else None

    async def _with_contents(
        self,
        session: AsyncSession,
        parcels: Sequence[tuple[list[Waiting], Send | Edit | Gather]],
        by: datetime | None = None,
    ) -> list[Parcel]:
        alerts = {row.edits or row.alert_id for rows, _ in parcels for row in rows}
        newest = await waiting.newest_edits(session, alerts, by) if alerts else {}
        await self._load(session, {_shown(row, newest) for rows, _ in parcels for row in rows})
        claimed = []
        for rows, turn in parcels:
            readable = [(row, content, i) for row in rows if (content := self._contents[i := _shown(row, newest)])]
            if readable:
                kept, contents, ids = zip(*readable, strict=True)
                claimed.append(Parcel(kept, turn, contents, ids))
            broken = {row.id for row in rows} - {row.id for row, _, _ in readable}
            if broken:
                await deliveries.put(session, broken, State.FAILED, error="unreadable content")
        return claimed

    async def _load(self, session: AsyncSession, ids: set[int]) -> None:
        missing = ids - self._contents.keys()
        if not missing:
            return
        if len(self._contents) + len(missing) > CONTENTS:
            self._contents = {i: c for i, c in self._contents.items() if i in ids}
        self._contents |= dict.fromkeys(missing)
        self._contents |= {i: _read(data) for i, data in (await waiting.contents(session, missing)).items()}


def _fold(turn: Send | Edit | Gather | Ask) -> str | None:
    """As what the deliveries of such a parcel are known afterwards: the lines of one message cannot be edited."""
    return turn.fold if isinstance(turn, Gather) else None


def _shown(row: Waiting, newest: dict[int, int]) -> int:
    """The alert whose content the message will carry: the newest edit."""
    return max(newest.get(row.edits or row.alert_id, 0), row.alert_id)


def _read(data: dict[str, Any]) -> Content | None:
    try:
        return Content.from_json(data)
    except (KeyError, TypeError, ValueError):
        return None


def _resolve(row: Waiting, decided: Decided) -> tuple[Waiting, Turn] | None:
    """The row whose turn it really is: the first of those that must go before one another."""
    for _ in range(CHAIN):
        row, turn = decided[row.id]
        if not isinstance(turn, After):
            return row, turn
        if turn.delivery_id not in decided:
            return None
        row = decided[turn.delivery_id][0]
    return None


def _one_a_chat(turns: Sequence[tuple[Waiting, Turn] | None]) -> list[tuple[Waiting, Send | Edit | Gather]]:
    chosen: dict[int, tuple[Waiting, Send | Edit | Gather]] = {}
    gathers = 0
    for entry in turns:
        if entry is None or entry[0].subscriber_id in chosen:
            continue
        row, turn = entry
        if isinstance(turn, Gather):
            gathers += 1
        if isinstance(turn, Send | Edit) or (isinstance(turn, Gather) and gathers <= GATHERS):
            chosen[row.subscriber_id] = row, turn
    return list(chosen.values())


async def _set_aside(session: AsyncSession, decided: Decided) -> None:
    """Write down what waits for a known moment, and what has lost its reason."""
    held: dict[Wait, list[int]] = {}
    dropped: dict[Drop, list[int]] = {}
    for row, turn in decided.values():
        if isinstance(turn, Wait):
            held.setdefault(turn, []).append(row.id)
        elif isinstance(turn, Drop):
            dropped.setdefault(turn, []).append(row.id)
    for wait, ids in held.items():
        await deliveries.put(session, ids, State.HELD, not_before=wait.until, fold=wait.fold)
    for drop, ids in dropped.items():
        await deliveries.put(session, ids, drop.state, error=drop.why)
