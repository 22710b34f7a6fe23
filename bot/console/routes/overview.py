"""/: what the service does now, and the last alerts; in preview mode as a chat would show them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.console.bubble import Shown, shown
from bot.console.deps import ConsoleDeps
from bot.console.feed_lines import BAD, NEW, ODD, WELL, mark
from bot.console.pages import Pages
from bot.console.words import health_meaning, health_name, moment
from bot.locales import translation
from bot.news.health import Health
from bot.store.latest import KeptAlert, latest_of_all
from bot.store.news import FeedState, listed_feeds

ALERTS = 20
"""Alerts on the page."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many feeds are so."""

    mark: str
    name: str
    meaning: str
    number: int


def counts(states: Sequence[FeedState], language: str) -> tuple[Count, ...]:
    """How many feeds are in each state that occurs; the bad ones first, and the good ones always."""
    _ = translation(language).gettext
    polled = [state for state in states if mark(state) != NEW]
    waiting = Count(NEW, _("Not polled yet"), "", len(states) - len(polled))
    found = [_count(health, polled, language) for health in Health if health is not Health.GOOD]
    order = {BAD: 0, ODD: 1}
    found = sorted((count for count in found if count.number), key=lambda count: order[count.mark])
    well = _count(Health.GOOD, polled, language)
    return (*found, *([waiting] if waiting.number else []), well)


def _count(health: Health, polled: Sequence[FeedState], language: str) -> Count:
    members = [state for state in polled if state.health == health]
    kind = mark(members[0]) if members else WELL
    return Count(kind, health_name(health, language), health_meaning(health, language), len(members))


def all_shown(alerts: Sequence[KeptAlert], now: datetime, language: str) -> tuple[Shown, ...]:
    return tuple(shown(alert, now, language) for alert in alerts)


def route(deps: ConsoleDeps, pages: Pages) -> web.RouteDef:
    async def values(language: str) -> dict[str, Any]:
        now = deps.clock()
        async with deps.store.read() as session:
            states = await listed_feeds(session)
            alerts = await latest_of_all(session, now, limit=ALERTS)
        return {
            "started": moment(deps.started, now, language),
            "now": moment(now, now, language),
            "feeds": len(states),
            "outlets": len({state.feed.outlet for state in states}),
            "counts": counts(states, language),
            "sending": deps.sending(),
            "alerts": await asyncio.to_thread(all_shown, alerts, now, language),
        }

    async def overview(request: web.Request) -> web.Response:
        return await pages.page(request, "overview", values)

    return web.get("/", overview)
