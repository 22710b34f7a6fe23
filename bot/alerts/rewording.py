"""Whether an edit of an item is its editor's, or another person's story under the address of the first. Pure.

A page that is kept up all day, or a careless outlet, keeps guid and address while its headline goes over to somebody
else. Told as an edit, the second person would be hidden in a message that nobody opens again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.alerts.decide import Decision, Kind
from bot.alerts.naming import named_by, shows
from bot.events.describe import terms
from bot.language.names.lists import given_names
from bot.language.skeleton import family, fold, key_of, same_person, skeleton
from bot.model import Description, Person, Status

SHORTEST_MISSPELT = 5
"""Letters of a skeleton from which one that is wrong, missing or misplaced is a slip: Ким and Цим are two."""

OUTCOMES = frozenset(Status) - {Status.UNKNOWN, Status.DETAINED, Status.EXTRADITION_SOUGHT}
"""What an edit may wake people for: what became of somebody. That a demand stands behind an arrest is as often only
another wording of it."""
KEPT = 0.5
"""Of Dice's coefficient: a headline that keeps fewer of its words is another headline."""


@dataclass(frozen=True, slots=True)
class Version:
    """An item as it read at one time. `found` is what it is about then, whether a rule asked for that or not."""

    title: str
    summary: str
    found: Description


def is_another_story(before: Version, after: Version, known: Iterable[str] = ()) -> bool:
    """Whether an item tells of others than it did: both versions are about somebody, and of these nobody is the same.

    `known` are the names of all whom its event names by other reports: they were told of. Who is only written in the
    other version, and not found there as a name, is held to be the same: an editor moves names and words about.
    """
    were, are = named_by(before.title, before.found), named_by(after.title, after.found)
    if not were or not are:
        return False
    told = (*(person.name for person in before.found.people), *known)
    if any(is_spelling(name, other) for name in are for other in told):
        return False
    kept = any(_is_written(name, after.title, after.found) for name in were)
    return not kept and not any(_is_written(name, f"{before.title}\n{before.summary}", before.found) for name in are)


def newcomers(before: Version, after: Version, known: Iterable[str] = ()) -> tuple[Person, ...]:
    """Whom only the later version names; `known` as in `is_another_story`."""
    told = (*(person.name for person in before.found.people), *known)
    return tuple(person for person in after.found.people if not any(is_spelling(person.name, name) for name in told))


def is_news(before: Version, after: Version) -> bool:
    """Whether what the later version says is as new as the edit: it names somebody more, or has another headline."""
    one, other = terms(before.title), terms(after.title)
    return bool(newcomers(before, after)) or 2 * len(one & other) < KEPT * (len(one) + len(other))


def is_to_be_told(decision: Decision, status: Status) -> bool:
    """Whether an edit is more than one: nobody was told of the event yet, or it says what became of somebody."""
    return decision.kind is Kind.NEW or (decision.kind is Kind.UPDATE and status in OUTCOMES)


def is_spelling(one: str, other: str) -> bool:
    """Whether two names may be one person's: as their keys say, or turned about, or with a slip in a word.

    A surname that two share, each with a known given name of their own, is a couple's.
    """
    if same_person(key_of(one), key_of(other)):
        return True
    fewer, more = sorted((_words(one), _words(other)), key=len)
    return bool(fewer) and all(any(_is_slip(word, known) for known in more) for word in fewer)


def _is_written(name: str, text: str, found: Description) -> bool:
    surname = family(key_of(name))
    return shows(text, name) and all(family(person.key) != surname for person in found.people)


def _words(name: str) -> list[str]:
    """The words of a name but for initials."""
    return [word for word in name.split() if len(word.rstrip(".")) > 1 and not word.endswith(".")]


def _is_slip(word: str, other: str) -> bool:
    one, two = skeleton(word), skeleton(other)
    if one == two:
        return True
    if {fold(word), fold(other)} <= given_names():
        return False
    return min(len(one), len(two)) >= SHORTEST_MISSPELT and _one_slip(one, two)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter is changed, left out or added, or two have changed places."""
    pairs = zip(one, other, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    rest, its_rest = one[same:], other[same:]
    turned = rest[:2] == its_rest[:2][::-1] and rest[2:] == its_rest[2:]
    return rest[1:] in (its_rest, its_rest[1:]) or rest == its_rest[1:] or turned
