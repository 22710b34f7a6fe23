"""How long a server says its answer stays new: Cache-Control, Expires and Retry-After (RFC 9110 and 9111).

No clock is needed: dates are taken relative to the answer's own Date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DIRECTIVE = re.compile(r"([a-z-]+)(?:\s*=\s*\"?(\d+))?")


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """Seconds; 0.0 where the server says "at once", None where it says nothing."""
    given = dict(_DIRECTIVE.findall(headers.get("Cache-Control", "").lower()))
    if "no-cache" in given or "no-store" in given:
        return 0.0
    if given.get("max-age"):
        age = headers.get("Age", "")
        return max(0.0, _seconds(given["max-age"]) - (_seconds(age) if age.isascii() and age.isdigit() else 0.0))
    if "Expires" in headers:
        return _until(headers["Expires"], headers.get("Date")) or 0.0
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks us to wait; None where it says nothing that can be read."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return _seconds(text)
    return _until(text, headers.get("Date")) if text else None


def _seconds(digits: str) -> float:
    return float(digits[:10])


def _until(text: str, date: str | None) -> float | None:
    """Seconds from the answer's Date to a date, never negative; None where one of them cannot be read."""
    end, start = _date(text), _date(date or "")
    return None if end is None or start is None else max(0.0, (end - start).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
