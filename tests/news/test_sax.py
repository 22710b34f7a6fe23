"""feedparser is driven by our driver, and answers what it answers by the standard library's."""

from __future__ import annotations

import io
from xml.sax import make_parser

import feedparser
import feedparser.api
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.news.parse  # noqa: F401 - it names the driver
from bot.news.sax import BUFFER, Driver

PIECES = st.sampled_from(
    ["&lt;b&gt;", "я", "a", " ", "\n", "<![CDATA[<i>x]]>", "&#x2014;", "&amp;nbsp;", "<q>w</q>", "<!--c-->"]
)


def answers(document: str) -> tuple[object, ...]:
    stream = io.BytesIO(document.encode())
    found = feedparser.parse(stream, response_headers={"content-type": "application/xml; charset=utf-8"})
    return (found.entries, found.feed, found.version, found.bozo)


def test_the_driver_is_the_one_that_feedparser_asks_for() -> None:
    assert isinstance(make_parser(feedparser.api.PREFERRED_XML_PARSERS), Driver)


@given(st.lists(PIECES, max_size=30), st.lists(PIECES, max_size=30))
def test_texts_in_one_piece_say_what_texts_in_many_say(title: list[str], summary: list[str]) -> None:
    item = f"<item><title>{''.join(title)}</title><description>{''.join(summary)}</description></item>"
    document = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{item}</channel></rss>'
    ours = answers(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", [])
        assert not isinstance(make_parser(feedparser.api.PREFERRED_XML_PARSERS), Driver)
        assert answers(document) == ours


def test_a_text_longer_than_the_buffer_comes_whole() -> None:
    long = "я&lt;" * BUFFER
    document = f"<rss><item><title>t</title><description>{long}</description></item></rss>"
    (entry,) = feedparser.parse(io.BytesIO(document.encode()), sanitize_html=False).entries
    assert entry.summary == "я<" * BUFFER
