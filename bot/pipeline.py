"""The way of an item, from a feed's entry to an alert in the outbox.

    entry ─> item ─> words ─> rules ─> event ─> alert ─> deliveries
    plain    new     analyst  analyst  same or  new or   by Outbox, after
    already  only                      new?     update?  the commit

Items, matches, events, alerts and the feed's validators are written in one transaction: after a crash either the
poll happened whole, or it is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.decide import Decision, EventView, Kind, cutoff, decide
from bot.alerts.rewording import is_to_be_told
from bot.analyst import Analysis, Analyst
from bot.chronicle import Alerted, Chronicle, Place
from bot.keywords.backtest import keep
from bot.mentions import Mentions
from bot.model import Person
from bot.news.compare import Findings
from bot.news.reading import item_of, new_item
from bot.retitling import Edit, read_changes
from bot.store.alerts import edit_of_item
from bot.store.batches import Batches
from bot.store.case_files import stored_item
from bot.store.follows import anybody_follows
from bot.store.items import (
    Arrival,
    KnownItem,
    NewItem,
    add_items,
    change_texts,
    give_up_addresses,
    note_sightings,
)
from bot.store.keywords import save_matches
from bot.store.news import FeedState, save_states
from bot.store.session import Store


@dataclass(frozen=True, slots=True)
class Haul:
    """What one poll found, read and ready to be stored: `analyses` are those of `new`, then those of `edits`.

    `instead` has the items in whose place new ones stand now, by the guids of these.
    """

    feed: FeedState
    after: FeedState
    new: Sequence[NewItem]
    edits: Sequence[Edit]
    same: Sequence[tuple[str, int]]
    analyses: Sequence[Analysis]
    instead: Mapping[str, KnownItem] = field(default_factory=dict)

    @property
    def displaced(self) -> list[int]:
        """Items whose very address is now that of another story."""
        taken = {item.guid: item.identity for item in self.new}
        return [item.id for guid, item in self.instead.items() if item.identity == taken[guid]]


class Pipeline:
    """Takes what polls find. `on_alert` is told of every alert after its transaction is committed; `followed` says
    whether anybody follows anybody as it begins, and is looked up anew with every transaction."""

    def __init__(
        self,
        store: Store,
        analyst: Analyst,
        chronicle: Chronicle,
        mentions: Mentions,
        clock: Callable[[], datetime],
        fresh: timedelta,
        on_alert: Callable[[Alerted], None],
        *,
        followed: bool = True,
    ) -> None:
        self._store, self._analyst, self._chronicle, self._mentions = store, analyst, chronicle, mentions
        self._clock, self._fresh, self._on_alert = clock, fresh, on_alert
        self._batches = Batches(self._write)
        self._followed = followed

    async def take(self, feed: FeedState, after: FeedState, findings: Findings) -> tuple[int, int]:
        """Store and judge what a poll found, and the feed's state `after` it; (new items, alerts).

        What several polls found at the same time is written in one transaction.
        """
        changes = await read_changes(self._store, self._analyst, feed.feed, findings.retitled)
        new = [new_item(found.entry, found.identity, feed.feed) for found in findings.new]
        new += [entry for entry, _ in changes.others]
        edits, instead = changes.edits, {entry.guid: item for entry, item in changes.others}
        items = [item_of(entry, feed.feed) for entry in (*new, *(edit.entry for edit in edits))]
        words = [found.entry.words for found in findings.new] + [None] * len(changes.others)
        analyses = await self._analyst.read_all(items, names=self._followed, words=words) if items else []
        return await self._batches.put(Haul(feed, after, new, edits, findings.same, analyses, instead))

    async def close(self) -> None:
        """Let the writing end that polls began and broke off from: the database is closed next."""
        await self._batches.settled()

    async def told_apart(self, item_id: int) -> bool:
        """A moderator made an item an event of its own: it gets the alert that it was kept from; whether it does.

        Only what the rules alert on by themselves, what is news still, and what has no alert yet.
        """
        async with self._store.read() as session:
            stored = await stored_item(session, item_id)
        if stored is None:
            return False
        item, event_id = stored
        (analysis,) = await self._analyst.read_all([item])
        now, view = self._clock(), EventView()
        decision = decide(analysis.matches, item.published, cutoff(now, None, self._fresh), False, view, now)
        if decision.kind is not Kind.NEW or analysis.description is None:
            return False
        place = Place(event_id, analysis.description.status, view, ())
        async with self._store.write() as session:
            if await edit_of_item(session, item_id, (Kind.NEW, Kind.UPDATE)) is not None:
                return False
            alerts = await self._chronicle.alert(session, item_id, analysis, place, Kind.NEW, now)
        for alert in alerts:
            self._on_alert(alert)
        return bool(alerts)

    async def _write(self, hauls: Sequence[Haul]) -> list[tuple[int, int]]:
        """(new items, alerts) of each haul; all of them are stored, or none."""
        now = self._clock()
        async with self._store.write() as session:
            hauls = await self._with_names(session, hauls)
            await give_up_addresses(session, [item_id for haul in hauls for item_id in haul.displaced])
            arrivals = [Arrival(haul.feed.id, haul.feed.feed.outlet, haul.new) for haul in hauls]
            added = await add_items(session, arrivals, now)
            pairs = list(zip(hauls, added, strict=True))
            words = {item_id: found.words for haul, new in pairs for item_id, found in _read(haul, new)}
            await keep(session, words, new=True)
            found = [
                await self._news(session, haul, new, now) + await self._retitle(session, haul, now)
                for haul, new in pairs
            ]
            await note_sightings(session, [(h.feed.id, guid, item_id) for h in hauls for guid, item_id in h.same])
            await save_states(session, [haul.after.with_news(now) if new else haul.after for haul, new in pairs])
        for alert in (alert for alerts in found for alert in alerts):
            self._on_alert(alert)
        return [(len(new), len(alerts)) for new, alerts in zip(added, found, strict=True)]

    async def _with_names(self, session: AsyncSession, hauls: Sequence[Haul]) -> Sequence[Haul]:
        """Whom items name is not looked for while nobody follows anybody; it is as soon as somebody does."""
        self._followed = await anybody_follows(session)
        if not self._followed:
            return hauls
        return [replace(haul, analyses=await self._analyst.name_all(haul.analyses)) for haul in hauls]

    async def _news(self, session: AsyncSession, haul: Haul, added: Mapping[str, int], now: datetime) -> list[Alerted]:
        """The alerts that a haul's new items make."""
        read = _read(haul, added)
        before = {added[guid]: item.event_id for guid, item in haul.instead.items() if guid in added}
        judged = [
            await self._judge(session, haul.feed, item_id, analysis, now, apart=before.get(item_id))
            for item_id, analysis in read
        ]
        return [alert for alerts in judged for alert in alerts]

    async def _retitle(self, session: AsyncSession, haul: Haul, now: datetime) -> list[Alerted]:
        """Editors changed titles: the items read so from now on, and so do alerts that quote them.

        An item that only now meets a rule is judged as if it were new.
        """
        alerts: list[Alerted] = []
        for edit, analysis in zip(haul.edits, haul.analyses[len(haul.new) :], strict=True):
            await change_texts(session, edit.item.id, edit.entry.title, edit.entry.summary)
            await keep(session, {edit.item.id: analysis.words})
            if edit.item.event_id is not None:
                alerts += await self._judge_again(session, haul.feed, edit, analysis, now)
            else:
                alert = await self._chronicle.retitle(session, edit.item, analysis, now)
                alerts += [alert] if alert is not None else []
                since = haul.feed.succeeded_at if edit.news else None
                alerts += await self._judge(
                    session, haul.feed, edit.item.id, analysis, now, since=since, newcomers=edit.newcomers
                )
        return alerts

    async def _judge_again(
        self, session: AsyncSession, feed: FeedState, edit: Edit, analysis: Analysis, now: datetime
    ) -> list[Alerted]:
        """What an edit makes of an item that is in an event: an alert, where there was none or something came of the
        case; else the alerts that quote it say it in silence. Followers of whom it did not name before are told."""
        item_id, place = edit.item.id, None
        if analysis.matches:
            await save_matches(session, item_id, analysis.matches)
            place = await self._chronicle.place_again(session, item_id, analysis, now)
        if place is not None:
            limit = cutoff(now, feed.succeeded_at, self._fresh)
            # A mended word makes no news of an old report that nobody was told of.
            since = feed.succeeded_at if edit.news or place.view.alerted else None
            dated = _later(analysis.item.published, since)
            decision = decide(analysis.matches, dated, limit, feed.first_poll, place.view, now)
            if is_to_be_told(decision, place.status):
                return await self._chronicle.alert(session, item_id, analysis, place, decision.kind, now)
        alert = await self._chronicle.retitle(session, edit.item, analysis, now)
        beside = place.told[-1].id if place is not None and place.view.alerted and place.told else None
        fresh = replace(analysis, people=edit.newcomers)
        mention = await self._mentions.tell(
            session, item_id, fresh, now, place, beside=beside, newcomers=edit.newcomers
        )
        return [each for each in (alert, mention) if each is not None]

    async def _judge(
        self,
        session: AsyncSession,
        feed: FeedState,
        item_id: int,
        analysis: Analysis,
        now: datetime,
        *,
        apart: int | None = None,
        since: datetime | None = None,
        newcomers: Sequence[Person] = (),
    ) -> list[Alerted]:
        """What an item means: nothing, an event of its own, or more of a known one but `apart`; and whether to alert.

        Whom an item names may be followed: then it reaches their followers, also where nobody else is told. What it
        says was not said before `since`, whatever its date.
        """
        limit = cutoff(now, feed.succeeded_at, self._fresh)
        place = None
        if analysis.matches:
            await save_matches(session, item_id, analysis.matches)
            place = await self._chronicle.place(session, item_id, analysis, now, apart)
        view = EventView() if place is None else place.view
        decision: Decision = decide(
            analysis.matches, _later(analysis.item.published, since), limit, feed.first_poll, view, now
        )
        alerts, beside = list[Alerted](), None
        if place is not None and decision.kind not in (Kind.NONE, Kind.REVIEW):
            alerts = await self._chronicle.alert(session, item_id, analysis, place, decision.kind, now)
            beside = self._chronicle.beside(analysis, place) if decision.kind is Kind.EDIT else None
        if decision.kind in (Kind.NEW, Kind.UPDATE) or decision.stale:
            return alerts
        mention = await self._mentions.tell(session, item_id, analysis, now, place, beside=beside, newcomers=newcomers)
        return alerts if mention is None else [*alerts, mention]


def _read(haul: Haul, added: Mapping[str, int]) -> list[tuple[int, Analysis]]:
    """The new items of a haul, by the ids under which they were stored."""
    return [(added[e.guid], a) for e, a in zip(haul.new, haul.analyses, strict=False) if e.guid in added]


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two times; what has no date has none."""
    return one if one is None or other is None else max(one, other)
