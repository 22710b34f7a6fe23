"""The way of an item, from a feed's entry to an alert in the outbox.

    entry ─> item ─> words ─> rules ─> event ─> alert ─> deliveries
    plain    new     analyst  analyst  same or  new or   by Outbox, after
    text     only                      new?     update?  the commit

Items, matches, events, alerts and the feed's validators are written in one transaction: after a crash either the
poll happened whole, or it is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.decide import Decision, Kind, cutoff, decide
from bot.analyst import Analysis, Analyst
from bot.chronicle import Alerted, Chronicle
from bot.language.html import plain
from bot.model import Item
from bot.news.poll import Candidate
from bot.store.keywords import save_matches
from bot.store.news import FeedState, NewItem, Polled, add_item, save_polled
from bot.store.session import Store


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a feed's new entries."""

    new_items: int
    alerts: tuple[Alerted, ...]


class Pipeline:
    """Takes what polls find. `on_alert` is told of every alert after its transaction is committed."""

    def __init__(
        self,
        store: Store,
        analyst: Analyst,
        chronicle: Chronicle,
        clock: Callable[[], datetime],
        fresh: timedelta,
        on_alert: Callable[[Alerted], None],
    ) -> None:
        self._store, self._analyst, self._chronicle = store, analyst, chronicle
        self._clock, self._fresh, self._on_alert = clock, fresh, on_alert

    async def take(self, feed: FeedState, candidates: Sequence[Candidate], polled: Polled) -> tuple[int, int]:
        """Store and judge new entries; answers how many items were new and how many alerts they made."""
        entries = [_new_item(feed, candidate) for candidate in candidates]
        analyses = await self._analyst.read_all([_item(feed, entry) for entry in entries])
        taken = await self._write(feed, list(zip(entries, analyses, strict=True)), polled)
        for alert in taken.alerts:
            self._on_alert(alert)
        return taken.new_items, len(taken.alerts)

    async def _write(self, feed: FeedState, found: list[tuple[NewItem, Analysis]], polled: Polled) -> Taken:
        now = self._clock()
        new, alerts = 0, []
        async with self._store.write() as session:
            for entry, analysis in found:
                item_id = await add_item(session, feed.id, feed.feed.outlet, entry, now)
                if item_id is not None:
                    new += 1
                    alerts.append(await self._judge(session, feed, item_id, analysis, now))
            await save_polled(session, feed.id, replace(polled, new_items=new), now)
        return Taken(new, tuple(alert for alert in alerts if alert is not None))

    async def _judge(
        self, session: AsyncSession, feed: FeedState, item_id: int, analysis: Analysis, now: datetime
    ) -> Alerted | None:
        """What an item means: nothing, an event of its own, or more of a known one; and whether to alert."""
        if not analysis.matches:
            return None
        await save_matches(session, item_id, analysis.matches)
        place = await self._chronicle.place(session, item_id, analysis, now)
        limit = cutoff(now, feed.succeeded_at, self._fresh)
        decision: Decision = decide(analysis.matches, analysis.item.published, limit, feed.first_poll, place.view, now)
        if decision.kind in (Kind.NONE, Kind.REVIEW):
            return None
        return await self._chronicle.alert(session, item_id, analysis, place, decision.kind, now)


def _new_item(feed: FeedState, candidate: Candidate) -> NewItem:
    """An entry as it will be stored: plain text on one line for the title, markup gone from the summary."""
    entry = candidate.entry
    return NewItem(
        guid=entry.guid,
        identity=candidate.identity,
        url=entry.url,
        title=" ".join(plain(entry.title).split()),
        summary=plain(entry.summary),
        language=feed.feed.language,
        country=feed.feed.country,
        published=entry.published,
    )


def _item(feed: FeedState, entry: NewItem) -> Item:
    return Item(
        id=entry.guid,
        title=entry.title,
        summary=entry.summary,
        url=entry.url,
        outlet=feed.feed.outlet,
        language=entry.language,
        published=entry.published,
        country=entry.country,
    )
