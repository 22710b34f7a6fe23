"""Whether an item becomes an alert. Pure: the time and the state of the event come in, a decision comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import Match, RuleState


class Kind(StrEnum):
    NEW = "new"
    """A new event: a message of its own."""
    UPDATE = "update"
    """The status of a known event changed: a message that replies to the first."""
    EDIT = "edit"
    """Another outlet reports a known event: its name is added to the first message, silently."""
    REVIEW = "review"
    """Only rules in the state review matched: it waits for a moderator."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    kind: Kind
    reason: str
    stale: bool = False
    """It is no news any more, to nobody."""


@dataclass(frozen=True, slots=True)
class EventView:
    """What the decision needs to know of the event an item belongs to; `known` is false for a new one."""

    known: bool = False
    status_changed: bool = False
    alerted: bool = False
    """An alert on this event was already decided."""
    alerted_at: datetime | None = None
    """When the alert was decided that a further outlet is added to."""
    new_outlet: bool = False
    """That alert does not name the outlet yet."""
    told_before: bool = False
    """Readers were told of this event, or of an earlier one of the same person."""


EDITABLE = timedelta(hours=48)
"""A message is only edited while it is this young."""


LONGEST_OUTAGE = timedelta(days=7)
"""What came earlier in an outage is stored and found, but wakes nobody: who is told of an arrest of last month takes it
for one of today, and a feed that is listed again after half a year would bring all of them at once."""


def cutoff(now: datetime, last_success: datetime | None, fresh: timedelta) -> datetime:
    """Items published before this are backlog. After an outage, what came meanwhile is still news."""
    return max(last_success or now, now - LONGEST_OUTAGE) - fresh


def decide(
    matches: tuple[Match, ...],
    published: datetime | None,
    backlog_before: datetime,
    first_poll: bool,
    event: EventView,
    now: datetime,
) -> Decision:
    """New alert, update, edit, review or nothing, with the reason for the log and for "why was there no alert?"."""
    if published is None and first_poll:
        return Decision(Kind.NONE, "undated, in the first poll's backlog", stale=True)
    if published is not None and published < backlog_before:
        return Decision(Kind.NONE, "older than the limit for alerts", stale=True)
    if not matches:
        return Decision(Kind.NONE, "no rule matched")
    # What becomes of somebody readers were told of must not wait for a moderator, however weak the rule that saw it.
    if all(match.state is not RuleState.AUTO for match in matches) and not event.told_before:
        return Decision(Kind.REVIEW, "only rules in review matched")
    return _by_event(event, now)


def _by_event(event: EventView, now: datetime) -> Decision:
    if not event.known or not event.alerted:
        return Decision(Kind.NEW, "a new event" if not event.known else "first alert on a known event")
    if event.status_changed:
        return Decision(Kind.UPDATE, "the status changed")
    if event.new_outlet and event.alerted_at is not None and now - event.alerted_at < EDITABLE:
        return Decision(Kind.EDIT, "another outlet reports it")
    return Decision(Kind.NONE, "already told")
