import asyncio

from bot.news.bodies import PLACES, SMALL, Bodies
from bot.news.turns import Manners, Turns


class Time:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_requests_to_one_host_are_spaced_and_others_do_not_wait() -> None:
    time = Time()
    turns = Turns(Manners(together=9, spacing=1.0), clock=time, sleep=time.sleep)
    began: list[tuple[str, float]] = []

    async def ask(host: str) -> None:
        async with turns.at(host):
            began.append((host, time.now))

    await asyncio.gather(*(ask(host) for host in ("one", "one", "two", "one")))
    assert sorted(at for host, at in began if host == "one")[0] == 0.0
    assert [at for host, at in began if host == "two"] == [0.0]
    assert max(at for host, at in began if host == "one") >= 2.0


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
