"""How an event stands, and what readers were told of it: read with one statement.

The functions are those of a plain connection (see bot.store.candidates).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from bot.model import Person, Status, Topic
from bot.store.alerts import PastAlert
from bot.store.events import StoredEvent
from bot.store.tables import AlertRow, EventRow

_events: Any = EventRow.__table__
_alerts: Any = AlertRow.__table__
_TOLD = and_(_alerts.c.event_id == _events.c.id, _alerts.c.edits.is_(None), _alerts.c.topics != 0)
"""Alerts of their own for everybody; what went to followers of a name alone does not count."""
ALERT = ("id", "kind", "content", "created_at", "replies_to", "cancelled")
_STANDING = (
    select(
        *(_events.c[name] for name in ("id", "status", "topics", "countries", "people", "follows")),
        *(_alerts.c[name].label(f"alert_{name}") for name in ALERT),
    )
    .select_from(_events.outerjoin(_alerts, _TOLD))
    .where(_events.c.id == bindparam("event"))
    .order_by(_alerts.c.id)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An event with the alerts on it, the first first. `stopped`: a moderator took one of them back.

    `announced` are the statuses with which alerts on it were decided, those that were taken back too.
    """

    event: StoredEvent
    told: tuple[PastAlert, ...]
    stopped: bool
    announced: frozenset[str]


def standing(connection: Connection, event_id: int) -> Standing:
    rows = connection.execute(_STANDING, {"event": event_id}).all()
    first = rows[0]
    event = StoredEvent(
        first.id,
        Status(first.status),
        tuple(Topic(topic) for topic in first.topics),
        tuple(first.countries),
        tuple(Person(name, key) for name, key in first.people),
        first.follows,
    )
    alerts = [row for row in rows if row.alert_id is not None]
    told = (
        PastAlert(row.alert_id, row.alert_kind, row.alert_content, row.alert_created_at, row.alert_replies_to)
        for row in alerts
        if not row.alert_cancelled
    )
    contents = [row.alert_content for row in alerts]
    announced = frozenset(content.get("announced") or content.get("status", "") for content in contents)
    return Standing(event, tuple(told), any(row.alert_cancelled for row in alerts), announced)
