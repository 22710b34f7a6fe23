"""Who an alert is for: topics and countries that a chat's choices must meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model import URGENT, Status, Topic

ORDER = (
    Topic.ABDUCTION,
    Topic.EXTRADITION,
    Topic.DEPORTATION,
    Topic.DETENTION,
    Topic.RELEASE,
    Topic.WANTED,
    Topic.SURVEILLANCE,
    Topic.LAW,
)
"""The gravest first: the topic that heads a message when an item has several and its case says no more."""


@dataclass(frozen=True, slots=True)
class Audience:
    """`topics` is a mask of Topic bits. With `everywhere` no country narrows it."""

    topics: int
    countries: tuple[str, ...]
    everywhere: bool


def audience(topics: Iterable[Topic], countries: tuple[str, ...]) -> Audience:
    """Chats that chose one of the topics and one of the countries.

    Russia is the counterparty in nearly every item and no place of refuge: an item that names no other country
    (a law, a wanted list) bears on exiles everywhere, and so does one whose place nobody could find. Missing a
    reader is the worse error.
    """
    refuge = tuple(country for country in countries if country != "RU")
    return Audience(sum({topic.bit for topic in topics}), refuge, not refuge)


BY_STATUS = {
    Status.DETAINED: Topic.DETENTION,
    Status.EXTRADITION_SOUGHT: Topic.EXTRADITION,
    Status.EXTRADITION_APPROVED: Topic.EXTRADITION,
    Status.EXTRADITION_REFUSED: Topic.EXTRADITION,
    Status.HANDED_OVER: Topic.EXTRADITION,
    Status.EXPELLED: Topic.DEPORTATION,
    Status.DISAPPEARED: Topic.ABDUCTION,
    Status.RELEASED: Topic.RELEASE,
}


HANDED = frozenset(
    {
        Status.EXTRADITION_SOUGHT,
        Status.EXTRADITION_APPROVED,
        Status.EXTRADITION_REFUSED,
        Status.HANDED_OVER,
        Status.EXPELLED,
    }
)
"""What the country does where somebody is held: «Его выдали России» names the other one alone."""


def where(countries: tuple[str, ...], status: Status, told: tuple[str, ...]) -> tuple[str, ...]:
    """Where something happened: of such an outcome that names Russia alone, where the case was `told` to be before."""
    return told if told and status in HANDED and not set(countries) - {"RU"} else countries


def leading(topics: Iterable[Topic], status: Status = Status.UNKNOWN) -> Topic:
    """The topic that heads the message: the one that says where the case stands, else the gravest."""
    found = set(topics)
    told = BY_STATUS.get(status)
    return told if told in found else next(topic for topic in ORDER if topic in found)


def topic_of(status: Status, topic: Topic | None) -> Topic | None:
    """The topic that heads a message once a moderator has said where the case stands."""
    return BY_STATUS.get(status, topic)


def priority(topics: Iterable[Topic]) -> int:
    """1 for topics where minutes matter, 0 for the rest; the higher is sent first."""
    return 1 if URGENT.intersection(topics) else 0
