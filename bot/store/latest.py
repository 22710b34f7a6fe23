"""The alerts that fit what a chat chose: for /latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.subscribers import Subscriber
from bot.store.tables import AlertCountryRow, AlertRow

KEPT = timedelta(days=30)
"""Older alerts are history, not news."""


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert as it reads now. `content` is the JSON of bot.alerts.content.Content."""

    id: int
    content: dict[str, Any]
    created_at: datetime


async def latest(
    session: AsyncSession, chat: Subscriber, now: datetime, *, limit: int, before: int | None = None
) -> list[KeptAlert]:
    """The newest alerts for the chat's topics and countries, newest first; `before` is an alert id to go on from.

    An edit of an alert (another outlet, a changed line) is no alert of its own: the alert is shown as last edited.
    """
    query = (
        select(AlertRow)
        .where(AlertRow.edits.is_(None), ~AlertRow.cancelled, AlertRow.created_at > now - KEPT, *_fits(chat))
        .order_by(AlertRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AlertRow.id < before)
    rows = list(await session.scalars(query))
    edited = await _edited(session, [row.id for row in rows])
    return [KeptAlert(row.id, edited.get(row.id, row.content), row.created_at) for row in rows]


def _fits(chat: Subscriber) -> list[ColumnElement[bool]]:
    met: list[ColumnElement[bool]] = [AlertRow.topics.bitwise_and(chat.topics) != 0]
    if not chat.every_country:
        named = select(AlertCountryRow.alert_id).where(
            AlertCountryRow.alert_id == AlertRow.id, AlertCountryRow.country.in_(sorted(chat.countries))
        )
        met.append(or_(AlertRow.everywhere, named.exists()))
    return met


async def _edited(session: AsyncSession, alert_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The newest edit's content, by the id of the alert that it edits."""
    rows = await session.execute(
        select(AlertRow.edits, AlertRow.content)
        .where(AlertRow.edits.in_(alert_ids), ~AlertRow.cancelled)
        .order_by(AlertRow.id)
    )
    return {alert_id: content for alert_id, content in rows if alert_id is not None}
