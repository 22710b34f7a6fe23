"""Which of the alerts on an event tell where it stands now: a further outlet is added to each of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Status
from bot.store.alerts import PastAlert


def current(told: Sequence[PastAlert], status: Status) -> tuple[PastAlert, ...]:
    """The alerts that tell this status, or the newest one where none does; the first first.

    There are several after a merge: a reader has one message or the other, and whichever it is, it names all outlets.
    """
    telling = tuple(alert for alert in told if alert.content.get("status") == status.value)
    return telling or tuple(told[-1:])


def names_outlet(alert: PastAlert, outlet: str) -> bool:
    """Whether an outlet, by its name, stands among the sources of an alert."""
    return any(source["name"] == outlet for source in alert.content.get("sources", ()))
