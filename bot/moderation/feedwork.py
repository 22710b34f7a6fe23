"""Feeds as moderators handle them: who is in trouble, and where a feed that moved is read; each act audited."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserMistake
from bot.moderation.audit import Act
from bot.news.addresses import Addresses
from bot.news.health import Health
from bot.store import addresses as kept
from bot.store import audit
from bot.store.addresses import Decision
from bot.store.news import FeedState, listed_feeds
from bot.store.session import Store


class UnknownFeed(UserMistake):
    """There is no feed with that number; /feeds shows those that need a look."""


class OtherProposal(UserMistake):
    """The feed proposes another address by now, or none; look again."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A feed as moderators see it. `proposed` waits for a decision, `decision` is the one that stands."""

    state: FeedState
    proposed: str | None = None
    decision: Decision | None = None

    @property
    def needs_a_look(self) -> bool:
        """Whether it is in trouble, moved, or read where feeds.yaml does not say."""
        return self.state.health != Health.GOOD or self.proposed is not None or self.decision is not None


class Feedwork:
    """Every act is one transaction with its audit row. `actor` is a pseudonym of `Keyring.pseudonym`."""

    def __init__(self, store: Store, addresses: Addresses, clock: Callable[[], datetime]) -> None:
        self._store, self._addresses, self._clock = store, addresses, clock

    async def troubled(self) -> list[FeedFile]:
        """The feeds that need a look: those with a question first, then the longest in trouble first."""
        async with self._store.read() as session:
            files = [self._file(state) for state in await listed_feeds(session)]
        return sorted((file for file in files if file.needs_a_look), key=_order)

    async def feed(self, feed_id: int) -> FeedFile:
        """Raises UnknownFeed."""
        async with self._store.read() as session:
            return await self._known(session, feed_id)

    async def use(self, actor: str, feed_id: int, mark: str) -> FeedFile:
        """Read the feed at the address that it moved to; `mark` is that of the address that was looked at."""
        return await self._decide(actor, feed_id, mark, Act.USE_ADDRESS)

    async def keep(self, actor: str, feed_id: int, mark: str) -> FeedFile:
        """Stay at the address of feeds.yaml, and do not ask again about this new one."""
        return await self._decide(actor, feed_id, mark, Act.KEEP_ADDRESS)

    async def undo(self, actor: str, feed_id: int) -> FeedFile:
        """Take the decision back: the feed is read where feeds.yaml says, and may propose its new address again."""
        async with self._store.write() as session:
            file = await self._known(session, feed_id)
            if file.decision is None:
                raise OtherProposal
            await kept.take_back(session, feed_id)
            detail = {"address": file.decision.url, "accepted": file.decision.accepted}
            await audit.record(session, actor, Act.UNDO_ADDRESS, file.state.feed.url, detail, self._clock())
        self._addresses.decide(feed_id, None)
        return await self.feed(feed_id)

    async def _decide(self, actor: str, feed_id: int, mark: str, act: Act) -> FeedFile:
        now = self._clock()
        async with self._store.write() as session:
            file = await self._known(session, feed_id)
            # Nobody agrees to an address that they were not shown.
            if file.proposed is None or mark_of(file.proposed) != mark:
                raise OtherProposal
            decision = Decision(file.proposed, accepted=act is Act.USE_ADDRESS)
            await kept.decide(session, feed_id, decision, now)
            await audit.record(session, actor, act, file.state.feed.url, {"address": decision.url}, now)
        self._addresses.decide(feed_id, decision)
        return await self.feed(feed_id)

    async def _known(self, session: AsyncSession, feed_id: int) -> FeedFile:
        found = next((state for state in await listed_feeds(session) if state.id == feed_id), None)
        if found is None:
            raise UnknownFeed
        return self._file(found)

    def _file(self, state: FeedState) -> FeedFile:
        return FeedFile(state, self._addresses.proposed(state), self._addresses.decided(state.id))


def mark_of(url: str) -> str:
    """A short mark of an address, for the data of a button."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def open_questions(files: Sequence[FeedFile]) -> int:
    """How many feeds wait for a decision."""
    return sum(file.proposed is not None for file in files)


def _order(file: FeedFile) -> tuple[bool, bool, datetime, int]:
    since = file.state.health_since or datetime.max.replace(tzinfo=UTC)
    return file.proposed is None, file.state.health == Health.GOOD, since, file.state.id
