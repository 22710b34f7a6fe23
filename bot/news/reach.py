"""Whether it is our own network that fails, and not one host after another."""

from __future__ import annotations

from bot.errors import NabatError
from bot.news.failures import ConnectionFailure, FetchTimeout

FEWEST = 3
"""Hosts in a row that could not be reached, and none between them that could: that is no coincidence any more."""


class Reach:
    """Notes who could be reached. `lost` until somebody answers, be it with an error status."""

    def __init__(self) -> None:
        self._silent: set[str] = set()

    def answered(self) -> None:
        self._silent.clear()

    def failed(self, host: str, error: NabatError) -> None:
        if isinstance(error, ConnectionFailure | FetchTimeout):
            self._silent.add(host)
        else:
            self.answered()

    @property
    def lost(self) -> bool:
        return len(self._silent) >= FEWEST
