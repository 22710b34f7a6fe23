from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.news.rhythm import DAY, KEPT, Rhythm, learn, normal_silence, silence

START = datetime(2026, 3, 2, tzinfo=UTC)


def every(hours: float, count: int, start: datetime = START) -> list[datetime]:
    return [start + timedelta(hours=hours * number) for number in range(count)]


def test_the_gap_in_the_middle_is_the_rhythm() -> None:
    moments = every(2, 10)
    rhythm = learn(Rhythm(), [*moments, moments[-1] + timedelta(hours=30)], moments[-1] + timedelta(days=2))
    assert rhythm.gap == 7200.0
    assert rhythm.longest == 30 * 3600.0


def test_too_few_items_have_no_rhythm() -> None:
    assert learn(Rhythm(), every(2, 3), START + timedelta(days=9)).gap is None
    assert normal_silence(Rhythm()) is None


def test_a_feed_of_few_items_may_be_silent_for_four_weeks_or_three_of_its_pauses() -> None:
    assert normal_silence(learn(Rhythm(), every(2, 3), START + timedelta(days=9))) == 28 * DAY
    assert normal_silence(learn(Rhythm(), every(24 * 100, 3), START + timedelta(days=900))) == 300 * DAY


def test_items_that_come_together_are_one_coming() -> None:
    together = [moment + timedelta(seconds=second) for moment in every(2, 6) for second in range(20)]
    assert learn(Rhythm(), together, START + timedelta(days=1)).gap == 7200.0


def test_undated_items_came_now_and_dates_ahead_too() -> None:
    rhythm = Rhythm()
    for moment in every(1, 6):
        rhythm = learn(rhythm, [None, moment + timedelta(days=400)], moment)
    assert rhythm.gap == 3600.0
    assert silence(rhythm, START + timedelta(hours=6)) == 3600.0


def test_learning_bit_by_bit_is_learning_at_once() -> None:
    moments = every(3, 20)
    rhythm = Rhythm()
    for moment in moments:
        rhythm = learn(rhythm, [moment], moment)
    assert rhythm.came == learn(Rhythm(), moments, moments[-1]).came


def test_a_busy_feed_may_sleep_at_night_and_at_weekends() -> None:
    busy = learn(Rhythm(), every(0.2, 60), START + timedelta(hours=12))
    assert normal_silence(busy) == 3 * DAY
    for moment in every(0.2, 3000, START + timedelta(hours=12)):
        busy = learn(busy, [moment], moment)
    assert normal_silence(busy) == DAY


def test_a_long_pause_is_believed_and_then_forgotten() -> None:
    rhythm = learn(Rhythm(), every(24, 30), START + timedelta(days=30))
    back = START + timedelta(days=50)
    rhythm = learn(rhythm, [back], back)
    assert normal_silence(rhythm) == 3 * 21 * DAY
    for moment in every(24, 120, back + timedelta(days=1)):
        rhythm = learn(rhythm, [moment], moment)
    assert normal_silence(rhythm) is not None
    assert 3 * DAY <= (normal_silence(rhythm) or 0) < 9 * DAY


@given(st.lists(st.none() | st.integers(-30_000, 30_000), max_size=200))
def test_whatever_comes_is_learned_from_and_reads_back(hours: list[int | None]) -> None:
    moments = [None if hour is None else START + timedelta(hours=hour) for hour in hours]
    rhythm = learn(Rhythm(), moments, START)
    assert Rhythm.from_json(rhythm.to_json()) == rhythm
    assert len(rhythm.came) <= KEPT
    assert rhythm.came == tuple(sorted(set(rhythm.came)))
    assert rhythm.longest >= (rhythm.gap or 0)
