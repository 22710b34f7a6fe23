"""Several alerts in one message: a digest, what quiet hours or a pause held back, what an outage made old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.content import Content, Reader
from bot.alerts.message import LIMIT, Entity, Message, units
from bot.delivery.when import zone
from bot.locales import translation

LINE = 220
"""Characters of a headline that a line keeps."""


def gather(contents: Sequence[Content], reader: Reader, now: datetime) -> Message:
    """One message with a line for each alert; what has no room is counted. Discreet readers open a spoiler."""
    text = translation(reader.language).ngettext
    head = text("{n} alert while you were away", "{n} alerts while you were away", len(contents))
    more = text("and {n} more", "and {n} more", len(contents))
    lines = [_line(content, reader) for content in contents]
    shown = len(lines)
    while units("\n\n".join((head, *lines[:shown], more))) > LIMIT - 40:
        shown -= 1
    parts = [head.format(n=len(contents)), *lines[:shown]]
    if shown < len(lines):
        parts.append(more.format(n=len(lines) - shown))
    body = "\n\n".join(parts)
    if not reader.discreet:
        return Message(body, (Entity("bold", 0, units(parts[0])),))
    start = units(parts[0]) + 2
    return Message(body, (Entity("spoiler", start, units(body) - start),), silent=True, protect=True)


def _line(content: Content, reader: Reader) -> str:
    headline = content.told_in(reader.language).headline
    headline = headline if len(headline) <= LINE else headline[: LINE - 1] + "…"
    outlet = content.sources[0].name if content.sources else ""
    at = f"{content.published.astimezone(zone(reader.time_zone)):%d.%m %H:%M}" if content.published else ""
    told = " · ".join(part for part in (", ".join(content.countries), outlet, at) if part)
    return f"• {headline}\n{told}" if told else f"• {headline}"
