"""The pages over real HTTP: what they say, and what no feed can make them say."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from bot.model import Outlet
from bot.news.health import Health
from tests.console.conftest import Desk

RSS = "https://wire.example/rss"
SCRIPT = "<script>alert(1)</script>"


def text(page: str) -> str:
    """A page's words as a reader sees them."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def row(page: str, address: str) -> str:
    return next(text(found) for found in page.split("<tr ") if address in found)


async def test_troubled_feeds_come_first_then_odd_ones_then_those_in_doubt(desk: Desk) -> None:
    await desk.open()
    await desk.feed("https://wire.example/well")
    await desk.feed("https://wire.example/moved", health="moved", moved_to="https://new.example/rss")
    await desk.feed("https://wire.example/doubt", suspect="down", suspect_polls=2, trouble="no answer")
    await desk.feed("https://wire.example/new", polled_at=None)
    await desk.feed("https://wire.example/down", health="down", health_why="no answer")
    page = await desk.page("/feeds")
    found = re.findall(r"https://wire\.example/(\w+)", page)
    assert found == ["down", "moved", "new", "doubt", "well"]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("health", [health for health in Health if health is not Health.GOOD])
async def test_every_state_is_said_in_words(desk: Desk, health: Health, language: str) -> None:
    await desk.open()
    since = desk.clock() - timedelta(hours=5)
    await desk.feed(RSS, health=health.value, health_since=since, health_why="the reason")
    said = row(await desk.page("/feeds", language), RSS)
    assert health.value not in said, "a word for people, not for machines"
    assert ("for 5 hours" if language == "en" else "уже 5 часов") in said
    assert "the reason" in said
    assert ("in 7 minutes" if language == "en" else "через 7 минут") in said
    overview = text(await desk.page("/", language))
    assert said.split(" for ")[0].split(" уже ")[0].split(RSS)[1].strip() in overview


async def test_a_row_tells_the_last_success_the_last_news_the_rhythm_and_the_proposed_address(desk: Desk) -> None:
    await desk.open()
    now = desk.clock()
    hours = [int((now - timedelta(hours=hour)).timestamp()) // 60 for hour in range(8, 0, -2)]
    await desk.feed(
        RSS,
        health="moved",
        moved_to="https://new.example/rss",
        succeeded_at=now - timedelta(minutes=5),
        new_item_at=now - timedelta(days=2),
        rhythm={"came": hours, "longest": 7200.0, "watched": hours[0]},
    )
    said = row(await desk.page("/feeds"), RSS)
    for part in ("5 minutes ago", "2 days ago", "one item in 2 hours", "Proposed address: https://new.example/rss"):
        assert part in said


async def test_no_feed_can_write_markup_into_a_page(desk: Desk) -> None:
    outlets = (Outlet("wire", SCRIPT, "https://wire.example"),)
    await desk.open(outlets=outlets)
    await desk.feed(RSS, outlets=outlets, health="down", health_why=SCRIPT, trouble=f"status 500 {SCRIPT}")
    await desk.feed(f"{RSS}?a={SCRIPT}", outlets=outlets, health="moved", moved_to=f"https://x.example/{SCRIPT}")
    await desk.alert(SCRIPT, excerpt=f'"><img src=x onerror=alert(1)>{SCRIPT}', source=SCRIPT)
    for sending in (None, True):
        desk.sending = sending
        for path in ("/", "/feeds"):
            page = await desk.page(path)
            assert "<script" not in page.lower()
            assert "<img src=x" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page, "it is shown, as the text that it is"


async def test_only_web_addresses_become_links(desk: Desk) -> None:
    await desk.open()
    await desk.alert("One", source="Bad", url="javascript:alert(1)")
    await desk.alert("Two", source="Good", url="https://wire.example/2?a=1&b=2")
    for sending in (None, True):
        desk.sending = sending
        page = await desk.page("/")
        assert "javascript:" not in page
        assert 'href="https://wire.example/2?a=1&amp;b=2"' in page
        assert "Bad" in page


async def test_what_an_address_hides_is_hidden_everywhere(desk: Desk) -> None:
    await desk.open()
    secret = "https://me:s3cr3t@wire.example/rss?key=s3cr3t&page=2#s3cr3t"
    await desk.feed(secret, health="moved", health_why=f"it moved for good to {secret}; change it", moved_to=secret)
    await desk.feed(f"{secret}1", health="down", trouble=f"redirected, last to {secret}.")
    for path in ("/", "/feeds"):
        assert "s3cr3t" not in await desk.page(path)
    assert "https://…@wire.example/rss?key=…&page=…" in row(await desk.page("/feeds"), "Moved")


async def test_preview_shows_alerts_as_a_chat_would(desk: Desk) -> None:
    await desk.open()
    await desk.alert("Activist detained in Bishkek")
    desk.sending = None
    page = await desk.page("/")
    assert "preview" in text(page)
    assert "<b>Activist detained in Bishkek</b>" in page
    assert "He <b>was</b> taken from his flat." in page
    assert "Open: Tian Shan Wire" in text(page)
    assert "<i>One source so far.</i>" in page
    assert "Открыть: Tian Shan Wire" in text(await desk.page("/", "ru"))


async def test_a_service_that_sends_lists_its_alerts_with_outlet_link_and_legal_label(desk: Desk) -> None:
    await desk.open()
    await desk.alert("Activist detained in Bishkek")
    page = await desk.page("/")
    assert "go out through Telegram" in text(page)
    for part in ("Detention · Kyrgyzstan", "Activist detained in Bishkek", "9 minutes ago", "undesirable"):
        assert part in text(page)
    assert re.search(r'<a href="https://wire\.example/1"[^>]*><bdi>Tian Shan Wire</bdi></a>', page)
    desk.sending = False
    assert "are not sent" in text(await desk.page("/"))


async def test_what_went_to_followers_of_a_name_is_shown_to_nobody(desk: Desk) -> None:
    await desk.open()
    await desk.alert("Somebody whom one reader follows", topics=0)
    for sending in (None, True):
        desk.sending = sending
        assert "follows" not in await desk.page("/")


async def test_a_page_is_in_the_language_that_the_browser_asks_for(desk: Desk) -> None:
    await desk.open()
    async with desk.session.get(f"{desk.url}/feeds", headers={"Accept-Language": "ru-RU,ru;q=0.9"}) as answer:
        page = await answer.text()
        assert (answer.headers["Content-Language"], answer.headers["Vary"]) == ("ru", "Accept-Language")
    assert '<html lang="ru">' in page
    assert "Сначала те, с которыми неладно." in page


@pytest.mark.parametrize("path", ["/", "/feeds"])
async def test_a_proxy_may_serve_the_pages_under_a_path_of_its_own(desk: Desk, path: str) -> None:
    await desk.open()
    page = await desk.page(path)
    own = {address for address in re.findall(r'(?:href|src)="([^"]*)"', page) if "//" not in address}
    assert {"./", "feeds"} < own
    assert not [address for address in own if address.startswith("/")]
    for address in own:
        assert await desk.page(f"/{address.removeprefix('./')}")


async def test_however_often_a_page_is_asked_for_it_is_made_once_in_a_while(desk: Desk) -> None:
    await desk.open(fresh=60.0)
    pages = [await desk.page("/") for _ in range(50)]
    assert len(set(pages)) == 1
    assert desk.looks == 1
    await desk.page("/", "ru")
    assert desk.looks == 2
