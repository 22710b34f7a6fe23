"""What the console's pages are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.news.catalogue import Catalogue
from bot.store.session import Store


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """`next_poll` answers by a feed's id; `sending` whether alerts go out, and None in preview mode.

    `names`: the hosts under which it may be asked for, besides loopback (NABAT_CONSOLE_URL and _ADDRESS).
    """

    store: Store
    catalogue: Catalogue
    clock: Callable[[], datetime]
    started: datetime
    next_poll: Callable[[int], datetime | None]
    sending: Callable[[], bool | None]
    names: frozenset[str] = frozenset({"localhost"})
