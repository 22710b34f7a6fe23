from __future__ import annotations

import asyncio

import pytest

from bot.console.kept import Kept


class Press:
    """Makes texts, slowly, and counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.now = 100.0

    async def make(self) -> str:
        self.made += 1
        await asyncio.sleep(0.01)
        return f"text {self.made}"


async def test_a_text_is_made_anew_once_it_is_old_and_each_key_has_its_own() -> None:
    press = Press()
    kept = Kept(2.0, lambda: press.now)
    assert [await kept.get(key, press.make) for key in ("a", "a", "b", "a")] == ["text 1", "text 1", "text 2", "text 1"]
    press.now += 1.9
    assert await kept.get("a", press.make) == "text 1"
    press.now += 0.1
    assert await kept.get("a", press.make) == "text 3"


async def test_many_who_ask_at_once_cost_one_text() -> None:
    press = Press()
    kept = Kept(2.0, lambda: press.now)
    assert set(await asyncio.gather(*(kept.get("a", press.make) for _ in range(100)))) == {"text 1"}


async def test_a_failure_is_told_and_not_kept() -> None:
    press = Press()
    kept = Kept(2.0, lambda: press.now)

    async def fail() -> str:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await kept.get("a", fail)
    assert await kept.get("a", press.make) == "text 1"
