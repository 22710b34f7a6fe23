from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Feed
from bot.news.schedule import LONGEST, MOST_PATIENCE, SOONEST, Pace, Signs, backoff, first_wait, next_wait, wish

FEED = Feed("https://wire.example/rss", "wire", "en")
SLOW = Feed("https://wire.example/slow", "wire", "en", every=900.0)
DEAF = Feed("https://wire.example/deaf", "wire", "en", hints=False)
SET = Pace(1.0, learned=False)
"""What NABAT_POLL_EVERY=1 makes of it."""


def test_a_feed_is_polled_four_times_in_its_usual_gap_between_a_minute_and_six_hours() -> None:
    assert wish(FEED, Pace(), None) == 300.0
    assert wish(FEED, Pace(), 3600.0) == 900.0
    assert wish(FEED, Pace(), 30.0) == SOONEST
    assert wish(FEED, Pace(), 30 * 86400.0) == LONGEST


def test_what_the_operator_wrote_goes_before_what_was_learned() -> None:
    assert wish(FEED, SET, 3600.0) == 1.0
    assert wish(SLOW, SET, 3600.0) == wish(SLOW, Pace(), 60.0) == 900.0


@pytest.mark.parametrize("signs", [Signs(ttl=3600.0), Signs(fresh_for=3600.0), Signs(retry_after=3600.0)])
def test_the_latest_of_all_wishes_counts(signs: Signs) -> None:
    assert next_wait(SLOW, Pace(), signs) == 3600.0
    assert next_wait(SLOW, Pace(), Signs(ttl=60.0, fresh_for=60.0, retry_after=60.0)) == 900.0


def test_hints_of_the_document_can_be_ignored_and_headers_cannot() -> None:
    assert next_wait(DEAF, Pace(), Signs(ttl=3600.0)) == 300.0
    assert next_wait(DEAF, Pace(), Signs(fresh_for=3600.0)) == 3600.0


def test_failures_double_the_wait_up_to_six_hours() -> None:
    waits = [next_wait(FEED, Pace(), Signs(failures=count)) for count in range(12)]
    assert waits[:5] == [300.0, 300.0, 600.0, 1200.0, 2400.0]
    assert waits[-1] == LONGEST
    assert backoff(7 * 86400.0, 9) == 7 * 86400.0, "a feed asked once a week is not asked more often because it fails"


def test_a_backoff_never_outlasts_what_the_feed_shows() -> None:
    signs = Signs(gap=600.0, window=12_000.0, failures=12)
    assert next_wait(FEED, Pace(), signs) == 3000.0
    assert next_wait(SLOW, Pace(), Signs(gap=60.0, window=1200.0, failures=12)) == 900.0


def test_retry_after_goes_before_the_backoff_up_to_a_day() -> None:
    assert next_wait(FEED, Pace(), Signs(failures=1, retry_after=7200.0)) == 7200.0
    assert next_wait(FEED, Pace(), Signs(failures=1, retry_after=1e9)) == MOST_PATIENCE


def test_where_a_hub_pushes_polling_is_the_safety_net() -> None:
    assert next_wait(FEED, SET, Signs(pushed=True)) == 900.0


seconds = st.none() | st.floats(0, 1e12)


@given(
    st.builds(
        Signs,
        gap=seconds,
        window=seconds,
        ttl=seconds,
        fresh_for=seconds,
        retry_after=seconds,
        failures=st.integers(0, 10**6),
    ),
    st.sampled_from([FEED, SLOW, DEAF]),
    st.builds(Pace, st.floats(1, 86400), st.booleans()),
)
def test_no_feed_is_ever_given_up_and_none_is_asked_without_pause(signs: Signs, feed: Feed, pace: Pace) -> None:
    wait = next_wait(feed, pace, signs)
    assert min(wish(feed, pace, signs.gap), SOONEST) <= wait <= MOST_PATIENCE


NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_restart_neither_forgets_a_rhythm_nor_a_servers_wish() -> None:
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert first_wait(None, None, False, 300, NOW) == 0.0
    assert first_wait(NOW - minute, None, False, 300, NOW) == 240.0
    assert first_wait(NOW - hour, None, False, 300, NOW) == 0.0
    assert first_wait(NOW - minute, None, True, 300, NOW) == 0.0, "the restart may have mended it"
    assert first_wait(NOW - minute, NOW + hour, True, 300, NOW) == 3600.0
    assert first_wait(NOW + 9 * hour, None, False, 300, NOW) == 300.0, "a clock that went back stops nothing"
