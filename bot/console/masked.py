"""Addresses as anybody may see them: some publishers put a key into a feed's query, and some people a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HIDDEN = "…"
_ADDRESS = re.compile(r"(?i)\b(?:https?|socks[45]h?|ftp)://[^\s<>\"“”«»]+")
_TAIL = ".,;:!?)]}'’"
"""What ends a sentence, not an address."""


def masked(url: str) -> str:
    """The address without user and password, the values of its query, and its fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    query = "&".join(_field(field) for field in parts.query.split("&") if field)
    user, at, host = parts.netloc.rpartition("@")
    place = f"{HIDDEN}@{host}" if at and user else host
    return f"{parts.scheme}://{place}{parts.path}" + (f"?{query}" if query else "")


def _field(field: str) -> str:
    """A field of a query by its name; what has no name is a value."""
    name, equals, _ = field.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN


def masked_in(text: str) -> str:
    """A line of text with every address in it masked."""
    return _ADDRESS.sub(_masked_match, text)


def _masked_match(found: re.Match[str]) -> str:
    address = found.group().rstrip(_TAIL)
    return masked(address) + found.group()[len(address) :]


def place_of(url: str) -> str:
    """Host and path alone, as a metric's label: www.example.org/rss."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    return parts.netloc.rpartition("@")[2] + parts.path
