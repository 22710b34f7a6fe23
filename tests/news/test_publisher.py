"""Outlets of one publisher are one source: the mark "one source so far" is lifted only by another publisher."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from bot.alerts.content import Reader
from bot.alerts.render import render
from bot.chronicle import Alerted
from bot.demo.feedhost import FeedHost, FeedItem
from bot.parts import Parts, open_parts
from bot.settings import Settings
from tests.conftest import Clock

ARREST = "В Бишкеке задержали российского активиста Сергея Новосёлова"
MORE = "Активиста увезли сотрудники ГКНБ по запросу России, ему грозит экстрадиция."


class Newsstand:
    """Two services of one publisher, and somebody else."""

    def __init__(self, host: FeedHost, clock: Clock, parts: Parts, alerts: list[Alerted]) -> None:
        self.host, self.clock, self.parts, self.alerts = host, clock, parts, alerts

    async def reports(self, outlet: str) -> str:
        """The outlet reports the arrest; the text of the alert's message after that."""
        self.host.feed(outlet).publish(FeedItem(ARREST, MORE))
        state = next(s for s in self.parts.feeds if s.feed.outlet == outlet)
        self.clock.pass_(minutes=5)
        await self.parts.poller.poll(state.id)
        return render(self.alerts[-1].content, Reader("en"), now=self.clock()).text


@pytest.fixture
async def stand(clock: Clock, tmp_path: Path) -> AsyncIterator[Newsstand]:
    async with FeedHost(clock=clock) as host:
        outlets = [
            {
                "id": outlet,
                "name": outlet.title(),
                "home": f"https://{outlet}.example",
                "feeds": [{"url": host.feed(outlet).url, "language": "ru", "country": "KG"}],
            }
            | ({"publisher": "Radio"} if outlet != "kloop" else {})
            for outlet in ("azattyk", "svoboda", "kloop")
        ]
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"outlets": outlets}))
        settings = Settings(
            data_dir=tmp_path, feeds_file=tmp_path / "feeds.yaml", allow_hosts=("127.0.0.1",), telegram_token=None
        )
        alerts: list[Alerted] = []
        async with open_parts(settings, alerts.append, clock) as parts:
            yield Newsstand(host, clock, parts, alerts)


async def test_a_second_outlet_of_the_publisher_leaves_the_mark_and_another_publisher_lifts_it(
    stand: Newsstand,
) -> None:
    assert "One source so far" in await stand.reports("azattyk")
    second = await stand.reports("svoboda")
    assert "Azattyk · Svoboda" in second
    assert "One source so far" in second
    third = await stand.reports("kloop")
    assert "Azattyk · Svoboda · Kloop" in third
    assert "One source so far" not in third


async def test_two_publishers_are_two_sources_at_once(stand: Newsstand) -> None:
    await stand.reports("svoboda")
    assert "One source so far" not in await stand.reports("kloop")
