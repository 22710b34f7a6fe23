import pickle
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.entry import Entry, ParsedFeed
from bot.news.failures import HostileFeed, NotAFeed
from bot.news.fields import LONGEST_SUMMARY, LONGEST_TITLE
from bot.news.parse import parse

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
URL = "https://example.org/rss"


def read(text: str, content_type: str | None = "application/rss+xml") -> ParsedFeed:
    return parse(text.encode(), content_type, URL, now=NOW)


def rss(*items: str, channel: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Лента</title>{channel}{body}</channel></rss>'


def one(item: str) -> Entry:
    (entry,) = read(rss(item)).entries
    return entry


WHOLE = """<title>Задержан  в\nБишкеке</title><link>https://example.org/a/1.html</link><guid>g-1</guid>
<description>&lt;p&gt;Текст&lt;/p&gt;</description><pubDate>Sun, 22 Nov 2026 15:00:00 +0300</pubDate>
<category>Кыргызстан</category><category>Кыргызстан</category><category>Права</category>
<enclosure url="https://example.org/1.jpg" type="image/jpeg" length="0"/>"""


def test_an_entry_is_read_as_the_feed_gives_it() -> None:
    feed = read(rss(WHOLE, channel="<language>ru</language><ttl>60</ttl>"))
    assert (feed.title, feed.language, feed.ttl, feed.kind, feed.flaw) == ("Лента", "ru", 3600.0, "rss20", None)
    assert feed.entries == (
        Entry(
            guid="g-1",
            url="https://example.org/a/1.html",
            title="Задержан в Бишкеке",
            summary="<p>Текст</p>",
            published=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
            image="https://example.org/1.jpg",
            tags=("Кыргызстан", "Права"),
        ),
    )


def test_what_is_read_can_cross_a_process_border() -> None:
    feed = read(rss(WHOLE))
    assert pickle.loads(pickle.dumps(feed)) == feed
    for error in (NotAFeed("x"), HostileFeed("y")):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ('<rss version="0.91"><channel><item><title>a</title></item></channel></rss>', "rss091u"),
        ('<rss version="0.92"><channel><item><title>a</title></item></channel></rss>', "rss092"),
        ("<rss><channel><item><title>a</title></item></channel></rss>", "rss"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            "<channel/><item><title>a</title></item></rdf:RDF>",
            "rdf",
        ),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><id>1</id></entry></feed>',
            "atom10",
        ),
        (
            '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>a</a:title></a:entry></a:feed>',
            "atom10",
        ),
        (
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.org/rss-0.91.dtd">'
            '<rss version="0.91"><channel><item><title>a</title></item></channel></rss>',
            "rss091u",
        ),
    ],
)
def test_every_family_of_feeds_is_read(document: str, kind: str) -> None:
    feed = read(document)
    assert (feed.kind, [entry.title for entry in feed.entries]) == (kind, ["a"])


def test_atom_is_dated_by_its_publication_and_names_its_hub() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://example.org/atom"/>'
        '<link rel="hub" href="https://hub.example.org/"/><entry><title>a</title><id>tag:1</id>'
        '<link rel="edit" href="https://example.org/edit"/><link rel="alternate" href="/a"/>'
        "<updated>2026-11-22T20:00:00Z</updated><published>2026-11-22T10:00:00Z</published>"
        "<content type='html'>&lt;b>whole&lt;/b></content></entry></feed>"
    )
    (entry,) = feed.entries
    assert (feed.hub, feed.own_url) == ("https://hub.example.org/", "https://example.org/atom")
    assert (entry.url, entry.summary) == ("https://example.org/a", "<b>whole</b>")
    assert entry.published == datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900.0),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86400.0),
    ],
)
def test_a_feed_may_say_how_often_it_is_asked(channel: str, seconds: float | None) -> None:
    document = rss("<title>a</title>", channel=channel).replace(
        "<rss ", '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    )
    assert read(document).ttl == seconds


def test_an_entry_without_a_title_takes_the_first_words_of_its_text() -> None:
    entry = one("<description>&lt;p&gt;В Бишкеке &amp;amp; Оше &lt;b&gt;задержали&lt;/b&gt;&lt;/p&gt;</description>")
    assert entry.title == "В Бишкеке & Оше задержали"
    assert one("<link>https://example.org/x</link>").title == "https://example.org/x"


def test_an_entry_that_says_nothing_is_none() -> None:
    assert read(rss("", "<guid>1</guid>", "<title>a</title>")).entries == (one("<title>a</title>"),)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://a.org\\@b.org/",
        "https://me@b.org/",
        "x:y",
    ],
)
def test_links_that_are_not_web_addresses_are_dropped(link: str) -> None:
    entry = one(f"<title>a</title><link>{link}</link><enclosure url='{link}' type='image/png'/>")
    assert (entry.url, entry.image) == (None, None)


def test_a_permalink_guid_stands_in_for_a_link() -> None:
    entry = one("<title>a</title><guid isPermaLink='true'>https://example.org/1</guid>")
    assert entry.url == "https://example.org/1"
    assert one("<title>a</title><guid>17</guid>").url is None
    assert one("<title>a</title><link>/news/2</link>").url == "https://example.org/news/2"
    assert one("<title>a</title><link>https://a.org/b c</link>").url == "https://a.org/b%20c"


def test_a_guid_is_the_same_wherever_the_feed_was_fetched() -> None:
    document = rss("<title>a</title><guid isPermaLink='false'>g</guid><link>/1</link>").encode()
    here, there = (parse(document, None, url) for url in (URL, "https://mirror.example.net/x/rss"))
    assert [entry.guid for entry in here.entries] == [entry.guid for entry in there.entries] == ["g"]


@pytest.mark.parametrize("when", ["Thu, 01 Jan 1970 00:00:00 +0000", "Tue, 01 Jan 2099 00:00:00 GMT", "soon"])
def test_an_impossible_date_is_no_date(when: str) -> None:
    assert one(f"<title>a</title><pubDate>{when}</pubDate>").published is None


def test_fields_are_capped_and_a_cut_summary_ends_before_a_tag() -> None:
    text = "слово " * 3000 + "<a href='https://example.org'>"
    entry = one(f"<title>{'т' * 5000}</title><guid>{'g' * 5000}</guid><description>{escape(text)}</description>")
    assert len(entry.title) == LONGEST_TITLE
    assert len(entry.guid) <= 512
    assert len(entry.summary) <= LONGEST_SUMMARY
    cut = one(f"<title>a</title><description>{escape('я' * (LONGEST_SUMMARY - 3) + '<b class=x>')}</description>")
    assert cut.summary == "я" * (LONGEST_SUMMARY - 3)


def test_at_most_500_entries_are_read() -> None:
    items = [f"<title>n {place}</title><guid>{place}</guid>" for place in range(501)]
    exact, over = read(rss(*items[:500])), read(rss(*items))
    assert (len(exact.entries), exact.left_out) == (500, False)
    assert (len(over.entries), over.left_out, over.flaw) == (500, True, None)
    assert over.entries == exact.entries
    broken = read(rss(*items).replace("n 3<", "n & 3<"))
    assert (len(broken.entries), broken.left_out) == (500, True)
    assert "not well-formed" in str(broken.flaw)


def test_a_feed_that_breaks_off_keeps_its_whole_entries_and_tells() -> None:
    whole = rss("<title>a</title>", "<title>b</title>", "<title>c</title>")
    feed = read(whole[: whole.index("<title>c")])
    assert [entry.title for entry in feed.entries] == ["a", "b"]
    assert "not well-formed XML (line 1" in str(feed.flaw)


@pytest.mark.parametrize("text", ["Tom & Jerry", "a&nbsp;b", "1 < 2 and 3"])
def test_careless_markup_does_not_stop_a_feed(text: str) -> None:
    feed = read(rss("<title>before</title>", f"<title>{text}</title>", "<title>after</title>"))
    assert [feed.entries[0].title, feed.entries[-1].title] == ["before", "after"]
    assert feed.flaw


def test_warnings_before_the_feed_are_forgiven() -> None:
    assert read("<br />\n<b>Warning</b>: x in y.php\n" + rss("<title>a</title>")).entries[0].title == "a"
    assert read("\n\n" + rss("<title>a</title>")).entries[0].title == "a"


def test_control_characters_do_not_stop_a_feed() -> None:
    assert one("<title>a\x00b\x0b\x1bc</title>").title == "abc"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the answer is empty"),
        (b"  \n", "the answer is empty"),
        (b"hello world", "11 characters and not a feed; the address is probably wrong"),
        (b"<!DOCTYPE html><html><head><title>x</title></head></html>", "an HTML page"),
        (b"<HTML><body>rss</body></HTML>", "an HTML page"),
        (b"<div>no</div><body>", "an HTML page"),
        (b'{"ok": true}', "JSON, but not a JSON Feed"),
        (b"[]", "JSON, but not a JSON Feed"),
        (b"{rss}", "looks like JSON and cannot be read"),
        (b"<?xml version='1.0'?><sitemap><url/></sitemap>", "begins with <sitemap>"),
        (b"<?xml version='1.0'?><opml><body/></opml>", "an HTML page|<opml>"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a feed"),
        (b"/etc/hostname", "13 characters and not a feed"),
        (b"https://example.org/rss", "23 characters and not a feed"),
        (b"<rss", "cannot be read: not well-formed|not a feed"),
        (b"<!--", "not a feed"),
    ],
)
def test_what_is_not_a_feed_is_told_in_one_line(body: bytes, told: str) -> None:
    with pytest.raises(NotAFeed, match=told) as caught:
        parse(body, "text/html; charset=utf-8", URL)
    assert "\n" not in str(caught.value)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss()).entries == ()


ENTITY = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "document",
    [
        ENTITY + rss("<title>&b;</title>"),
        '<?xml version="1.0"?><!-- <rss> -->' + ENTITY + "<rss/>",
        '<!DOCTYPE rss [<!entity a "x">]><rss/>',
        '<!DOCTYPE rss SYSTEM "x>y" [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><rss/>',
        '<!DOCTYPE rss [<!ELEMENT rss ANY> <!ENTITY xxe SYSTEM "file:///etc/passwd">]><rss>&xxe;</rss>',
        "\ufeff" + ENTITY + "<rss/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(document: str, encoding: str) -> None:
    with pytest.raises(HostileFeed, match="entities"):
        parse(document.encode(encoding), None, URL)


PIECES = """<rss> </rss> <channel> </channel> <item> </item> <title> </title> <guid> <link> https://x.org/ <entry>
<feed> <![CDATA[ ]]> <!-- --> <?xml ?> <!DOCTYPE [ <!ENTITY & &amp; &nbsp; &#0; &#x41; xml:base=' \" > < \x00
<pubDate> 2026 <content:encoded> <rdf:RDF xmlns:a='b' </ <a:b a='"""
MARKUP = st.lists(st.sampled_from(PIECES.split()), max_size=60).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=500) | MARKUP.map(str.encode) | MARKUP.map(lambda text: rss(text).encode()))
def test_any_bytes_are_a_feed_or_a_clear_refusal(body: bytes) -> None:
    feed = ParsedFeed(())
    with suppress(NotAFeed, HostileFeed):
        feed = parse(body, None, URL, now=NOW)
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)
    assert all(entry.guid and entry.title for entry in feed.entries)


# feedparser takes a text of Latin-1 letters alone that could be UTF-8 for a mistake, and mends it: hence the я.
PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=30).map("я{}".format)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(PLAIN, PLAIN), max_size=8, unique_by=lambda item: item[0]))
def test_what_a_generator_writes_is_what_is_read(items: list[tuple[str, str]]) -> None:
    document = rss(*(f"<guid isPermaLink='false'>{escape(g)}</guid><title>{escape(t)}</title>" for g, t in items))
    assert [(entry.guid, entry.title) for entry in read(document).entries] == items


def test_an_emoji_in_two_halves_does_not_cost_the_feed() -> None:
    found = one("<guid>1</guid><title>Обыск &#xD83D;&#xDE94; в Бишкеке&#x0B;</title>")
    assert found.title == "Обыск 🚔 в Бишкеке"


def numbered(numbers: Iterable[int], *pinned: str) -> str:
    date = datetime(2026, 3, 1, tzinfo=UTC)
    items = (
        f"<guid>{number}</guid><title>Новость {number}</title>"
        f"<pubDate>{format_datetime(date + timedelta(minutes=number))}</pubDate>"
        for number in numbers
    )
    return rss(*pinned, *items)


def test_of_too_many_entries_the_newest_are_read_in_whatever_order_they_stand() -> None:
    for document in (numbered(range(700)), numbered(reversed(range(700))), numbered(range(700)) + "&"):
        found = read(document)
        assert {entry.guid for entry in found.entries} >= {str(number) for number in range(201, 700)}
        assert (len(found.entries), found.left_out) == (500, True)


def test_an_old_entry_that_is_pinned_to_the_top_turns_no_order_around() -> None:
    pinned = "<guid>pinned</guid><title>О нас</title><pubDate>Fri, 01 May 2020 00:00:00 GMT</pubDate>"
    assert {"pinned", "699"} <= {entry.guid for entry in read(numbered(reversed(range(700)), pinned)).entries}
