from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.dates import moment

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 22 Nov 2026 12:00:00 GMT",
        "Sun, 22 Nov 2026 15:00:00 +0300",
        "Sun, 22 Nov 2026 15:00:00 MSK",
        "Sun, 22 Nov 2026 18:00:00 KGT",
        "Sun, 22 Nov 2026 07:00:00 EST",
        "Sun, 22 Nov 2026 13:00:00 CET",
        "Sun, 22 Nov 2026 14:00:00 eet",
        "22 Nov 2026 12:00",
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00.000Z",
        "2026-11-22T18:00:00+06:00",
        "2026-11-22T12:00:00",
        "2026-11-22 12:00:00",
        "  2026-11-22T12:00:00Z\n",
    ],
)
def test_dates_of_feeds_are_read_as_utc(text: str) -> None:
    found = moment(text, NOW)
    assert found == NOON
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1900-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "Tue, 01 Jan 2099 00:00:00 GMT",
        "2026-11-25",
        "9999-12-31T23:59:59-23:59",
        "yesterday",
        "",
        "Mon, 99 Nov 2026 25:61:61 GMT",
    ],
)
def test_dates_that_cannot_be_true_are_none(text: str) -> None:
    assert moment(text, NOW) is None


def test_a_clock_that_is_hours_wrong_is_forgiven() -> None:
    assert moment("2026-11-23T20:00:00Z", NOW) == NOW + timedelta(hours=14)


def test_without_a_clock_the_future_is_not_judged() -> None:
    assert moment("2099-01-01T00:00:00Z", None) == datetime(2099, 1, 1, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = moment(text, NOW)
    assert found is None or found.tzinfo is UTC


@given(
    st.integers(min_value=820_500_000, max_value=1_795_000_000), st.integers(min_value=-14 * 60 + 1, max_value=14 * 60)
)
def test_dates_of_mails_come_back_as_they_were(seconds: int, ahead: int) -> None:
    when = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=ahead)))
    assert moment(format_datetime(when), NOW) == when
    assert moment(format_datetime(when.astimezone(UTC), usegmt=True), NOW) == when


@given(st.integers(min_value=820_500_000, max_value=1_795_000_000), st.timezones())
def test_iso_dates_come_back_as_they_were(seconds: int, zone: tzinfo) -> None:
    when = datetime.fromtimestamp(seconds, zone)
    # As UTC: within the hour that a clock repeats, no moment of another zone equals it (PEP 495).
    assert moment(when.isoformat(), NOW) == when.astimezone(UTC)
