"""What moderators merge, split and overrule, in messages already sent: silent edits, so that each says what holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.chronicle import Alerted, Chronicle
from bot.model import Status
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

    async def overruled(self, event_id: int, was: Status, status: Status) -> None:
        """A moderator said where a case stands: its newest message says so too."""
        async with self._store.write() as session:
            alerts = await self._chronicle.overrule(session, event_id, was, status, self._clock())
        self._tell(alerts)

    async def _mend(self, event_id: int, *, gather: bool) -> None:
        async with self._store.write() as session:
            alerts = await self._chronicle.mend(session, event_id, self._clock(), gather=gather)
        self._tell(alerts)

    def _tell(self, alerts: Iterable[Alerted]) -> None:
        for alert in alerts:
            self._on_alert(alert)
