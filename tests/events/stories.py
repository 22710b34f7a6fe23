"""Reports made in one line, for tests that read as stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.events.cluster import Candidate
from bot.events.describe import describe_text
from bot.events.report import Report
from bot.model import Topic

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def report(
    title: str,
    summary: str = "",
    *,
    language: str = "en",
    topics: tuple[Topic, ...] = (Topic.DETENTION,),
    hours: float = 0,
    outlet: str = "",
    item: str = "",
) -> Report:
    """A report of an item, `hours` after Monday morning."""
    description = describe_text(title, summary, language, topics)
    return Report(item or f"{title}|{hours}", description, title, outlet, MONDAY + timedelta(hours=hours))


def event(*reports: Report, name: str = "first") -> Candidate:
    """An open event that these reports made."""
    return Candidate(name, reports)
