"""One poll of one feed: ask politely, parse what changed, hand new entries on, and leave one clear line on trouble.

turn of its host ─> conditional GET ─> same bytes? ─> worker process ─> compare with the store ─> take
                    mirrors, proxy     done here      time limit        new, same, retitled       one transaction
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from bot.errors import NabatError
from bot.news.addresses import Addresses
from bot.news.after import After, after_document, after_failure, after_fault, after_unchanged
from bot.news.bodies import Bodies
from bot.news.compare import Candidate as Candidate
from bot.news.compare import Findings, Known, compare, looks_renamed, named
from bot.news.failures import FetchError
from bot.news.fetch import Fetched, FetchRequest, NotModified
from bot.news.health import HealthChange
from bot.news.ledger import Ledger
from bot.news.reach import Reach
from bot.news.reading import Document, Reading
from bot.news.routes import Routes
from bot.news.schedule import Pace
from bot.news.workers import ParserPool
from bot.store.items import items_by_guid, items_by_identity, latest_items, latest_of_siblings
from bot.store.news import FeedState
from bot.store.session import Store

log = logging.getLogger(__name__)

TOGETHER = 100
"""Polls under way at once; with bot.news.bodies it bounds the memory that answers take."""


class Outcome(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CRASHED = "crashed"
    """By a fault of ours."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll found. `wait` is in seconds, until the next one; `trouble` is one line for people."""

    outcome: Outcome
    new_items: int = 0
    alerts: int = 0
    wait: float = 0.0
    trouble: str | None = None


Take = Callable[[FeedState, FeedState, Findings], Awaitable[tuple[int, int]]]
"""Stores findings and the feed's state after the poll (the second) in one transaction; (new items, alerts)."""
OnHealth = Callable[[HealthChange], None]


def ignore_health(change: HealthChange) -> None:
    """Nobody is to be told."""


class Poller:
    """Polls feeds, and takes what hubs push; `pushes` answers of which feeds a hub pushes what is new."""

    def __init__(
        self,
        store: Store,
        routes: Routes,
        parsers: ParserPool,
        take: Take,
        clock: Callable[[], datetime],
        ledger: Ledger,
        *,
        pace: Pace | None = None,
        on_health: OnHealth = ignore_health,
        addresses: Addresses | None = None,
    ) -> None:
        self._store, self._routes, self._parsers = store, routes, parsers
        self._take, self._clock, self.ledger = take, clock, ledger
        self._pace, self._on_health = pace or Pace(), on_health
        self._addresses = addresses or Addresses()
        self._bodies = Bodies()
        self._reach = Reach()
        self._gate = asyncio.Semaphore(TOGETHER)
        self._busy: dict[int, asyncio.Lock] = {}
        self.pushes: Callable[[int], bool] = lambda feed_id: False

    async def poll(self, feed_id: int) -> PollResult:
        """Poll one feed. What its server did, and a fault of ours on the way, is noted on the feed, not raised."""
        async with self._one_at_a_time(feed_id):
            state = await self.ledger.state(feed_id)
            try:
                return await self._poll(state)
            except NabatError as error:
                return await self._failed(state, error)
            except Exception as error:
                return self._crashed(state, error)

    async def push(self, feed_id: int, body: bytes, content_type: str | None) -> PollResult:
        """Take a document that a hub pushed, as if it had been fetched."""
        async with self._one_at_a_time(feed_id), self._gate:
            state = await self.ledger.state(feed_id)
            url = self._addresses.of(state)
            answer = Fetched(url, body, content_type, state.etag, state.last_modified, state.moved_to, None)
            try:
                return await self._document(state, answer)
            except NabatError as error:
                # A hub's mistake is not the feed's: the next poll tells how that is.
                log.warning("a push could not be read: %s", error, extra={"action": "push", "feed": state.feed.url})
                return PollResult(Outcome.FAILED, trouble=str(error))

    def _one_at_a_time(self, feed_id: int) -> asyncio.Lock:
        return self._busy.setdefault(feed_id, asyncio.Lock())

    async def _poll(self, state: FeedState) -> PollResult:
        url = self._addresses.of(state)
        request = FetchRequest(url, state.etag, state.last_modified, state.feed.language)
        async with contextlib.AsyncExitStack() as held:
            turn = await held.enter_async_context(contextlib.AsyncExitStack())
            await turn.enter_async_context(self._routes.turn(url))
            await held.enter_async_context(self._gate)
            share = await held.enter_async_context(self._bodies.share())
            answer = await self._routes.get(state.feed, request, share)
            self._reach.answered()
            await turn.aclose()
            return await self._document(state, answer)

    async def _document(self, state: FeedState, answer: Fetched | NotModified) -> PollResult:
        pushed = self.pushes(state.id)
        if not isinstance(answer, Fetched):
            return await self._noted(after_unchanged(state, answer, self._clock(), self._pace, pushed=pushed))
        digest = hashlib.blake2b(answer.body, digest_size=16).digest()
        if digest == state.body_hash:
            return await self._noted(after_unchanged(state, answer, self._clock(), self._pace, pushed=pushed))
        outlet = self._routes.outlet(state.feed.outlet)
        first = state.feed if state.first_poll else None
        document = Document(answer.body, answer.content_type, answer.url, outlet, self._clock(), first)
        reading = await self._parsers.read(document)
        findings = await self._compared(state, reading)
        after = after_document(
            state, answer, digest, reading.feed, findings.came, self._clock(), self._pace, pushed=pushed
        )
        return await self._taken(state, after, findings)

    async def _compared(self, state: FeedState, reading: Reading) -> Findings:
        """What is new in a document by guid, by canonical address, and by title where a feed renamed everything."""
        known = await self._known(state, reading)
        findings = compare(state.id, reading.feed.entries, reading.identities, known)
        if findings.flipped:
            held = len(findings.same)
            log.warning("a feed renamed its entries", extra={"action": "flip", "feed": state.feed.url, "held": held})
        return findings

    async def _known(self, state: FeedState, reading: Reading) -> Known:
        """What is stored of a document's entries. The first poll of an outlet's only feed need not ask."""
        entries, names, outlet = reading.feed.entries, reading.identities, state.feed.outlet
        async with self._store.read() as session:
            siblings = await latest_of_siblings(session, state.id, outlet, len(names)) if state.first_poll else []
            if state.first_poll and not siblings:
                return Known()
            by_guid = await items_by_guid(session, state.id, [entry.guid for entry in entries])
            pairs = zip(entries, names, strict=True)
            left = [name for entry, name in pairs if named(entry, name, by_guid) is None]
            by_identity = await items_by_identity(session, outlet, [name for name in left if name])
            unknown = sum(name not in by_identity for name in left)
            latest = await latest_items(session, state.id, 3 * len(names)) if unknown else []
            if not siblings and looks_renamed(unknown, len(names)):
                siblings = await latest_of_siblings(session, state.id, outlet, len(names))
            latest += siblings
        return Known(by_guid, by_identity, latest)

    async def _taken(self, state: FeedState, after: After, findings: Findings) -> PollResult:
        new, alerts = await self._take(state, after.state, findings)
        self.ledger.stored(after.state.with_news(self._clock()) if new else after.state)
        self._tell(after.change)
        if new:
            log.info("feed polled", extra={"action": "poll", "feed": state.feed.url, "new": new, "alerts": alerts})
        return PollResult(Outcome.NEW if new else Outcome.UNCHANGED, new, alerts, after.wait)

    async def _noted(self, after: After) -> PollResult:
        """A poll that found no new document is written with others, unless there is something to tell."""
        self.ledger.note(after.state)
        if after.change is not None:
            await self.ledger.flush()
            self._tell(after.change)
        outcome = Outcome.FAILED if after.state.trouble else Outcome.UNCHANGED
        return PollResult(outcome, wait=after.wait, trouble=after.state.trouble)

    async def _failed(self, state: FeedState, error: NabatError) -> PollResult:
        self._reach.failed(urlsplit(self._addresses.of(state)).hostname or "", error)
        after = after_failure(state, error, self._clock(), self._pace, lost=self._reach.lost)
        if not isinstance(error, FetchError) or state.trouble != after.state.trouble:
            log.warning("feed failed: %s", after.state.trouble, extra={"action": "poll_failed", "feed": state.feed.url})
        return await self._noted(after)

    def _crashed(self, state: FeedState, error: Exception) -> PollResult:
        """A feed that no poll gets through any more must not look well: nobody would ever look."""
        log.exception("a poll failed within", extra={"action": "poll_crashed", "feed": state.feed.url})
        after = after_fault(state, error, self._clock(), self._pace)
        self.ledger.note(after.state)
        self._tell(after.change)
        return PollResult(Outcome.CRASHED, wait=after.wait, trouble=after.state.trouble)

    def _tell(self, change: HealthChange | None) -> None:
        if change is not None:
            log.warning("feed is %s", change.text, extra={"action": "feed_health", "feed": change.feed})
            self._on_health(change)
