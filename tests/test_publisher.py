from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot import publisher as publishing
from bot.alerts.content import Content, Source
from bot.alerts.decide import Kind
from bot.chronicle import Alerted
from bot.model import ALL_TOPICS, Status, Topic
from bot.publisher import Publisher
from bot.store.alerts import NewAlert, add_alert
from bot.store.session import Store
from bot.store.tables import AlertRow

CONTENT = Content(Topic.DETENTION, "Headline", "", (), ("KG",), Status.DETAINED, (Source("Wire", None, None),), None)


def now() -> datetime:
    return datetime.now(UTC)


async def stored(store: Store, due_at: datetime | None = None) -> Alerted:
    alert = NewAlert(None, None, Kind.NEW.value, 0, ALL_TOPICS, ("KG",), False, CONTENT.to_json(), due_at=due_at)
    async with store.write() as session:
        alert_id = await add_alert(session, alert, now())
    return Alerted(alert_id, Kind.NEW, CONTENT, due_at)


async def fanned_at(store: Store, alert: Alerted) -> datetime | None:
    async with store.read() as session:
        return (await session.get_one(AlertRow, alert.id)).fanned_at


async def test_an_alert_is_fanned_out_and_told(store: Store) -> None:
    told: list[Alerted] = []
    async with Publisher(store, told.append, now) as publisher:
        alert = await stored(store)
        publisher.put(alert)
        await publisher.settled()
    assert told == [alert]
    assert await fanned_at(store, alert) is not None


async def test_an_edit_waits_until_it_is_due(store: Store) -> None:
    told: list[Alerted] = []
    async with Publisher(store, told.append, now) as publisher:
        alert = await stored(store, now() + timedelta(seconds=0.3))
        publisher.put(alert)
        await publisher.settled()
        assert told == []
        await asyncio.sleep(0.5)
        await publisher.settled()
    assert told == [alert]


async def test_a_start_finishes_what_a_crash_cut_off(store: Store) -> None:
    alert = await stored(store)
    async with Publisher(store, lambda _: None, now):
        assert await fanned_at(store, alert) is not None


async def test_a_fan_out_that_fails_is_tried_again_without_a_restart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "AGAIN_AFTER", 0.2)
    told: list[Alerted] = []
    async with Publisher(store, told.append, now) as publisher:
        alert = await stored(store)
        async with store.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE alerts RENAME TO elsewhere")
        publisher.put(alert)
        await publisher.settled()
        assert told == []
        async with store.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO alerts")
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0.02)
    assert told == [alert]
    assert await fanned_at(store, alert) is not None


async def test_one_fan_out_that_fails_stops_no_other(store: Store) -> None:
    told: list[Alerted] = []
    async with Publisher(store, told.append, now) as publisher:
        good = await stored(store)
        publisher.put(Alerted(99_999, Kind.NEW, CONTENT))
        publisher.put(good)
        await publisher.settled()
    assert told == [good]
