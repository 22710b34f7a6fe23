"""One request to be made: one message for one chat, and the deliveries that it stands for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.alerts.content import Content, Reader
from bot.delivery.turn import Ask, Edit, Gather, Send
from bot.store.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Parcel:
    """`rows` are several only where they are gathered; `contents` belong to them in order.

    `shows` names the alert of each content: the newest edit, where there is one.
    """

    rows: tuple[Waiting, ...]
    turn: Send | Edit | Gather | Ask
    contents: tuple[Content, ...]
    shows: tuple[int, ...]

    @property
    def first(self) -> Waiting:
        return self.rows[0]

    @property
    def chat(self) -> int:
        """The subscriber id."""
        return self.first.subscriber_id

    @property
    def group(self) -> bool:
        """Whether Telegram counts its messages by the minute: groups and channels."""
        return self.first.kind != "private"

    @property
    def public(self) -> bool:
        """Whether strangers read it: what one of them asks for would be answered before all of them."""
        return self.first.kind == "channel"

    @property
    def plain(self) -> bool:
        return any(row.plain for row in self.rows)

    @property
    def rank(self) -> tuple[int, int]:
        """Lower goes first: the most urgent, then the newest."""
        return -self.first.priority, -self.first.alert_id

    def only(self, ids: Collection[int]) -> Parcel | None:
        """The parcel without deliveries that are not among `ids`; None if nothing is left of it."""
        kept = [entry for entry in zip(self.rows, self.contents, self.shows, strict=True) if entry[0].id in ids]
        if len(kept) == len(self.rows):
            return self
        return (
            Parcel(tuple(k[0] for k in kept), self.turn, tuple(k[1] for k in kept), tuple(k[2] for k in kept))
            if kept
            else None
        )

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(row.id for row in self.rows)

    @property
    def reader(self) -> Reader:
        row = self.first
        return Reader(row.language, row.jurisdictions, row.discreet, row.time_zone)
