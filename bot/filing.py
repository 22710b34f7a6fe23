"""Where an item belongs: its event is found among those that share a key with it, or opened.

One item is one trip out of the event loop (`AsyncSession.run_sync`) with five or six statements: what events share a
key, what readers were told, and the rows that change. Reports that were read before are kept in memory; what one is
about never changes under the item's id and title.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.current import current, names_outlet
from bot.alerts.decide import EDITABLE, EventView
from bot.analyst import Analysis
from bot.events import cluster
from bot.events.cluster import Candidate, Links, Verdict, keys
from bot.events.follow import earlier_case
from bot.events.index import NAME, WHOLE, index_keys, whole_names
from bot.events.likeness import COMMON_NAME
from bot.events.report import Report
from bot.events.status import advance
from bot.model import Description, Status
from bot.news.catalogue import Catalogue
from bot.store.alerts import PastAlert
from bot.store.candidates import Near, Shelf, events_by_keys, stored_reports
from bot.store.case_files import event_of_item
from bot.store.event_links import parted
from bot.store.events import EventChange, StoredEvent, events_with_key, grow_event, open_event
from bot.store.officials import listed
from bot.store.standing import Standing, standing

CASE = timedelta(days=800)
"""How far back an event of the same person is looked for: an alert on what became of them answers the first one."""
STEPS = 8
"""How many events without an alert are gone back to find the alert that somebody's case began with."""
FREQUENCY = timedelta(days=30)
"""Names in many events of so many days weigh nothing (DESIGN, "Events")."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item belongs. `told` are the alerts of its event, or of the one it follows; the first first.

    `adds_to` are those of its event that it is a further source of, in messages young enough to be edited.
    """

    event_id: int
    status: Status
    view: EventView
    told: tuple[PastAlert, ...]
    adds_to: tuple[PastAlert, ...] = ()


class Filing:
    """Files items under events. The decisions are those of `bot.events`; here they meet the database."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._shelf: Shelf[Report] = Shelf()

    async def place(
        self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime, apart: int | None = None
    ) -> Place:
        """Find the event an item reports, or open one; the item is described and joined to it.

        `apart` is an event that it is not of, however alike they are.
        """
        return await session.run_sync(lambda rows: self._place(rows.connection(), item_id, analysis, now, apart))

    async def place_again(self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime) -> Place | None:
        """An item that reads otherwise now stays in its event, which grows by it; None where it has none."""
        event_id = await event_of_item(session, item_id)
        if event_id is None or analysis.description is None:
            return None
        item = analysis.item
        report = Report(_item(item_id), analysis.description, item.title, item.outlet, item.published or now)
        event = Candidate(_event(event_id), ())
        place = await session.run_sync(lambda rows: self._join(rows.connection(), item_id, report, event, now))
        self._shelf.put((item_id, item.title), report)
        return place

    def _place(
        self, connection: Connection, item_id: int, analysis: Analysis, now: datetime, apart: int | None
    ) -> Place:
        found, item = analysis.description, analysis.item
        assert found is not None
        report = Report(_item(item_id), found, item.title, item.outlet, item.published or now)
        near = [event for event in self._near(connection, report, now) if event.id != apart]
        known = self._candidates(connection, near)
        verdict = _verdict(connection, report, known, [event.id for event in near if event.parted], now)
        # What follows need not read this one back.
        self._shelf.put((item_id, item.title), report)
        if verdict.kind is cluster.Kind.SAME:
            event = next(candidate for candidate in known if candidate.event == verdict.event)
            return self._join(connection, item_id, report, event, now)
        follows, maybe = _number(verdict.follows), _number(verdict.event)
        change = EventChange(found.status, found.topics, found.countries, found.people)
        event_id = open_event(connection, item_id, found, change, index_keys(found), now, follows=follows, maybe=maybe)
        told = _told_of(connection, follows)
        return Place(event_id, found.status, EventView(told_before=bool(told)), told)

    def _join(self, connection: Connection, item_id: int, report: Report, event: Candidate, now: datetime) -> Place:
        """Put a report into its event, with the keys that the event has not got from the reports that were read."""
        stood = standing(connection, _number(event.event) or 0)
        change = _grown(stood.event, report.description)
        had = frozenset[str]().union(*(index_keys(known.description) for known in event.reports))
        fresh = index_keys(report.description) - had
        grow_event(connection, stood.event.id, item_id, report.description, change, fresh, now)
        outlet = self._catalogue.outlet(report.outlet).name
        young = (alert for alert in current(stood.told, change.status) if now - alert.created_at < EDITABLE)
        adds_to = tuple(alert for alert in young if not names_outlet(alert, outlet))
        before = stood.told or _told_of(connection, stood.event.follows)
        return Place(
            stood.event.id, change.status, _view(stood, report, change, adds_to, bool(before)), before, adds_to
        )

    def _near(self, connection: Connection, report: Report, now: datetime) -> tuple[Near, ...]:
        """The events that the report may be of: of the same people however old, else as old as decide() takes them."""
        found = keys(report.description)
        names = {key for key in found if key.startswith(NAME)}
        nameless = min(report.at, now) - cluster.NAMELESS
        return events_by_keys(connection, names, found - names, since=now - CASE, others_since=nameless)

    def _candidates(self, connection: Connection, near: Sequence[Near]) -> list[Candidate]:
        places = [place for event in near for place in event.items]
        reports = {place[0]: report for place in places if (report := self._shelf.get(place)) is not None}
        for stored in stored_reports(connection, [item for item, _ in places if item not in reports]):
            report = Report(_item(stored.item_id), stored.description, stored.title, stored.outlet, stored.at)
            self._shelf.put((stored.item_id, stored.title), report)
            reports[stored.item_id] = report
        return [Candidate(_event(event.id), tuple(reports[item] for item, _ in event.items)) for event in near]


def _verdict(
    connection: Connection, report: Report, known: Sequence[Candidate], apart: Sequence[int], now: datetime
) -> Verdict:
    frequency = _frequency(connection, report, known, now)
    links = Links(cannot=frozenset(frozenset(map(_event, pair)) for pair in parted(connection, apart)))
    verdict = cluster.decide(report, known, document_frequency=frequency, links=links)
    if verdict.kind is cluster.Kind.SAME or verdict.follows is not None:
        return verdict
    return replace(verdict, follows=earlier_case(report.description, known, frequency))


def _frequency(connection: Connection, report: Report, known: Iterable[Candidate], now: datetime) -> dict[str, int]:
    """In how many events each of the report's names is; not asked where no candidate may share one."""
    names = whole_names(report.description)
    if not names or not any(candidate.may_name(report) for candidate in known):
        return {}
    counts = events_with_key(connection, names, now - FREQUENCY)
    found = {key.removeprefix(WHOLE): count for key, count in counts.items()}
    # Whom moderators have listed weighs as little as whoever is in every story.
    return found | dict.fromkeys(listed(connection, [key.removeprefix(WHOLE) for key in names]), COMMON_NAME)


def _view(
    stood: Standing, report: Report, change: EventChange, adds_to: Sequence[PastAlert], told_before: bool
) -> EventView:
    return EventView(
        known=True,
        status_changed=change.status is not stood.event.status or _unannounced(stood, report, change.status),
        # After an alert that a moderator stopped, the event stays quiet until its status changes.
        alerted=bool(stood.told) or stood.stopped,
        alerted_at=adds_to[-1].created_at if adds_to else None,
        new_outlet=bool(adds_to),
        told_before=told_before,
    )


def _unannounced(stood: Standing, report: Report, status: Status) -> bool:
    """Whether an outlet is the first to say what a moderator has decided, so that no alert has told of it."""
    said = status is not Status.UNKNOWN and report.description.status is status
    return said and status.value not in stood.announced


def _item(item_id: int) -> str:
    return f"item {item_id}"


def _event(event_id: int) -> str:
    """What the events room calls an event: items have numbers too, and moderators' links may hold either."""
    return f"event {event_id}"


def _number(name: str | None) -> int | None:
    return None if name is None else int(name.removeprefix("event "))


def _told_of(connection: Connection, event_id: int | None) -> tuple[PastAlert, ...]:
    """The alerts on an event, or on what it goes on from where it was told to nobody itself."""
    for _ in range(STEPS):
        if event_id is None:
            break
        stood = standing(connection, event_id)
        if stood.told:
            return stood.told
        event_id = stood.event.follows
    return ()


def _grown(event: StoredEvent, found: Description) -> EventChange:
    """An event after one more report: what is new is added, and the status goes on where it can."""
    return EventChange(
        advance(event.status, found.status),
        tuple(dict.fromkeys((*event.topics, *found.topics))),
        tuple(dict.fromkeys((*event.countries, *found.countries))),
        tuple({person.key: person for person in (*found.people, *event.people)}.values()),
    )
