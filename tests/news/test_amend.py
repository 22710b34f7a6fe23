from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserMistake
from bot.model import Feed
from bot.news.amend import Addition, amend
from bot.news.catalogue import Catalogue, load

FILE = """# The head says how it is written.
outlets:
  # The first outlet.
  - id: kloop
    name: Kloop
    home: https://www.kloop.kg
    feeds:
      # seen in public lists
      - {url: https://kloop.kg/feed/, language: ru, country: KG}  # the main one

  # The second outlet, with a feed over several lines.
  - id: wire
    name: Wire
    home: https://wire.example
    feeds:
      - url: https://wire.example/rss
        language: en
    mirrors: []
"""


def read(folder: Path, text: str) -> Catalogue:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def lines_left(before: str, after: str) -> list[str]:
    """The lines that were added; fails where one of the old ones is gone or moved."""
    added, old = [], before.splitlines()
    for line in after.splitlines():
        if old and line == old[0]:
            old.pop(0)
        else:
            added.append(line)
    assert old == []
    return [line for line in added if line]


def test_feeds_are_added_where_they_belong_and_nothing_else_changes(tmp_path: Path) -> None:
    additions = [
        Addition("https://kloop.kg/en/feed/", "Kloop", "https://kloop.kg", "en", "KG"),
        Addition("https://rss.wire.example/ru", "Wire", "https://rss.wire.example", "ru"),
        Addition("https://new.example/rss?a=1", "Новое: издание", "https://new.example", "ru"),
        Addition("http://wire.example/rss/", "Wire", "https://wire.example", "en"),
    ]
    text, added = amend(FILE, read(tmp_path, FILE), additions)
    assert added == 3
    assert lines_left(FILE, text) == [
        "      - {url: https://kloop.kg/en/feed/, language: en, country: KG}",
        "      - {url: https://rss.wire.example/ru, language: ru}",
        "  - id: new",
        '    name: "Новое: издание"',
        "    home: https://new.example",
        "    feeds:",
        '      - {url: "https://new.example/rss?a=1", language: ru}',
    ]
    after = read(tmp_path, text)
    assert [feed.outlet for feed in after.feeds] == ["kloop", "kloop", "wire", "wire", "new"]
    assert after.outlets[2].name == "Новое: издание"


def test_a_second_run_adds_nothing(tmp_path: Path) -> None:
    additions = [Addition("https://new.example/rss", "New", "https://new.example", "ru")]
    text, _ = amend(FILE, read(tmp_path, FILE), additions)
    assert amend(text, read(tmp_path, text), additions) == (text, 0)


def test_a_list_in_brackets_is_left_to_a_person(tmp_path: Path) -> None:
    text = FILE.replace(
        "feeds:\n      - url: https://wire.example/rss\n        language: en",
        "feeds: [{url: 'https://wire.example/rss', language: en}]",
    )
    with pytest.raises(UserMistake, match="wire"):
        amend(text, read(tmp_path, text), [Addition("https://wire.example/2", "W", "https://wire.example", "en")])


word = st.text("abcdefghij-/?&=#:,{}[]'\"%@!|>*`~", min_size=1, max_size=12)


@given(st.lists(st.tuples(word, word), min_size=1, max_size=4))
def test_no_address_and_no_name_breaks_the_file(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("amend")
    additions = [
        Addition(f"https://s{n}.example/{path}", name, f"https://s{n}.example", "ru")
        for n, (path, name) in enumerate(found)
    ]
    text, added = amend(FILE, read(folder, FILE), additions)
    after = read(folder, text)
    assert added == len(found)
    assert [feed.url for feed in after.feeds[-added:]] == [each.url for each in additions]
    assert [outlet.name for outlet in after.outlets[-added:]] == [each.name for each in additions]
    assert Feed("https://kloop.kg/feed/", "kloop", "ru", "KG") in after.feeds
