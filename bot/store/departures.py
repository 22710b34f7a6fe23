"""What deliveries teach about a chat: it left, it became a supergroup, its topic is gone. And what a crash left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.store.crypto import Keyring
from bot.store.deliveries import State
from bot.store.subscribers import rename
from bot.store.tables import DeliveryRow, FollowRow, SubscriberCountryRow, SubscriberRow

IN_DOUBT = "in doubt after a crash: a digest is not sent twice"


@dataclass(frozen=True, slots=True)
class Due:
    """A message that its chat no longer wants to keep."""

    subscriber_id: int
    chat: bytes
    message_id: int


async def end(session: AsyncSession, subscriber_id: int) -> None:
    """The chat is gone: erase its row, and with it whatever hangs on it."""
    await session.execute(delete(SubscriberRow).where(SubscriberRow.id == subscriber_id))


async def move(session: AsyncSession, keyring: Keyring, subscriber_id: int, old_id: int, new_id: int) -> None:
    """A group became the supergroup `new_id`. Where both are subscribed, the old one's deliveries and follows join.

    Message ids begin anew there, so that nothing sent before can be edited, answered or deleted.
    """
    mine = DeliveryRow.subscriber_id == subscriber_id
    await _change(session, update(DeliveryRow).where(mine).values(message_id=None, delete_at=None))
    twin = await session.scalar(
        select(SubscriberRow.id).where(
            SubscriberRow.chat.in_(keyring.candidates(new_id)), SubscriberRow.id != subscriber_id
        )
    )
    if twin is not None:
        await _join(session, subscriber_id, twin)
    await rename(session, keyring, old_id, new_id)


async def _join(session: AsyncSession, old: int, new: int) -> None:
    theirs = aliased(DeliveryRow)
    twice = exists().where(theirs.alert_id == DeliveryRow.alert_id, theirs.subscriber_id == new)
    await _change(
        session,
        update(DeliveryRow).where(DeliveryRow.subscriber_id == old, ~twice).values(subscriber_id=new),
    )
    for table, column in ((FollowRow, FollowRow.follow), (SubscriberCountryRow, SubscriberCountryRow.country)):
        had = select(column).where(table.subscriber_id == new).scalar_subquery()
        await _change(
            session,
            update(table).where(table.subscriber_id == old, column.not_in(had)).values(subscriber_id=new),
        )
    gone = await session.get_one(SubscriberRow, old)
    kept = await session.get_one(SubscriberRow, new)
    kept.topics |= gone.topics
    kept.every_country |= gone.every_country
    await session.flush()


async def leave_topic(session: AsyncSession, subscriber_id: int) -> None:
    """The forum topic is closed or deleted: write in the general one from now on."""
    await _change(session, update(SubscriberRow).where(SubscriberRow.id == subscriber_id).values(thread_id=None))


async def recover(
    session: AsyncSession, now: datetime, *, everything: bool, but: Collection[int] = ()
) -> tuple[int, int]:
    """Take up what a dead sender left: (rows that wait again, rows given up).

    `everything`: no other sender lives, so that no lease counts. What was in flight is sent again, because a rare
    duplicate beats a lost warning; a line of a digest is not. `but`: deliveries that Telegram is asked about first.
    """
    lapsed: list[Any] = [DeliveryRow.id.not_in(but)] if but else []
    if not everything:
        lapsed.append(DeliveryRow.lease_until <= now)
    leased = text("deliveries.state IN ('claimed', 'in_flight')")
    digest = DeliveryRow.fold == "digest"
    given_up = await _change(
        session,
        update(DeliveryRow)
        .where(leased, DeliveryRow.state == State.IN_FLIGHT, digest, *lapsed)
        .values(state=State.FAILED, lease_until=None, error=IN_DOUBT),
    )
    again = await _change(
        session, update(DeliveryRow).where(leased, *lapsed).values(state=State.PENDING, lease_until=None)
    )
    return again, given_up


async def due_deletions(session: AsyncSession, now: datetime, limit: int) -> list[Due]:
    """Messages whose chats want them gone by now; of each chat one at a time."""
    found = await session.execute(
        select(DeliveryRow.subscriber_id, SubscriberRow.chat, DeliveryRow.message_id)
        .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(
            text("deliveries.delete_at IS NOT NULL"),
            DeliveryRow.delete_at <= now,
            DeliveryRow.message_id.is_not(None),
        )
        .order_by(DeliveryRow.delete_at)
        .limit(limit)
    )
    return list({chat: Due(chat, sealed, message) for chat, sealed, message in found if message is not None}.values())


async def forget_message(session: AsyncSession, subscriber_id: int, message_id: int) -> None:
    """The message is gone from the chat: nothing can edit it or answer it."""
    mine = (DeliveryRow.subscriber_id == subscriber_id, DeliveryRow.message_id == message_id)
    await _change(session, update(DeliveryRow).where(*mine).values(message_id=None, delete_at=None))


async def later_deletion(session: AsyncSession, subscriber_id: int, message_id: int, at: datetime) -> None:
    mine = (DeliveryRow.subscriber_id == subscriber_id, DeliveryRow.message_id == message_id)
    await _change(session, update(DeliveryRow).where(*mine).values(delete_at=at))


async def _change(session: AsyncSession, statement: Any) -> int:
    outcome = await session.execute(statement.execution_options(synchronize_session=False))
    return outcome.rowcount  # type: ignore[attr-defined, no-any-return]
