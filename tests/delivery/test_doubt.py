"""A message whose answer is missing: Telegram is asked whether it arrived, before it is sent again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.doubt import SPARE, Window, candidates, free, joined, position
from bot.delivery.errors import Proof, Verdict
from bot.delivery.inquiry import A_ROW, OPEN_ROW
from bot.delivery.judge import AGAIN, DOUBTS, Situation, answered, judge
from bot.delivery.outbox import Act
from bot.delivery.pace import Rates
from bot.delivery.parcel import Parcel
from bot.delivery.turn import Send
from bot.demo.botapi import Fault
from bot.model import Topic
from bot.store.deliveries import State
from bot.store.subscribers import note_messages
from tests.delivery.house import START, House, content
from tests.delivery.test_errors import ROW

LOST = Fault.drop_after(method="sendMessage", chat_id=1, times=1)
"""The first message to chat 1 is taken, and its answer lost."""


async def restart(house: House, rates: Rates | None = None) -> None:
    """What a new process does with what it finds."""
    async with asyncio.timeout(20):
        await (house.sender(rates) if rates else house.sender()).drain()


def questions(house: House) -> list[tuple[int, int]]:
    """(chat, message id) of each."""
    return [
        (int(r.chat_id or 0), int(r.params["message_id"]))
        for r in house.api.requests_of("editMessageText")
        if r.chat_id is not None
    ]


# Which ids


@given(
    after=st.none() | st.integers(0, 50),
    width=st.none() | st.integers(1, 40),
    known=st.frozensets(st.integers(0, 100), max_size=30),
    place=st.integers(0, 12),
    rivals=st.integers(1, 12),
)
def test_candidates_lie_in_the_window_once_each_and_none_of_it_is_left_out(
    after: int | None, width: int | None, known: frozenset[int], place: int, rivals: int
) -> None:
    before = None if width is None else (after or 0) + width
    window = Window(after, before, known)
    ids = free(window, rivals)
    found = list(candidates(ids, window, place))
    assert sorted(found) == sorted(set(found)) == [i for i in ids if i not in known]
    assert all(number > (after or 0) for number in found)
    if before is not None:
        assert all(number < before for number in found)
    if after is not None and before is not None:
        assert set(found) == set(range(after + 1, before)) - known
    if before is None:
        assert len(found) >= rivals + SPARE


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)), st.integers(0, 10**6))
def test_whatever_arrived_is_found_whoever_else_wrote_meanwhile(order: list[int], lost: set[int], seed: int) -> None:
    chance = random.Random(seed)
    number, true, known = 100, dict[int, int](), set[int]()
    for message in order:
        while chance.random() < 0.3:
            number += 1
            known |= {number} if chance.random() < 0.7 else set()
        if message not in lost:
            number += 1
            true[message] = number
    left = sorted(range(12))
    for message in sorted(range(12)):
        window = Window(100, number + 1, frozenset(known))
        asked = list(candidates(free(window, len(left)), window, left.index(message)))
        assert (true.get(message) in asked) == (message in true)
        known |= {true[message]} if message in true else set()
        left.remove(message)


def test_in_the_order_of_their_launch_every_first_guess_is_right() -> None:
    windows = [Window(10, None, ()) for _ in range(5)]
    ids = free(joined(windows), 5)
    assert [next(candidates(ids, window, place)) for place, window in enumerate(windows)] == [11, 12, 13, 14, 15]


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), max_size=20), st.integers(0, 100))
def test_the_position_at_a_launch_is_the_greatest_id_answered_by_then(sent: list[tuple[int, int]], now: int) -> None:
    moments = [(number, START + timedelta(seconds=second)) for number, second in sent]
    found = position(moments, START + timedelta(seconds=now))
    by_then = [number for number, second in sent if second <= now]
    assert found == (max(by_then) if by_then else None)


# What an answer proves


@given(st.sampled_from(Proof), st.floats(0, 50_000))
def test_only_the_one_answer_proves_an_arrival_and_none_a_loss(proof: Proof, retry_after: float) -> None:
    change = answered(Verdict(proof, "why", retry_after, -100), START)
    assert (change.state is State.SENT) == (proof is Proof.SAME)
    assert (change.act is Act.DOUBT) == (proof in {Proof.MESSAGE_GONE, Proof.NOT_SENT})
    assert (change == AGAIN) == (proof not in {Proof.SAME, Proof.MESSAGE_GONE, Proof.NOT_SENT})


@given(works=st.booleans(), outage=st.booleans(), attempts=st.integers(0, 9))
def test_a_lost_answer_leads_to_a_question_where_one_can_be_asked(works: bool, outage: bool, attempts: int) -> None:
    parcel = Parcel((replace(ROW, attempts=attempts),), Send(), (content(),), (1,))
    acts = {
        askable: judge(
            Verdict(Proof.NOTHING, "why"), parcel, Situation(outage=outage, works=works, askable=askable), START
        ).act
        for askable in (True, False)
    }
    given_up = attempts + 1 >= DOUBTS and works and not outage
    assert acts == ({True: Act.REFUSE, False: Act.REFUSE} if given_up else {True: Act.DOUBT, False: Act.HOLD})


# What comes of it


async def test_a_message_whose_answer_was_lost_is_found_and_can_be_edited_and_deleted(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1, delete_after_hours=3)
    clocked.api.fail(LOST)
    first = await clocked.publish("Kloop")
    await restart(clocked)
    await restart(clocked)
    (row,) = await clocked.deliveries()
    assert (row.state, row.message_id) == ("sent", clocked.api.chat(1).last.id)
    await clocked.publish("Kloop, VOA", kind="edit", edits=first)
    await clocked.publish("Выдан", kind="update", replies_to=first)
    await restart(clocked)
    assert clocked.texts(1) == ["Kloop, VOA", "Выдан"]
    assert clocked.api.chat(1).last.reply_to == clocked.api.chat(1).received[0].id
    clocked.clock.move(timedelta(hours=3, minutes=1))
    await restart(clocked)
    assert clocked.texts(1) == []


async def test_what_a_dead_process_had_in_flight_is_found(house: House) -> None:
    for chat in range(1, 31):
        await house.subscribe(chat)
    house.api.fail(Fault.slow(30, method="sendMessage"))
    await house.publish("Задержание")
    sender = house.sender()
    await house.step_until(sender, lambda: house.api.sent == 30)
    for task in list(sender._hand.flying):
        task.cancel()
    house.api.heal()
    assert set(await house.states()) == {"in_flight"}
    await restart(house)
    assert house.api.sent == 30
    assert set(await house.states()) == {"sent"}
    assert len(questions(house)) <= 2 * 30
    assert {row.message_id for row in await house.deliveries()} == set(range(1, 31))


@pytest.mark.parametrize(
    ("wishes", "again"),
    [({"digest_at": (13 * 60,)}, False), ({"paused_until": START + timedelta(hours=1)}, True), ({}, True)],
    ids=["a digest", "the end of a pause", "what an outage made old"],
)
async def test_of_gathered_messages_in_flight_at_a_crash_all_but_digests_are_sent_again(
    clocked: House, wishes: dict[str, Any], again: bool
) -> None:
    assert clocked.clock
    await clocked.subscribe(1, **wishes)
    for name in ("Первое", "Второе"):
        await clocked.publish(name)
    if wishes:
        await restart(clocked)
    clocked.clock.move(timedelta(hours=1, minutes=1) if wishes else timedelta(hours=25))
    clocked.api.fail(Fault.slow(30, method="sendMessage"))
    sender = clocked.sender()
    await clocked.step_until(sender, lambda: clocked.api.sent == 1)
    for task in list(sender._hand.flying):
        task.cancel()
    clocked.api.heal()
    assert set(await clocked.states()) == {"in_flight"}
    await restart(clocked)
    assert len(clocked.texts(1)) == (2 if again else 1)
    assert all("Первое" in text and "Второе" in text for text in clocked.texts(1))
    rows = await clocked.deliveries()
    assert {row.state for row in rows} == ({"sent"} if again else {"failed"})
    assert all("in doubt" in (row.error or "") for row in rows if not again)


async def test_what_never_arrived_is_sent(house: House) -> None:
    for chat in range(1, 6):
        await house.subscribe(chat)
    house.api.fail(Fault.drop_before(method="sendMessage", chat_id=3, times=1))
    await house.publish("Задержание")
    await restart(house)
    await restart(house)
    assert [house.texts(chat) for chat in range(1, 6)] == [["Задержание"]] * 5
    assert set(await house.states()) == {"sent"}


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_groups_and_channels_have_sequences_of_the_right_kind(house: House, kind: str) -> None:
    for chat in range(2, 30):
        await house.subscribe(chat)
    group = getattr(house.api, kind)("Exiles")
    await house.subscribe(group.id, kind=kind)
    for number in range(3):
        await house.publish(f"Раньше {number}")
        await restart(house)
    house.api.fail(Fault.drop_after(method="sendMessage", chat_id=group.id, times=1))
    await house.publish("Задержание")
    await restart(house)
    await restart(house)
    assert house.texts(group.id)[-2:] == ["Раньше 2", "Задержание"]
    assert set(await house.states()) == {"sent"}
    asked = [message for chat, message in questions(house) if chat == group.id]
    assert asked[-1] == group.last.id
    assert len(asked) <= SPARE


async def test_a_conversation_is_never_overwritten(house: House) -> None:
    subscriber = await house.subscribe(1)
    await house.publish("Раньше")
    await restart(house)
    said = await house.api.chat(1).says("/settings")
    menu = await house.bot.send_message(1, "Настройки")
    async with house.store.write() as session:
        await note_messages(session, subscriber, [said.id, menu.message_id], house.now())
    house.api.fail(Fault.drop_before(method="sendMessage", chat_id=1, times=1))
    await house.publish("Задержание")
    await restart(house)
    await restart(house)
    assert house.texts(1) == ["Раньше", "Настройки", "Задержание"]
    assert not {said.id, menu.message_id} & {message for _, message in questions(house)}


async def test_a_question_that_meets_another_message_of_ours_proves_nothing(house: House) -> None:
    await house.subscribe(1)
    await house.publish("Раньше")
    await restart(house)
    house.api.fail(Fault.drop_before(method="sendMessage", chat_id=1, times=1))
    await house.publish("Задержание")
    await restart(house)
    await house.bot.send_message(1, "Чего мы не знаем")
    await restart(house)
    assert len(questions(house)) == 1
    assert house.texts(1)[-1] == "Задержание"
    assert await house.states() == ["sent", "sent"]
    assert len([r for r in house.api.requests_of("sendMessage") if r.params["text"] == "Задержание"]) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault.server_error(500, method="editMessageText"),
        Fault.drop_before(method="editMessageText"),
        Fault.too_many(1, method="editMessageText"),
        Fault.bad_request("MESSAGE_ODD", method="editMessageText"),
        Fault.bad_request("not enough rights to edit", method="editMessageText"),
    ],
    ids=["500", "cut", "429", "odd", "rights"],
)
async def test_a_question_that_cannot_be_answered_ends_the_asking(clocked: House, fault: Fault) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    await clocked.subscribe(2)
    clocked.api.fail(LOST)
    clocked.api.fail(fault)
    await clocked.publish("Задержание")
    await restart(clocked)
    await restart(clocked)
    clocked.clock.move(timedelta(seconds=10))
    await restart(clocked)
    assert clocked.texts(1) == ["Задержание", "Задержание"]
    assert set(await clocked.states()) == {"sent"}
    assert len(questions(clocked)) == 1


async def test_a_block_that_a_question_meets_erases_the_chat(house: House) -> None:
    await house.subscribe(1)
    house.api.fail(LOST)
    await house.publish("Задержание")
    await restart(house)
    await house.api.chat(1).block()
    await restart(house)
    assert await house.subscribers() == []


async def test_questions_are_bounded_and_keep_the_pace(house: House) -> None:
    for chat in range(1, 101):
        await house.subscribe(chat)
    house.api.fail(Fault.drop_before(method="sendMessage", times=20))
    await house.publish("Задержание")
    await restart(house)
    assert (await house.states()).count("in_flight") == 20
    for _ in range(200):  # people write, and nobody noted it
        await house.api.chat(50).says("?")
    rates = Rates(overall=200, chat_every=0, group_per_minute=10**9)
    await restart(house, rates)
    assert set(await house.states()) == {"sent"}
    asked = questions(house)
    assert all(len([1 for c, _ in asked if c == chat]) <= A_ROW for chat in range(1, 101))
    moments = sorted(r.at for r in house.api.requests if r.method in {"editmessagetext", "sendmessage"})[100:]
    assert len(moments) - 1 <= (moments[-1] - moments[0]) * 200 * 1.03 + 10


async def test_an_urgent_alert_does_not_wait_behind_questions(house: House) -> None:
    for chat in range(1, 41):
        await house.subscribe(chat, topics=(Topic.LAW if chat <= 20 else Topic.DETENTION).bit)
    house.api.fail(Fault.drop_before(method="sendMessage", times=20))
    await house.publish("Обычное", topic=Topic.LAW, priority=1)
    await restart(house)
    await house.publish("Срочно", topic=Topic.DETENTION, priority=9)
    asked = len(house.api.requests)
    await restart(house, Rates(overall=50, chat_every=0))
    after = [r.params.get("text") for r in house.api.requests[asked:] if r.method in {"editmessagetext", "sendmessage"}]
    # On a busy machine one request may overtake another on the way.
    assert after[:22].count("Срочно") == 20
    assert set(await house.states()) == {"sent"}


async def test_one_that_is_alone_is_asked_after_a_few_times_and_then_sent(clocked: House) -> None:
    assert clocked.clock
    await clocked.subscribe(1)
    clocked.api.fail(Fault.drop_before(method="sendMessage", times=1))
    await clocked.publish("Задержание")
    sender = clocked.sender()
    await sender.drain()
    clocked.clock.move(timedelta(seconds=6))
    await sender.drain()
    assert clocked.texts(1) == ["Задержание"]
    assert 1 <= len(questions(clocked)) <= OPEN_ROW


async def test_the_clock_of_the_launch_decides_how_the_question_reads(clocked: House) -> None:
    """A message that was not late when it was launched is asked after as it was, however late it is by now."""
    assert clocked.clock
    await clocked.subscribe(1)
    clocked.api.fail(LOST)
    await clocked.publish("Задержание")
    clocked.clock.move(timedelta(hours=5, minutes=59))
    await restart(clocked)
    clocked.clock.move(timedelta(hours=3))
    await restart(clocked)
    assert clocked.texts(1) == ["Задержание"]
