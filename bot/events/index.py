"""Under which keys a store keeps an event, so that items find it."""

from __future__ import annotations

from bot.events.cluster import keys
from bot.model import Description

NAME = "n:"
"""What `cluster.keys` begins the key of a person with."""
WHOLE = "p:"


def whole_names(description: Description) -> frozenset[str]:
    """Keys of whole names, by which it is counted in how many events a name occurs."""
    return frozenset(f"{WHOLE}{person.key}" for person in description.people)


def index_keys(description: Description) -> frozenset[str]:
    """Every key of a description: those by which candidates are found, and those of whole names."""
    return keys(description) | whole_names(description)
