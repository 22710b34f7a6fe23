from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from bot.store import queue
from bot.store.deliveries import State
from bot.store.queue import deliveries_by_state
from bot.store.session import Store
from bot.store.subscribers import Subscriber, subscribe
from bot.store.tables import AlertRow, DeliveryRow
from tests.conftest import Clock


async def fill(store: Store, clock: Clock, topics: int = 1, **counts: int) -> None:
    """So many deliveries in each state, in that order, each of an alert of its own."""
    states = [state for state, count in counts.items() for _ in range(count)]
    alert = {"kind": "new", "priority": 0, "topics": topics, "everywhere": True, "content": {}, "created_at": clock()}
    delivery = {"subscriber_id": 1, "priority": 0, "created_at": clock(), "attempts": 0, "plain": False}
    async with store.write() as session:
        await subscribe(session, store.keyring, 42, Subscriber("en"), clock())
        numbered = list(enumerate(states, start=1))
        await session.execute(
            insert(AlertRow), [alert | {"id": n, "fanned_up_to": 0, "cancelled": False} for n, _ in numbered]
        )
        await session.execute(
            insert(DeliveryRow), [delivery | {"alert_id": n, "state": state} for n, state in numbered]
        )


async def counted(store: Store) -> dict[State, int]:
    async with store.read() as session:
        return await deliveries_by_state(session)


async def test_every_state_is_counted_and_none_is_left_out(either_store: Store, clock: Clock) -> None:
    assert await counted(either_store) == dict.fromkeys(State, 0)
    await fill(either_store, clock, pending=3, held=2, claimed=1, in_flight=4, sent=5, failed=6)
    assert await counted(either_store) == dict(zip(State, (3, 2, 1, 4, 5, 6, 0), strict=True))


async def test_what_waits_is_counted_however_old_and_what_is_done_as_far_as_it_is_new(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST", 5)
    await fill(store, clock, pending=4, failed=3, sent=4, held=7)
    found = await counted(store)
    assert (found[State.PENDING], found[State.HELD]) == (4, 5)
    assert (found[State.SENT], found[State.FAILED]) == (0, 0), "the newest five are those that are held"


@pytest.mark.parametrize("state", queue._WAITING)
async def test_what_waits_is_counted_without_reading_what_is_done(store: Store, state: State) -> None:
    async with store.read() as session:
        asked = queue.waiting(state).compile(store.engine, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert "USING INDEX ix_deliveries_" in plan[0]
    assert not [step for step in plan if step.startswith("SCAN deliveries") and "INDEX ix_deliveries_" not in step]


async def test_what_only_followers_of_a_name_get_is_not_counted(either_store: Store, clock: Clock) -> None:
    await fill(either_store, clock, topics=0, pending=3, held=2, sent=5)
    assert await counted(either_store) == dict.fromkeys(State, 0)
