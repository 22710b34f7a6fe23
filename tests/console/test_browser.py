"""The console in a real browser: Debian's chromium, headless, with nothing to talk to but loopback."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from bot.locales import UI_LANGUAGES
from tests.console.conftest import Desk

CHROME = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page wanted from elsewhere would find no name to ask.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PAGES = ("/", "/feeds")
ENOUGH = 4.5
"""The least contrast of text, by WCAG 2.2 (1.4.3)."""

SPILLS = """
    const width = document.documentElement.clientWidth;
    const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 0.5);
    return [document.documentElement.scrollWidth, width, wide.map((e) => `${e.tagName}.${e.className}`)];
"""
FAINT = """
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => channels(color).slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const back = (e) => {
        for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor;
            if (channels(color)[3] !== 0) return color;
        }
        throw new Error("no background");
    };
    const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const texts = [...document.body.querySelectorAll("*")].filter(own);
    const contrast = (e) => {
        const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
    return [texts.length, texts.filter((e) => contrast(e) < arguments[0])
        .map((e) => `${e.tagName}.${e.className} ${contrast(e)}`), light(back(document.body))];
"""


@dataclass
class Browser:
    """One chromium for all tests of this file; its calls block, so they are made in a thread."""

    driver: webdriver.Chrome

    async def show(self, url: str, *, width: int = 1100, scheme: str = "light", language: str = "en") -> None:
        def work() -> None:
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
            self.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})
            self.driver.get(url)

        await asyncio.to_thread(work)

    async def ask(self, script: str, *arguments: Any) -> Any:
        return await asyncio.to_thread(self.driver.execute_script, script, *arguments)

    async def complaints(self) -> list[str]:
        """What the browser wrote into its console since the last time."""
        return [entry["message"] for entry in await asyncio.to_thread(self.driver.get_log, "browser")]

    async def requested(self) -> list[str]:
        """The addresses that were asked for over the network since the last time; chromium's own pages, and the
        empty one that it begins with, are not."""
        entries = await asyncio.to_thread(self.driver.get_log, "performance")
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if urlsplit(url).scheme in ("http", "https", "ws", "wss", "ftp")]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROME is None or DRIVER is None:
        pytest.skip("no browser here: chromium (or google-chrome) and its chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROME
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture
async def browser(chromium: Browser, desk: Desk) -> AsyncIterator[Browser]:
    """On a console with every kind of feed and hostile texts; after each test the browser must have been content."""
    long = "https://wire.example/" + "a-very-long-path-without-a-break" * 6
    now = desk.clock()
    await desk.open()
    await desk.feed("https://steppe.example/well", "steppe", succeeded_at=now, new_item_at=now - timedelta(hours=2))
    await desk.feed(long, health="moved", moved_to=f"{long}/rss", health_since=now)
    await desk.feed("https://wire.example/quiet", health="quiet", health_since=now, health_why="W" * 200)
    await desk.feed("https://wire.example/new", polled_at=None)
    await desk.feed(
        "https://wire.example/down",
        health="down",
        health_since=now - timedelta(hours=5),
        trouble="status 500 <script>document.title = 'taken'</script><img src=//evil.example/x>",
    )
    await desk.alert("<script>document.title = 'taken'</script> detained", excerpt="<img src=//evil.example/x>" * 3)
    await desk.alert("Длинноеслово" * 20)
    await chromium.complaints()
    await chromium.requested()
    yield chromium
    assert await chromium.complaints() == []
    asked = await chromium.requested()
    assert asked, "the log of requests works"
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


async def test_the_table_begins_with_a_troubled_feed_and_hostile_text_is_only_text(
    browser: Browser, desk: Desk
) -> None:
    await browser.show(f"{desk.url}/feeds")
    rows = await browser.ask("return [...document.querySelectorAll('tbody tr')].map((row) => row.innerText)")
    assert len(rows) == 5
    assert "https://wire.example/down" in rows[0]
    assert "Down" in rows[0]
    assert "for 5 hours" in rows[0]
    assert "<script>document.title = 'taken'</script><img" in rows[0]
    assert "https://steppe.example/well" in rows[4]
    for path in PAGES:
        await browser.show(desk.url + path)
        title, scripts, foreign = await browser.ask(
            "return [document.title, document.scripts.length, document.querySelectorAll('main img').length]"
        )
        assert title.endswith("· Nabat")
        assert scripts == foreign == 0


@pytest.mark.parametrize("language", UI_LANGUAGES)
async def test_a_phone_shows_everything_without_scrolling_sideways(browser: Browser, desk: Desk, language: str) -> None:
    for desk.sending in (None, True, False):
        for path in PAGES:
            await browser.show(desk.url + path, width=360, language=language)
            assert await browser.ask("return document.documentElement.lang") == language
            whole, width, wide = await browser.ask(SPILLS)
            assert width == 360
            assert (whole, wide) == (360, [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read_by_day_and_by_night(browser: Browser, desk: Desk, scheme: str) -> None:
    for desk.sending in (None, True, False):
        for path in PAGES:
            await browser.show(desk.url + path, scheme=scheme)
            texts, faint, paper = await browser.ask(FAINT, ENOUGH)
            assert texts > 10
            assert faint == []
            assert paper < 0.05 if scheme == "dark" else paper > 0.8
