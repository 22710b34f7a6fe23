"""How full the outbox is, counted so that a look costs little whatever its size."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.deliveries import State
from bot.store.tables import AlertRow, DeliveryRow

MOST = 100_000
"""What is counted of one state, and how many of the newest deliveries are looked at for those that are done."""

# The states are written out, because SQLite takes a partial index only for a condition that it can read.
_LEASED = DeliveryRow.state.in_([literal_column("'claimed'"), literal_column("'in_flight'")])
_WAITING: dict[State, tuple[ColumnElement[bool], ...]] = {
    State.PENDING: (DeliveryRow.state == literal_column("'pending'"),),
    State.HELD: (DeliveryRow.state == literal_column("'held'"),),
    State.CLAIMED: (_LEASED, DeliveryRow.state == State.CLAIMED),
    State.IN_FLIGHT: (_LEASED, DeliveryRow.state == State.IN_FLIGHT),
}
_FOR_ALL = DeliveryRow.alert_id.not_in(select(AlertRow.id).where(AlertRow.topics == 0))


async def deliveries_by_state(session: AsyncSession) -> dict[State, int]:
    """Deliveries in each state: all that wait, up to MOST of a state, and what became of the newest MOST.

    Those of alerts for followers of a name alone are left out: that there is one tells that somebody follows it.
    """
    found = dict.fromkeys(State, 0)
    newest = select(DeliveryRow.state).where(_FOR_ALL).order_by(DeliveryRow.id.desc()).limit(MOST).subquery()
    for name, number in await session.execute(select(newest.c.state, func.count()).group_by(newest.c.state)):
        found[State(name)] = number
    for state in _WAITING:
        found[state] = await session.scalar(select(func.count()).select_from(waiting(state).subquery())) or 0
    return found


def waiting(state: State) -> Select[int]:
    """Ids of deliveries that wait in this state, MOST of them at most."""
    return select(DeliveryRow.id).where(*_WAITING[state], _FOR_ALL).limit(MOST)
