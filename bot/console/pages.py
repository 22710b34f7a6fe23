"""Pages from templates: every value is escaped, and a missing one is an error, not a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.console.kept import Kept
from bot.console.words import accepted
from bot.locales import translation

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

Values = Callable[[str], Awaitable[dict[str, Any]]]
"""What a template is filled with, for a language."""


class Pages:
    """Renders templates off the event loop, each page and language once in `fresh` seconds."""

    def __init__(self, static: web.StaticResource, fresh: float) -> None:
        self._kept = Kept(fresh)
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        files = [path.name for path in STATIC.iterdir()]
        # Relative, as all addresses on the pages are: a proxy may serve them under a path of its own.
        self._static = {name: str(static.url_for(filename=name, append_version=True))[1:] for name in files}

    async def page(self, request: web.Request, name: str, values: Values) -> web.Response:
        """The page of that template, in the language that the request asks for."""
        language = accepted(request.headers.get("Accept-Language", ""))
        text = await self._kept.get(f"{name} {language}", lambda: self._rendered(name, language, values))
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)

    async def _rendered(self, name: str, language: str, values: Values) -> str:
        template = self._environment.get_template(f"{name}.html")
        catalogue = translation(language)
        words = {"_": catalogue.gettext, "ngettext": catalogue.ngettext, "language": language, "page": name}
        found = await values(language)
        return await asyncio.to_thread(template.render, found | words | {"static": self._static})
