import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserMistake
from bot.model import Feed, Outlet
from bot.news import opml
from bot.news.catalogue import Catalogue

GROUPED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
<outline text="Central Asia">
  <outline type="rss" text="Kloop &amp; friends" xmlUrl="https://kloop.kg/feed/" language="ru-RU"
    htmlUrl="https://kloop.kg"/>
  <outline title="24.kg" xmlURL="https://24.kg/rss/"/>
</outline>
<outline text="Again" xmlUrl="https://24.kg/rss/"/>
<outline text="A folder of nothing"/>
</body></opml>"""


def test_feeds_are_read_from_their_groups_each_once() -> None:
    kloop, again = opml.read(GROUPED.encode())
    assert kloop == opml.Outline("https://kloop.kg/feed/", "Kloop & friends", "https://kloop.kg", "ru", "Central Asia")
    assert again.url == "https://24.kg/rss/"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<html><body/></html>", "begins with <html>"),
        ("<opml><body>", "broken"),
        ("just words", "broken"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>', "document type"),
    ],
)
def test_what_is_not_opml_is_refused_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(UserMistake, match=told) as caught:
        opml.read(text.encode())
    assert "\n" not in str(caught.value)


names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=20)


@given(st.lists(names, min_size=1, max_size=5))
def test_what_is_exported_is_imported(titles: list[str]) -> None:
    outlets = tuple(Outlet(f"o{n}", title, f"https://{n}.example/?a=1&b=2") for n, title in enumerate(titles))
    feeds = tuple(Feed(f"https://{n}.example/rss?x=\"'<&y", f"o{n}", "ru") for n in range(len(titles)))
    read = opml.read(opml.write(Catalogue(outlets, feeds)).encode())
    assert [(o.url, o.title, o.home, o.language) for o in read] == [
        (feed.url, outlet.name, outlet.home, "ru") for feed, outlet in zip(feeds, outlets, strict=True)
    ]
