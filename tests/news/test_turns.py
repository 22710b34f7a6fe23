import asyncio
import time
from itertools import pairwise

from bot.news.bodies import PLACES, SMALL, Bodies
from bot.news.turns import Manners, Turns


async def test_requests_to_one_host_are_spaced_and_others_do_not_wait() -> None:
    turns = Turns(Manners(together=9, spacing=0.1))
    began: dict[str, list[float]] = {"one": [], "two": []}

    async def ask(host: str) -> None:
        async with turns.at(host):
            began[host].append(time.monotonic())

    start = time.monotonic()
    await asyncio.gather(*(ask(host) for host in ("one", "one", "one", "two")))
    gaps = [later - earlier for earlier, later in pairwise(began["one"])]
    assert min(gaps) > 0.09
    assert began["two"][0] - start < 0.09


async def test_few_requests_to_one_host_are_under_way_at_once() -> None:
    turns = Turns(Manners(together=2, spacing=0.0))
    under_way = most = 0

    async def ask() -> None:
        nonlocal under_way, most
        async with turns.at("one"):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    await asyncio.gather(*(ask() for _ in range(20)))
    assert most == 2


async def test_small_bodies_need_no_place_and_large_ones_wait_for_one() -> None:
    bodies = Bodies()
    held = most = 0

    async def read(size: int) -> None:
        nonlocal held, most
        async with bodies.share() as share:
            await share.grow(size // 2)
            await share.grow(size)
            held += share.held
            most = max(most, held)
            await asyncio.sleep(0.001)
            held -= share.held

    await asyncio.gather(*(read(3 * SMALL) for _ in range(5 * PLACES)), *(read(SMALL) for _ in range(50)))
    assert most == PLACES
    assert held == 0
