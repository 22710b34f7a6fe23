from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.news.compare import Known, compare, fold
from bot.news.entry import Entry
from bot.store.items import KnownItem

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FEED = 7


def entry(number: int, guid: str = "") -> Entry:
    published = NOW - timedelta(hours=number)
    return Entry(
        guid or f"g{number}", f"https://wire.example/{number}", f"A headline with number {number}", "", published
    )


def item(number: int, feed: int = FEED) -> KnownItem:
    found = entry(number)
    return KnownItem(number, feed, found.url, found.title, found.published, None)


WINDOW = [entry(number) for number in range(1, 11)]
STORED = [item(number) for number in range(1, 11)]
KNOWN = Known({f"g{number}": item(number) for number in range(1, 11)}, {}, STORED)


def renamed(entries: list[Entry]) -> list[Entry]:
    return [replace(e, guid=f"new-{e.guid}", url=str(e.url).replace("wire", "rebuilt")) for e in entries]


def urls(entries: list[Entry]) -> list[str | None]:
    return [e.url for e in entries]


def test_known_guids_are_nothing_new() -> None:
    assert compare(FEED, WINDOW, urls(WINDOW), KNOWN).new == ()


def test_new_entries_come_oldest_first() -> None:
    found = compare(FEED, [entry(20), entry(21), *WINDOW], urls([entry(20), entry(21), *WINDOW]), KNOWN)
    assert [c.entry.guid for c in found.new] == ["g21", "g20"]


def test_an_address_that_another_feed_brought_is_tied_to_its_item() -> None:
    known = replace(KNOWN, by_identity={"https://wire.example/30": item(30, feed=8)})
    found = compare(FEED, [entry(30), *WINDOW], urls([entry(30), *WINDOW]), known)
    assert (found.new, found.same) == ((), (("g30", 30),))
    assert found.came == (entry(30).published,)


def test_a_feed_that_renames_everything_sends_nothing_twice() -> None:
    entries = renamed(WINDOW)
    found = compare(FEED, entries, urls(entries), replace(KNOWN, by_guid={}))
    assert found.flipped
    assert found.new == ()
    assert sorted(found.same) == sorted((e.guid, n) for n, e in enumerate(entries, 1))


def test_real_news_in_the_midst_of_a_renaming_is_news() -> None:
    entries = renamed([entry(99), *WINDOW])
    found = compare(FEED, entries, urls(entries), replace(KNOWN, by_guid={}))
    assert [c.entry.title for c in found.new] == [entry(99).title]


def test_even_the_dates_may_change_in_a_renaming() -> None:
    entries = [replace(e, published=NOW) for e in renamed(WINDOW)]
    assert compare(FEED, entries, urls(entries), replace(KNOWN, by_guid={})).new == ()


def test_one_new_guid_under_an_old_title_and_date_is_the_old_item() -> None:
    entries = [*renamed(WINDOW[:1]), *WINDOW[1:]]
    found = compare(FEED, entries, urls(entries), KNOWN)
    assert (found.new, found.same, found.flipped) == ((), (("new-g1", 1),), False)


def test_a_title_that_comes_again_on_another_day_is_another_item() -> None:
    again = replace(entry(1), guid="again", url="https://wire.example/again", published=NOW + timedelta(days=1))
    assert len(compare(FEED, [again, *WINDOW], urls([again, *WINDOW]), KNOWN).new) == 1


def test_short_titles_are_too_common_to_go_by() -> None:
    stored = [replace(each, title="Новости") for each in STORED]
    entries = [replace(e, title="Новости") for e in renamed(WINDOW)]
    assert len(compare(FEED, entries, urls(entries), Known({}, {}, stored)).new) == 10


def test_a_title_that_an_editor_changed_is_told_apart_from_markup_and_case() -> None:
    edited = [
        replace(WINDOW[0], title="Another headline"),
        replace(WINDOW[1], title="A <b>Headline</b> with&nbsp;number 2"),
    ]
    found = compare(FEED, [*edited, *WINDOW[2:]], urls(WINDOW), KNOWN)
    assert [(r.item.id, r.entry.title) for r in found.retitled] == [(1, "Another headline")]


def test_only_the_feed_that_brought_an_item_edits_it() -> None:
    known = replace(KNOWN, by_guid={"g1": item(1, feed=8)})
    assert compare(FEED, [replace(WINDOW[0], title="In the section's words")], urls(WINDOW[:1]), known).retitled == ()


def test_a_guid_that_is_given_to_another_article_hides_no_news() -> None:
    """Some feeds number their entries from the top, or call whatever is newest "latest"."""
    numbered = [replace(entry(number), guid=f"g{number + 1}") for number in range(10)]
    by_identity = {str(item.identity): item for item in STORED}
    found = compare(FEED, numbered, urls(numbered), replace(KNOWN, by_identity=by_identity))
    assert [c.entry.title for c in found.new] == [entry(0).title]
    assert found.retitled == ()
    assert found.same == tuple((f"g{number + 1}", number) for number in range(1, 10))
    assert found.came == (entry(0).published,), "what this feed showed before did not come now"


@pytest.mark.parametrize(
    ("address", "minutes", "another"),
    [
        ("moved", 0, False),
        ("moved", 1, True),
        ("same", 1, False),
        (None, 0, False),
        (None, 1, True),
        ("moved", None, True),
        ("same", None, False),
        (None, None, False),
    ],
)
def test_an_edited_title_is_told_apart_from_another_article(
    address: str | None, minutes: int | None, another: bool
) -> None:
    date = None if minutes is None else NOW - timedelta(hours=1, minutes=minutes)
    shown = replace(entry(1), title="An entirely different headline", published=date)
    place = {"moved": "https://wire.example/elsewhere", "same": entry(1).url}.get(address or "")
    found = compare(FEED, [shown], [place], KNOWN)
    assert (len(found.new), len(found.retitled)) == ((1, 0) if another else (0, 1))


def test_fold_keeps_letters_and_digits() -> None:
    assert fold("«Ёлка» &amp; <b>5</b> дней!") == "ёлка5дней"
