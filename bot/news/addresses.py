"""Where a feed is read: at the address of feeds.yaml, unless a moderator accepted the one it moved to."""

from __future__ import annotations

from collections.abc import Mapping

from bot.store.addresses import Decision
from bot.store.news import FeedState


class Addresses:
    """The decisions that stand, in memory: polls ask, moderators change. The store keeps them."""

    def __init__(self, decided: Mapping[int, Decision] | None = None) -> None:
        self._decided = dict(decided or {})

    def of(self, state: FeedState) -> str:
        """The address to ask."""
        decision = self._decided.get(state.id)
        return decision.url if decision is not None and decision.accepted else state.feed.url

    def decided(self, feed_id: int) -> Decision | None:
        return self._decided.get(feed_id)

    def proposed(self, state: FeedState) -> str | None:
        """The address that the feed's server names for good and of which nothing is decided yet."""
        decision = self._decided.get(state.id)
        decided = decision is not None and decision.url == state.moved_to
        return None if state.moved_to == state.feed.url or decided else state.moved_to

    def decide(self, feed_id: int, decision: Decision | None) -> None:
        """From the next poll on; None takes a decision back."""
        if decision is None:
            self._decided.pop(feed_id, None)
        else:
            self._decided[feed_id] = decision
