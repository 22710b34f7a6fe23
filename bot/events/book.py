"""Events in memory: for judging a file of items, where no database keeps them."""

from __future__ import annotations

from collections import Counter

from bot.events.cluster import Candidate, Kind, decide, keys
from bot.events.report import Report


class Book:
    """Places reports one after another, as the service does, and names each event after its first item."""

    def __init__(self) -> None:
        self._events: dict[str, Candidate] = {}
        self._by_key: dict[str, set[str]] = {}
        self._names: Counter[str] = Counter()

    def place(self, report: Report) -> str:
        """The event of a report: a known one, or a new one."""
        found = keys(report.description)
        near = {event for key in found for event in self._by_key.get(key, ())}
        verdict = decide(report, (self._events[event] for event in sorted(near)), document_frequency=self._names)
        if verdict.kind is Kind.SAME and verdict.event is not None:
            event = verdict.event
            self._events[event] = self._events[event].joined(report)
        else:
            event = f"event {report.item}"
            self._events[event] = Candidate(event, (report,))
            self._names.update({person.key for person in report.description.people})
        for key in found:
            self._by_key.setdefault(key, set()).add(event)
        return event
