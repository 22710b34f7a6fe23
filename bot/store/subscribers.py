"""Chats that subscribed, and what they chose. Chat ids go in and out as numbers and lie at rest as ciphertext.

Nothing here lists subscribers: every question but `count_about` is about one chat whose id the asker knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Insert, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import ALL_TOPICS
from bot.store.crypto import Keyring
from bot.store.session import BUSY_MILLISECONDS, Store
from bot.store.tables import ChatMessageRow, DeliveryRow, SubscriberCountryRow, SubscriberRow

DELETABLE = timedelta(hours=48)
"""A bot may delete its messages for this long (core.telegram.org/bots/api#deletemessage)."""
DAY_MINUTES = 24 * 60
CHECKPOINT_MILLISECONDS = 200


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What a chat chose. `topics` is a mask of Topic bits; `countries` counts only without `every_country`.

    `quiet_from`, `quiet_to` and `digest_at` are minutes after midnight in `time_zone` (0 to 1439); quiet hours
    may pass midnight; no `digest_at` means at once. `thread_id` is the forum topic to write in.
    """

    language: str
    kind: str = "private"
    thread_id: int | None = None
    topics: int = ALL_TOPICS
    countries: frozenset[str] = frozenset()
    every_country: bool = True
    jurisdictions: tuple[str, ...] = ("RU", "BY")
    discreet: bool = False
    time_zone: str = "UTC"
    quiet_from: int | None = None
    quiet_to: int | None = None
    quiet_unless_urgent: bool = True
    digest_at: tuple[int, ...] = ()
    delete_after_hours: int | None = None
    paused_until: datetime | None = None
    id: int = field(default=0, compare=False)


async def find(session: AsyncSession, keyring: Keyring, chat_id: int) -> Subscriber | None:
    row = await _row(session, keyring, chat_id)
    if row is None:
        return None
    countries = await session.scalars(
        select(SubscriberCountryRow.country).where(SubscriberCountryRow.subscriber_id == row.id)
    )
    return Subscriber(
        language=row.language,
        kind=row.kind,
        thread_id=row.thread_id,
        topics=row.topics,
        countries=frozenset(countries),
        every_country=row.every_country,
        jurisdictions=tuple(row.jurisdictions),
        discreet=row.discreet,
        time_zone=row.time_zone,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        quiet_unless_urgent=row.quiet_unless_urgent,
        digest_at=tuple(row.digest_at),
        delete_after_hours=row.delete_after_hours,
        paused_until=row.paused_until,
        id=row.id,
    )


async def subscribe(session: AsyncSession, keyring: Keyring, chat_id: int, chosen: Subscriber, now: datetime) -> bool:
    """Make a subscription with these choices; False, and nothing changed, where the chat has one."""
    if await _row(session, keyring, chat_id) is not None:
        return False
    values = _columns(chosen) | {"chat": keyring.seal_chat(chat_id), "since_month": f"{now.astimezone(UTC):%Y-%m}"}
    new_id = await session.scalar(_insert(session, SubscriberRow, values).returning(SubscriberRow.id))
    if new_id is None:
        return False
    await _save_countries(session, new_id, chosen.countries)
    return True


async def save(session: AsyncSession, chosen: Subscriber) -> None:
    """Keep what the chat chose. `chosen` comes from `find` in the same transaction."""
    await session.execute(update(SubscriberRow).where(SubscriberRow.id == chosen.id).values(**_columns(chosen)))
    await _save_countries(session, chosen.id, chosen.countries)


async def rename(session: AsyncSession, keyring: Keyring, old_id: int, new_id: int) -> bool:
    """A group became the supergroup `new_id`. Where that one is subscribed too, its choices stay and the old go.

    True if the old chat was subscribed.
    """
    old = await _row(session, keyring, old_id)
    if old is None:
        return False
    if await _row(session, keyring, new_id) is not None:
        await _erase_row(session, old.id)
        return True
    # Message ids begin anew in a supergroup: the old ones would name strangers' messages.
    await session.execute(delete(ChatMessageRow).where(ChatMessageRow.subscriber_id == old.id))
    await session.execute(
        update(SubscriberRow)
        .where(SubscriberRow.id == old.id)
        .values(chat=keyring.seal_chat(new_id), kind="supergroup", thread_id=None)
    )
    return True


async def erase(session: AsyncSession, keyring: Keyring, chat_id: int) -> bool:
    """Remove a chat and all that hangs on it: countries, follows, deliveries, message ids. True if it was there."""
    row = await _row(session, keyring, chat_id)
    if row is None:
        return False
    await _erase_row(session, row.id)
    return True


async def forget_pages(store: Store) -> None:
    """Empty SQLite's write-ahead log, in which an erased row would stay readable until it is written over.

    To be called after the transaction that erased. Readers at work may keep it from finishing: the next call,
    or SQLite itself, does the rest. PostgreSQL's log is the operator's (docs/privacy.md).
    """
    if not store.is_sqlite:
        return
    # No statement of SQLAlchemy's own: that would begin a transaction, and inside one there is no checkpoint.
    async with store.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        # While it waits for readers it keeps writers out, so it must not wait for long.
        short, usual = f"busy_timeout={CHECKPOINT_MILLISECONDS}", f"busy_timeout={BUSY_MILLISECONDS}"
        for pragma in (short, "wal_checkpoint(TRUNCATE)", usual):
            await (await driver.execute(f"PRAGMA {pragma}")).close()


async def note_messages(session: AsyncSession, subscriber_id: int, message_ids: Sequence[int], now: datetime) -> None:
    """Keep the ids of a conversation's messages until they are deleted or can no longer be."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for message_id in message_ids:
        values = {"subscriber_id": subscriber_id, "message_id": message_id, "hour": hour}
        await session.execute(_insert(session, ChatMessageRow, values))


async def deletable_messages(session: AsyncSession, subscriber_id: int, now: datetime) -> list[int]:
    """The ids of what the bot sent to the chat and can still delete: alerts and conversation, newest first."""
    alerts = await session.scalars(
        select(DeliveryRow.message_id).where(
            DeliveryRow.subscriber_id == subscriber_id,
            DeliveryRow.message_id.is_not(None),
            DeliveryRow.sent_at > now - DELETABLE,
        )
    )
    talk = await session.scalars(
        select(ChatMessageRow.message_id).where(
            # An hour is its beginning: what was sent at its end is younger by up to an hour.
            ChatMessageRow.subscriber_id == subscriber_id,
            ChatMessageRow.hour > now - DELETABLE - timedelta(hours=1),
        )
    )
    return sorted({message_id for message_id in (*alerts, *talk) if message_id is not None}, reverse=True)


async def due_messages(session: AsyncSession, keyring: Keyring, now: datetime) -> dict[int, list[int]]:
    """Conversation messages older than their chat wants, by chat id; what cannot be deleted any more is forgotten."""
    await session.execute(delete(ChatMessageRow).where(ChatMessageRow.hour <= now - DELETABLE - timedelta(hours=1)))
    rows = await session.execute(
        select(SubscriberRow.chat, ChatMessageRow.message_id, ChatMessageRow.hour, SubscriberRow.delete_after_hours)
        .join(SubscriberRow, SubscriberRow.id == ChatMessageRow.subscriber_id)
        .where(SubscriberRow.delete_after_hours.is_not(None))
        .order_by(ChatMessageRow.message_id)
    )
    due: dict[int, list[int]] = {}
    for sealed, message_id, hour, after in rows:
        if after is not None and hour + timedelta(hours=after) <= now:
            due.setdefault(keyring.open_chat(sealed), []).append(message_id)
    return due


async def forget_messages(session: AsyncSession, keyring: Keyring, chat_id: int, message_ids: Sequence[int]) -> None:
    row = await _row(session, keyring, chat_id)
    if row is not None:
        await session.execute(
            delete(ChatMessageRow).where(
                ChatMessageRow.subscriber_id == row.id, ChatMessageRow.message_id.in_(message_ids)
            )
        )


async def count_about(session: AsyncSession) -> int:
    """How many chats there are, rounded down to 1, 2 or 5 times a power of ten; 0 under ten.

    An exact count would tell, from one hour to the next, that somebody came or left.
    """
    count = await session.scalar(select(func.count()).select_from(SubscriberRow)) or 0
    steps = (lead * 10**power for power in range(12, 0, -1) for lead in (5, 2, 1))
    return next((step for step in steps if step <= count), 0)


async def _row(session: AsyncSession, keyring: Keyring, chat_id: int) -> SubscriberRow | None:
    found = await session.scalars(
        select(SubscriberRow)
        .where(SubscriberRow.chat.in_(keyring.candidates(chat_id)))
        .execution_options(populate_existing=True)
    )
    return found.first()


async def _erase_row(session: AsyncSession, subscriber_id: int) -> None:
    await session.execute(delete(SubscriberRow).where(SubscriberRow.id == subscriber_id))


async def _save_countries(session: AsyncSession, subscriber_id: int, countries: frozenset[str]) -> None:
    await session.execute(delete(SubscriberCountryRow).where(SubscriberCountryRow.subscriber_id == subscriber_id))
    for country in sorted(countries):
        session.add(SubscriberCountryRow(country=country, subscriber_id=subscriber_id))
    await session.flush()


def _insert(session: AsyncSession, table: Any, values: dict[str, Any]) -> Insert:
    """INSERT … ON CONFLICT DO NOTHING: two processes may meet the same chat at once."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table).values(**values).on_conflict_do_nothing()  # type: ignore[no-any-return]


def _columns(chosen: Subscriber) -> dict[str, Any]:
    return {
        "kind": chosen.kind,
        "thread_id": chosen.thread_id,
        "language": chosen.language,
        "topics": chosen.topics,
        "every_country": chosen.every_country,
        "jurisdictions": list(chosen.jurisdictions),
        "discreet": chosen.discreet,
        "time_zone": chosen.time_zone,
        "quiet_from": chosen.quiet_from,
        "quiet_to": chosen.quiet_to,
        "quiet_unless_urgent": chosen.quiet_unless_urgent,
        "digest_at": list(chosen.digest_at),
        "delete_after_hours": chosen.delete_after_hours,
        "paused_until": chosen.paused_until,
    }
