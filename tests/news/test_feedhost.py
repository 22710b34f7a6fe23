"""Fetching and parsing together, from the feed host that ships with the demo."""

from datetime import UTC, datetime

import pytest

from bot.demo.feedhost import FeedHost, FeedItem, Form, Misbehaviour
from bot.errors import NabatError
from bot.news.entry import ParsedFeed
from bot.news.fetch import Fetched, Fetcher, FetchRequest, Limits, NotModified
from bot.news.parse import parse

ITEM = FeedItem(
    title="Россиянина задержали в Бишкеке",
    summary="<p>Об этом сообщил <b>адвокат</b>.</p>",
    link="https://example.org/a/1.html",
    guid="g-1",
    published=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
)


def fetcher() -> Fetcher:
    return Fetcher("Nabat", allow=["127.0.0.1"], limits=Limits(first_byte=2.0, total=2.0))


async def read(client: Fetcher, url: str) -> ParsedFeed:
    answer = await client.get(FetchRequest(url))
    assert isinstance(answer, Fetched)
    return parse(answer.body, answer.content_type, answer.url)


@pytest.mark.parametrize("form", [Form.RSS, Form.RSS091, Form.RDF, Form.ATOM])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
async def test_what_a_publisher_writes_is_what_is_read(form: Form, encoding: str) -> None:
    async with FeedHost() as host, fetcher() as client:
        feed = host.feed("outlet", form=form, encoding=encoding)
        feed.publish(ITEM)
        (entry,) = (await read(client, feed.url)).entries
    assert (entry.title, entry.url, entry.summary) == (ITEM.title, ITEM.link, ITEM.summary)


async def test_a_json_feed_is_read() -> None:
    async with FeedHost() as host, fetcher() as client:
        feed = host.feed("outlet", form=Form.JSON)
        feed.publish(ITEM)
        (entry,) = (await read(client, feed.url)).entries
    assert (entry.guid, entry.title, entry.url, entry.published) == ("g-1", ITEM.title, ITEM.link, ITEM.published)


async def test_an_unchanged_feed_is_not_read_again() -> None:
    async with FeedHost() as host, fetcher() as client:
        feed = host.feed("outlet")
        feed.publish(ITEM)
        first = await client.get(FetchRequest(feed.url))
        assert isinstance(first, Fetched)
        again = FetchRequest(feed.url, first.etag, first.last_modified)
        assert isinstance(await client.get(again), NotModified)
        feed.publish(FeedItem(title="Освобождён"))
        assert isinstance(await client.get(again), Fetched)


@pytest.mark.parametrize(
    "how",
    [
        Misbehaviour.answer(503, retry_after=60),
        Misbehaviour.answer(404),
        Misbehaviour.tiny(),
        Misbehaviour.html(),
        Misbehaviour.bomb(50),
        Misbehaviour.bomb(50, "br"),
        Misbehaviour.bomb(50, "deflate"),
        Misbehaviour.hang(),
        Misbehaviour.drop(),
        Misbehaviour.drip(),
        Misbehaviour.endless(),
        Misbehaviour.truncated(),
        Misbehaviour.wrong_length(),
        Misbehaviour.garbage(),
        Misbehaviour.redirect("file:///etc/passwd"),
        Misbehaviour.redirect("http://169.254.169.254/latest/meta-data/"),
        Misbehaviour.poison(
            b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>'
        ),
    ],
    ids=lambda how: f"{how.kind}-{how.status}-{len(how.body)}",
)
async def test_a_bad_publisher_is_one_clear_line_and_hurts_no_other(how: Misbehaviour) -> None:
    async with FeedHost() as host, fetcher() as client:
        bad, good = host.feed("bad"), host.feed("good")
        bad.publish(ITEM)
        good.publish(ITEM)
        bad.misbehave(how)
        with pytest.raises(NabatError) as caught:
            await read(client, bad.url)
        assert len((await read(client, good.url)).entries) == 1
    assert "\n" not in str(caught.value)
    assert 10 < len(str(caught.value)) < 200
