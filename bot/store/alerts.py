"""Queries of the alerts room: an alert is written once, as a snapshot, and read by delivery and chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertCountryRow, AlertRow, DeliveryRow


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert about to be stored; `content` is Content.to_json. `replies_to` and `edits` are ids of alerts."""

    event_id: int | None
    item_id: int | None
    kind: str
    priority: int
    topics: int
    countries: tuple[str, ...]
    everywhere: bool
    content: dict[str, Any]
    replies_to: int | None = None
    edits: int | None = None


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert on an event that was decided before."""

    id: int
    kind: str
    content: dict[str, Any]
    created_at: datetime


async def add_alert(session: AsyncSession, alert: NewAlert, now: datetime) -> int:
    """Store an alert; the fan-out finds it by its empty `fanned_at`."""
    row = AlertRow(
        event_id=alert.event_id,
        item_id=alert.item_id,
        kind=alert.kind,
        priority=alert.priority,
        topics=alert.topics,
        everywhere=alert.everywhere,
        content=alert.content,
        created_at=now,
        replies_to=alert.replies_to,
        edits=alert.edits,
    )
    session.add(row)
    await session.flush()
    if alert.countries:
        rows = [{"alert_id": row.id, "country": country} for country in alert.countries]
        await session.execute(insert(AlertCountryRow), rows)
    return row.id


async def alerts_of(session: AsyncSession, event_id: int, kinds: Iterable[str]) -> tuple[PastAlert, ...]:
    """The alerts of these kinds on an event that were not cancelled, the first first."""
    query = select(AlertRow).where(
        AlertRow.event_id == event_id, AlertRow.kind.in_(list(kinds)), AlertRow.cancelled.is_(False)
    )
    rows = await session.scalars(query.order_by(AlertRow.id))
    return tuple(PastAlert(row.id, row.kind, row.content, row.created_at) for row in rows)


async def change_content(session: AsyncSession, alert_id: int, content: dict[str, Any]) -> None:
    """What the alert says from now on, to chats that have not had it yet and to /latest."""
    await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(content=content))


async def outbox_is_quiet(session: AsyncSession) -> bool:
    """Whether nothing waits to be sent now and nothing is under way; what is held for later does not count."""
    busy = select(DeliveryRow.id).where(DeliveryRow.state.in_(["pending", "claimed", "in_flight"])).limit(1)
    return await session.scalar(busy) is None
