"""Metrics in Prometheus' text format: /metrics, on the console's listener, for anybody who reaches it.

Nothing in them names a reader. What could tell their number, the outbox, is given in rough steps; alerts that go to
followers of a name alone are not counted, because that there is one tells that somebody follows the name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Metric, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.alerts.decide import Kind
from bot.chronicle import Alerted
from bot.console.kept import Kept
from bot.console.masked import place_of
from bot.news.health import HURT, Health, counts
from bot.news.poll import Outcome, PollResult
from bot.store.deliveries import State
from bot.store.news import FeedState

# The moment at which each counter was made: a second series a counter, which this format has no use for.
disable_created_metrics()  # type: ignore[no-untyped-call]

FRESH = 5.0
"""Seconds for which an answer is kept; Prometheus asks every 15 or 60."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is read when somebody asks. `sending` is None in preview mode, `beat_at` until the first heartbeat."""

    now: datetime
    feeds: Sequence[FeedState] = ()
    deliveries: Mapping[State, int] = field(default_factory=dict)
    beat_at: datetime | None = None
    sending: bool | None = None


class Metrics:
    """Counts what happens from its making on; one for each service, so that several may live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._polls = Counter("nabat_polls", "Polls of feeds, by outcome.", ["outcome"], registry=self._registry)
        self._items = Counter("nabat_items_stored", "New items stored.", registry=self._registry)
        self._alerts = Counter("nabat_alerts_decided", "Alerts decided, by kind.", ["kind"], registry=self._registry)
        for outcome in Outcome:
            self._polls.labels(outcome.value)
        for kind in (Kind.NEW, Kind.UPDATE, Kind.EDIT):
            self._alerts.labels(kind.value)

    async def counted(self, poll: Awaitable[PollResult]) -> PollResult:
        """The result of the poll, counted; what it raises, too."""
        try:
            result = await poll
        except Exception:
            self._polls.labels(Outcome.CRASHED.value).inc()
            raise
        self._polls.labels(result.outcome.value).inc()
        self._items.inc(result.new_items)
        return result

    async def pushed(self, push: Awaitable[PollResult]) -> PollResult:
        """The result of a hub's push: its items are counted, but it is no poll."""
        result = await push
        self._items.inc(result.new_items)
        return result

    def decided(self, alert: Alerted) -> None:
        if alert.content.topic is not None:
            self._alerts.labels(alert.kind.value).inc()

    def text(self, snapshot: Snapshot) -> str:
        """Everything, in Prometheus' text format 0.0.4."""
        return generate_latest(_Everything(self._registry, snapshot)).decode()


@dataclass(frozen=True, slots=True)
class _Everything(Collector):
    registry: CollectorRegistry
    snapshot: Snapshot

    def collect(self) -> Iterator[Metric]:
        yield from self.registry.collect()
        yield from gauges(self.snapshot)


def gauges(snapshot: Snapshot) -> Iterator[Metric]:
    """What a snapshot says. Ages are in seconds; what is not known has no sample."""
    yield _by("nabat_feeds", "Feeds by health.", "health", counts(Health(state.health) for state in snapshot.feeds))
    yield _up(snapshot.feeds)
    steps = {state.value: rough(number) for state, number in snapshot.deliveries.items()}
    yield _by("nabat_outbox_deliveries", "Deliveries by state, in rough steps.", "state", steps)
    polled = max((state.polled_at for state in snapshot.feeds if state.polled_at), default=None)
    yield _one("nabat_last_poll_age_seconds", "Since the last poll of any feed.", _age(polled, snapshot.now))
    yield _one("nabat_heartbeat_age_seconds", "Since the last heartbeat.", _age(snapshot.beat_at, snapshot.now))
    sending = None if snapshot.sending is None else float(snapshot.sending)
    yield _one("nabat_sender_up", "1 while alerts go out; no sample in preview mode.", sending)


def _up(feeds: Sequence[FeedState]) -> Metric:
    """Feeds that differ by their query alone share a sample: it is 0 while one of them cannot be read."""
    found: dict[tuple[str, str], float] = {}
    for state in feeds:
        if state.polled_at is not None:
            name = (state.feed.outlet, place_of(state.feed.url))
            found[name] = min(found.get(name, 1.0), float(Health(state.health) not in HURT))
    up = GaugeMetricFamily(
        "nabat_feed_up", "1 while a feed can be read; none before its first poll.", labels=("outlet", "feed")
    )
    for labels, value in found.items():
        up.add_metric(labels, value)
    return up


def _by(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        family.add_metric((str(key),), value)
    return family


def _one(name: str, text: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, text)
    if value is not None:
        family.add_metric((), value)
    return family


def _age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())


def rough(number: int) -> int:
    """The number in the steps of docs/privacy.md (10, 20, 50, 100 …), rounded down; 1 stands for one to nine."""
    if number < 10:
        return min(number, 1)
    decade = int("1".ljust(len(str(number)), "0"))
    return decade * max(step for step in (1, 2, 5) if step * decade <= number)


def route(metrics: Metrics, look: Callable[[], Awaitable[Snapshot]], *, fresh: float = FRESH) -> web.RouteDef:
    """/metrics; `look` reads what is to be told."""
    kept = Kept(fresh)

    async def answer(_request: web.Request) -> web.Response:
        text = await kept.get("metrics", lambda: _told(metrics, look))
        return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return web.get("/metrics", answer)


async def _told(metrics: Metrics, look: Callable[[], Awaitable[Snapshot]]) -> str:
    return metrics.text(await look())
