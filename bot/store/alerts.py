"""Queries of the alerts room: an alert is written once, as a snapshot, and read by delivery and chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Description, Status
from bot.store.answers import case_of
from bot.store.events import read_description
from bot.store.tables import (
    AlertCountryRow,
    AlertRow,
    DeliveryRow,
    EventRow,
    ItemRow,
    MatchRow,
    OutletRow,
    RuleVersionRow,
)


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert about to be stored; `content` is Content.to_json. `replies_to` and `edits` are ids of alerts."""

    event_id: int | None
    item_id: int | None
    kind: str
    priority: int
    topics: int
    countries: tuple[str, ...]
    everywhere: bool
    content: dict[str, Any]
    replies_to: int | None = None
    edits: int | None = None
    beside: int | None = None
    """Who has a message of this alert needs none of the new one."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastEdit:
    """The newest edit of an alert. `waiting`: its fan-out has not begun, so it may still say more."""

    id: int
    at: datetime
    waiting: bool


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert on an event that was decided before. `replies_to`: it is an update, and that one began the case."""

    id: int
    kind: str
    content: dict[str, Any]
    created_at: datetime
    replies_to: int | None = None

    @property
    def first(self) -> int:
        """The alert that began its case."""
        return self.replies_to or self.id


@dataclass(frozen=True, slots=True)
class Told:
    """One report in a case's timeline; `at` is when it was published, or seen where it has no date."""

    outlet: str
    title: str
    at: datetime
    url: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Reported:
    """One report of an event as an alert uses it; `outlet` is an id."""

    outlet: str
    title: str
    url: str | None
    published: datetime | None
    description: Description


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that matched, its comment as it was then, and the item's words that it matched."""

    rule: str
    comment: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Details:
    """An alert with what stands behind it: the item's own text, the reports of its case, the rules that matched.

    `content` is as last edited, with the status that the case now has; `followers_only`: it went out because of a
    followed name.
    """

    content: dict[str, Any]
    text: str
    timeline: tuple[Told, ...]
    reasons: tuple[Reason, ...]
    followers_only: bool = False


async def details(session: AsyncSession, alert_id: int) -> Details | None:
    """None where the alert is not kept, or was taken back by a moderator."""
    alert = await session.get(AlertRow, alert_id)
    if alert is None or alert.cancelled:
        return None
    item = None if alert.item_id is None else await session.get(ItemRow, alert.item_id)
    case = () if alert.event_id is None else await case_of(session, alert.event_id)
    query = select(OutletRow.name, ItemRow.title, ItemRow.published, ItemRow.seen_at, ItemRow.url, ItemRow.summary)
    # An item that met no rule has no event: what went to followers of a name stands alone.
    reported = ItemRow.event_id.in_(case) if case else ItemRow.id == alert.item_id
    reports = await session.execute(
        query.join(OutletRow, OutletRow.id == ItemRow.outlet_id).where(reported).order_by(ItemRow.id)
    )
    timeline = [Told(name, title, published or seen, url, text) for name, title, published, seen, url, text in reports]
    statuses = await session.scalars(select(EventRow.status).where(EventRow.id.in_(case)).order_by(EventRow.id))
    known = [status for status in statuses if status != Status.UNKNOWN.value]
    return Details(
        content=alert.content | ({"status": known[-1]} if known else {}),
        text=item.summary if item else "",
        timeline=tuple(sorted(timeline, key=lambda told: told.at)),
        reasons=() if item is None else await _reasons(session, item),
        followers_only=not alert.topics,
    )


async def _reasons(session: AsyncSession, item: ItemRow) -> tuple[Reason, ...]:
    """Why an item matched; the rules that alert by themselves first."""
    query = select(MatchRow, RuleVersionRow.comment).outerjoin(
        RuleVersionRow,
        and_(RuleVersionRow.rule_id == MatchRow.rule_id, RuleVersionRow.version == MatchRow.rule_version),
    )
    rows = await session.execute(query.where(MatchRow.item_id == item.id).order_by(MatchRow.state, MatchRow.rule_id))
    texts = {"title": item.title, "summary": item.summary}
    return tuple(
        Reason(match.rule_id, comment or "", tuple(texts.get(name, "")[begin:end] for name, begin, end in match.places))
        for match, comment in rows
    )


async def add_alert(session: AsyncSession, alert: NewAlert, now: datetime) -> int:
    """Store an alert; the fan-out finds it by its empty `fanned_at`."""
    row = AlertRow(
        event_id=alert.event_id,
        item_id=alert.item_id,
        kind=alert.kind,
        priority=alert.priority,
        topics=alert.topics,
        everywhere=alert.everywhere,
        content=alert.content,
        created_at=now,
        replies_to=alert.replies_to,
        edits=alert.edits,
        beside=alert.beside,
        due_at=alert.due_at,
    )
    session.add(row)
    await session.flush()
    if alert.countries:
        rows = [{"alert_id": row.id, "country": country} for country in alert.countries]
        await session.execute(insert(AlertCountryRow), rows)
    return row.id


async def edit_of_item(session: AsyncSession, item_id: int, kinds: Iterable[str]) -> tuple[NewAlert, datetime] | None:
    """An edit, to be worded, of the newest alert of these kinds that was made of an item, and when that was made.

    One that went to everybody goes before one that went to followers alone.
    """
    query = select(AlertRow).where(
        AlertRow.item_id == item_id, AlertRow.kind.in_(list(kinds)), AlertRow.cancelled.is_(False)
    )
    row = await session.scalar(query.order_by(AlertRow.topics == 0, AlertRow.id.desc()).limit(1))
    return None if row is None else (await _edit_of(session, row), row.created_at)


async def edits_of_event(session: AsyncSession, event_id: int) -> list[tuple[PastAlert, NewAlert]]:
    """Each alert on an event that went to everybody, with an edit of it, to be worded; the first first."""
    query = select(AlertRow).where(
        AlertRow.event_id == event_id, AlertRow.edits.is_(None), AlertRow.topics != 0, AlertRow.cancelled.is_(False)
    )
    rows = list(await session.scalars(query.order_by(AlertRow.id)))
    return [
        (PastAlert(row.id, row.kind, row.content, row.created_at, row.replies_to), await _edit_of(session, row))
        for row in rows
    ]


async def _edit_of(session: AsyncSession, row: AlertRow) -> NewAlert:
    countries = await session.scalars(select(AlertCountryRow.country).where(AlertCountryRow.alert_id == row.id))
    return NewAlert(
        event_id=row.event_id,
        item_id=row.item_id,
        kind="edit",
        priority=row.priority,
        topics=row.topics,
        countries=tuple(countries),
        everywhere=row.everywhere,
        content=row.content,
        edits=row.id,
    )


async def reports_of(session: AsyncSession, event_id: int) -> list[Reported]:
    """Each report of an event, the first first."""
    query = select(ItemRow).where(ItemRow.event_id == event_id).order_by(ItemRow.id)
    return [
        Reported(row.outlet_id, row.title, row.url, row.published, read_description(row.description or {}))
        for row in await session.scalars(query)
    ]


async def change_content(session: AsyncSession, alert_id: int, content: dict[str, Any]) -> None:
    """What the alert says from now on, to chats that have not had it yet and to /latest."""
    await session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(content=content))


async def last_edit(session: AsyncSession, alert_id: int) -> LastEdit | None:
    """The newest edit of an alert that was not cancelled."""
    query = select(AlertRow).where(AlertRow.edits == alert_id, AlertRow.cancelled.is_(False))
    row = await session.scalar(query.order_by(AlertRow.id.desc()).limit(1))
    if row is None:
        return None
    waiting = row.fanned_at is None and row.fanned_up_to == 0 and row.due_at is not None
    return LastEdit(row.id, row.due_at or row.created_at, waiting)


async def outbox_is_quiet(session: AsyncSession) -> bool:
    """Whether nothing waits to be sent now and nothing is under way; what is held for later does not count."""
    busy = select(DeliveryRow.id).where(DeliveryRow.state.in_(["pending", "claimed", "in_flight"])).limit(1)
    return await session.scalar(busy) is None
