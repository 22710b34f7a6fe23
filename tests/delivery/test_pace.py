"""The pace: no opening burst, one message a second a chat, twenty a minute a group."""

from __future__ import annotations

import itertools
import math
import random

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pace import MINUTE, Pace, Rates


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def sent_with(pace: Pace, hand: Hand, wakes: list[float], chats: int = 10**6) -> list[float]:
    """Wake after each of these seconds, and send as much as is allowed; when each message went."""
    sent: list[float] = []
    chat = 0
    for seconds in wakes:
        hand.at += seconds
        while pace.overall_ready() <= hand.at and len(sent) < 5000:
            chat = (chat + 1) % chats
            pace.spend(chat, False)
            pace.landed(chat)
            sent.append(hand.at)
    return sent


def test_there_is_no_opening_burst() -> None:
    hand = Hand()
    assert len(sent_with(Pace(Rates(), hand), hand, [0.0, 0.001, 0.001])) <= 1


def test_no_second_sees_more_arrivals_than_the_limit_however_late_some_are() -> None:
    chance, hand = random.Random(1), Hand()
    pace = Pace(Rates(), hand)
    under_way: list[tuple[float, float, int]] = []
    arrived = []
    for chat in range(3000):
        while pace.overall_ready() > hand.at:
            hand.at += 0.002
            for entry in [entry for entry in under_way if entry[1] <= hand.at]:
                pace.landed(entry[2])
                under_way.remove(entry)
        pace.spend(chat, False)
        stall = chance.choice([0.0] * 30 + [0.05, 0.1])
        arrival = hand.at + 0.02 + stall
        arrived.append(arrival)
        under_way.append((hand.at, arrival + 0.02, chat))
    arrived.sort()
    for first, last in zip(arrived, arrived[30:], strict=False):
        assert last - first >= 0.998
    assert 3000 / (arrived[-1] - arrived[0]) >= 0.97 * 28


def test_answers_that_come_late_do_not_slow_the_rest() -> None:
    hand = Hand()
    pace = Pace(Rates(), hand)
    sent = 0
    while hand.at < 160:
        if pace.overall_ready() <= hand.at:
            pace.spend(sent, False)
            sent += 1
        hand.at += 0.002
    assert sent >= 0.97 * 28 * 60


def test_idleness_is_not_saved_up() -> None:
    hand = Hand()
    pace = Pace(Rates(), hand)
    hand.at += 3600
    assert len(sent_with(pace, hand, [0.0])) <= 2


def test_late_wakes_are_made_good() -> None:
    hand = Hand()
    sent = sent_with(Pace(Rates(), hand), hand, [0.05] * 200)
    assert len(sent) >= 0.97 * 28 * 10


@given(wakes=st.lists(st.floats(0, 2), max_size=200), rate=st.sampled_from([1.0, 28.0, 1000.0]))
def test_no_second_holds_more_than_its_rate(wakes: list[float], rate: float) -> None:
    hand = Hand()
    sent = sent_with(Pace(Rates(overall=rate), hand), hand, wakes)
    for start in set(sent):
        within = sum(start <= moment < start + 1 for moment in sent)
        assert within <= math.floor(1.03 * rate) + 1


@given(wakes=st.lists(st.floats(0, 10), max_size=150))
def test_a_group_gets_at_most_twenty_in_any_minute(wakes: list[float]) -> None:
    hand = Hand()
    pace = Pace(Rates(), hand)
    sent = []
    for seconds in wakes:
        hand.at += seconds
        if pace.chat_ready(7, True) <= hand.at:
            pace.spend(7, True)
            sent.append(hand.at)
    for start in sent:
        assert sum(start <= moment < start + MINUTE for moment in sent) <= 20
    assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(sent))


def test_one_chats_wait_delays_no_other() -> None:
    hand = Hand()
    pace = Pace(Rates(overall=math.inf), hand)
    pace.spend(1, False)
    pace.park(2, 43_200)
    assert pace.chat_ready(1, False) == hand.at + 1
    assert pace.parked_for(2) == 43_200
    assert pace.chat_ready(3, False) <= hand.at


def test_a_park_of_all_stops_everything_and_ends() -> None:
    hand = Hand()
    pace = Pace(Rates(overall=math.inf), hand)
    pace.park_all(30)
    assert pace.overall_ready() == hand.at + 30
    hand.at += 30
    assert pace.all_parked_for() == 0


def test_silent_chats_are_forgotten() -> None:
    hand = Hand()
    pace = Pace(Rates(overall=math.inf), hand)
    for chat in range(20_000):
        pace.spend(chat, True)
        hand.at += 0.1
    assert len(pace._chats) < 6000
