"""Whose turn it is, and for what: the decision about one waiting delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery import when
from bot.delivery.outbox import FINAL, Act, transition
from bot.store.deliveries import State
from bot.store.waiting import Earlier, Waiting

SOON = timedelta(seconds=5)
"""How long an edit waits for a message that another sender has in hand."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message of its own; `reply_to` is the message id of the alert that it follows."""

    late: bool = False
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """The message of an earlier delivery says something new."""

    delivery_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Gather:
    """A line of one message, together with whatever else waits like this for the chat."""

    fold: when.Fold


@dataclass(frozen=True, slots=True)
class Ask:
    """The question whether a message in doubt arrived as `message_id`; `launched` and `late` are its own."""

    message_id: int
    launched: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime
    fold: str | None


@dataclass(frozen=True, slots=True)
class After:
    """Another delivery of this chat goes first: the message that this one edits or answers."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class Drop:
    """No request is needed: it ends, and `why` is kept."""

    act: Act
    why: str | None

    @property
    def state(self) -> State:
        return transition(State.PENDING, self.act)


Turn = Send | Edit | Gather | Wait | After | Drop


def decide(row: Waiting, before: Earlier | None, now: datetime) -> Turn:
    """What to do with a waiting delivery. `before` is the delivery that it edits or answers, if there is one."""
    age = now - row.created_at
    if row.cancelled:
        return Drop(Act.EXPIRE, "cancelled")
    if age > when.TOO_OLD:
        return Drop(Act.EXPIRE, "too old")
    if row.edits is not None:
        return _edit(row, before, now)
    hold = when.hold(wishes(row), row.topics, row.fold, now)
    if hold is not None:
        return Wait(hold.until, hold.fold)
    if age > when.STALE:
        return Gather(when.Fold(row.fold) if row.fold else when.Fold.LATE)
    if row.fold is not None:
        return Gather(when.Fold(row.fold))
    if before is not None and before.state is State.PENDING:
        return After(before.id)
    return Send(age > when.LATE, message_of(before))


def first_of(earlier: Iterable[Earlier | None]) -> Earlier | None:
    """The first of several deliveries that is a message to be edited or answered, or waits to be one.

    Where there is none, the first that was there at all tells why.
    """
    there = [each for each in earlier if each is not None]
    usable = (each for each in there if each.state is State.PENDING or message_of(each) is not None)
    return next(usable, there[0] if there else None)


def _edit(row: Waiting, before: Earlier | None, now: datetime) -> Turn:
    if before is None or now - row.created_at > when.EDITABLE:
        return Drop(Act.EXPIRE, "nothing to edit")
    if before.state is State.PENDING:
        return After(before.id)
    if before.state not in FINAL:
        return Wait(max(before.not_before or now, now) + SOON, row.fold)
    if before.state is State.SENT and (before.shown or 0) >= row.alert_id:
        return Drop(Act.ACCEPT, None)
    message = message_of(before)
    return Drop(Act.EXPIRE, "nothing to edit") if message is None else Edit(before.id, message)


def message_of(before: Earlier | None) -> int | None:
    """The message of an earlier delivery; a line of a gathered message is none."""
    return before.message_id if before is not None and before.state is State.SENT and before.fold is None else None


def wishes(row: Waiting) -> when.Wishes:
    return when.Wishes(
        row.time_zone,
        row.quiet_from,
        row.quiet_to,
        row.quiet_unless_urgent,
        row.digest_at,
        row.paused_until,
        row.discreet,
        row.delete_after_hours,
    )
