"""The same outbox on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete

from bot.delivery.outbox import finish_fan_outs
from bot.demo.botapi import Fault
from bot.model import Topic
from bot.store.deliveries import cancel, release_held
from bot.store.fanout import fan_out_chunk
from bot.store.parks import parks
from bot.store.tables import SubscriberRow
from tests.delivery.house import Clock, House, open_house


async def test_the_outbox_drains_on_postgresql_too(tmp_path: Path, postgres: str) -> None:
    clock = Clock()
    async with asyncio.timeout(90), open_house(tmp_path, clock, postgres) as house:
        for chat in range(1, 6):
            await house.subscribe(chat, every_country=False, countries=frozenset({"KG"}))
        quiet = await house.subscribe(6, quiet_from=0, quiet_to=1439, delete_after_hours=1)
        group = house.api.group("Exiles")
        await house.subscribe(group.id, kind="group")
        moved = await group.migrate()
        await house.subscribe(moved.id, kind="supergroup")
        first = await house.publish("Kloop", countries=("KG",))
        await house.publish("Закон", topic=Topic.LAW)
        house.api.fail(Fault.too_many(60, chat_id=5, times=1))
        await _drain(house)
        assert house.texts(1) == ["Kloop", "Закон"]
        assert house.texts(5) == []
        assert house.texts(6) == ["Kloop"]
        assert sorted(house.texts(moved.id)) == ["Kloop", "Закон"]
        async with house.store.write() as session:
            assert len(await parks(session, house.now())) == 1
            await release_held(session, quiet)
        await house.publish("Kloop, VOA", kind="edit", edits=first)
        await house.publish("Выдан", kind="update", replies_to=first)
        stopped = await house.publish("Ошибка")
        async with house.store.write() as session:
            await cancel(session, stopped)
        await _drain(house)
        clock.move(timedelta(hours=2))
        await _drain(house)
        assert house.texts(1) == ["Kloop, VOA", "Закон", "Выдан"]
        assert sorted(house.texts(5)) == ["Kloop, VOA", "Выдан", "Закон"]
        assert house.texts(6) == []


async def _drain(house: House) -> None:
    await house.sender().drain()


async def test_telegram_is_asked_after_a_lost_answer_on_postgresql_too(tmp_path: Path, postgres: str) -> None:
    clock = Clock()
    async with asyncio.timeout(60), open_house(tmp_path, clock, postgres) as house:
        async with house.store.write() as session:  # one database for all tests, another Telegram for each
            await session.execute(delete(SubscriberRow))
        for chat in range(201, 206):
            await house.subscribe(chat, topics=Topic.LAW.bit)
        group = house.api.supergroup("Exiles")
        await house.subscribe(group.id, kind="supergroup", topics=Topic.LAW.bit)
        for chat in (203, group.id):
            house.api.fail(Fault.drop_after(method="sendMessage", chat_id=chat, times=1))
        alert = await house.publish("Закон", topic=Topic.LAW)
        await _drain(house)
        assert (await house.states(alert)).count("in_flight") == 2
        await _drain(house)
        assert set(await house.states(alert)) == {"sent"}
        assert [house.texts(chat) for chat in (*range(201, 206), group.id)] == [["Закон"]] * 6


async def test_a_fan_out_that_was_cut_off_goes_on_postgresql_too(tmp_path: Path, postgres: str) -> None:
    async with asyncio.timeout(60), open_house(tmp_path, Clock(), postgres) as house:
        for chat in range(101, 108):
            await house.subscribe(chat)
        alert = await house.alert()
        async with house.store.write() as session:
            await fan_out_chunk(session, alert, house.now(), 3)
        await finish_fan_outs(house.store, now=house.now(), chunk=3)
        rows = await house.deliveries(alert)
        assert len({row.subscriber_id for row in rows}) == len(rows) >= 7
