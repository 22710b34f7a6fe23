"""The alerts that fit what a chat chose: for /latest. One entry a case, as it now stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.model import Status
from bot.store.answers import answered_by
from bot.store.subscribers import Subscriber
from bot.store.tables import AlertCountryRow, AlertNameRow, AlertRow, DeliveryRow, EventRow, FollowRow

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
    """The newest alerts for the chat's choices and follows, newest first; `before` is an alert id to go on from.

    Of a case the newest alert is shown, with the sources of all on its event, the status as it now is, and the steps
    that were told before. An edit of an alert (another outlet, a changed line) is no alert of its own: the alert is
    shown as last edited.
    """
    query = select(AlertRow).where(AlertRow.id.in_(_newest_of_events(or_(and_(*_fits(chat)), _follows(chat)), now)))
    return await _as_now(session, query if before is None else query.where(AlertRow.id < before), limit)


async def latest_of_all(session: AsyncSession, now: datetime, *, limit: int) -> list[KeptAlert]:
    """The newest alerts that every chat could have, as `latest` gives them: none that went to followers of a name."""
    newest = _newest_of_events(AlertRow.topics != 0, now)
    return await _as_now(session, select(AlertRow).where(AlertRow.id.in_(newest)), limit)


async def _as_now(session: AsyncSession, query: Select[AlertRow], limit: int) -> list[KeptAlert]:
    """The newest of these alerts as they now read."""
    query = query.order_by(AlertRow.id.desc()).limit(limit)
    rows = list(await session.scalars(query))
    told = await _told(session, {row.event_id for row in rows if row.event_id is not None and row.topics})
    edited = await _edited(session, {row.id for row in rows} | {i for alerts in told.values() for i, _ in alerts})
    found = []
    for row in rows:
        others = [edited.get(i, content) for i, content in told.get(row.event_id or 0, [])] if row.topics else []
        content = _with_sources(edited.get(row.id, row.content), others)
        found.append(KeptAlert(row.id, content, row.created_at))
    statuses = await _statuses(session, {row.id for row in rows if row.topics})
    steps = {row.id: await _earlier(session, row) for row in rows}
    return [
        KeptAlert(kept.id, kept.content | statuses.get(kept.id, {}) | steps[kept.id], kept.created_at) for kept in found
    ]


async def _earlier(session: AsyncSession, row: AlertRow) -> dict[str, Any]:
    """What was told of the case before an update, as a part of its content: each status and when, the first first."""
    before = await answered_by(session, row.id) if row.replies_to is not None else ()
    query = select(AlertRow.content, AlertRow.created_at).where(AlertRow.id.in_(before)).order_by(AlertRow.id)
    told = [(content.get("announced") or content.get("status"), at) for content, at in await session.execute(query)]
    return {"earlier": [[status, at.isoformat()] for status, at in told if status]} if told else {}


async def is_hidden(session: AsyncSession, chat: Subscriber, alert_id: int) -> bool:
    """Whether an alert went to followers of a name alone, and the chat is none of them.

    That there is such an alert tells that somebody follows a name: nobody else may ask for it, with made-up numbers.
    """
    got = exists().where(DeliveryRow.alert_id == AlertRow.id, DeliveryRow.subscriber_id == chat.id)
    query = select(AlertRow.id).where(AlertRow.id == alert_id, AlertRow.topics == 0, ~_follows(chat), ~got)
    return await session.scalar(query) is not None


def _newest_of_events(fitting: ColumnElement[bool], now: datetime) -> Any:
    """Ids of the alerts to show: of each case one, and what went to followers alone only where nothing else did."""
    first = aliased(AlertRow)
    number = func.row_number().over(
        partition_by=func.coalesce(first.event_id, AlertRow.event_id, -AlertRow.id),
        order_by=((AlertRow.topics == 0), AlertRow.id.desc()),
    )
    numbered = (
        select(AlertRow.id, number.label("number"))
        .outerjoin(first, first.id == AlertRow.replies_to)
        .where(AlertRow.edits.is_(None), ~AlertRow.cancelled, AlertRow.created_at > now - KEPT, fitting)
        .subquery()
    )
    return select(numbered.c.id).where(numbered.c.number == 1)


def _fits(chat: Subscriber) -> list[ColumnElement[bool]]:
    met: list[ColumnElement[bool]] = [AlertRow.topics.bitwise_and(chat.topics) != 0]
    if not chat.every_country:
        named = select(AlertCountryRow.alert_id).where(
            AlertCountryRow.alert_id == AlertRow.id, AlertCountryRow.country.in_(sorted(chat.countries))
        )
        met.append(or_(AlertRow.everywhere, named.exists()))
    return met


def _follows(chat: Subscriber) -> ColumnElement[bool]:
    return exists().where(
        AlertNameRow.alert_id == AlertRow.id,
        FollowRow.name_hash == AlertNameRow.name_hash,
        FollowRow.subscriber_id == chat.id,
    )


async def _told(session: AsyncSession, events: Collection[int]) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """The alerts (id, content) on each event, the first first; not those for followers alone."""
    told: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    if events:
        query = select(AlertRow.event_id, AlertRow.id, AlertRow.content).where(
            AlertRow.event_id.in_(events), AlertRow.edits.is_(None), ~AlertRow.cancelled, AlertRow.topics != 0
        )
        for event_id, alert_id, content in await session.execute(query.order_by(AlertRow.id)):
            told.setdefault(event_id or 0, []).append((alert_id, content))
    return told


async def _statuses(session: AsyncSession, alert_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Where the case now stands, by alert id, as a part of its content; nothing where that is not known."""
    query = (
        select(AlertRow.id, EventRow.status)
        .join(EventRow, EventRow.id == AlertRow.event_id)
        .where(AlertRow.id.in_(alert_ids), EventRow.status != Status.UNKNOWN.value)
    )
    return {alert_id: {"status": status} for alert_id, status in await session.execute(query)}


def _with_sources(content: dict[str, Any], others: Collection[dict[str, Any]]) -> dict[str, Any]:
    """The content with the sources of the event's other alerts after its own, each outlet once: the first is quoted."""
    sources: dict[str, Any] = {}
    for source in (source for each in (content, *others) for source in each.get("sources", ())):
        sources.setdefault(source["name"], source)
    return content | {"sources": list(sources.values())} if sources else content


async def _edited(session: AsyncSession, alert_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The newest edit's content, by the id of the alert that it edits."""
    rows = await session.execute(
        select(AlertRow.edits, AlertRow.content)
        .where(AlertRow.edits.in_(alert_ids), ~AlertRow.cancelled)
        .order_by(AlertRow.id)
    )
    return {alert_id: content for alert_id, content in rows if alert_id is not None}
