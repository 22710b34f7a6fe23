"""Writes that come together: one batch while the one before is written, and nothing lost where one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.store.batches import Batches


async def test_what_comes_while_a_batch_is_written_goes_into_one() -> None:
    written: list[list[int]] = []
    go_on = asyncio.Event()

    async def write(numbers: Sequence[int]) -> list[int]:
        written.append(list(numbers))
        await go_on.wait()
        return [number * 10 for number in numbers]

    batches = Batches(write)
    first = asyncio.create_task(batches.put(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(batches.put(number)) for number in (2, 3)]
    await asyncio.sleep(0.01)
    go_on.set()
    assert await asyncio.gather(first, *others) == [10, 20, 30]
    assert written == [[1], [2, 3]]


async def test_one_that_cannot_be_written_takes_no_other_along() -> None:
    async def write(numbers: Sequence[int]) -> list[int]:
        if 2 in numbers:
            raise OSError("disk full")
        return list(numbers)

    batches = Batches(write)
    found = await asyncio.gather(*map(batches.put, (1, 2, 3)), return_exceptions=True)
    assert found[0] == 1
    assert isinstance(found[1], OSError)
    assert found[2] == 3


async def test_whoever_closes_the_store_waits_for_a_write_that_nobody_waits_for_any_more() -> None:
    written: list[int] = []

    async def write(numbers: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.05)
        written.extend(numbers)
        return list(numbers)

    batches = Batches(write)
    await batches.settled()
    task = asyncio.create_task(batches.put(7))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await batches.settled()
    assert written == [7]
