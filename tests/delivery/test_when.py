"""Readers' hours: quiet hours, digests, pauses, deletion, on ordinary days and on those that lose or gain an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.when import (
    MOST_HOURS,
    Fold,
    Hold,
    Wishes,
    delete_at,
    hold,
    is_quiet,
    next_digest,
    quiet_end,
    zone,
)
from bot.model import Topic

ZONES = ["Asia/Bishkek", "Europe/Belgrade", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
MINUTES = st.integers(0, 1439)
MOMENTS = st.integers(1_262_304_000, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
CALM, URGENT = Topic.LAW.bit, Topic.ABDUCTION.bit


def local(text: str, name: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC)


def night(*, urgent_breaks: bool = True) -> Wishes:
    return Wishes("Asia/Bishkek", 23 * 60, 7 * 60, quiet_unless_urgent=urgent_breaks)


def test_an_alert_waits_for_the_end_of_quiet_hours() -> None:
    held = hold(night(), CALM, None, local("2026-03-02T02:00", "Asia/Bishkek"))
    assert held == Hold(local("2026-03-02T07:00", "Asia/Bishkek"), Fold.QUIET)
    assert hold(night(), CALM, None, local("2026-03-02T12:00", "Asia/Bishkek")) is None


def test_urgent_topics_break_quiet_hours_if_the_reader_says_so() -> None:
    now = local("2026-03-02T02:00", "Asia/Bishkek")
    assert hold(night(urgent_breaks=True), URGENT, None, now) is None
    assert hold(night(urgent_breaks=False), URGENT, None, now) is not None


def test_a_digest_goes_at_its_hour_even_inside_of_quiet_hours() -> None:
    wishes = Wishes("Asia/Bishkek", 22 * 60, 9 * 60, digest_at=(8 * 60, 20 * 60))
    now = local("2026-03-02T12:00", "Asia/Bishkek")
    assert hold(wishes, URGENT, None, now) == Hold(local("2026-03-02T20:00", "Asia/Bishkek"), Fold.DIGEST)
    assert hold(wishes, CALM, Fold.DIGEST, local("2026-03-03T08:00", "Asia/Bishkek")) is None


def test_a_pause_holds_everything_and_then_the_other_wishes_count() -> None:
    until = local("2026-03-09T03:00", "Asia/Bishkek")
    wishes = Wishes("Asia/Bishkek", 23 * 60, 7 * 60, paused_until=until)
    assert hold(wishes, URGENT, None, until - timedelta(days=1)) == Hold(until, Fold.PAUSE)
    assert hold(wishes, CALM, Fold.PAUSE, until) == Hold(local("2026-03-09T07:00", "Asia/Bishkek"), Fold.QUIET)
    assert hold(wishes, URGENT, Fold.PAUSE, until) is None


def test_an_hour_that_summer_time_skips_counts_as_come_when_it_has_passed() -> None:
    wishes = Wishes("Europe/Belgrade", 23 * 60, 2 * 60 + 30, digest_at=(2 * 60 + 30,))
    before = local("2026-03-29T01:00", "Europe/Belgrade")
    jump = local("2026-03-29T03:00", "Europe/Belgrade")
    assert quiet_end(wishes, before) == jump
    assert next_digest(wishes, before) == jump


def test_an_hour_that_comes_twice_brings_one_digest_and_ends_quiet_hours_twice() -> None:
    wishes = Wishes("Europe/Belgrade", 23 * 60, 2 * 60 + 30, digest_at=(2 * 60 + 30,))
    first = local("2026-10-25T02:30", "Europe/Belgrade", fold=0)
    second = local("2026-10-25T02:30", "Europe/Belgrade", fold=1)
    assert second - first == timedelta(hours=1)
    assert next_digest(wishes, first - timedelta(hours=1)) == first
    assert next_digest(wishes, first) == local("2026-10-26T02:30", "Europe/Belgrade")
    again_quiet = local("2026-10-25T02:10", "Europe/Belgrade", fold=1)
    assert is_quiet(wishes, again_quiet)
    assert quiet_end(wishes, again_quiet) == second


@given(now=MOMENTS, start=MINUTES, end=MINUTES, name=st.sampled_from(ZONES))
def test_quiet_hours_end_at_the_first_moment_that_is_not_quiet(now: datetime, start: int, end: int, name: str) -> None:
    wishes = Wishes(name, start, end)
    if not is_quiet(wishes, now):
        return
    over = quiet_end(wishes, now)
    assert now < over <= now + timedelta(hours=49)
    assert not is_quiet(wishes, over)
    steps = range(1, int((over - now).total_seconds() // 60), 7)
    assert all(is_quiet(wishes, now + timedelta(minutes=step)) for step in steps)


@given(now=MOMENTS, minutes=st.lists(MINUTES, min_size=1, max_size=2), name=st.sampled_from(ZONES))
def test_the_next_digest_is_soon_and_at_a_chosen_hour(now: datetime, minutes: list[int], name: str) -> None:
    moment = next_digest(Wishes(name, digest_at=tuple(minutes)), now)
    assert now < moment <= now + timedelta(hours=50)
    clock = moment.astimezone(ZoneInfo(name))
    shown = clock.hour * 60 + clock.minute
    before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(name))
    jumped = clock.utcoffset() != before.utcoffset()
    assert shown in minutes or jumped


def test_deletion_comes_after_the_chosen_hours_and_before_telegram_forbids_it() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert delete_at(Wishes(), now) is None
    assert delete_at(Wishes(discreet=True), now) == now + timedelta(hours=24)
    assert delete_at(Wishes(discreet=True, delete_after_hours=6), now) == now + timedelta(hours=6)
    assert delete_at(Wishes(delete_after_hours=500), now) == now + timedelta(hours=MOST_HOURS)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone(name) == ZoneInfo("UTC")
