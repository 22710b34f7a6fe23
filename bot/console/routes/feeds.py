"""/feeds: every feed, the troubled ones first."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.console.deps import ConsoleDeps
from bot.console.feed_lines import lines
from bot.console.pages import Pages
from bot.console.words import moment
from bot.store.news import listed_feeds


def route(deps: ConsoleDeps, pages: Pages) -> web.RouteDef:
    names = {outlet.id: outlet.name for outlet in deps.catalogue.outlets}

    async def values(language: str) -> dict[str, Any]:
        async with deps.store.read() as session:
            states = await listed_feeds(session)
        now = deps.clock()
        found = await asyncio.to_thread(lines, states, names, deps.next_poll, now, language)
        return {"lines": found, "now": moment(now, now, language)}

    async def feeds(request: web.Request) -> web.Response:
        return await pages.page(request, "feeds", values)

    return web.get("/feeds", feeds)
