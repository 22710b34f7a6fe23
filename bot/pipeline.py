"""The way of an item, from a feed's entry to an alert in the outbox.

    entry ─> item ─> words ─> rules ─> event ─> alert ─> deliveries
    plain    new     analyst  analyst  same or  new or   by Outbox, after
    text     only                      new?     update?  the commit

Items, matches, events, alerts and the feed's validators are written in one transaction: after a crash either the
poll happened whole, or it is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.decide import Decision, EventView, Kind, cutoff, decide
from bot.analyst import Analysis, Analyst
from bot.chronicle import Alerted, Chronicle
from bot.keywords.backtest import keep
from bot.language.html import plain
from bot.mentions import Mentions
from bot.model import Item
from bot.news.compare import Findings
from bot.news.entry import Entry
from bot.store.items import KnownItem, NewItem, add_items, change_texts, note_sightings
from bot.store.keywords import save_matches
from bot.store.news import FeedState, save_state
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
        mentions: Mentions,
        clock: Callable[[], datetime],
        fresh: timedelta,
        on_alert: Callable[[Alerted], None],
    ) -> None:
        self._store, self._analyst, self._chronicle = store, analyst, chronicle
        self._mentions = mentions
        self._clock, self._fresh, self._on_alert = clock, fresh, on_alert

    async def take(self, feed: FeedState, after: FeedState, findings: Findings) -> tuple[int, int]:
        """Store and judge what a poll found, and the feed's state `after` it; (new items, alerts)."""
        new = [_new_item(feed, found.entry, found.identity) for found in findings.new]
        edits = [(found.item, _new_item(feed, found.entry, found.item.identity)) for found in findings.retitled]
        edits = [(item, entry) for item, entry in edits if entry.title != item.title]
        analyses = await self._analyst.read_all([_item(feed, entry) for entry in (*new, *(e for _, e in edits))])
        async with self._store.write() as session:
            taken = await self._write(session, feed, new, analyses, after, findings.same)
            alerts = [*taken.alerts, *await self._retitle(session, feed, edits, analyses[len(new) :])]
        for alert in alerts:
            self._on_alert(alert)
        return taken.new_items, len(alerts)

    async def _write(
        self,
        session: AsyncSession,
        feed: FeedState,
        new: Sequence[NewItem],
        analyses: Sequence[Analysis],
        after: FeedState,
        same: Sequence[tuple[str, int]],
    ) -> Taken:
        now = self._clock()
        added = await add_items(session, feed.id, feed.feed.outlet, new, now)
        alerts = [
            alert
            for entry, analysis in zip(new, analyses, strict=False)
            if entry.guid in added
            for alert in await self._judge(session, feed, added[entry.guid], analysis, now)
        ]
        read = {added[e.guid]: a.document for e, a in zip(new, analyses, strict=False) if e.guid in added}
        await keep(session, read)
        await note_sightings(session, feed.id, same)
        await save_state(session, after.with_news(now) if added else after)
        return Taken(len(added), tuple(alerts))

    async def _retitle(
        self,
        session: AsyncSession,
        feed: FeedState,
        edits: Sequence[tuple[KnownItem, NewItem]],
        analyses: Sequence[Analysis],
    ) -> list[Alerted]:
        """Editors changed titles: the items read so from now on, and so do alerts that quote them.

        An item that only now meets a rule is judged as if it were new.
        """
        now, alerts = self._clock(), list[Alerted]()
        for (item, entry), analysis in zip(edits, analyses, strict=True):
            await change_texts(session, item.id, entry.title, entry.summary)
            await keep(session, {item.id: analysis.document})
            alert = await self._chronicle.retitle(session, item.id, analysis, now)
            alerts += [alert] if alert is not None else []
            if item.event_id is None:
                alerts += await self._judge(session, feed, item.id, analysis, now)
            elif analysis.matches:
                await save_matches(session, item.id, analysis.matches)
        return alerts

    async def _judge(
        self, session: AsyncSession, feed: FeedState, item_id: int, analysis: Analysis, now: datetime
    ) -> list[Alerted]:
        """What an item means: nothing, an event of its own, or more of a known one; and whether to alert.

        Whom an item names may be followed: then it reaches their followers, also where nobody else is told.
        """
        limit = cutoff(now, feed.succeeded_at, self._fresh)
        place = None
        if analysis.matches:
            await save_matches(session, item_id, analysis.matches)
            place = await self._chronicle.place(session, item_id, analysis, now)
        view = EventView() if place is None else place.view
        decision: Decision = decide(analysis.matches, analysis.item.published, limit, feed.first_poll, view, now)
        alert, beside = None, None
        if place is not None and decision.kind not in (Kind.NONE, Kind.REVIEW):
            alert = await self._chronicle.alert(session, item_id, analysis, place, decision.kind, now)
            beside = place.told[-1].id if decision.kind is Kind.EDIT else None
        mention = None
        if decision.kind not in (Kind.NEW, Kind.UPDATE) and not decision.stale:
            mention = await self._mentions.tell(session, item_id, analysis, now, place, beside=beside)
        return [told for told in (alert, mention) if told is not None]


def _new_item(feed: FeedState, entry: Entry, identity: str | None) -> NewItem:
    """An entry as it will be stored: plain text on one line for the title, markup gone from the summary."""
    return NewItem(
        guid=entry.guid,
        identity=identity,
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
