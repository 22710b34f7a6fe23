"""The outbox and its sender as a state machine: whatever happens in whatever order, nothing is lost."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot.alerts.message import Message
from bot.delivery.errors import Unconnected
from bot.delivery.judge import DOUBTS
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.demo.botapi.refusal import NOT_MODIFIED
from bot.store.deliveries import State
from bot.store.subscribers import erase
from tests.delivery.house import FAST, KEYRING, Clock, House, new_store, render

CHATS = (1, 2, 3)
REFUSALS: dict[str, Exception] = {
    "unconnected": Unconnected("refused"),
    "limited": RetryAfter(30),
    "bad gateway": NetworkError("Bad Gateway"),
    "odd text": BadRequest("Bad Request: can't parse entities"),
}
LOSSES: dict[str, Exception] = {"slow": TimedOut(), "cut": NetworkError("ServerDisconnectedError")}


class Script:
    """Telegram as the test wants it: `mode` is how it answers; "hang" takes the message and never answers."""

    def __init__(self) -> None:
        self.mode = "good"
        self.shown: dict[tuple[int, int], str] = {}
        self.taken: Counter[tuple[int, str]] = Counter()
        self.excused: Counter[tuple[int, str]] = Counter()
        self.refused: set[tuple[int, str]] = set()
        self.in_doubt: Callable[[], set[int]] = set
        self._ids = 0

    async def send(
        self, chat_id: int, message: Message, *, reply_to: int | None = None, thread_id: int | None = None
    ) -> int:
        self._refuse(chat_id, message)
        self._ids += 1
        mine = self._ids
        self.shown[chat_id, mine] = message.text
        self.taken[chat_id, message.text] += 1
        await self._lose(chat_id, message)
        return mine

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        self._refuse(chat_id, message)
        shown = self.shown.get((chat_id, message_id))
        if shown is None:
            assert chat_id in self.in_doubt(), "an edit overtook its message"
            raise BadRequest("Bad Request: message to edit not found")
        if shown == message.text:
            raise BadRequest(NOT_MODIFIED)
        self.shown[chat_id, message_id] = message.text
        await self._lose(chat_id, message)

    async def delete(self, chat_id: int, message_id: int) -> None:
        self.shown.pop((chat_id, message_id), None)

    def _refuse(self, chat_id: int, message: Message) -> None:
        if self.mode in REFUSALS:
            if self.mode == "odd text":
                self.refused.add((chat_id, message.text))
            raise REFUSALS[self.mode]

    async def _lose(self, chat_id: int, message: Message) -> None:
        if self.mode != "good":
            self.excused[chat_id, message.text] += 1
        if self.mode in LOSSES:
            raise LOSSES[self.mode]
        if self.mode == "hang":
            await asyncio.Event().wait()


class Outbox(RuleBasedStateMachine):
    """Publishes, edits, steps, crashes, leaves; then everything heals, and every account must be settled."""

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.script = Script()
        self.there = set(CHATS)
        self.published: dict[int, tuple[str, frozenset[int]]] = {}
        self.count = 0
        self.run(self._open())

    async def _open(self) -> None:
        store = await new_store(Path(self.folder.name))
        self.house = House(store, Nowhere(), None, self.clock)  # type: ignore[arg-type]
        for chat in CHATS:
            await self.house.subscribe(chat)
        self._start()
        await self.sender._begin()

    def _start(self) -> None:
        pace = Pace(FAST, self.clock.monotonic)
        self.sender = Sender(self.house.store, self.script, render, pace=pace, now=self.clock.now)
        # The chats subscribed in the order of their ids, so that the two kinds of id are the same.
        self.script.in_doubt = self.sender._inquiry.chats

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    @rule(priority=st.integers(0, 3))
    def publish(self, priority: int) -> None:
        self.count += 1
        alert = self.run(self.house.publish(f"alert {self.count}", priority=priority))
        self.published[alert] = f"alert {self.count}", frozenset(self.there)

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        first = data.draw(st.sampled_from(sorted(self.published)))
        self.count += 1
        self.run(self.house.publish(f"edit {self.count}", kind="edit", edits=first, priority=3))

    @rule(mode=st.sampled_from(["good", "good", "hang", *REFUSALS, *LOSSES]), steps=st.integers(1, 4))
    def step(self, mode: str, steps: int) -> None:
        self.script.mode = mode
        self.run(self._step(steps))

    async def _step(self, steps: int) -> None:
        for _ in range(steps):
            self.sender.wake()
            await self.sender.step()
            await asyncio.sleep(0)

    @rule()
    def crash(self) -> None:
        self.run(self._crash())

    async def _crash(self) -> None:
        flying = list(self.sender._hand.flying)
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        # What Telegram took, and the crash kept from being written down, may come again.
        for outcome in self.sender._outcomes:
            row = outcome.parcel.first
            text = outcome.parcel.contents[0].headline
            self.script.excused[KEYRING.open_chat(row.chat), text] += 1
        self._start()
        await self.sender._begin()

    @rule(minutes=st.sampled_from([1, 10, 60]))
    def move_the_clock(self, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))

    @precondition(lambda self: len(self.there) > 1)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        chat = data.draw(st.sampled_from(sorted(self.there)))
        self.there.discard(chat)
        self.run(self._leave(chat))

    async def _leave(self, chat: int) -> None:
        async with self.house.store.write() as session:
            assert await erase(session, KEYRING, chat)

    @invariant()
    def nothing_came_twice_without_an_excuse(self) -> None:
        script = getattr(self, "script", None)
        if script is not None:
            assert not script.taken - script.excused - Counter(dict.fromkeys(script.taken, 1))

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        try:
            self.run(self._settle())
        finally:
            self.run(self.house.store.close())
            self.loop.close()
            self.folder.cleanup()

    async def _settle(self) -> None:
        await self._crash()
        self.script.mode = "good"
        for _ in range(8):
            # First the time passes: `drain` waits out a park of everything, and here time stands still while it waits.
            self.clock.move(timedelta(minutes=6))
            await self.sender.drain()
        rows = await self.house.deliveries()
        assert {State(row.state) for row in rows} <= {State.SENT, State.FAILED, State.EXPIRED}
        for row in rows:
            if row.state == State.FAILED:
                assert row.error
        weary = {row.alert_id for row in rows if row.attempts >= DOUBTS}
        sent = {(row.alert_id, row.subscriber_id) for row in rows if row.state == State.SENT}
        failed = {(row.alert_id, row.subscriber_id) for row in rows if row.state == State.FAILED}
        for alert, (_, chats) in self.published.items():
            for chat in chats & self.there:
                assert (alert, chat) in sent | failed
        if not self.script.refused:
            assert not {alert for alert, _ in failed if alert in self.published} - weary


class Nowhere:
    """There is no fake Bot API here: Script stands in for Telegram."""

    def private(self, *_: object, **__: object) -> None:
        return None


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
