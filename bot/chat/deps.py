"""What the chat room is given: the store, the clock, and the doors to the other rooms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.alerts.content import Content, Reader
from bot.alerts.message import Message
from bot.alerts.render import render
from bot.settings import Settings
from bot.store.crypto import Keyring
from bot.store.session import Store


class Render(Protocol):
    """bot.alerts.render.render: one alert as one reader's message."""

    def __call__(
        self, content: Content, reader: Reader, *, now: datetime, late: bool = False, alert_id: int | None = None
    ) -> Message: ...


More = Callable[[int, Reader, datetime], Awaitable[Message | None]]
"""The fuller item behind an alert's "More" button; None where the alert is no longer kept."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to the news that need no list of readers. Only what is set is shown.

    `channel` is a public channel (@name or https://t.me/name), `page` and `feed` are web addresses.
    """

    channel: str | None = None
    page: str | None = None
    feed: str | None = None


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ChatDeps:
    """The pieces that conversations are made of."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime] = _utc_now
    render: Render = render
    more: More | None = None
    ways: Ways = field(default_factory=Ways)

    @property
    def keyring(self) -> Keyring:
        return self.store.keyring
