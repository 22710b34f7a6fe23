"""What /metrics says, read by Prometheus' own parser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bot.alerts.content import Content, Source
from bot.alerts.decide import Kind
from bot.chronicle import Alerted
from bot.model import Feed, Status, Topic
from bot.news.health import Health
from bot.news.poll import Outcome, PollResult
from bot.ops.metrics import Metrics, Snapshot, rough
from bot.store.deliveries import State
from bot.store.news import FeedState

NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD = FeedState(
    1, Feed("https://me:pass@wire.example/rss?key=abc", "wire", "en"), polled_at=NOW - timedelta(seconds=40)
)
CONTENT = Content(Topic.LAW, "Headline", "", (), (), Status.UNKNOWN, (Source("Wire", None, None),), None)

Samples = dict[tuple[str, tuple[str, ...]], float]


def read(text: str) -> Samples:
    """Every sample, by its name and the values of its labels in the order of the labels' names."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(metrics: Metrics | None = None, *feeds: FeedState, **more: object) -> Samples:
    return read((metrics or Metrics()).text(Snapshot(NOW, feeds, **more)))  # type: ignore[arg-type]


async def polled(result: PollResult) -> PollResult:
    return result


async def test_polls_are_counted_by_outcome_and_items_as_they_are_stored() -> None:
    metrics = Metrics()
    await metrics.counted(polled(PollResult(Outcome.NEW, new_items=3)))
    await metrics.counted(polled(PollResult(Outcome.UNCHANGED)))
    await metrics.counted(polled(PollResult(Outcome.UNCHANGED)))
    await metrics.pushed(polled(PollResult(Outcome.NEW, new_items=2)))

    async def crash() -> PollResult:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await metrics.counted(crash())
    found = told(metrics)
    outcomes = {key[1][0]: value for key, value in found.items() if key[0] == "nabat_polls_total"}
    assert outcomes == {"new": 1, "unchanged": 2, "failed": 0, "crashed": 1}
    assert found["nabat_items_stored_total", ()] == 5


def test_alerts_are_counted_by_kind_but_not_those_that_only_followers_get() -> None:
    metrics = Metrics()
    metrics.decided(Alerted(1, Kind.NEW, CONTENT))
    metrics.decided(Alerted(2, Kind.EDIT, CONTENT))
    metrics.decided(Alerted(3, Kind.NEW, replace(CONTENT, topic=None)))
    found = told(metrics)
    kinds = {key[1][0]: value for key, value in found.items() if key[0] == "nabat_alerts_decided_total"}
    assert kinds == {"new": 1, "update": 0, "edit": 1}


def test_feeds_are_told_by_health_and_each_by_outlet_and_place() -> None:
    down = replace(GOOD, id=2, feed=Feed("https://steppe.example/rss", "steppe", "ru"), health="down")
    quiet = replace(down, id=3, feed=Feed("https://steppe.example/quiet", "steppe", "ru"), health="quiet")
    new = replace(GOOD, id=4, feed=Feed("https://new.example/rss", "new", "en"), polled_at=None)
    found = told(None, GOOD, down, quiet, new)
    by_health = {key[1][0]: value for key, value in found.items() if key[0] == "nabat_feeds"}
    assert by_health == dict.fromkeys(map(str, Health), 0) | {"good": 2, "down": 1, "quiet": 1}
    assert {key[1]: value for key, value in found.items() if key[0] == "nabat_feed_up"} == {
        ("wire.example/rss", "wire"): 1,
        ("steppe.example/rss", "steppe"): 0,
        ("steppe.example/quiet", "steppe"): 1,
    }
    assert found["nabat_last_poll_age_seconds", ()] == 40


def test_feeds_that_differ_by_their_query_alone_are_down_while_one_of_them_is() -> None:
    other = replace(GOOD, id=2, feed=Feed("https://wire.example/rss?key=xyz", "wire", "en"), health="down")
    for feeds in ((GOOD, other), (other, GOOD)):
        assert told(None, *feeds)["nabat_feed_up", ("wire.example/rss", "wire")] == 0


def test_no_label_holds_a_query_a_user_or_a_password() -> None:
    text = Metrics().text(Snapshot(NOW, [GOOD]))
    assert "wire.example/rss" in text
    assert not [secret for secret in ("key", "abc", "me:", "pass") if secret in text]


def test_what_is_not_known_has_no_sample() -> None:
    found = {name for name, _ in told()}
    unknown = {"nabat_sender_up", "nabat_heartbeat_age_seconds", "nabat_last_poll_age_seconds"}
    assert not found & unknown
    found = {name for name, _ in told(None, GOOD, sending=False, beat_at=NOW - timedelta(seconds=8))}
    assert unknown <= found
    assert told(sending=False)["nabat_sender_up", ()] == 0
    assert told(sending=True, beat_at=NOW - timedelta(seconds=8))["nabat_heartbeat_age_seconds", ()] == 8


def test_the_outbox_is_told_in_rough_steps() -> None:
    found = told(deliveries={State.PENDING: 3, State.HELD: 0, State.SENT: 7_777})
    assert found["nabat_outbox_deliveries", ("pending",)] == 1
    assert found["nabat_outbox_deliveries", ("held",)] == 0
    assert found["nabat_outbox_deliveries", ("sent",)] == 5_000


@given(st.integers(0, 10**7))
def test_a_rough_step_is_no_more_than_the_number_and_tells_no_single_reader(number: int) -> None:
    step = rough(number)
    assert step <= number
    assert step == rough(step)
    assert len(str(step).rstrip("0")) <= 1
    if number >= 10:
        assert step * 2.5 > number


def test_steps_are_those_that_readers_were_promised() -> None:
    assert [rough(n) for n in (0, 1, 9, 10, 19, 20, 49, 50, 99, 100, 199)] == [
        0,
        1,
        1,
        10,
        10,
        20,
        20,
        50,
        50,
        100,
        100,
    ]
