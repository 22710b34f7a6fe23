"""Which messages a delivery in doubt may have become: the candidates to ask Telegram about.

The Bot API has no idempotency key, but an edit that changes nothing is refused with a sentence of its own ("message is
not modified"), if and only if that message is in that chat, is ours, and says exactly this. So a request whose answer
is missing can be asked after, if its message id can be guessed; and there is little to guess. The ids of private chats
and basic groups come from one rising sequence of the bot's account, those of a supergroup or a channel from its own.
docs/delivery.md has the sources, and what happens if they are wrong: a question that tells nothing, and the message
is sent again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

ACCOUNT = 0
"""The sequence of private chats and basic groups; every other chat has one of its own, named by its subscriber id."""
SPARE = 4
"""Ids above the last one known that are asked about beyond those in doubt: people write to the bot, too."""
REACH = 4096
"""Ids that a window holds at most: a request lasts a minute, and at most a thousand messages a second go out."""


@dataclass(frozen=True, slots=True)
class Window:
    """The ids of one sequence that a message in doubt may have: above `after`, below `before`, none of `known`.

    `after` is the greatest id known when its request began, `before` the least one sent since the doubt began; None
    where there is none. `known` are the ids of other messages.
    """

    after: int | None
    before: int | None
    known: Collection[int]


def sequence(kind: str, subscriber_id: int) -> int:
    """Whose sequence a chat's message ids come from."""
    return ACCOUNT if kind in {"private", "group"} else subscriber_id


def free(window: Window, rivals: int) -> list[int]:
    """The ids, rising, among which those of `rivals` messages in doubt are; `window` is that of them all."""
    last = max((window.after or 0, *window.known))
    end = window.before if window.before is not None else last + rivals + SPARE + 1
    begin = max((window.after or 0) + 1, end - REACH)
    ids = [number for number in range(begin, end) if number not in window.known]
    return ids if window.after is not None else ids[-2 * (rivals + SPARE) :]


def candidates(ids: Sequence[int], window: Window, place: int) -> Iterator[int]:
    """Those of the `free` ids that a message may have, the likeliest first.

    `place` of the messages in doubt began before it. Ids are given in about the order in which requests begin, so that
    the one at its place is the likeliest, and then its neighbours.
    """
    begin = 0 if window.after is None else bisect_right(ids, window.after)
    end = len(ids) if window.before is None else bisect_left(ids, window.before)
    middle = min(max(place, begin), end - 1)
    for distance in range(end - begin):
        for index in {middle - distance: None, middle + distance: None}:
            if begin <= index < end and ids[index] not in window.known:
                yield ids[index]


def joined(windows: Iterable[Window]) -> Window:
    """The window of several messages together."""
    found = list(windows)
    afters = [window.after for window in found if window.after is not None]
    befores = [window.before for window in found if window.before is not None]
    known = frozenset[int]().union(*(window.known for window in found))
    bounded, closed = len(afters) == len(found), len(befores) == len(found)
    return Window(min(afters) if bounded else None, max(befores) if closed else None, known)


def position(sent: Iterable[tuple[int, datetime]], launched: datetime) -> int | None:
    """The greatest id that was known by then: of messages, each with the moment at which its answer came."""
    return max((number for number, at in sent if at <= launched), default=None)


class Known:
    """The last ids of the account's sequence."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self.top: int | None = None
        self._order: deque[int] = deque()

    def add(self, number: int) -> None:
        if number in self.ids:
            return
        self.ids.add(number)
        self._order.append(number)
        self.top = number if self.top is None else max(self.top, number)
        if len(self._order) > REACH:
            self.ids.discard(self._order.popleft())
