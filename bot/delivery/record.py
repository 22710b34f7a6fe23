"""Writing down what became of requests, all outcomes of a moment in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import when
from bot.delivery.judge import Change, ChatNews
from bot.delivery.outbox import Act
from bot.delivery.parcel import Parcel
from bot.delivery.turn import Ask, Edit, wishes
from bot.store import deliveries, departures, parks
from bot.store.crypto import Keyring
from bot.store.deliveries import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`message_id` where Telegram took it, else the `change` that its error means. `at` is when the answer came.

    Of a question the change alone counts: one that accepts says that the message arrived, as the id in question.
    """

    parcel: Parcel
    at: datetime
    message_id: int | None = None
    change: Change | None = None


async def record(session: AsyncSession, keyring: Keyring, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes into the outbox. Safe to repeat after a failed commit."""
    sent = [row for outcome in outcomes if _was_sent(outcome) for row in _sent_rows(outcome)]
    if sent:
        await deliveries.put_sent(session, sent)
    for outcome in outcomes:
        if isinstance(outcome.parcel.turn, Edit) and _was_sent(outcome):
            await deliveries.put_shown(session, outcome.parcel.turn.delivery_id, outcome.parcel.shows[0])
        if outcome.change is not None and outcome.change.state is not State.SENT:
            await _put(session, keyring, outcome.parcel, outcome.change)


def _was_sent(outcome: Outcome) -> bool:
    return outcome.change is None or outcome.change.state is State.SENT


def _sent_rows(outcome: Outcome) -> list[dict[str, Any]]:
    turn = outcome.parcel.turn
    message = turn.message_id if isinstance(turn, Edit | Ask) else outcome.message_id
    # A message found later is as old as its request: it can be deleted no longer than others.
    at = turn.launched if isinstance(turn, Ask) else outcome.at
    until = None if isinstance(turn, Edit) else when.delete_at(wishes(outcome.parcel.first), at)
    return [
        {"row": row.id, "message": message, "shows": shows, "at": outcome.at, "until": until}
        for row, shows in zip(outcome.parcel.rows, outcome.parcel.shows, strict=True)
    ]


async def _put(session: AsyncSession, keyring: Keyring, parcel: Parcel, change: Change) -> None:
    values: dict[str, Any] = {"error": change.error}
    if change.act is Act.DOUBT:
        await deliveries.doubt(session, parcel.ids, parcel.first.attempts + change.doubted, change.error)
        return
    if change.state is State.HELD:
        values["not_before"] = change.until
    if change.plain:
        values["plain"] = True
    if change.doubted:
        values["attempts"] = parcel.first.attempts + 1
    # A doubt may outlast its lease: what another sender has settled meanwhile stays as it is.
    only = State.IN_FLIGHT if isinstance(parcel.turn, Ask) else None
    await deliveries.put(session, parcel.ids, change.state, only=only, **values)
    await _tell_chat(session, keyring, parcel, change)


async def _tell_chat(session: AsyncSession, keyring: Keyring, parcel: Parcel, change: Change) -> None:
    match change.chat:
        case ChatNews.LEFT:
            await departures.end(session, parcel.chat)
        case ChatNews.MOVED if change.new_chat_id is not None:
            old = keyring.open_chat(parcel.first.chat)
            await departures.move(session, keyring, parcel.chat, old, change.new_chat_id)
        case ChatNews.TOPIC_GONE:
            await departures.leave_topic(session, parcel.chat)
        case ChatNews.PARKED if change.until is not None:
            await parks.park(session, parcel.chat, change.until)
        case ChatNews.ALL_PARKED if change.until is not None:
            await parks.park(session, None, change.until)
        case ChatNews.MESSAGE_GONE if isinstance(parcel.turn, Edit):
            await departures.forget_message(session, parcel.chat, parcel.turn.message_id)
        case _:
            pass
