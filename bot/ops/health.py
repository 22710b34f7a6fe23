"""Is the service alive? It writes a heartbeat beside its data; `nabat health` reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import NabatError

EVERY = 10.0
"""Seconds between heartbeats."""
DEAD_AFTER = timedelta(seconds=60)


class DeadService(NabatError):
    """The service is not running, or has stopped working."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the running service says of itself; counts only, nothing of its readers."""

    at: datetime
    started: datetime
    feeds: int
    failing: int
    sending: bool


def beat(folder: Path, heartbeat: Heartbeat) -> None:
    """Write the heartbeat whole or not at all."""
    path, fresh = folder / "heartbeat.json", folder / "heartbeat.json.new"
    fresh.write_text(
        json.dumps(
            {
                "at": heartbeat.at.isoformat(),
                "started": heartbeat.started.isoformat(),
                "feeds": heartbeat.feeds,
                "failing": heartbeat.failing,
                "sending": heartbeat.sending,
            }
        ),
        encoding="utf-8",
    )
    fresh.replace(path)


def check(folder: Path, now: datetime) -> Heartbeat:
    """The last heartbeat. Raises DeadService where it is missing, old, or says that sending has stopped."""
    try:
        data = json.loads((folder / "heartbeat.json").read_text(encoding="utf-8"))
        heartbeat = Heartbeat(
            datetime.fromisoformat(data["at"]),
            datetime.fromisoformat(data["started"]),
            data["feeds"],
            data["failing"],
            data["sending"],
        )
    except FileNotFoundError:
        raise DeadService(f"No heartbeat in {folder}: the service is not running there.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeadService(f"The heartbeat in {folder} cannot be read: {error}.") from error
    if now - heartbeat.at > DEAD_AFTER:
        raise DeadService(f"The last heartbeat is {(now - heartbeat.at).total_seconds():.0f} s old: it hangs or died.")
    if not heartbeat.sending:
        raise DeadService("The service polls, but sending has stopped; its log says why.")
    return heartbeat
