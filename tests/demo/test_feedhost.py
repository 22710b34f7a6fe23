"""The feed host as aiohttp and feedparser see it."""

from __future__ import annotations

import asyncio
import calendar
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp
import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.feedhost import Channel, FeedHost, FeedItem, Form, Misbehaviour, render
from bot.errors import UserMistake
from tests.conftest import Clock

MOMENT = datetime(2023, 6, 9, 7, 30, tzinfo=UTC)
CHANNEL = Channel("Kloop & co", "https://kloop.example/", "https://kloop.example/feed.xml")
WRITABLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Co", "Zl", "Zp")), min_size=1)


@pytest.fixture
async def host(clock: Clock) -> AsyncIterator[FeedHost]:
    async with FeedHost(clock=clock) as host:
        yield host


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


async def get(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, bytes]:
    async with session.get(url, headers=headers) as answer:
        return answer.status, await answer.read()


def moment(entry: Any) -> datetime:
    """When feedparser says that an entry was published."""
    return datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC)


@pytest.mark.parametrize("form", [Form.RSS, Form.ATOM])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_feedparser_reads_what_was_written(form: Form, encoding: str) -> None:
    item = FeedItem("Задержан «Лев» < & ₽", "<b>Кратко</b>", "https://x.example/a?b&c", "id-1", MOMENT)
    parsed = feedparser.parse(render(form, CHANNEL, [item], encoding), sanitize_html=False)
    (entry,) = parsed.entries
    assert (entry.title, entry.summary) == ("Задержан «Лев» < & ₽", "<b>Кратко</b>")
    assert (entry.link, entry.id) == ("https://x.example/a?b&c", "id-1")
    assert moment(entry) == MOMENT
    assert parsed.feed.title == "Kloop & co"


@pytest.mark.parametrize(
    ("form", "version"),
    [(Form.RSS, "rss20"), (Form.RSS091, "rss091u"), (Form.RDF, "rss10"), (Form.ATOM, "atom10")],
)
def test_each_form_is_what_it_says(form: Form, version: str) -> None:
    parsed = feedparser.parse(render(form, CHANNEL, [FeedItem("One", link="https://x.example/1", published=MOMENT)]))
    assert (parsed.version, bool(parsed.bozo)) == (version, False)
    assert [entry.title for entry in parsed.entries] == ["One"]
    assert ("updated" in parsed.entries[0] or "published" in parsed.entries[0]) == (form is not Form.RSS091)


@given(WRITABLE, WRITABLE)
def test_any_text_survives_the_xml(title: str, guid: str) -> None:
    document = ElementTree.fromstring(render(Form.RSS, CHANNEL, [FeedItem(title, guid=guid)]))
    assert (document.findtext(".//item/title"), document.findtext(".//item/guid")) == (title, guid)


async def test_published_items_keep_their_guid_link_and_date(
    host: FeedHost, session: aiohttp.ClientSession, clock: Clock
) -> None:
    feed = host.feed("rferl")
    first = feed.publish("One", "Two")
    clock.pass_(hours=1)
    feed.publish(FeedItem("Three", without=frozenset({"guid", "published"})))
    entries = feedparser.parse((await get(session, feed.url))[1]).entries
    assert [entry.title for entry in entries] == ["Three", "Two", "One"]
    assert (entries[2].id, entries[2].link) == (first.guid, first.link)
    assert moment(entries[2]) == clock() - timedelta(hours=1, minutes=1)
    assert "id" not in entries[0]
    assert "published" not in entries[0]


async def test_a_feed_shows_its_window_and_takes_changes(host: FeedHost, session: aiohttp.ClientSession) -> None:
    feed = host.feed("kloop", window=2)
    feed.publish("One", "Two", "Three")
    feed.change(feed.items[1].guid, title="Two, corrected")
    feed.withdraw(feed.items[2].guid)
    titles = [entry.title for entry in feedparser.parse((await get(session, feed.url))[1]).entries]
    assert titles == ["Two, corrected", "One"]
    with pytest.raises(UserMistake):
        feed.change("no-such-guid", title="x")


async def test_an_unchanged_feed_answers_304_to_its_etag_and_its_date(
    host: FeedHost, session: aiohttp.ClientSession, clock: Clock
) -> None:
    feed = host.feed("rferl")
    feed.publish("One")
    async with session.get(feed.url) as answer:
        etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert await get(session, feed.url, **{"If-None-Match": etag}) == (304, b"")
    assert await get(session, feed.url, **{"If-None-Match": f'W/{etag}, "x"'}) == (304, b"")
    assert await get(session, feed.url, **{"If-Modified-Since": modified}) == (304, b"")
    clock.pass_(seconds=2)
    feed.publish("Two")
    assert (await get(session, feed.url, **{"If-None-Match": etag}))[0] == 200
    assert (await get(session, feed.url, **{"If-Modified-Since": modified}))[0] == 200
    feed.validators = False
    assert (await get(session, feed.url, **{"If-None-Match": "*"}))[0] == 200
    assert [request.status for request in feed.requests] == [200, 304, 304, 304, 200, 200, 200]
    assert feed.requests[1].headers["if-none-match"] == etag


@pytest.mark.parametrize("coding", ["gzip", "br", "identity"])
async def test_bodies_are_packed_as_asked(host: FeedHost, session: aiohttp.ClientSession, coding: str) -> None:
    feed = host.feed("rferl")
    feed.publish("One")
    async with session.get(feed.url, headers={"Accept-Encoding": coding}) as answer:
        assert answer.headers.get("Content-Encoding", "identity") == coding
        assert await answer.read() == feed.body.plain


async def test_a_folder_is_served_byte_for_byte(host: FeedHost, session: aiohttp.ClientSession, tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "page.html").write_bytes(b"<html>\xff")
    (tmp_path / "лента 1").write_bytes(b"<rss/>")
    served = host.serve_folder(tmp_path)
    assert [resource.path for resource in served] == ["/bank/page.html", "/лента 1"]
    assert await get(session, host.url("/bank/page.html")) == (200, b"<html>\xff")
    assert await get(session, served[1].url) == (200, b"<rss/>")
    assert " " not in served[1].url
    assert (await get(session, host.url("/nothing")))[0] == 404


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
async def test_statuses_on_command(host: FeedHost, session: aiohttp.ClientSession, status: int) -> None:
    feed = host.feed("rferl")
    feed.misbehave(Misbehaviour.answer(status, retry_after=120), times=1)
    async with session.get(feed.url) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (status, "120")
    assert (await get(session, feed.url))[0] == 200


async def test_redirects_chain_loop_and_lead_anywhere(host: FeedHost, session: aiohttp.ClientSession) -> None:
    feed = host.feed("rferl")
    async with session.get(host.redirect_chain(feed.url, 3, 308)) as answer:
        assert [hop.status for hop in answer.history] == [308, 308, 308]
        assert str(answer.url) == feed.url
    with pytest.raises(aiohttp.TooManyRedirects):
        await get(session, host.redirect_loop())
    host.misbehave("/out", Misbehaviour.redirect("http://169.254.169.254/latest/", 301))
    async with session.get(host.url("/out"), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (301, "http://169.254.169.254/latest/")


@pytest.mark.parametrize(
    ("how", "error"),
    [
        (Misbehaviour.drop(), aiohttp.ServerDisconnectedError),
        (Misbehaviour.hang(0.05), aiohttp.ServerDisconnectedError),
        (Misbehaviour.garbage(), aiohttp.ClientResponseError),
        (Misbehaviour.truncated(), aiohttp.ClientPayloadError),
        (Misbehaviour.wrong_length(100), aiohttp.ClientPayloadError),
    ],
)
async def test_broken_answers_break_the_client(
    host: FeedHost, session: aiohttp.ClientSession, how: Misbehaviour, error: type[Exception]
) -> None:
    feed = host.feed("rferl")
    feed.publish("One")
    feed.misbehave(how)
    with pytest.raises((error, aiohttp.ClientOSError)):
        await get(session, feed.url)
    feed.behave()
    assert (await get(session, feed.url))[0] == 200


async def test_a_hang_outlasts_the_clients_patience(host: FeedHost, session: aiohttp.ClientSession) -> None:
    feed = host.feed("rferl")
    feed.misbehave(Misbehaviour.hang())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await get(session, feed.url)


async def test_a_drip_comes_byte_by_byte_and_whole(host: FeedHost, session: aiohttp.ClientSession) -> None:
    resource = host.serve("/slow.xml", b"<rss/>")
    resource.misbehave(Misbehaviour.drip(1, 0.03))
    before = time.monotonic()
    assert await get(session, resource.url) == (200, b"<rss/>")
    assert time.monotonic() - before >= 6 * 0.03


async def test_an_endless_body_never_ends(host: FeedHost, session: aiohttp.ClientSession) -> None:
    feed = host.feed("rferl")
    feed.misbehave(Misbehaviour.endless())
    async with session.get(feed.url) as answer:
        assert len(await answer.content.readexactly(2_000_000)) == 2_000_000
        assert not answer.content.at_eof()


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
async def test_a_bomb_is_small_until_unpacked(host: FeedHost, session: aiohttp.ClientSession, coding: str) -> None:
    feed = host.feed("rferl")
    feed.misbehave(Misbehaviour.bomb(8, coding))
    async with session.get(feed.url) as answer:
        assert int(answer.headers["Content-Length"]) < 20_000
        assert len(await answer.read()) > 8_000_000


async def test_wrong_bodies_come_with_status_200(host: FeedHost, session: aiohttp.ClientSession) -> None:
    feed = host.feed("rferl")
    feed.misbehave(Misbehaviour.tiny(), times=1)
    status, body = await get(session, feed.url)
    assert (status, len(body)) == (200, 11)
    feed.misbehave(Misbehaviour.html(), times=1)
    assert b"<html>" in (await get(session, feed.url))[1]
    lie = '<?xml version="1.0" encoding="utf-8"?><rss/>'.encode("utf-16")
    feed.misbehave(Misbehaviour.poison(lie), times=1)
    assert (await get(session, feed.url))[1] == lie


async def test_a_refusing_host_comes_back_on_its_port(host: FeedHost, session: aiohttp.ClientSession) -> None:
    url = host.feed("rferl").url
    async with host.refusing():
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(session, url)
    assert (await get(session, url))[0] == 200
    await host.wait_for_requests("/rferl.xml", 1)
