"""What an event becomes when moderators merge, split or overrule: decisions without a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.errors import UserMistake
from bot.events.status import advance, overrule
from bot.model import Description, Status
from bot.store.events import EventChange


class UnknownEvent(UserMistake):
    """There is no event with that number; /events shows the latest."""


class UnknownItem(UserMistake):
    """There is no item with that number in an event; /events and the event's number shows its items."""


class UnknownAlert(UserMistake):
    """There is no alert with that number; /events and the event's number shows its alerts."""


class OneItem(UserMistake):
    """The event has this one item alone: there is nothing to split."""


class SameEvent(UserMistake):
    """That takes two different events."""


class Merged(UserMistake):
    """That event was merged into another one, `into`."""

    def __init__(self, into: int) -> None:
        super().__init__()
        self.into = into


class NotAStatus(UserMistake):
    """That is not a status; /events help names them."""


class NotAName(UserMistake):
    """That is no name; write it as outlets do: /events official Ivan Petrov"""


class NotListed(UserMistake):
    """Nobody of that name is on the list; /events officials shows it."""


def whole(descriptions: Iterable[Description]) -> EventChange:
    """What the items of an event, the first first, make of it."""
    change = EventChange(Status.UNKNOWN, (), (), ())
    for found in descriptions:
        change = EventChange(
            advance(change.status, found.status),
            tuple(dict.fromkeys((*change.topics, *found.topics))),
            tuple(dict.fromkeys((*change.countries, *found.countries))),
            tuple({person.key: person for person in (*found.people, *change.people)}.values()),
        )
    return change


def merged(kept: Status, gone: Status, descriptions: Iterable[Description]) -> EventChange:
    """Two events as one: the case stands where the further of the two stood, whoever said so."""
    return replace(whole(descriptions), status=advance(kept, gone))


def without(item: int, status: Status, filed: Sequence[tuple[int, Description]]) -> tuple[EventChange, EventChange]:
    """An event after it lost an item, and the new event of that item.

    The status that stood there stays, unless the item may have been what brought it. Raises OneItem.
    """
    rest = [found for number, found in filed if number != item]
    taken = [found for number, found in filed if number == item]
    if not rest:
        raise OneItem
    left = whole(rest)
    brought = taken[0].status is status
    return (left if brought else replace(left, status=status)), whole(taken)


def decided(old: Status, words: str, names: Iterable[tuple[str, Status]]) -> Status:
    """The status that a moderator names, by its value or in the words that are shown. Raises NotAStatus."""
    wanted = " ".join(words.casefold().replace("_", " ").split())
    for name, status in names:
        if wanted and wanted in (name.casefold(), status.value.replace("_", " ")):
            return overrule(old, status)
    raise NotAStatus
