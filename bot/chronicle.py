"""Events and alerts as the store keeps them: where an item belongs, and what is told of it.

The decisions are those of `bot.events` and `bot.alerts`; here they meet the database, inside the transaction of the
poll that brought the item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.audience import audience, leading, priority, topic_of, where
from bot.alerts.content import Content, Source
from bot.alerts.current import current
from bot.alerts.decide import EDITABLE, Kind
from bot.alerts.following import named_in
from bot.alerts.naming import named_by, together
from bot.alerts.summary import Quote, quote
from bot.analyst import Analysis
from bot.filing import Filing
from bot.filing import Place as Place
from bot.model import URGENT, Description, Outlet, Person, Status
from bot.news.catalogue import Catalogue
from bot.store.alerts import (
    NewAlert,
    Reported,
    add_alert,
    change_content,
    edit_of_item,
    edits_of_event,
    last_edit,
    reports_of,
)
from bot.store.crypto import Keyring
from bot.store.fanout import name_persons
from bot.store.items import KnownItem

EDIT_EVERY = timedelta(minutes=1)
"""A message is edited once a minute at most: three outlets within seconds are one edit."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """An alert that was decided and stored."""

    id: int
    kind: Kind
    content: Content
    due_at: datetime | None = None
    """Its fan-out waits until then."""


class Chronicle:
    def __init__(self, keyring: Keyring, catalogue: Catalogue) -> None:
        self._keyring, self._catalogue = keyring, catalogue
        self._filing = Filing(catalogue)

    async def place(
        self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime, apart: int | None = None
    ) -> Place:
        """Find the event an item reports, but for the one `apart`, or open one; the item is described and joined."""
        return await self._filing.place(session, item_id, analysis, now, apart)

    async def place_again(self, session: AsyncSession, item_id: int, analysis: Analysis, now: datetime) -> Place | None:
        """The event of an item that reads otherwise now, as it says from now on; None where it has none."""
        return await self._filing.place_again(session, item_id, analysis, now)

    async def alert(
        self, session: AsyncSession, item_id: int, analysis: Analysis, place: Place, kind: Kind, now: datetime
    ) -> list[Alerted]:
        """Store what is told of an item: a new alert, an answer to an earlier one, or a source added to those.

        News of somebody whose earlier event was told of is an update: it answers the alert that began the case.
        Nothing where edits that have not gone out yet take the source along.
        """
        if kind is Kind.EDIT:
            return await self._edit(session, item_id, analysis, place, now)
        kind = Kind.UPDATE if place.told else Kind.NEW
        content = self._content(analysis, place, kind)
        if place.view.known and kind is Kind.NEW:
            # Others reported it before, and a moderator was to look at them: this is not the only source.
            reports = await reports_of(session, place.event_id)
            content = content.with_all(self._sources(reports), _people(reports))
        replies_to = place.told[0].first if place.told else None
        alert = self._new_alert(item_id, analysis, place, kind, content, replies_to)
        return [await self._add(session, alert, content, now, analysis.people)]

    async def _edit(
        self, session: AsyncSession, item_id: int, analysis: Analysis, place: Place, now: datetime
    ) -> list[Alerted]:
        """Add a source to the alerts that tell how the event stands, each once a minute at most."""
        further = self._content(analysis, place, Kind.EDIT)
        edits = []
        for edited in place.adds_to:
            content = Content.from_json(edited.content).joined(further)
            alert = self._new_alert(item_id, analysis, place, Kind.EDIT, content, None)
            edits.append(await self._reword(session, replace(alert, edits=edited.id), content, now))
        return [edit for edit in edits if edit is not None]

    @staticmethod
    def beside(analysis: Analysis, place: Place) -> int | None:
        """The alert that tells of those whom an item names, among those that it is added to: who has it, is told."""
        names = tuple(person.name for person in analysis.people)
        telling = [alert for alert in place.adds_to if Content.from_json(alert.content).tells_of(names)]
        return next((alert.id for alert in (*telling, *place.adds_to)), None)

    async def retitle(
        self, session: AsyncSession, item: KnownItem, analysis: Analysis, now: datetime
    ) -> Alerted | None:
        """An editor changed an item's title: the alert that quotes it quotes the new one, in messages sent too.

        Whom the title or the text names from now on, the alert names too. None where no alert quotes it, or where its
        messages are too old to be edited.
        """
        quoted, found = _quoted(analysis), analysis.description
        people = () if found is None else named_by(analysis.item.title, found)
        own = await edit_of_item(session, item.id, (Kind.NEW, Kind.UPDATE))
        if own is not None:
            edit, made_at = own
            before = Content.from_json(edit.content).with_all((), people)
            content = replace(before, headline=quoted.headline, excerpt=quoted.excerpt, bold=quoted.bold)
            return await self._say(session, edit, content, made_at, now)
        for past, edit in await edits_of_event(session, item.event_id) if item.event_id is not None else ():
            before = Content.from_json(past.content)
            content = before.requoted(analysis.item.url, quoted.headline, quoted.excerpt, quoted.bold)
            if content != before:
                return await self._say(session, edit, content.with_all((), people), past.created_at, now)
        return None

    async def mend(self, session: AsyncSession, event_id: int, now: datetime, *, gather: bool) -> list[Alerted]:
        """A moderator changed what an event holds: its alerts name and quote those that report it, and no others.

        `gather` adds outlets and people that an alert does not name yet. An update keeps to those that told of the new
        status. Messages too old to be edited stay as they are; /latest tells what holds now.
        """
        reports = await reports_of(session, event_id)
        addresses = {report.url for report in reports}
        sources, people = self._sources(reports), _people(reports)
        alerts = []
        for past, edit in await edits_of_event(session, event_id):
            before = Content.from_json(past.content)
            content = before.only_of(sources, people).only_read_at(addresses)
            if gather and past.kind == Kind.NEW:
                content = content.with_all(sources, people)
            if content.sources and content != before:
                alerts.append(await self._say(session, edit, content, past.created_at, now))
        return [alert for alert in alerts if alert is not None]

    async def overrule(
        self, session: AsyncSession, event_id: int, was: Status, status: Status, now: datetime
    ) -> list[Alerted]:
        """A moderator said where a case stands: the alerts that told otherwise say so, in messages sent too.

        That is no news from an outlet: nobody is woken, and the first report that says the same is told as an update.
        """
        told = await edits_of_event(session, event_id)
        telling = current([past for past, _ in told], was)
        alerts = []
        for past, edit in told:
            if past in telling:
                before = Content.from_json(past.content)
                content = before.as_decided(status, topic_of(status, before.topic))
                alerts.append(await self._say(session, edit, content, past.created_at, now))
        return [alert for alert in alerts if alert is not None]

    async def _say(
        self, session: AsyncSession, edit: NewAlert, content: Content, made_at: datetime, now: datetime
    ) -> Alerted | None:
        """Let an alert say something else, in messages already sent too while they are young enough to be edited."""
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
        who = audience(found.topics, _countries(found, place))
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

    def _sources(self, reports: Iterable[Reported]) -> list[Source]:
        """The outlets that report an event, each by its first report."""
        found: dict[str, Source] = {}
        for report in reports:
            outlet = self._catalogue.outlet(report.outlet)
            found.setdefault(outlet.name, _source(outlet, report.url, report.published))
        return list(found.values())

    def _content(self, analysis: Analysis, place: Place, kind: Kind) -> Content:
        item, found = analysis.item, analysis.description
        assert found is not None
        outlet = self._catalogue.outlet(item.outlet)
        quoted = _quoted(analysis)
        return Content(
            topic=leading(found.topics, place.status),
            headline=quoted.headline,
            excerpt=quoted.excerpt,
            bold=quoted.bold,
            countries=_shown(_countries(found, place)),
            status=place.status,
            sources=(_source(outlet, item.url, item.published),),
            published=item.published,
            one_source=kind is Kind.NEW and bool(URGENT.intersection(found.topics)),
            people=named_by(item.title, found),
            language=analysis.document.language,
        )


def _source(outlet: Outlet, url: str | None, published: datetime | None) -> Source:
    return Source(outlet.name, url, published, outlet.status, outlet.publisher)


def _people(reports: Iterable[Reported]) -> tuple[str, ...]:
    return together(*(named_by(report.title, report.description) for report in reports))


def _quoted(analysis: Analysis) -> Quote:
    places = tuple(sorted({place for match in analysis.matches for place in match.places}))
    return quote(analysis.item.title, analysis.item.summary, places)


def _countries(found: Description, place: Place) -> tuple[str, ...]:
    told = tuple(place.told[0].content.get("countries", ())) if place.told else ()
    return where(found.countries, place.status, told)


def _shown(countries: Iterable[str]) -> tuple[str, ...]:
    """Countries as a message names them: Russia is the place only when nothing else is (DESIGN, "Events")."""
    found = tuple(countries)
    return tuple(country for country in found if country != "RU") or found
