"""Queries of the events room: events found by their keys, opened, and grown.

The functions are those of a plain connection (see bot.store.candidates).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.model import Description, Person, Status, Topic
from bot.store.tables import EventKeyRow, EventRow, ItemRow

# Statements of tables, made once: an item is placed with six of them, and making one takes longer than running it.
_events: Any = EventRow.__table__
_items: Any = ItemRow.__table__
_keys: Any = EventKeyRow.__table__
_COUNTED = (
    select(_keys.c.key, func.count())
    .join(_events, _events.c.id == _keys.c.event_id)
    .where(_keys.c.key.in_(bindparam("keys", expanding=True)), _events.c.updated_at >= bindparam("since"))
    .group_by(_keys.c.key)
)
_CHANGED = ("updated_at", "status", "topics", "countries", "people")
_OPENED = insert(_events).returning(_events.c.id)
_GROWN = update(_events).where(_events.c.id == bindparam("event")).values({n: bindparam(n) for n in _CHANGED})
_JOINED = (
    update(_items)
    .where(_items.c.id == bindparam("item"))
    .values(event_id=bindparam("event_id"), description=bindparam("description"))
)


@cache
def _keyed(dialect: str) -> Any:
    return (insert_sqlite if dialect == "sqlite" else insert_postgresql)(_keys).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands."""

    id: int
    status: Status
    topics: tuple[Topic, ...]
    countries: tuple[str, ...]
    people: tuple[Person, ...]
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class EventChange:
    """What an item makes of its event: the columns as they shall be."""

    status: Status
    topics: tuple[Topic, ...]
    countries: tuple[str, ...]
    people: tuple[Person, ...]


def events_with_key(connection: Connection, keys: Collection[str], since: datetime) -> dict[str, int]:
    """In how many events touched since then each key occurs: a name that is everywhere says nothing."""
    return {row[0]: row[1] for row in connection.execute(_COUNTED, {"keys": list(keys), "since": since})}


def open_event(
    connection: Connection,
    item_id: int,
    description: Description,
    change: EventChange,
    keys: Iterable[str],
    now: datetime,
    *,
    follows: int | None = None,
    maybe: int | None = None,
) -> int:
    """A new event that the item reports; its id. What the item is about is kept with it."""
    values = {"opened_at": now, "updated_at": now, "follows": follows, "maybe": maybe, **columns(change)}
    event_id: int = connection.execute(_OPENED, values).scalar_one()
    _join(connection, event_id, item_id, description, keys)
    return event_id


def grow_event(
    connection: Connection,
    event_id: int,
    item_id: int,
    description: Description,
    change: EventChange,
    keys: Iterable[str],
    now: datetime,
) -> None:
    """Add an item to an event, which is now as `change` says; `keys` are those that it is to gain.

    What the item is about is kept with it.
    """
    connection.execute(_GROWN, {"event": event_id, "updated_at": now, **columns(change)})
    _join(connection, event_id, item_id, description, keys)


def _join(connection: Connection, event_id: int, item_id: int, description: Description, keys: Iterable[str]) -> None:
    joined = {"item": item_id, "event_id": event_id, "description": stored_description(description)}
    connection.execute(_JOINED, joined)
    rows = [{"key": key, "event_id": event_id} for key in sorted(keys)]
    if rows:
        connection.execute(_keyed(connection.dialect.name), rows)


def columns(change: EventChange) -> dict[str, Any]:
    """The columns of an event that a change writes."""
    return {
        "status": change.status.value,
        "topics": [topic.value for topic in change.topics],
        "countries": list(change.countries),
        "people": _people(change.people),
    }


def _people(people: Iterable[Person]) -> list[list[str]]:
    return [[person.name, person.key] for person in people]


def stored_description(description: Description) -> dict[str, Any]:
    """What an item is stored with; `read_description` gives an equal one back."""
    return {
        "topics": [topic.value for topic in description.topics],
        "countries": list(description.countries),
        "people": _people(description.people),
        "status": description.status.value,
        "numbers": sorted(description.numbers),
        "terms": sorted(description.terms),
        "voices": sorted(description.voices),
        "capitals": sorted(description.capitals),
        "proper": sorted(description.proper),
        "cities": sorted(description.cities),
    }


def read_description(data: dict[str, Any]) -> Description:
    """The description that an item is stored with."""
    return Description(
        topics=tuple(Topic(topic) for topic in data.get("topics", ())),
        countries=tuple(data.get("countries", ())),
        people=tuple(Person(name, key) for name, key in data.get("people", ())),
        status=Status(data.get("status", Status.UNKNOWN)),
        numbers=frozenset(data.get("numbers", ())),
        terms=frozenset(data.get("terms", ())),
        voices=frozenset(data.get("voices", ())),
        capitals=frozenset(data.get("capitals", ())),
        proper=frozenset(data.get("proper", ())),
        cities=frozenset(data.get("cities", ())),
    )
