"""Dates of feeds: RFC 822, ISO 8601, zone names; and which of them can be true."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import struct_time

from feedparser.datetimes import _parse_date

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Older dates are a program's zero (1970, 1900) and not news: there were no feeds before."""
FUTURE = timedelta(days=1)
"""A clock or a zone may be wrong by hours; more than a day ahead is not a date of something published."""

# feedparser knows the zones of America only, and takes every other name for UTC.
_ZONES = {
    "MSK": "+0300", "MSD": "+0400", "EET": "+0200", "EEST": "+0300", "CET": "+0100", "CEST": "+0200",
    "WET": "+0000", "WEST": "+0100", "BST": "+0100", "TRT": "+0300", "SAMT": "+0400", "YEKT": "+0500",
    "KGT": "+0600", "OMST": "+0600", "KRAT": "+0700", "IRKT": "+0800", "UTC": "+0000",
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC822 = re.compile(
    r"[A-Z][a-z]{2}, (?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})"
    r" (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?P<zone>GMT|[+-](?:0\d|1[0-4])[0-5]\d)",
    re.ASCII,
)
_ZONE = re.compile(r"\b(" + "|".join(_ZONES) + r")\b\s*$", re.IGNORECASE)


def moment(text: str, now: datetime | None) -> datetime | None:
    """The date that a feed gives, in UTC; None where it cannot be read or cannot be true.

    A date without a zone is taken for UTC. `now` is the time of the poll; without it the future is not judged.
    """
    text = text.strip()[:100]
    found = _rfc822(text)
    if found is None:
        text = _ZONE.sub(lambda zone: _ZONES[zone[1].upper()], text)
        found = _iso(text) or _loose(text)
    if found is None or found < EARLIEST or (now is not None and found > now + FUTURE):
        return None
    return found


def oldest_first(moments: Sequence[datetime | None]) -> bool:
    """Whether entries of these dates stand in the order in which they came: one that is pinned to the top proves
    nothing, most neighbours have to agree."""
    dated = [moment for moment in moments if moment is not None]
    return sum((a < b) - (a > b) for a, b in pairwise(dated)) > 0


def _rfc822(text: str) -> datetime | None:
    """A date as RSS wants it, without any of the liberties that are taken with it."""
    found = _RFC822.fullmatch(text)
    if found is None or found["month"] not in _MONTHS:
        return None
    day, hour, minute, second = map(int, found.group("day", "hour", "minute", "second"))
    try:
        date = datetime(int(found["year"]), _MONTHS.index(found["month"]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    zone = found["zone"]
    if zone == "GMT":
        return date
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    return date - ahead if zone[0] == "+" else date + ahead


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _loose(text: str) -> datetime | None:
    parsed: struct_time | None = _parse_date(text)
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
