"""Who gets an alert: one INSERT … SELECT, in chunks by subscriber id, with the alert's own row as the bookmark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.answers import answered_by
from bot.store.deliveries import State
from bot.store.tables import (
    AlertCountryRow,
    AlertNameRow,
    AlertRow,
    DeliveryRow,
    FollowRow,
    SubscriberCountryRow,
    SubscriberRow,
)

CHANCE_OF_AN_EDIT = (State.PENDING, State.HELD, State.CLAIMED, State.IN_FLIGHT, State.SENT)
"""A delivery in one of these has a message to edit, or will have one."""


async def name_persons(session: AsyncSession, alert_id: int, hashes: Iterable[bytes]) -> None:
    """Note whom an alert names (`Keyring.hash_name` of each of their tags), so that their followers get it."""
    values = [{"alert_id": alert_id, "name_hash": name} for name in set(hashes)]
    if values:
        await session.execute(_insert(session, AlertNameRow).values(values).on_conflict_do_nothing())


async def unfinished(session: AsyncSession) -> list[int]:
    """Alerts whose fan-out has not ended, the newest first."""
    found = await session.scalars(
        select(AlertRow.id).where(AlertRow.fanned_at.is_(None), AlertRow.cancelled.is_(False)).order_by(-AlertRow.id)
    )
    return list(found)


async def fan_out_chunk(session: AsyncSession, alert_id: int, now: datetime, size: int) -> tuple[int, bool]:
    """Give the next `size` subscribers their deliveries; (rows written, whether this was the last chunk).

    Twice the same chunk writes nothing the second time: (alert, subscriber) is unique.
    """
    alert = await session.get_one(AlertRow, alert_id, populate_existing=True)
    if alert.fanned_at is not None or alert.cancelled:
        return 0, True
    last = await _end_of_chunk(session, alert.fanned_up_to, size)
    written = 0
    if last is not None:
        chosen = (
            _edited(alert, now)
            if alert.edits is not None
            else _audience(alert, await answered_by(session, alert_id), now)
        )
        chunk = chosen.where(SubscriberRow.id > alert.fanned_up_to, SubscriberRow.id <= last)
        columns = ["alert_id", "subscriber_id", "state", "priority", "attempts", "plain", "created_at"]
        outcome = await session.execute(
            _insert(session, DeliveryRow).from_select(columns, chunk).on_conflict_do_nothing()
        )
        written = max(outcome.rowcount, 0)  # type: ignore[attr-defined]
    bookmark = {"fanned_at": now} if last is None else {"fanned_up_to": last}
    await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(**bookmark))
    return written, last is None


async def _end_of_chunk(session: AsyncSession, after: int, size: int) -> int | None:
    chunk = select(SubscriberRow.id).where(SubscriberRow.id > after).order_by(SubscriberRow.id).limit(size).subquery()
    last: int | None = await session.scalar(select(func.max(chunk.c.id)))
    return last


def _audience(alert: AlertRow, answered: Sequence[int], now: datetime) -> Select[*tuple[Any, ...]]:
    """Chats whose topics and countries meet the alert's, who follow a named person, or who got what it answers."""
    near = exists().where(
        AlertCountryRow.alert_id == alert.id,
        SubscriberCountryRow.country == AlertCountryRow.country,
        SubscriberCountryRow.subscriber_id == SubscriberRow.id,
    )
    follows = exists().where(
        AlertNameRow.alert_id == alert.id,
        FollowRow.name_hash == AlertNameRow.name_hash,
        FollowRow.subscriber_id == SubscriberRow.id,
    )
    place = or_(true() if alert.everywhere else false(), SubscriberRow.every_country, near)
    wanted = and_(SubscriberRow.topics.op("&")(alert.topics) != 0, place)
    priority = literal(alert.priority * 2) + case((near, 1), else_=0)
    audience = _row(alert.id, priority, now).where(or_(wanted, follows, _got(answered)))
    return audience if alert.beside is None else audience.where(~_has(alert.beside))


def _got(alert_ids: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(
        DeliveryRow.alert_id.in_(alert_ids),
        DeliveryRow.subscriber_id == SubscriberRow.id,
        DeliveryRow.state == State.SENT,
    )


def _edited(alert: AlertRow, now: datetime) -> Select[*tuple[Any, ...]]:
    """Chats that have the message, or will have it: who gets nothing of the alert gets nothing of its edit."""
    return _row(alert.id, literal(alert.priority * 2), now).where(_has(alert.edits))


def _has(alert_id: int | None) -> ColumnElement[bool]:
    return exists().where(
        DeliveryRow.alert_id == alert_id,
        DeliveryRow.subscriber_id == SubscriberRow.id,
        DeliveryRow.state.in_(CHANCE_OF_AN_EDIT),
    )


def _row(alert_id: int, priority: ColumnElement[int], now: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        literal(alert_id),
        SubscriberRow.id,
        literal(State.PENDING.value),
        priority,
        literal(0),
        false(),
        literal(now, DeliveryRow.created_at.type),
    )


def _insert(session: AsyncSession, table: Any) -> Any:
    """INSERT that knows ON CONFLICT, in the dialect at hand."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
