import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Outlet
from bot.news import fields, identity
from bot.news.entry import Entry
from bot.news.fields import link
from bot.news.identity import LONGEST_GUID, canonical, guids, identities, untracked

RFERL = Outlet("rferl", "RFE/RL", "https://www.rferl.org", mirrors=("d1x2y3.cloudfront.net", "www.rfe-mirror.example"))
BBC = Outlet("bbc-russian", "BBC", "https://www.bbc.com/russian")
KLOOP = Outlet("kloop", "Kloop", "https://kloop.kg")
MEDUZA = Outlet("meduza", "Meduza", "https://meduza.io")


def entry(guid: str = "", url: str | None = None, title: str = "t") -> Entry:
    return Entry(guid=guid, url=url, title=title, summary="", published=None)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.rferl.org/a/kyrgyzstan-russia-activist-detained/32463479.html",
        "http://rferl.org/a/32463479.html",
        "https://d1x2y3.cloudfront.net/a/another-slug/32463479.html",
        "https://unlisted.example.net/a/%D0%B1/32463479.html?nocache=1&withmediaplayer=1#comments",
        "https://www.rferl.org/amp/slug/32463479.html",
        "https://m.rferl.org/a/slug/32463479.html?utm_source=x",
    ],
)
def test_an_article_of_rferl_is_its_number_on_every_mirror(url: str) -> None:
    assert canonical(url, RFERL) == "https://rferl.org/a/32463479.html"


@pytest.mark.parametrize(
    "url",
    [
        "http://kloop.kg/blog/2023/06/08/zaderzhan",
        "https://www.kloop.kg/blog/2023/06/08/zaderzhan/",
        "https://KLOOP.kg:443/blog/2023/06/08/zaderzhan/?utm_source=rss&utm_medium=rss&fbclid=1#more",
        "https://kloop.kg//blog/2023/06/08/zaderzhan/amp/",
        "https://amp.kloop.kg/blog/2023/06/08/zaderzhan/?amp=1&ref=home&yclid=5&gclid=7&from=rss",
        " https://m.kloop.kg/blog/2023/06/./08/zaderzhan/index.html ",
    ],
)
def test_variants_of_an_address_are_one_article(url: str) -> None:
    assert canonical(url, KLOOP) == "https://kloop.kg/blog/2023/06/08/zaderzhan"


PARTS = ("a", "news", "..", ".", "Б", "%41", "%d0", "amp", "index.html", "x_y~z-1", "2023", ";v", "")
HOSTS = ("kloop.kg", "www.kloop.kg", "KLOOP.kg", "m.kloop.kg.", "kloop..kg", "127.0.0.1", "-", "[::1]")
PORTS = ("", ":80", ":443", ":0443", ":8080", ":99999", ":")


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(HOSTS),
    st.sampled_from(PORTS),
    st.lists(st.sampled_from(PARTS), max_size=4),
    st.sampled_from(["", "/", "?a=1", "#b"]),
)
def test_the_short_ways_of_addresses_lead_where_the_long_ones_do(
    scheme: str, host: str, port: str, path: list[str], end: str
) -> None:
    url = "/".join((f"{scheme}://{host}{port}", *path)) + end
    short = canonical(url, KLOOP), link(url, "https://kloop.kg/rss/")
    never = re.compile("(?!)")
    with patch.object(identity, "_CANONICAL", never), patch.object(fields, "_WHOLE", never):
        assert short == (canonical(url, KLOOP), link(url, "https://kloop.kg/rss/"))


def test_marks_of_campaigns_are_dropped_and_meaning_is_kept() -> None:
    link = "https://www.bbc.com/news/articles/cp81l0e1eg5o?at_medium=RSS&at_campaign=rss#0"
    assert canonical(link, BBC) == "https://bbc.com/news/articles/cp81l0e1eg5o"
    assert canonical("https://kloop.kg/?p=12&b=2&a=1", KLOOP) == "https://kloop.kg/?a=1&b=2&p=12"
    assert canonical("https://kloop.kg/?p=12", KLOOP) != canonical("https://kloop.kg/?p=13", KLOOP)


def test_cyrillic_paths_are_one_however_they_are_written() -> None:
    plain = canonical("https://kloop.kg/новость", KLOOP)
    assert plain == canonical("https://kloop.kg/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C/", KLOOP)
    assert plain == canonical("https://kloop.kg/%d0%bd%d0%be%d0%b2%d0%be%d1%81%d1%82%d1%8c", KLOOP)


def test_a_mirror_is_its_outlet() -> None:
    assert canonical("https://rfe-mirror.example/news/1", RFERL) == canonical("https://www.rferl.org/news/1", RFERL)


@pytest.mark.parametrize(
    "url",
    [
        "https://meduza.io/",
        "https://meduza.io",
        "https://meduza.io/en",
        "https://meduza.io/?utm_source=rss",
        "https://meduza.io/#top",
        "mailto:a@b.org",
        "javascript:alert(1)",
        "ftp://meduza.io/a",
        "/feature/2023",
        "https://",
        "https://[",
        "https://meduza.io:x/a",
        "",
    ],
)
def test_what_names_no_article_has_no_identity(url: str) -> None:
    assert canonical(url, MEDUZA) is None


def test_a_section_that_is_the_outlets_home_names_no_article() -> None:
    assert canonical("https://www.bbc.com/russian/", BBC) is None
    assert canonical("https://www.bbc.com/russian/articles/c1", BBC) == "https://bbc.com/russian/articles/c1"


@given(st.text(max_size=80) | st.builds("https://{}/{}".format, st.sampled_from(["x.org", "www.m.x.org"]), st.text()))
def test_canonical_is_idempotent_and_never_fails(url: str) -> None:
    once = canonical(url, KLOOP)
    if once is not None:
        assert canonical(once, KLOOP) == once
        assert once.startswith("https://")


@given(
    st.from_regex(r"\Ahttps://(www\.|m\.)?[a-z]{1,8}\.(org|kg)(/[a-zA-Z0-9%._~-]{0,8}){0,4}(\?[a-z&=%0-9]{0,12})?\Z")
)
def test_canonical_knows_http_www_and_slashes_for_noise(url: str) -> None:
    once = canonical(url, KLOOP)
    assert canonical(url.replace("https", "http"), KLOOP) == once
    assert canonical(url + "#end", KLOOP) == once
    if "?" not in url:
        assert canonical(url + "/?utm_source=a", KLOOP) == once


def test_an_address_that_different_entries_share_identifies_none_of_them() -> None:
    url = "https://meduza.io/news"
    entries = [entry("1", url, "Одно"), entry("2", url, "Другое"), entry("3", "https://meduza.io/news/3")]
    assert identities(entries, MEDUZA) == (None, None, "https://meduza.io/news/3")
    same = [entry("1#0", url, "Одно"), entry("1#1", f"{url}?at_medium=RSS", " одно")]
    assert identities(same, MEDUZA) == (url, url)


def test_a_missing_guid_does_not_depend_on_the_other_entries() -> None:
    with_url, home, bare = entry(url="https://a.org/1"), entry(url="https://a.org/", title="x"), entry(title="y")
    together = [found.guid for found in guids([with_url, home, bare])]
    assert together == [guids([found])[0].guid for found in (with_url, home, bare)]
    assert together[0] == "https://a.org/1"
    assert len(set(together)) == 3


def test_entries_that_share_a_guid_are_told_apart_by_address_then_title() -> None:
    by_address = [entry("g", f"https://a.org/{place}") for place in range(3)]
    assert len({found.guid for found in guids(by_address)}) == 3
    by_title = [entry("g", "https://a.org/", title) for title in "abc"]
    found = guids(by_title)
    assert len({entry.guid for entry in found}) == 3
    assert guids(by_title[1:]) == found[1:]


def test_an_entry_that_is_repeated_outright_is_read_once() -> None:
    first = entry("g", "https://a.org/1")
    assert guids([first, replace(first, summary="again"), first]) == (first,)


def test_a_long_guid_is_shortened_and_still_its_own() -> None:
    found = guids([entry("g" * 600 + letter) for letter in "ab"])
    assert all(len(entry.guid) <= LONGEST_GUID for entry in found)
    assert len({entry.guid for entry in found}) == 2


ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["", "g", "h", "g" * 600]),
        st.sampled_from([None, "https://a.org/", "https://a.org/1", "https://a.org/2"]),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=12,
)


@given(ENTRIES)
def test_guids_are_always_there_short_and_unique(entries: list[Entry]) -> None:
    found = guids(entries)
    assert all(0 < len(entry.guid) <= LONGEST_GUID for entry in found)
    assert len({entry.guid for entry in found}) == len(found)
    assert {(entry.url, entry.title) for entry in found} == {(entry.url, entry.title) for entry in entries}


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("https://x.org/a?utm_source=rss&amp;utm_medium=feed", "https://x.org/a"),
        ("https://x.org/a?PHPSESSID=0a1b&id=7", "https://x.org/a?id=7"),
        ("https://x.org/a?id=7&UTM_Campaign=x&fbclid=1#more", "https://x.org/a?id=7#more"),
        ("https://x.org/?p=5&at_medium=RSS&maca=ru-rss", "https://x.org/?p=5"),
        ("https://x.org/a?b&c=&d=%D1%8F&ref=7&from=rss", "https://x.org/a?b&c=&d=%D1%8F&ref=7&from=rss"),
        ("https://x.org/a#x?utm_source=y", "https://x.org/a#x?utm_source=y"),
        ("https://x.org/a?", "https://x.org/a"),
        ("https://x.org/utm_source=a", "https://x.org/utm_source=a"),
    ],
)
def test_a_link_is_opened_without_what_trackers_hung_on_it(given: str, opened: str) -> None:
    assert untracked(given) == opened


def test_a_visit_is_no_part_of_an_address() -> None:
    written = (f"https://x.org/a{path}" for path in ("", ";jsessionid=0A1B", ";jsessionid=2C?sessionid=3"))
    assert {canonical(url, KLOOP) for url in written} == {"https://x.org/a"}
