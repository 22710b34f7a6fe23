"""What became of somebody: the earlier event that a new one goes on from, however long ago it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.events.cluster import Candidate
from bot.events.likeness import COMMON_NAME
from bot.events.officials import officials
from bot.events.report import subjects
from bot.language.skeleton import same_person
from bot.model import Description


def earlier_case(
    found: Description, candidates: Iterable[Candidate], document_frequency: Mapping[str, int]
) -> str | None:
    """The latest event about somebody whom the description is about; None where there is none.

    A name that is everywhere (`document_frequency`: events of the last 30 days by name key) leads nowhere.
    """
    mine = [key for key in subjects(found, officials()) if document_frequency.get(key, 0) < COMMON_NAME]
    about = [
        candidate
        for candidate in candidates
        for report in candidate.reports[:1]
        if any(same_person(key, other) for key in mine for other in report.traits.about)
    ]
    return max(about, key=lambda candidate: candidate.last).event if about else None
