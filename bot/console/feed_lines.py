"""How each feed is, as a line of a table: the state comes in, words come out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.console.masked import masked, masked_in
from bot.console.words import Moment, health_meaning, health_name, moment, span
from bot.locales import translation
from bot.news.health import HURT, Health
from bot.news.rhythm import Rhythm
from bot.store.news import FeedState

WELL, NEW, ODD, BAD = "well", "new", "odd", "bad"
"""The marks: green, grey, yellow, red."""
_ORDER = (BAD, ODD, NEW, WELL)


@dataclass(frozen=True, slots=True)
class Line:
    """A feed as the page shows it.

    `lasts` says for how long it is so, `since` from when; `why` is the fetcher's own sentence, in English; `doubt` a
    fault that is not believed yet; `rhythm` the usual pause between two items; `moved_to` a new address, to be looked
    at by a person.
    """

    outlet: str
    address: str
    language: str
    mark: str
    health: str
    meaning: str
    lasts: str
    since: Moment | None
    why: str
    doubt: str
    succeeded: Moment | None
    news: Moment | None
    rhythm: str
    next_poll: Moment | None
    moved_to: str


def lines(
    states: Iterable[FeedState],
    outlets: Mapping[str, str],
    next_poll: Callable[[int], datetime | None],
    now: datetime,
    language: str,
) -> tuple[Line, ...]:
    """Every feed, the troubled ones first; `outlets` are names by id."""
    found = [_line(state, outlets.get(state.feed.outlet, ""), next_poll(state.id), now, language) for state in states]
    return tuple(sorted(found, key=_place))


def _place(line: Line) -> tuple[int, bool, str, str]:
    return _ORDER.index(line.mark), not line.doubt, line.outlet.casefold(), line.address


def mark(state: FeedState) -> str:
    if state.polled_at is None:
        return NEW
    health = Health(state.health)
    return BAD if health in HURT else WELL if health is Health.GOOD else ODD


def _line(state: FeedState, outlet: str, next_poll: datetime | None, now: datetime, language: str) -> Line:
    _ = translation(language).gettext
    health, kind = Health(state.health), mark(state)
    told = kind in (BAD, ODD)
    gap = Rhythm.from_json(state.rhythm).gap
    return Line(
        outlet=outlet or state.feed.outlet,
        address=masked(state.feed.url),
        language=state.feed.language,
        mark=kind,
        health=_("Not polled yet") if kind == NEW else health_name(health, language),
        meaning=health_meaning(health, language),
        lasts=_lasts(state.health_since, now, language),
        since=moment(state.health_since, now, language) if told else None,
        why=masked_in(_why(state)),
        doubt=_doubt(state, language),
        succeeded=moment(state.succeeded_at, now, language),
        news=moment(state.new_item_at, now, language),
        rhythm="" if gap is None else _("one item in {span}").format(span=span(gap, language)),
        next_poll=moment(None if next_poll is None else max(next_poll, now), now, language),
        moved_to=masked(state.moved_to) if state.moved_to else "",
    )


def _lasts(since: datetime | None, now: datetime, language: str) -> str:
    _ = translation(language).gettext
    return "" if since is None else _("for {span}").format(span=span((now - since).total_seconds(), language))


def _why(state: FeedState) -> str:
    """The last poll's own trouble, else what made the feed's health; where it moved, the new address says it all."""
    if state.trouble or state.health == Health.GOOD or (state.moved_to and state.health == Health.MOVED):
        return state.trouble or ""
    return state.health_why or ""


def _doubt(state: FeedState, language: str) -> str:
    """A change that the last polls point to, before it is told."""
    if state.suspect is None or Health(state.suspect) is Health.GOOD:
        return ""
    ngettext = translation(language).ngettext
    text = ngettext(
        "Perhaps: {health}; {n} poll says so", "Perhaps: {health}; {n} polls in a row say so", state.suspect_polls
    )
    return text.format(health=health_name(Health(state.suspect), language).lower(), n=state.suspect_polls)
