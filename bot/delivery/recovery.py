"""Taking up what a dead sender left: what it had only claimed waits again, what it had in flight is asked after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.claims import LEASE, Claims
from bot.delivery.doubt import REACH
from bot.delivery.inquiry import Inquiry
from bot.store import departures, doubts


class Recovery:
    """Recovers for one sender."""

    def __init__(self, claims: Claims, inquiry: Inquiry) -> None:
        self._claims = claims
        self._inquiry = inquiry

    async def take_up(self, session: AsyncSession, now: datetime, *, everything: bool) -> tuple[int, int]:
        """(Rows that wait again or are asked after, rows given up). `everything`: no other sender lives."""
        lapsed = None if everything else now
        busy = self._inquiry.ids()
        found = await doubts.in_flight(session, lapsed, busy, self._inquiry.room)
        taken = []
        for row, lease in found:
            launched = lease - LEASE
            parcel = await self._claims.as_launched(session, row, launched)
            if parcel is not None and row.subscriber_id not in self._inquiry.chats():
                taken.append((parcel, launched))
        asked = busy | {i for parcel, _ in taken for i in parcel.ids}
        again, given_up = await departures.recover(session, now, everything=everything, but=asked)
        if taken:
            sent = await doubts.account_ids(session, min(launched for _, launched in taken), REACH)
            self._inquiry.take_up(taken, sent)
        return again + len(taken), given_up
