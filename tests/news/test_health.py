from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NabatError
from bot.news.failures import ConnectionFailure, HostileFeed, HtmlPage, HttpStatus, NotAFeed, ThinAnswer
from bot.news.health import CONFIRMED, HURT, Health, Standing, Verdict, counts, judge, of_answer, of_failure
from bot.news.rhythm import Rhythm, learn

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(standing: Standing, *healths: Health, start: datetime = NOW) -> tuple[Standing, list[Health]]:
    """The standing after polls an hour apart, and what was told of them."""
    told = []
    for number, health in enumerate(healths):
        standing, changed = judge(standing, Verdict(health, f"why {number}"), start + number * HOUR)
        told += [standing.health] if changed else []
    return standing, told


def test_a_fault_is_told_once_after_three_polls_since_the_first_of_them() -> None:
    standing, told = after(Standing(), *[Health.DOWN] * 9)
    assert told == [Health.DOWN]
    assert standing.since == NOW


def test_one_bad_poll_is_nobodys_business() -> None:
    assert after(Standing(), Health.DOWN, Health.DOWN, Health.GOOD, Health.DOWN, Health.HTML, Health.GOOD)[1] == []


def test_good_again_is_told_at_once() -> None:
    standing, told = after(Standing(), *[Health.HTML] * 4, Health.GOOD, Health.GOOD)
    assert told == [Health.HTML, Health.GOOD]
    assert standing.since == NOW + 4 * HOUR


def test_a_fault_that_becomes_another_is_told_as_that() -> None:
    assert after(Standing(), *[Health.DOWN] * 3, *[Health.HTML] * 3)[1] == [Health.DOWN, Health.HTML]


def test_the_latest_reason_is_kept() -> None:
    assert after(Standing(), *[Health.DOWN] * 5)[0].why == "why 4"


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (ConnectionFailure("no connection"), Health.DOWN),
        (HttpStatus("status 503", 503), Health.DOWN),
        (HtmlPage(), Health.HTML),
        (ThinAnswer(), Health.THIN),
        (NotAFeed("broken"), Health.BROKEN),
        (HostileFeed("a bomb"), Health.BROKEN),
    ],
)
def test_every_failure_has_its_name(error: NabatError, health: Health) -> None:
    assert of_failure(error).health is health


HOURLY = learn(Rhythm(), [NOW - number * HOUR for number in range(1, 40)], NOW)


def verdict(rhythm: Rhythm, now: datetime = NOW, *, empty: bool = False, moved_to: str | None = None) -> Health:
    return of_answer(rhythm, now, empty=empty, polled_since=NOW - HOUR, moved_to=moved_to).health


def test_a_feed_is_quiet_when_its_silence_is_longer_than_its_rhythm_explains() -> None:
    assert verdict(HOURLY) is Health.GOOD
    assert verdict(HOURLY, NOW + timedelta(days=2)) is Health.GOOD
    assert verdict(HOURLY, NOW + timedelta(days=4)) is Health.QUIET


def test_an_empty_feed_is_thin_but_a_new_one_may_be_empty_for_an_hour() -> None:
    assert verdict(HOURLY, empty=True) is Health.THIN
    assert verdict(Rhythm(), NOW - timedelta(minutes=1), empty=True) is Health.GOOD
    assert verdict(Rhythm(), NOW + HOUR, empty=True) is Health.THIN


def test_a_moved_feed_works_and_its_new_address_is_proposed() -> None:
    found = of_answer(HOURLY, NOW, empty=False, polled_since=NOW, moved_to="https://new.example/rss")
    assert found.health is Health.MOVED
    assert "https://new.example/rss" in found.why
    assert "feeds.yaml" in found.why


@given(st.lists(st.sampled_from(Health), max_size=60))
def test_no_change_is_told_twice_and_none_that_lasts_is_missed(healths: list[Health]) -> None:
    standing, told = after(Standing(), *healths)
    assert all(one is not two for one, two in zip([Health.GOOD, *told], told, strict=False))
    if len(healths) >= CONFIRMED and len(set(healths[-CONFIRMED:])) == 1:
        assert standing.health is healths[-1]
    if standing.health in HURT:
        assert standing.since is not None
        assert standing.why


def test_counts_name_every_state() -> None:
    assert counts([Health.GOOD, Health.GOOD, Health.DOWN])["good"] == 2
    assert set(counts([])) == {health.value for health in Health}
