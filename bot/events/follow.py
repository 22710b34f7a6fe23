"""What became of somebody: the earlier event that a new one goes on from, however long ago it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.events.cluster import Candidate
from bot.events.likeness import COMMON_NAME
from bot.events.officials import officials
from bot.events.report import subjects
from bot.language.skeleton import same_person
from bot.model import Description

MANY = 3
"""Names beyond those shared from which a report is a list of cases (cluster.LISTED says the same)."""


def earlier_case(
    found: Description, candidates: Iterable[Candidate], document_frequency: Mapping[str, int]
) -> str | None:
    """The latest event about somebody whom the description is about; None where there is none.

    A name that is everywhere (`document_frequency`: events of the last 30 days by name key) leads nowhere, and so does
    a list of cases: it names three or more whom the earlier event does not.
    """
    mine = [key for key in subjects(found, officials()) if document_frequency.get(key, 0) < COMMON_NAME]
    about = [
        candidate for candidate in candidates for report in candidate.reports[:1] if _goes_on(mine, report.traits.about)
    ]
    return max(about, key=lambda candidate: candidate.last).event if about else None


def _goes_on(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    shared = sum(any(same_person(key, other) for other in theirs) for key in mine)
    return bool(shared) and max(len(mine), len(theirs)) - shared < MANY
