"""Events and alerts as the store keeps them: where an item belongs, and what is told of it.

The decisions are those of `bot.events` and `bot.alerts`; here they meet the database, inside the transaction of the
poll that brought the item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.audience import audience, leading, priority
from bot.alerts.content import Content, Source
from bot.alerts.decide import EDITABLE, EventView, Kind
from bot.alerts.following import named_in
from bot.alerts.summary import Quote, quote
from bot.analyst import Analysis
from bot.events import cluster
from bot.events.cluster import Candidate, Links, Verdict, keys
from bot.events.follow import earlier_case
from bot.events.index import NAME, WHOLE, index_keys, whole_names
from bot.events.report import Report
from bot.events.status import advance
from bot.model import URGENT, Description, Person, Status
from bot.news.catalogue import Catalogue
from bot.store.alerts import (
    NewAlert,
    PastAlert,
    add_alert,
    alerts_of,
    change_content,
    edit_of_item,
    last_edit,
    was_stopped,
)
from bot.store.candidates import Found, Shelf, events_by_keys
from bot.store.crypto import Keyring
from bot.store.event_links import parted
from bot.store.events import (
    EventChange,
    StoredEvent,
    event_by_id,
    events_with_key,
    grow_event,
    open_event,
)
from bot.store.fanout import name_persons

CASE = timedelta(days=800)
"""How far back an event of the same person is looked for: an alert on what became of them answers the first one."""
EDIT_EVERY = timedelta(minutes=1)
"""A message is edited once a minute at most: three outlets within seconds are one edit."""
FREQUENCY = timedelta(days=30)
"""Names in many events of so many days weigh nothing (DESIGN, "Events")."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """An alert that was decided and stored."""

    id: int
    kind: Kind
    content: Content
    due_at: datetime | None = None
    """Its fan-out waits until then."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item belongs. `told` are the alerts of its event, or of the one it follows; the first first."""

    event_id: int
    status: Status
    view: EventView
    told: tuple[PastAlert, ...]


class Chronicle:
    def __init__(self, keyring: Keyring, catalogue: Catalogue) -> None:
        self._keyring, self._catalogue = keyring, catalogue
        self._shelf = Shelf()

    async def place(self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime) -> Place:
        """Find the event an item reports, or open one; the item is described and joined to it."""
        found = analysis.description
        assert found is not None
        item = analysis.item
        report = Report(f"item {item_id}", found, item.title, item.outlet, item.published or now)
        near = await self._near(session, report, now)
        verdict = await self._verdict(session, report, near, now)
        everything = index_keys(found)
        # Items come with `now` as the time they were seen: those that follow need not read this one back.
        self._shelf.put((item_id, item.title, now), found)
        if verdict.kind is cluster.Kind.SAME:
            event = await event_by_id(session, _number(verdict.event) or 0)
            change = _grown(event, found)
            await grow_event(session, event.id, item_id, found, change, everything, now)
            known = next(known for known in near if known.id == event.id)
            new_outlet = report.outlet not in {told.outlet for told in known.reports}
            return await self._known_place(session, event, change, new_outlet)
        follows, maybe = _number(verdict.follows), _number(verdict.event)
        change = EventChange(found.status, found.topics, found.countries, found.people)
        event_id = await open_event(session, item_id, found, change, everything, now, follows=follows, maybe=maybe)
        told = await _told(session, follows)
        return Place(event_id, found.status, EventView(told_before=bool(told)), told)

    async def _near(self, session: AsyncSession, report: Report, now: datetime) -> tuple[Found, ...]:
        """The events that the report may be of: of the same people however old, else as old as decide() takes them."""
        found = keys(report.description)
        names = {key for key in found if key.startswith(NAME)}
        nameless = min(report.at, now) - cluster.NAMELESS
        return await events_by_keys(session, names, found - names, self._shelf, since=now - CASE, others_since=nameless)

    async def _verdict(self, session: AsyncSession, report: Report, near: Sequence[Found], now: datetime) -> Verdict:
        names = whole_names(report.description)
        counts = await events_with_key(session, names, now - FREQUENCY) if names and near else {}
        frequency = {key.removeprefix(WHOLE): count for key, count in counts.items()}
        pairs = await parted(session, [event.id for event in near if event.parted])
        links = Links(cannot=frozenset(frozenset(map(_name, pair)) for pair in pairs))
        known = [_candidate(event) for event in near]
        verdict = cluster.decide(report, known, document_frequency=frequency, links=links)
        if verdict.kind is cluster.Kind.SAME or verdict.follows is not None:
            return verdict
        return replace(verdict, follows=earlier_case(report.description, known, frequency))

    async def _known_place(
        self, session: AsyncSession, event: StoredEvent, change: EventChange, new_outlet: bool
    ) -> Place:
        told = await _told(session, event.id)
        before = told or await _told(session, event.follows)
        view = EventView(
            known=True,
            status_changed=change.status is not event.status,
            # After an alert that a moderator stopped, the event stays quiet until its status changes.
            alerted=bool(told) or await was_stopped(session, event.id),
            alerted_at=told[0].created_at if told else None,
            new_outlet=new_outlet,
            told_before=bool(before),
        )
        return Place(event.id, change.status, view, before)

    async def alert(
        self, session: AsyncSession, item_id: int, analysis: Analysis, place: Place, kind: Kind, now: datetime
    ) -> Alerted | None:
        """Store what is told of an item: a new alert, an answer to an earlier one, or a source added to it.

        News of somebody whose earlier event was told of is an update: it answers that alert. None where an edit
        that has not gone out yet takes the source along.
        """
        if kind is Kind.EDIT:
            return await self._edit(session, item_id, analysis, place, now)
        kind = Kind.UPDATE if place.told else Kind.NEW
        content = self._content(analysis, place.status, kind)
        replies_to = place.told[0].id if place.told else None
        alert = self._new_alert(item_id, analysis, place, kind, content, replies_to)
        return await self._add(session, alert, content, now, analysis.people)

    async def _edit(
        self, session: AsyncSession, item_id: int, analysis: Analysis, place: Place, now: datetime
    ) -> Alerted | None:
        """Add a source to the latest alert on the event, once a minute at most."""
        edited = place.told[-1]
        before = Content.from_json(edited.content)
        content = replace(before, sources=(*before.sources, *self._content(analysis, place.status, Kind.EDIT).sources))
        alert = self._new_alert(item_id, analysis, place, Kind.EDIT, content, None)
        return await self._reword(session, replace(alert, edits=edited.id), content, now)

    async def retitle(self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime) -> Alerted | None:
        """An editor changed an item's title: an alert made of it quotes the new one, in messages already sent too.

        None where no alert was made of it, or where its messages are too old to be edited.
        """
        found = await edit_of_item(session, item_id, (Kind.NEW, Kind.UPDATE))
        if found is None:
            return None
        edit, made_at = found
        quoted = _quoted(analysis)
        before = Content.from_json(edit.content)
        content = replace(before, headline=quoted.headline, excerpt=quoted.excerpt, bold=quoted.bold)
        if now - made_at < EDITABLE:
            return await self._reword(session, edit, content, now)
        await change_content(session, edit.edits or 0, content.to_json())
        return None

    async def _reword(self, session: AsyncSession, edit: NewAlert, content: Content, now: datetime) -> Alerted | None:
        """Let a told alert say something else, once a minute at most; None where an edit that waits says it."""
        assert edit.edits is not None
        await change_content(session, edit.edits, content.to_json())
        last = await last_edit(session, edit.edits)
        if last is not None and last.waiting:
            await change_content(session, last.id, content.to_json())
            return None
        due = None if last is None or now - last.at >= EDIT_EVERY else last.at + EDIT_EVERY
        return await self._add(session, replace(edit, content=content.to_json(), due_at=due), content, now)

    async def _add(
        self, session: AsyncSession, alert: NewAlert, content: Content, now: datetime, people: Iterable[Person] = ()
    ) -> Alerted:
        """`people`: whose followers get it whatever else they chose. An edit goes to those who have its message."""
        alert_id = await add_alert(session, alert, now)
        await name_persons(session, alert_id, (self._keyring.hash_name(tag) for tag in named_in(people)))
        return Alerted(alert_id, Kind(alert.kind), content, alert.due_at)

    @staticmethod
    def _new_alert(
        item_id: int, analysis: Analysis, place: Place, kind: Kind, content: Content, replies_to: int | None
    ) -> NewAlert:
        found = analysis.description
        assert found is not None
        who = audience(found.topics, found.countries)
        return NewAlert(
            event_id=place.event_id,
            item_id=item_id,
            kind=kind.value,
            priority=priority(found.topics),
            topics=who.topics,
            countries=who.countries,
            everywhere=who.everywhere,
            content=content.to_json(),
            replies_to=replies_to,
        )

    def _content(self, analysis: Analysis, status: Status, kind: Kind) -> Content:
        item, found = analysis.item, analysis.description
        assert found is not None
        outlet = self._catalogue.outlet(item.outlet)
        quoted = _quoted(analysis)
        return Content(
            topic=leading(found.topics, status),
            headline=quoted.headline,
            excerpt=quoted.excerpt,
            bold=quoted.bold,
            countries=_shown(found.countries),
            status=status,
            sources=(Source(outlet.name, item.url, item.published, outlet.status, outlet.publisher),),
            published=item.published,
            one_source=kind is Kind.NEW and bool(URGENT.intersection(found.topics)),
            people=tuple(person.name for person in found.people),
        )


def _quoted(analysis: Analysis) -> Quote:
    places = tuple(sorted({place for match in analysis.matches for place in match.places}))
    return quote(analysis.item.title, analysis.item.summary, places)


async def _told(session: AsyncSession, event_id: int | None) -> tuple[PastAlert, ...]:
    return () if event_id is None else await alerts_of(session, event_id, (Kind.NEW, Kind.UPDATE))


def _candidate(event: Found) -> Candidate:
    reports = (Report(f"item {r.item_id}", r.description, r.title, r.outlet, r.at) for r in event.reports)
    return Candidate(_name(event.id), tuple(reports))


def _name(event_id: int) -> str:
    """What the events room calls an event: items have numbers too, and moderators' links may hold either."""
    return f"event {event_id}"


def _number(name: str | None) -> int | None:
    return None if name is None else int(name.removeprefix("event "))


def _grown(event: StoredEvent, found: Description) -> EventChange:
    """An event after one more report: what is new is added, and the status goes on where it can."""
    return EventChange(
        advance(event.status, found.status),
        tuple(dict.fromkeys((*event.topics, *found.topics))),
        tuple(dict.fromkeys((*event.countries, *found.countries))),
        tuple({person.key: person for person in (*found.people, *event.people)}.values()),
    )


def _shown(countries: Iterable[str]) -> tuple[str, ...]:
    """Countries as a message names them: Russia is the place only when nothing else is (DESIGN, "Events")."""
    found = tuple(countries)
    return tuple(country for country in found if country != "RU") or found
