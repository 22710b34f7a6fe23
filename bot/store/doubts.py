"""What is known about deliveries whose fate is not: their launch, and the message ids around it. Reading only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AlertRow, ChatMessageRow, DeliveryRow, SubscriberRow
from bot.store.waiting import Waiting, query, waiting_row

Sent = list[tuple[int, datetime]]
"""Message ids with the moment at which the answer came that brought them."""
_LEASED = text("deliveries.state IN ('claimed', 'in_flight')")  # in so many letters, or no partial index is used
ACCOUNT_KINDS = ("private", "group")
"""Chats whose message ids come from the bot's own sequence."""


async def in_flight(
    session: AsyncSession, lapsed: datetime | None, but: Collection[int], limit: int
) -> list[tuple[Waiting, datetime]]:
    """Deliveries in flight that were to be messages of their own, with the end of their lease; the most urgent first.

    `lapsed`: only those whose lease had ended by then.
    """
    asked = (
        query()
        .add_columns(DeliveryRow.lease_until)
        .where(
            _LEASED,
            DeliveryRow.state == "in_flight",
            DeliveryRow.fold.is_(None),
            DeliveryRow.lease_until.is_not(None),
            DeliveryRow.id.not_in(but),
            AlertRow.edits.is_(None),
        )
        .order_by(DeliveryRow.priority.desc(), DeliveryRow.alert_id.desc(), DeliveryRow.id)
        .limit(limit)
    )
    if lapsed is not None:
        asked = asked.where(DeliveryRow.lease_until <= lapsed)
    return [(waiting_row(row[:-1]), row[-1]) for row in await session.execute(asked)]


async def account_ids(session: AsyncSession, since: datetime, limit: int) -> Sent:
    """Ids of the account's sequence: the greatest that was known at `since`, and those above it.

    It reads the whole outbox once: there is no index, because it is asked after a crash alone.
    """
    d = DeliveryRow
    ours = select(d.message_id, d.sent_at).join(SubscriberRow, SubscriberRow.id == d.subscriber_id)
    ours = ours.where(SubscriberRow.kind.in_(ACCOUNT_KINDS), d.message_id.is_not(None), d.sent_at.is_not(None))
    known = await session.scalar(select(func.max(ours.where(d.sent_at <= since).subquery().c.message_id)))
    above = ours.where(d.message_id > (known or 0)).order_by(d.message_id.desc()).limit(limit)
    found: Sent = [(number, at) for number, at in await session.execute(above) if number is not None and at is not None]
    return found if known is None else [*found, (known, since)]


async def chat_ids(session: AsyncSession, subscriber_id: int) -> Sent:
    """Ids of the alerts that the chat got."""
    d = DeliveryRow
    found = await session.execute(
        select(d.message_id, d.sent_at).where(
            d.subscriber_id == subscriber_id, d.message_id.is_not(None), d.sent_at.is_not(None)
        )
    )
    return [(number, at) for number, at in found if number is not None and at is not None]


async def talk_ids(session: AsyncSession, subscriber_id: int) -> list[int]:
    """Ids of the chat's conversation with the bot: none of them may be taken for an alert, and overwritten."""
    found = await session.scalars(
        select(ChatMessageRow.message_id).where(ChatMessageRow.subscriber_id == subscriber_id)
    )
    return list(found)
