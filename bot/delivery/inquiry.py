"""Deliveries in doubt, and the questions about them: did the message arrive whose answer is missing?

Questions keep the pace like messages and go by rank like them, so that nothing more urgent waits for one. They are few:
what no question settles is sent again. Moments are the pace's.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.doubt import ACCOUNT, Known, Window, candidates, free, joined, position, sequence
from bot.delivery.hand import Hand
from bot.delivery.judge import AGAIN
from bot.delivery.outbox import Act
from bot.delivery.pace import Pace
from bot.delivery.parcel import Parcel
from bot.delivery.record import Outcome
from bot.delivery.turn import Ask, Gather, Send
from bot.store import doubts
from bot.store.session import Store

A_ROW = 16
"""Questions about one delivery."""
OPEN_ROW = 6
"""Those of them while no id sent since is known. Then one is sent again, and closes the window for the others."""
CLOSING = 5.0
"""Seconds to wait for that."""
TOGETHER = 512
"""Questions until no delivery is in doubt any more; from then on the rest is sent again."""
MOST = 256
"""Deliveries in doubt at once; what comes on top is sent again without a question."""
LONGEST = 600.0
"""Seconds that a delivery may stay in doubt: a warning must not wait for longer."""
ALONE = 0.1
"""Seconds to wait for a message sent since, whose id bounds those to ask about."""


@dataclass(slots=True)
class Doubt:
    """A delivery in doubt. `since`: what was launched later has a greater id; `ready`: not to be asked before."""

    parcel: Parcel
    launched: datetime
    since: float
    ready: float
    after: int | None = None
    before: int | None = None
    others: set[int] = field(default_factory=set)
    asked: int = 0
    asking: bool = False
    prepared: bool = False
    held: float = -math.inf
    place: int = 0
    ids: Sequence[int] = ()

    @property
    def sequence(self) -> int:
        return sequence(self.parcel.first.kind, self.parcel.chat)

    @property
    def due(self) -> float:
        """When to ask: at once where the window is closed, or will never be."""
        if self.asking or not self.prepared:
            return math.inf
        waits = self.before is None and self.sequence == ACCOUNT
        return max(self.ready + ALONE, self.held) if waits else self.ready

    @property
    def most(self) -> int:
        """How many questions it may take."""
        return OPEN_ROW if self.before is None else A_ROW

    @property
    def window(self) -> Window:
        return Window(self.after, self.before, self.others)

    @property
    def order(self) -> tuple[datetime, tuple[int, int], int]:
        """The order in which the requests began."""
        return self.launched, self.parcel.rank, self.parcel.first.id


Lists = list[tuple[Doubt, Iterator[int]]]
"""Doubts with the ids to ask about, the likeliest first."""


class Inquiry:
    """The questions of one sender. It is told of every launch and of every outcome."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._known = Known()
        self._open: dict[int, Doubt] = {}
        self._launches: dict[int, tuple[datetime, float, int | None]] = {}
        self._asked = 0
        self._drift = 0
        self._closing_at = -math.inf

    def __len__(self) -> int:
        return len(self._open)

    def chats(self) -> set[int]:
        """Subscriber ids of chats that get nothing else until their doubt has ended."""
        return set(self._open)

    def ids(self) -> set[int]:
        """Delivery ids."""
        return {i for doubt in self._open.values() for i in doubt.parcel.ids}

    def may_ask(self, parcel: Parcel) -> bool:
        return isinstance(parcel.turn, Send) and len(self._open) < MOST

    @property
    def room(self) -> int:
        return MOST - len(self._open)

    def due(self) -> float:
        """When the next question may be asked; never, where none is open."""
        return min((doubt.due for doubt in self._open.values()), default=math.inf)

    def launched(self, parcel: Parcel, at: datetime) -> None:
        """A message begins its way; `at` is what the outbox has as the moment of its launch."""
        if isinstance(parcel.turn, Send | Gather):
            self._launches[parcel.chat] = at, self._pace.clock(), self._known.top

    def take_up(self, parcels: list[tuple[Parcel, datetime]], sent: doubts.Sent) -> None:
        """What a dead sender left in flight. `sent` are ids of the account's sequence (bot/store/doubts.py)."""
        for number, _ in sorted(sent):
            self._known.add(number)
        now = self._pace.clock()
        for parcel, launched in parcels:
            after = position(sent, launched)
            self._open[parcel.chat] = Doubt(parcel, launched, now, now, after)

    def learn(self, outcome: Outcome) -> Outcome | None:
        """What an answer says; what remains of the outcome to be written down."""
        if isinstance(outcome.parcel.turn, Ask):
            return self._answered(outcome, outcome.parcel.turn)
        launch = self._launches.pop(outcome.parcel.chat, None)
        if launch is None:
            return outcome
        at, clock, top = launch
        if outcome.message_id is not None and outcome.change is None:
            self._note(outcome.parcel, outcome.message_id, clock)
        elif outcome.change is not None and outcome.change.act is Act.DOUBT:
            now = self._pace.clock()
            until = outcome.change.until
            ready = now if until is None else now + (until - outcome.at).total_seconds()
            row = replace(outcome.parcel.first, attempts=outcome.parcel.first.attempts + outcome.change.doubted)
            parcel = replace(outcome.parcel, rows=(row,))
            self._open[parcel.chat] = Doubt(parcel, at, now, ready, top if _of_account(parcel) else None)
        return outcome

    def _answered(self, outcome: Outcome, question: Ask) -> Outcome | None:
        doubt = self._open[outcome.parcel.chat]
        doubt.asking = False
        change = outcome.change
        if change is not None and change.act is Act.DOUBT:
            if change.until is None:
                doubt.others.add(question.message_id)
            else:
                doubt.ready = self._pace.clock() + (change.until - outcome.at).total_seconds()
            return None
        if change is not None and change.act is Act.ACCEPT:
            self._note(outcome.parcel, question.message_id, -math.inf)
            # Those before it that never arrived have no ids: whatever follows is off by as many.
            self._drift = bisect_left(doubt.ids, question.message_id) - doubt.place
        else:
            # It came to nothing: a limit, an error, another message. If that goes on, asking is not worth it.
            self._asked += A_ROW
        self._close(doubt)
        return outcome

    def _note(self, parcel: Parcel, number: int, launched: float) -> None:
        """This id is a known message's, whose request began at that moment."""
        if not _of_account(parcel):
            return
        self._known.add(number)
        for doubt in self._open.values():
            if doubt.sequence == ACCOUNT and doubt.since <= launched and number > (doubt.after or 0):
                doubt.before = number if doubt.before is None else min(doubt.before, number)

    def _close(self, doubt: Doubt) -> None:
        del self._open[doubt.parcel.chat]
        if not self._open:
            self._asked = self._drift = 0

    async def go_on(self, store: Store, hand: Hand, now: datetime) -> tuple[list[Outcome], list[Parcel]]:
        """(What is to be sent again, the questions to ask now: their pace is spent)."""
        if not self._open:
            return [], []
        fresh = [doubt for doubt in self._open.values() if not doubt.prepared]
        if fresh:
            async with store.read() as session:
                for doubt in fresh:
                    await _prepare(session, doubt)
        lists = self._lists()
        ended = self._end(lists, now)
        questions: list[Parcel] = []
        while len(questions) < hand.room and self._pace.overall_ready() <= self._pace.clock():
            question = self._next(lists, hand.next_rank())
            if question is None:
                break
            questions.append(question)
        return ended, questions

    def _lists(self) -> Lists:
        """Each doubt with the ids to ask about, the most urgent first."""
        lists: Lists = []
        for of, rivals in groupby(sorted(self._open.values(), key=lambda d: (d.sequence, d.order)), _sequence):
            group = list(rivals)
            known = self._known.ids if of == ACCOUNT else frozenset[int]()
            ids = free(replace(joined(doubt.window for doubt in group), known=known), len(group))
            for place, doubt in enumerate(group):
                lists.append((doubt, candidates(ids, doubt.window, max(0, place + self._drift))))
                if not doubt.asking:
                    doubt.place, doubt.ids = place, ids
        return sorted(lists, key=lambda entry: (entry[0].parcel.rank, entry[0].order))

    def _end(self, lists: Lists, now: datetime) -> list[Outcome]:
        """Doubts about which there is nothing left to ask."""
        ended = []
        clock = self._pace.clock()
        for number, (doubt, ids) in enumerate(lists):
            if doubt.asking or (clock < doubt.due and clock < doubt.since + LONGEST):
                continue
            spent = self._asked >= TOGETHER or clock >= doubt.since + LONGEST
            if doubt.asked >= doubt.most and not spent:
                if doubt.most == OPEN_ROW and doubt.sequence == ACCOUNT and not self._may_close(clock):
                    doubt.held = self._closing_at + CLOSING
                    continue
                spent = True
            first = None if spent else next(ids, None)
            if first is None:
                ended.append(Outcome(_asking(doubt, 0), now, change=AGAIN))
                self._close(doubt)
            else:
                lists[number] = doubt, iter([first])
        return ended

    def _may_close(self, clock: float) -> bool:
        """Whether one is to be sent again now, so that its id closes the window for the others."""
        if clock < self._closing_at + CLOSING:
            return False
        self._closing_at = clock
        return True

    def _next(self, lists: Lists, rank: tuple[int, int] | None) -> Parcel | None:
        clock = self._pace.clock()
        for doubt, ids in lists:
            if rank is not None and doubt.parcel.rank > rank:
                return None
            spent = doubt.asked >= doubt.most or self._asked >= TOGETHER
            if doubt.due <= clock and doubt.parcel.chat in self._open and not spent:
                first = next(ids, None)
                if first is not None:
                    return self._question(doubt, first)
        return None

    def _question(self, doubt: Doubt, message_id: int) -> Parcel:
        self._pace.spend_question(doubt.parcel.chat)
        self._asked += 1
        doubt.asked += 1
        doubt.asking = True
        return _asking(doubt, message_id)


def _sequence(doubt: Doubt) -> int:
    return doubt.sequence


def _asking(doubt: Doubt, message_id: int) -> Parcel:
    late = isinstance(doubt.parcel.turn, Send) and doubt.parcel.turn.late
    return replace(doubt.parcel, turn=Ask(message_id, doubt.launched, late))


def _of_account(parcel: Parcel) -> bool:
    return sequence(parcel.first.kind, parcel.chat) == ACCOUNT


async def _prepare(session: AsyncSession, doubt: Doubt) -> None:
    """Learn which messages of the chat it cannot be; in a sequence of the chat's own, also where that stood."""
    doubt.others.update(await doubts.talk_ids(session, doubt.parcel.chat))
    sent = await doubts.chat_ids(session, doubt.parcel.chat)
    doubt.others.update(number for number, _ in sent)
    if doubt.sequence != ACCOUNT:
        doubt.after = position(sent, doubt.launched)
    doubt.prepared = True
