"""The console as a web application: pages that anybody who reaches them may read, and what others hang into it."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from bot.console.deps import ConsoleDeps
from bot.console.gate import gate, secured
from bot.console.kept import FRESH
from bot.console.pages import STATIC, Pages
from bot.console.routes import feeds, overview
from bot.news.websub import LARGEST

HUBS = "/websub/"
"""Hubs come under the name of NABAT_CONSOLE_URL, or under whatever a proxy makes of it; their paths are secret."""


def application(deps: ConsoleDeps, more: Iterable[web.RouteDef] = (), *, fresh: float = FRESH) -> web.Application:
    """The console with `more` routes (hubs, metrics) on the same listener; a page is kept for `fresh` seconds."""
    app = web.Application(middlewares=[gate(deps.names, HUBS)], client_max_size=LARGEST)
    app.on_response_prepare.append(secured)
    static = web.StaticResource("/static", STATIC)
    app.router.register_resource(static)
    pages = Pages(static, fresh)
    app.add_routes([overview.route(deps, pages), feeds.route(deps, pages), *more])
    return app
