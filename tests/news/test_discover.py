import asyncio
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import app
from bot.demo.feedhost import FeedHost, FeedItem
from bot.news import catalogue
from bot.news.discover import Discovered, discover

PAGE = """<html><head><base href="https://wire.example/ru/">
<link rel="stylesheet" href="x.css"><link rel="alternate" hreflang="ky" href="/ky/">
<link REL="Alternate" TYPE="application/rss+xml; charset=utf-8" title="Все &amp; новости" href="rss.xml">
<link rel="alternate home" type="application/atom+xml" href="https://wire.example/atom">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="rss.xml">
<link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">"""


def test_the_feeds_of_a_page_are_found_in_its_head() -> None:
    assert discover(PAGE.encode(), "text/html; charset=utf-8", "https://wire.example/") == (
        Discovered("https://wire.example/ru/rss.xml", "Все & новости"),
        Discovered("https://wire.example/atom", ""),
        Discovered("https://cdn.example/feed.json", ""),
    )


def test_a_page_without_feeds_has_none() -> None:
    assert discover(b"<html><body>\x00 nothing <link", None, "https://wire.example/") == ()


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "feeds.yaml"
    feed = {"url": "https://wire.example/rss", "language": "en"}
    outlet = {"id": "wire", "name": "Wire", "home": "https://wire.example", "feeds": [feed]}
    path.write_text("# mine\n" + yaml.safe_dump({"outlets": [outlet]}))
    monkeypatch.setenv("NABAT_FEEDS_FILE", str(path))
    monkeypatch.setenv("NABAT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NABAT_ALLOW_HOSTS", "127.0.0.1")
    return path


async def run(*arguments: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["feeds", *arguments])
    return result.output + (str(result.exception) if result.exception else "")


async def test_a_page_is_enough_to_add_its_feeds(listed: Path) -> None:
    async with FeedHost() as host:
        host.feed("news", title="Новости").publish(FeedItem("Новость"))
        host.serve("/", '<link rel="alternate" type="application/rss+xml" title="N" href="/news.xml">', "text/html")
        assert "In which language" in await run("add", host.url("/"))
        assert "would be added" in await run("add", host.url("/"), "--language", "ru", "--dry-run")
        assert len(catalogue.load(listed).feeds) == 1
        assert "1 feeds added" in await run("add", host.url("/"), "--language", "ru", "--country", "KG")
        assert "0 feeds added, 1 listed already" in await run("add", host.url("/news.xml"))
        host.serve("/none", "<html>", "text/html")
        assert "names none" in await run("add", host.url("/none"), "--language", "ru")
        missing = await run("add", host.url("/missing"), "--language", "ru")
        assert f"{host.url('/missing')} gave no feed, because the server answered with status 404" in missing
        assert "https://nowhere.invalid/rss gave no feed" in await run("add", "nowhere.invalid/rss", "--language", "ru")
    feed = catalogue.load(listed).feeds[-1]
    assert (feed.url.endswith("/news.xml"), feed.language, feed.country) == (True, "ru", "KG")
    assert listed.read_text().startswith("# mine\n")


async def test_opml_goes_in_and_out(listed: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text('<opml><body><outline text="New" xmlUrl="https://new.example/rss" language="ru"/></body></opml>')
    assert "1 feeds added" in await run("import", str(file))
    assert "cannot be read" in await run("import", str(tmp_path / "absent.opml"))
    exported = tmp_path / "out.opml"
    exported.write_text(await run("export"))
    assert "0 feeds added, 2 listed already" in await run("import", str(exported))


async def test_the_list_says_how_each_feed_is(listed: Path) -> None:
    assert "not polled yet" in await run("list")
