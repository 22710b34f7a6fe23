"""When each reader wants it: quiet hours, digests, pauses, lateness, deletion. Local hours are minutes after midnight.

A moment that the clock skips (the hour that summer time takes) counts as come when the clock has passed it; a moment
that comes twice counts the first time for a digest, both times for the end of quiet hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import URGENT

LATE = timedelta(hours=6)
"""An alert older than this when its turn comes is marked as late."""
STALE = timedelta(hours=24)
"""An alert older than this becomes a line in a gathered message."""
TOO_OLD = timedelta(days=14)
"""An alert older than this is news to nobody. A week's pause ends well before."""
EDITABLE = timedelta(hours=48)
"""Messages are edited for this long (issue of one event, one alert)."""
DISCREET_HOURS = 24
MOST_HOURS = 47
"""A bot may delete its messages for 48 h (core.telegram.org/bots/api#deletemessage); an hour is left for trouble."""
URGENT_MASK = sum(topic.bit for topic in URGENT)


class Fold(StrEnum):
    """Why a delivery goes out as a line of a gathered message."""

    QUIET = "quiet"
    DIGEST = "digest"
    PAUSE = "pause"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Wishes:
    """A reader's hours, as the subscriber row has them."""

    time_zone: str = "UTC"
    quiet_from: int | None = None
    quiet_to: int | None = None
    quiet_unless_urgent: bool = True
    digest_at: tuple[int, ...] = ()
    paused_until: datetime | None = None
    discreet: bool = False
    delete_after_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait until then; `fold` says as what."""

    until: datetime
    fold: Fold | None = None


def hold(wishes: Wishes, topics: int, fold: str | None, now: datetime) -> Hold | None:
    """Whether an alert waits, and until when. `fold` is why it waited before: a digest whose hour came goes out.

    A pause comes before a digest, a digest before quiet hours: a digest's hour was chosen, also inside of them.
    """
    if wishes.paused_until is not None and wishes.paused_until > now:
        return Hold(wishes.paused_until, Fold.PAUSE)
    if wishes.digest_at:
        return None if fold == Fold.DIGEST else Hold(next_digest(wishes, now), Fold.DIGEST)
    if wishes.quiet_unless_urgent and topics & URGENT_MASK:
        return None
    return Hold(quiet_end(wishes, now), Fold.QUIET) if is_quiet(wishes, now) else None


def is_quiet(wishes: Wishes, now: datetime) -> bool:
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return False
    local = now.astimezone(zone(wishes.time_zone))
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def quiet_end(wishes: Wishes, now: datetime) -> datetime:
    """The next moment at which quiet hours end, in UTC."""
    assert wishes.quiet_to is not None
    return min(moment for moment in _moments(wishes.quiet_to, wishes.time_zone, now, twice=True) if moment > now)


def next_digest(wishes: Wishes, now: datetime) -> datetime:
    """The next of the chosen hours, in UTC."""
    moments = (m for minute in wishes.digest_at for m in _moments(minute, wishes.time_zone, now, twice=False))
    return min(moment for moment in moments if moment > now)


def delete_at(wishes: Wishes, sent: datetime) -> datetime | None:
    """When a message sent now is to be deleted: after the chosen hours, a day in discreet mode, 47 h at most."""
    hours = wishes.delete_after_hours or (DISCREET_HOURS if wishes.discreet else None)
    return None if hours is None else sent + timedelta(hours=min(hours, MOST_HOURS))


def zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _moments(minute: int, name: str, now: datetime, *, twice: bool) -> Iterator[datetime]:
    """When the local clock shows `minute`, from the day before `now` to three days after: a zone may skip a day."""
    where = zone(name)
    today = now.astimezone(where).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for days in range(-1, 4):
        wall = today + timedelta(days=days, minutes=minute)
        for fold in (0, 1) if twice else (0,):
            yield _first(wall, where, fold)


def _first(wall: datetime, where: ZoneInfo, fold: int) -> datetime:
    """The moment at which the local clock shows `wall`, or has just skipped it."""
    moment = wall.replace(tzinfo=where, fold=fold).astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) == wall:
        return moment
    # The clock skips `wall`. By the old offset it would come after the jump, by the new one before it: halve.
    before = min(wall.replace(tzinfo=where, fold=f).astimezone(UTC) for f in (0, 1))
    after = max(wall.replace(tzinfo=where, fold=f).astimezone(UTC) for f in (0, 1))
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(where).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
