"""The composition root: builds the parts, starts them, and stops them in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import typer

from bot.alerts.content import Content, Reader
from bot.alerts.message import Message
from bot.alerts.more import Fuller, Line, Why, render_more
from bot.alerts.render import render
from bot.bulletin import Bulletin
from bot.chat.deps import ChatDeps, Ways
from bot.chronicle import Alerted
from bot.engine.embedded import EmbeddedEngine
from bot.engine.push import TEND_EVERY
from bot.keywords.backtest import backtest, fill
from bot.locales import terminal_language
from bot.moderation.casework import Casework
from bot.moderation.curate import Curator
from bot.moderation.events import EventsTalk
from bot.moderation.feeds import FeedsTalk
from bot.moderation.feedwork import Feedwork
from bot.moderation.keywords import KeywordsTalk
from bot.news.poll import PollResult
from bot.ops.health import EVERY, Heartbeat, beat
from bot.ops.metrics import Metrics
from bot.parts import Clock, Parts, open_parts, pace_of, utc_now
from bot.preview import show
from bot.publisher import Publisher
from bot.settings import Settings
from bot.store.alerts import details, outbox_is_quiet
from bot.store.analyses import forget_before
from bot.store.keywords import active, revision
from bot.store.news import listed_feeds
from bot.switchboard import Switchboard
from bot.web import Vitals, Web, open_web

log = logging.getLogger(__name__)

PREVIEW = (
    "Preview: alerts are printed here. To send them, get a token from @BotFather and start with "
    "NABAT_TELEGRAM_TOKEN=<the token> in the environment."
)


TELL_EVERY = 120.0
"""Seconds in which changes of feeds are gathered into one message."""
CHORES = 600.0
"""Seconds between two rounds of chores."""


SEARCHABLE = timedelta(days=60)
"""How long the words of items are kept for trying rules on them; the items themselves stay."""


class Service:
    """The whole service as an async context manager. With `polling` false nothing is polled but by `poll_now`."""

    def __init__(self, settings: Settings, *, clock: Clock = utc_now, polling: bool = True) -> None:
        self.settings, self._clock, self._polling = settings, clock, polling
        self._stack = contextlib.AsyncExitStack()
        self._failure: asyncio.Future[object] = asyncio.get_event_loop().create_future()
        self._started = clock()
        self._rules = 0
        self._bulletin = Bulletin()
        self._metrics = Metrics()
        self._beat_at: datetime | None = None
        self.parts: Parts
        self.web = Web()
        self.switchboard: Switchboard | None = None

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            self.parts = await stack.enter_async_context(
                open_parts(self.settings, self._decided, self._clock, self._bulletin.note)
            )
            # Before the listener: a hub may push at once, and what that decides must find its publisher.
            self._publisher = Publisher(self.parts.store, self._fanned, self._clock)
            engine = EmbeddedEngine(self._poll, pace_of(self.settings))
            vitals = Vitals(self._started, engine.next_poll, self._sending, lambda: self._beat_at)
            self.web = await stack.enter_async_context(open_web(self.parts, self._metrics, vitals))
            if not self.settings.preview:
                ways = Ways(page=self.settings.console_url)
                deps = ChatDeps(self.parts.store, self.settings, self._clock, more=self._more, ways=ways)
                bench = partial(backtest, self.parts.store, lexicon=self.parts.analyst.lexicon)
                curator = Curator(self.parts.store, self._clock, bench=bench, changed=self._refresh_rules)
                casework = Casework(
                    self.parts.store, self._clock, told_apart=self.parts.pipeline.told_apart, mender=self.parts.mender
                )
                feedwork = Feedwork(self.parts.store, self.parts.addresses, self._clock)
                staff = KeywordsTalk(curator).staff() | EventsTalk(casework).staff() | FeedsTalk(feedwork).staff()
                self.switchboard = await stack.enter_async_context(Switchboard(deps, staff, self._fail))
            await stack.enter_async_context(self._publisher)
            stack.push_async_callback(engine.stop)
            engine.every(EVERY, self._beat, "heartbeat")
            engine.every(EVERY, self._refresh_rules, "rules")
            engine.every(CHORES, self._chores, "chores")
            engine.every(TELL_EVERY, self._tell_health, "bulletin")
            if self.web.websub is not None:
                engine.every(TEND_EVERY, self.web.websub.tend, "websub")
            engine.start(self.parts.feeds if self._polling else ())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, or until something makes going on senseless: that is raised."""
        waiting: asyncio.Future[object] = asyncio.ensure_future(stop.wait())
        both: set[asyncio.Future[object]] = {waiting, self._failure}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._failure.done():
            self._failure.result()

    async def poll_now(self, url: str) -> None:
        """Poll one feed of feeds.yaml at once."""
        state = next(state for state in self.parts.feeds if state.feed.url == url)
        await self._poll(state.id)

    async def drained(self) -> None:
        """Wait until every decided alert has its deliveries and none of them can go out any more now."""
        await self._publisher.settled()
        while True:
            async with self.parts.store.read() as session:
                if await outbox_is_quiet(session):
                    return
            await asyncio.sleep(0.05)

    async def _poll(self, feed_id: int) -> PollResult:
        return await self._metrics.counted(self.parts.poller.poll(feed_id))

    def _sending(self) -> bool | None:
        """Whether alerts go out; None in preview mode."""
        return None if self.settings.preview else self.switchboard is None or self.switchboard.healthy

    def _decided(self, alert: Alerted) -> None:
        self._metrics.decided(alert)
        self._publisher.put(alert)

    def _fanned(self, alert: Alerted) -> None:
        """Its deliveries are written: have them sent, or in preview mode print the alert."""
        if self.switchboard is not None:
            self.switchboard.sender.wake()
        else:
            show(render(alert.content, Reader(terminal_language()), now=self._clock()), note=alert.kind)

    async def _refresh_rules(self) -> None:
        """Use the rules as they now are, whoever changed them: a moderator here, or `nabat keywords import`."""
        async with self.parts.store.read() as session:
            now = await revision(session)
            if now == self._rules:
                return
            rules, groups = await active(session)
        await self.parts.analyst.replace_rules(rules, groups)
        if self._rules:
            log.info("rules read anew", extra={"action": "rules", "rules": len(rules)})
        self._rules = now

    async def _more(self, alert_id: int, reader: Reader, now: datetime) -> Message | None:
        async with self.parts.store.read() as session:
            found = await details(session, alert_id)
        if found is None:
            return None
        timeline = tuple(Line(told.outlet, told.title, told.at, told.url) for told in found.timeline)
        content = Content.from_json(found.content)
        quoted = content.told_in(reader.language).url
        # The text goes with the words that this reader sees: those of an outlet in their language, if there is one.
        text = next((told.text for told in found.timeline if quoted and told.url == quoted), found.text)
        why = tuple(Why(reason.rule, reason.comment, reason.words) for reason in found.reasons)
        return render_more(content, Fuller(text, timeline, why, found.followers_only), reader, now)

    async def _tell_health(self) -> None:
        """Tell owners which feeds fell silent or came back; in preview mode the log has said it.

        Feeds and Telegram mostly fail together, with the network: what cannot be told is told once that is back.
        """
        if self.switchboard is None or not self.switchboard.listening or not (text := self._bulletin.take()):
            return
        if not await self.switchboard.tell_owners(text):
            self._bulletin.untold()

    async def _chores(self) -> None:
        """What a few times an hour is often enough for: old conversations deleted, older items made searchable."""
        if self.switchboard is not None:
            await self.switchboard.sweep()
        await fill(self.parts.store, self.parts.analyst.lexicon)
        async with self.parts.store.write() as session:
            await forget_before(session, self._clock() - SEARCHABLE)

    async def _beat(self) -> None:
        async with self.parts.store.read() as session:
            feeds = await listed_feeds(session)
        sending = self._sending() is not False
        failing = sum(state.trouble is not None for state in feeds)
        heartbeat = Heartbeat(utc_now(), self._started, len(feeds), failing, sending)
        await asyncio.to_thread(beat, self.settings.data_dir, heartbeat)
        self._beat_at = self._clock()

    def _fail(self, error: Exception) -> None:
        if not self._failure.done():
            self._failure.set_exception(error)


async def serve(settings: Settings) -> None:
    """`nabat run`: work until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    if settings.preview:
        typer.echo(PREVIEW)
    async with Service(settings) as service:
        feeds = service.parts.feeds
        outlets = len({state.feed.outlet for state in feeds})
        log.info("polling %d feeds of %d outlets", len(feeds), outlets, extra={"action": "started"})
        await service.run(stop)
