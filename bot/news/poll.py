"""One poll of one feed: ask politely, parse what changed, hand new entries on, and leave one clear line on trouble."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import NabatError
from bot.news.catalogue import Catalogue
from bot.news.failures import FetchError, HttpStatus
from bot.news.fetch import Fetched, Fetcher, FetchRequest
from bot.news.identity import identities
from bot.news.parse import Entry, ParsedFeed
from bot.news.workers import ParserPool
from bot.store.news import (
    FeedState,
    Polled,
    feed_state,
    known_guids,
    known_identities,
    note_guids,
    save_trouble,
    save_unchanged,
)
from bot.store.session import Store

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll found. `retry_after` (seconds) is the server's wish; `trouble` is one line for people."""

    outcome: Outcome
    new_items: int = 0
    alerts: int = 0
    failures: int = 0
    retry_after: float | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that the store does not know yet, with its canonical address within the outlet."""

    entry: Entry
    identity: str | None


Take = Callable[[FeedState, tuple[Candidate, ...], Polled], Awaitable[tuple[int, int]]]
"""Stores the candidates and the feed's validators in one transaction; answers (new items, alerts)."""


class Poller:
    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        fetcher: Fetcher,
        parsers: ParserPool,
        take: Take,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._catalogue, self._fetcher = store, catalogue, fetcher
        self._parsers, self._take, self._clock = parsers, take, clock

    async def poll(self, feed_id: int) -> PollResult:
        """Poll one feed. Never raises for what the feed or its server did: that is noted on the feed."""
        async with self._store.read() as session:
            state = await feed_state(session, feed_id)
        try:
            return await self._poll(state)
        except NabatError as error:
            return await self._failed(state, error)

    async def _poll(self, state: FeedState) -> PollResult:
        request = FetchRequest(state.feed.url, state.etag, state.last_modified, state.feed.language)
        answer = await self._fetcher.get(request)
        if not isinstance(answer, Fetched):
            return await self._unchanged(state)
        digest = hashlib.blake2b(answer.body, digest_size=16).digest()
        if digest == state.body_hash:
            return await self._unchanged(state)
        parsed = await self._parsers.parse(answer.body, answer.content_type, answer.url, self._clock())
        polled = Polled(answer.etag, answer.last_modified, digest, answer.moved_to)
        new, alerts = await self._take(state, await self._unknown(state, parsed), polled)
        if new:
            log.info("feed polled", extra={"action": "poll", "feed": state.feed.url, "new": new, "alerts": alerts})
        return PollResult(Outcome.NEW if new else Outcome.UNCHANGED, new, alerts)

    async def _unknown(self, state: FeedState, parsed: ParsedFeed) -> tuple[Candidate, ...]:
        """Entries that are new by guid and by canonical address; oldest first, as their outlet wrote them."""
        outlet = self._catalogue.outlet(state.feed.outlet)
        names = identities(parsed.entries, outlet)
        async with self._store.read() as session:
            guids = await known_guids(session, state.id, [entry.guid for entry in parsed.entries])
            fresh = [Candidate(e, name) for e, name in zip(parsed.entries, names, strict=True) if e.guid not in guids]
            wanted = [candidate.identity for candidate in fresh if candidate.identity]
            known = await known_identities(session, outlet.id, wanted)
        seen = [(c.entry.guid, c.identity) for c in fresh if c.identity in known and c.identity]
        if seen:
            async with self._store.write() as session:
                await note_guids(session, state.id, outlet.id, seen)
        return tuple(candidate for candidate in reversed(fresh) if candidate.identity not in known)

    async def _unchanged(self, state: FeedState) -> PollResult:
        async with self._store.write() as session:
            await save_unchanged(session, state.id, self._clock())
        return PollResult(Outcome.UNCHANGED)

    async def _failed(self, state: FeedState, error: NabatError) -> PollResult:
        trouble = " ".join(str(error).split())
        async with self._store.write() as session:
            await save_trouble(session, state.id, trouble, self._clock())
        if not isinstance(error, FetchError) or state.trouble != trouble:
            log.warning("feed failed: %s", trouble, extra={"action": "poll_failed", "feed": state.feed.url})
        retry_after = error.retry_after if isinstance(error, HttpStatus) else None
        return PollResult(Outcome.FAILED, failures=state.failures + 1, retry_after=retry_after, trouble=trouble)
