"""What a sender has in hand: parcels that wait for their pace, and those that are under way; of a chat one at most."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable

from bot.delivery.link import Link
from bot.delivery.pace import Pace
from bot.delivery.parcel import Parcel

AHEAD = 250
"""Parcels in hand at most: what is published now must not wait behind more."""


class Hand:
    """The parcels of one sender. `most` requests may be under way at once."""

    def __init__(self, pace: Pace, link: Link, most: int) -> None:
        self._pace = pace
        self._link = link
        self._most = most
        self.queue: list[Parcel] = []
        self.flying: dict[asyncio.Task[None], Parcel] = {}

    def __len__(self) -> int:
        return len(self.queue) + len(self.flying)

    @property
    def room(self) -> int:
        """How many more requests may be made now."""
        return self._link.window(self._most) - len(self.flying)

    @property
    def ahead(self) -> int:
        """Parcels to have in hand: a second's worth; one, while it is uncertain that anything gets through."""
        if self._link.window(self._most) == 1:
            return 1
        rate = self._pace.rates.overall
        return AHEAD if math.isinf(rate) else int(min(AHEAD, max(8, rate)))

    @property
    def wants_more(self) -> bool:
        return len(self.queue) <= self.ahead // 2

    def chats(self) -> set[int]:
        return {parcel.chat for parcel in (*self.queue, *self.flying.values())}

    def add(self, parcels: Iterable[Parcel]) -> None:
        self.queue = sorted((*self.queue, *parcels), key=lambda parcel: parcel.rank)

    def pick(self) -> list[Parcel]:
        """Take out what goes now: parcels whose chat's turn, and whose turn overall, have come. Their pace is spent."""
        group: list[Parcel] = []
        room, now = self.room, self._pace.clock()
        waiting: list[Parcel] = []
        for number, parcel in enumerate(self.queue):
            if len(group) >= room or self._pace.overall_ready() > now:
                waiting += self.queue[number:]
                break
            if self._pace.chat_ready(parcel.chat, parcel.group) > now:
                waiting.append(parcel)
                continue
            self._pace.spend(parcel.chat, parcel.group)
            group.append(parcel)
        self.queue = waiting
        return group

    def next_rank(self) -> tuple[int, int] | None:
        """The rank of the parcel that goes next; None where none may go now."""
        now = self._pace.clock()
        ready = (parcel for parcel in self.queue if self._pace.chat_ready(parcel.chat, parcel.group) <= now)
        return min((parcel.rank for parcel in ready), default=None)

    def next_moment(self) -> float:
        """When the next parcel may go, by the pace's clock; never, where none waits or none may."""
        if not self.queue or self.room <= 0:
            return math.inf
        first = min(self._pace.chat_ready(parcel.chat, parcel.group) for parcel in self.queue)
        return max(self._pace.overall_ready(), first)
