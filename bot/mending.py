"""What moderators merge and split, in messages already sent: silent edits, so that each names who reports its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.chronicle import Alerted, Chronicle
from bot.store.session import Store


class Mender:
    """`on_alert` is told of every edit after its transaction is committed."""

    def __init__(
        self, store: Store, chronicle: Chronicle, clock: Callable[[], datetime], on_alert: Callable[[Alerted], None]
    ) -> None:
        self._store, self._chronicle, self._clock, self._on_alert = store, chronicle, clock, on_alert

    async def merged(self, event_id: int) -> None:
        """Two events became one: whichever message a reader has, it names the outlets of both."""
        await self._mend(event_id, gather=True)

    async def split(self, old: int, new: int) -> None:
        """An item left its event: the messages on either lose the outlets that report the other alone."""
        for event_id in (old, new):
            await self._mend(event_id, gather=False)

    async def _mend(self, event_id: int, *, gather: bool) -> None:
        async with self._store.write() as session:
            alerts = await self._chronicle.mend(session, event_id, self._clock(), gather=gather)
        for alert in alerts:
            self._on_alert(alert)
