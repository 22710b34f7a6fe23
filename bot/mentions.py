"""A followed person is named: every such item reaches those who follow them, whatever else they chose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts.content import Content, Source
from bot.alerts.decide import Kind
from bot.alerts.following import named_in
from bot.alerts.summary import quote
from bot.analyst import Analysis
from bot.chronicle import Alerted, Place
from bot.model import Person, Places, Status
from bot.news.catalogue import Catalogue
from bot.store.alerts import NewAlert, add_alert, edit_of_item
from bot.store.crypto import Keyring
from bot.store.fanout import name_persons
from bot.store.follows import anyone_follows


class Mentions:
    """Makes alerts without topics: only followers get them, in their own hours, and nobody else ever sees one."""

    def __init__(self, keyring: Keyring, catalogue: Catalogue) -> None:
        self._keyring, self._catalogue = keyring, catalogue

    async def tell(
        self,
        session: AsyncSession,
        item_id: int,
        analysis: Analysis,
        now: datetime,
        place: Place | None = None,
        *,
        beside: int | None = None,
        newcomers: Iterable[Person] = (),
    ) -> Alerted | None:
        """Store an alert on an item that gets none for everybody; None where nobody follows whom it names.

        `beside` is an alert that takes the item along as an edit: whoever has that message has this news too. Of an
        item that had an alert before, only followers of `newcomers` are told, whom it names since its title changed.
        """
        added = self._tags(newcomers)
        tags = self._tags(analysis.people) | added
        # For nearly every item nobody does, and it is asked no further.
        if not await anyone_follows(session, tags):
            return None
        if await edit_of_item(session, item_id, (Kind.NEW, Kind.UPDATE)) is not None:
            tags = added
            if not await anyone_follows(session, tags):
                return None
        content = self._content(analysis)
        alert = NewAlert(
            event_id=None if place is None else place.event_id,
            item_id=item_id,
            kind=Kind.NEW.value,
            priority=0,
            topics=0,
            countries=(),
            everywhere=False,
            content=content.to_json(),
            beside=beside,
        )
        alert_id = await add_alert(session, alert, now)
        await name_persons(session, alert_id, tags)
        return Alerted(alert_id, Kind.NEW, content)

    def _tags(self, people: Iterable[Person]) -> set[bytes]:
        return {self._keyring.hash_name(tag) for tag in named_in(people)}

    def _content(self, analysis: Analysis) -> Content:
        item, found = analysis.item, analysis.description
        outlet = self._catalogue.outlet(item.outlet)
        quoted = quote(item.title, item.summary, _names(analysis))
        return Content(
            topic=None,
            headline=quoted.headline,
            excerpt=quoted.excerpt,
            bold=quoted.bold,
            countries=() if found is None else found.countries,
            status=Status.UNKNOWN if found is None else found.status,
            sources=(Source(outlet.name, item.url, item.published, outlet.status, outlet.publisher),),
            published=item.published,
            people=tuple(person.name for person in analysis.people),
        )


def _names(analysis: Analysis) -> Places:
    """Where the item's people stand, as far as they stand as they are known: the excerpt begins near the first."""
    texts = (("title", analysis.item.title), ("summary", analysis.item.summary))
    surnames = {word for person in analysis.people for word in person.name.split()[-1:]}
    return tuple(
        (field, at, at + len(surname))
        for field, text in texts
        for surname in sorted(surnames)
        if (at := text.find(surname)) >= 0
    )
