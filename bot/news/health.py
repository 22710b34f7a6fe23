"""How a feed is: a pure machine that believes no single poll, and tells every change once.

good <─> down, html, thin, broken    told after CONFIRMED polls in a row; good again at the first good poll
good <─> quiet                       told once the silence is longer than the feed's own rhythm explains
good <─> moved                       told after CONFIRMED polls that were redirected for good
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import NabatError
from bot.news.charset import legible
from bot.news.failures import HostileFeed, HtmlPage, NotAFeed, ThinAnswer
from bot.news.rhythm import Rhythm, normal_silence, silence

CONFIRMED = 3
"""Polls in a row that must agree before a fault is told: one restart of a server is nobody's business."""
EMPTY_FOR = 3600.0
"""Seconds for which a feed that never had an entry may be empty before that is a fault."""


class Health(StrEnum):
    GOOD = "good"
    DOWN = "down"
    """No answer, or an error status."""
    HTML = "html"
    """A page for people in place of the feed: a login, a block, a redesign."""
    THIN = "thin"
    """An answer with no entries, or a few bytes, as some publishers give for a wrong address."""
    BROKEN = "broken"
    """It cannot be parsed, or is built to do harm, or Nabat stumbles over it by a fault of its own."""
    QUIET = "quiet"
    """It answers, but no item came for much longer than its rhythm explains."""
    MOVED = "moved"
    """It works, but its server redirects to a new address for good."""


HURT = frozenset({Health.DOWN, Health.HTML, Health.THIN, Health.BROKEN})
"""States in which nothing can be read from the feed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one poll says; `why` is one line."""

    health: Health
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed stands. `suspect` is a change that `polls` polls in a row have pointed to, the first at its since."""

    health: Health = Health.GOOD
    since: datetime | None = None
    why: str = ""
    suspect: Health | None = None
    suspect_since: datetime | None = None
    polls: int = 0


@dataclass(frozen=True, slots=True)
class HealthChange:
    """What moderators are told, once. `since` is the first poll that showed it.

    `lasted` are the seconds of the state before; None where its beginning is not known.
    """

    feed: str
    outlet: str
    before: Health
    after: Health
    since: datetime
    why: str
    lasted: float | None = None

    @property
    def text(self) -> str:
        """One line in English, for logs and lists."""
        if self.after is Health.GOOD:
            return f"good again (was {self.before})"
        return f"{self.after} since {self.since:%F %H:%M} UTC: {self.why}"


def of_failure(error: NabatError) -> Verdict:
    """What a failed poll says."""
    why = " ".join(legible(str(error)).split())  # it may quote what the server said
    if isinstance(error, HtmlPage):
        return Verdict(Health.HTML, why)
    if isinstance(error, ThinAnswer):
        return Verdict(Health.THIN, why)
    return Verdict(Health.BROKEN if isinstance(error, NotAFeed | HostileFeed) else Health.DOWN, why)


def of_fault(error: Exception) -> Verdict:
    """What a poll says that failed by a fault of ours."""
    kind = type(error).__name__
    return Verdict(Health.BROKEN, f"a fault of Nabat's own ({kind}), not of the feed; the log says more, report it")


def of_answer(
    rhythm: Rhythm, now: datetime, *, empty: bool, polled_since: datetime | None, moved_to: str | None
) -> Verdict:
    """What a poll says that was answered with a feed; `polled_since` is when its first document was stored."""
    never = not rhythm.came
    waited = 0.0 if polled_since is None else (now - polled_since).total_seconds()
    if empty and not (never and waited < EMPTY_FOR):
        return Verdict(Health.THIN, "the feed has no entries")
    passed, normal = silence(rhythm, now), normal_silence(rhythm)
    if passed is not None and normal is not None and passed > normal:
        usual = f"; its longest pause was {_span(rhythm.longest)}" if rhythm.longest else ""
        return Verdict(Health.QUIET, f"no item for {_span(passed)}{usual}")
    if moved_to is not None:
        how = "accept that with /feeds, or change it in feeds.yaml"
        return Verdict(Health.MOVED, f"it moved for good to {moved_to}; {how}")
    return Verdict(Health.GOOD)


def judge(standing: Standing, verdict: Verdict, now: datetime) -> tuple[Standing, bool]:
    """The standing after one more poll, and whether it changed so that it is told."""
    if verdict.health is standing.health:
        why = verdict.why if verdict.health in HURT else standing.why
        return Standing(standing.health, standing.since, why), False
    same = verdict.health is standing.suspect
    polls = standing.polls + 1 if same else 1
    since = standing.suspect_since if same and standing.suspect_since else now
    if polls >= _needed(verdict.health):
        return Standing(verdict.health, since, verdict.why), True
    return Standing(standing.health, standing.since, standing.why, verdict.health, since, polls), False


def _needed(health: Health) -> int:
    return 1 if health in (Health.GOOD, Health.QUIET) else CONFIRMED


def counts(standings: Iterable[Health]) -> dict[str, int]:
    """How many feeds are in each state; every state is named."""
    found = Counter(standings)
    return {health.value: found[health] for health in Health}


def _span(seconds: float) -> str:
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86400:.0f} days"
