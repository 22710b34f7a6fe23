"""The outbox: its states and the ways between them, and how an alert becomes one delivery a chat.

    pending ─claim─> claimed ─launch─> in_flight ─accept─> sent
       ↑ ↓              │                ↻ doubt ├─refuse──────> failed
      held <────────────┴────────────────────────┤
                                                 └─expire──────> expired

`in_flight` is committed after the wait for the rate and just before the request, so that after a crash only those
deliveries are in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from bot.errors import NabatError
from bot.store.deliveries import State
from bot.store.fanout import fan_out_chunk, name_persons, unfinished
from bot.store.session import Store

CHUNK = 20_000
"""Subscribers a transaction: the write lock is held for less than 200 ms (docs/delivery.md has the figures)."""


class Act(StrEnum):
    """What happens to a delivery."""

    CLAIM = "claim"
    """A sender takes it."""
    HOLD = "hold"
    """It must wait until a known moment."""
    WAKE = "wake"
    """That moment has come."""
    RELEASE = "release"
    """A sender that stops, or whose lease ran out, gives it back."""
    LAUNCH = "launch"
    """Its request begins."""
    ACCEPT = "accept"
    """Telegram took it."""
    DOUBT = "doubt"
    """Nobody knows whether it arrived: Telegram is asked (bot/delivery/doubt.py) before it is sent again."""
    RETRY = "retry"
    """The request failed, and may be made again: nothing was sent, or a duplicate beats a loss."""
    REFUSE = "refuse"
    """Telegram will never take it."""
    EXPIRE = "expire"
    """It lost its reason: cancelled, too old, or nothing there to edit."""


FINAL = frozenset({State.SENT, State.FAILED, State.EXPIRED})

WAYS: dict[tuple[State, Act], State] = {
    (State.PENDING, Act.CLAIM): State.CLAIMED,
    (State.PENDING, Act.HOLD): State.HELD,
    (State.PENDING, Act.ACCEPT): State.SENT,  # an edit whose message already says it
    (State.PENDING, Act.REFUSE): State.FAILED,
    (State.PENDING, Act.EXPIRE): State.EXPIRED,
    (State.HELD, Act.WAKE): State.PENDING,
    (State.HELD, Act.HOLD): State.HELD,
    (State.HELD, Act.EXPIRE): State.EXPIRED,
    (State.CLAIMED, Act.RELEASE): State.PENDING,
    (State.CLAIMED, Act.HOLD): State.HELD,
    (State.CLAIMED, Act.LAUNCH): State.IN_FLIGHT,
    (State.CLAIMED, Act.REFUSE): State.FAILED,
    (State.CLAIMED, Act.EXPIRE): State.EXPIRED,
    (State.IN_FLIGHT, Act.ACCEPT): State.SENT,
    (State.IN_FLIGHT, Act.DOUBT): State.IN_FLIGHT,
    (State.IN_FLIGHT, Act.RETRY): State.PENDING,
    (State.IN_FLIGHT, Act.HOLD): State.HELD,
    (State.IN_FLIGHT, Act.REFUSE): State.FAILED,
    (State.IN_FLIGHT, Act.EXPIRE): State.EXPIRED,
}


class WrongTurn(NabatError):
    """A delivery cannot go that way from its state."""


def transition(state: State, act: Act) -> State:
    """The state after `act`. Raises WrongTurn where there is no such way; from a final state there is none."""
    try:
        return WAYS[state, act]
    except KeyError:
        raise WrongTurn(f"A delivery that is {state} has no way to {act}.") from None


async def fan_out(
    store: Store, alert_id: int, *, now: datetime, name_hashes: Sequence[bytes] = (), chunk: int = CHUNK
) -> int:
    """Write the deliveries of one alert, and return how many. May be called again at any time, also after a crash.

    `name_hashes` are `Keyring.hash_name` of the persons it names; they are kept, so that a repetition needs none.
    """
    written, done = 0, False
    if name_hashes:
        async with store.write() as session:
            await name_persons(session, alert_id, name_hashes)
    while not done:
        async with store.write() as session:
            rows, done = await fan_out_chunk(session, alert_id, now, chunk)
        written += rows
    return written


async def finish_fan_outs(store: Store, *, now: datetime, chunk: int = CHUNK) -> int:
    """Go on with every fan-out that a crash cut off; the number of deliveries written."""
    async with store.read() as session:
        alerts = await unfinished(session)
    return sum([await fan_out(store, alert, now=now, chunk=chunk) for alert in alerts])
