from __future__ import annotations

from datetime import UTC, datetime

from bot.bulletin import LINES, Bulletin
from bot.news.health import Health, HealthChange

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def change(feed: str, after: Health = Health.DOWN) -> HealthChange:
    before = Health.GOOD if after is not Health.GOOD else Health.DOWN
    return HealthChange(feed, "Kloop", before, after, NOW, "the server answered 503")


def test_a_change_is_told_once_with_its_reason() -> None:
    bulletin = Bulletin()
    bulletin.note(change("https://kloop.example/feed"))
    text = bulletin.take()
    assert text is not None
    assert "https://kloop.example/feed: down since 2026-03-02 12:00 UTC: the server answered 503" in text
    assert bulletin.take() is None


def test_an_outage_of_everything_is_one_short_message() -> None:
    bulletin = Bulletin()
    for number in range(59):
        bulletin.note(change(f"https://outlet-{number}.example/feed"))
    text = bulletin.take() or ""
    assert len(text.splitlines()) == LINES + 1
    assert text.endswith("and 47 more feeds: nabat feeds list")


def test_what_could_not_be_told_is_told_with_what_comes_next() -> None:
    bulletin = Bulletin()
    bulletin.note(change("https://kloop.example/feed"))
    bulletin.take()
    bulletin.note(change("https://kloop.example/feed", Health.GOOD))
    bulletin.untold()
    lines = (bulletin.take() or "").splitlines()
    assert ["down since" in lines[0], "good again" in lines[1]] == [True, True]
    assert bulletin.take() is None


def test_the_longest_addresses_fit_into_one_message() -> None:
    bulletin = Bulletin()
    for number in range(LINES + 1):
        bulletin.note(change(f"https://outlet-{number}.example/{'a' * 2000}"))
    assert len(bulletin.take() or "") < 4096


def test_a_feed_that_came_back_is_told_too() -> None:
    bulletin = Bulletin()
    bulletin.note(change("https://kloop.example/feed", Health.GOOD))
    assert "good again (was down)" in (bulletin.take() or "")
