"""Who is let in, and what every answer says to a browser.

The console listens on loopback unless its operator says otherwise. Then anybody who can reach it may read it, so it
holds nothing that is not public, and it takes nothing in: no forms, no cookies, no scripts.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Without it aiohttp names itself, Python and both versions.
    "Server": "Nabat",
}

STRANGER = "The console does not answer to this name; its operator can set NABAT_CONSOLE_URL.\n"


def host_names(*given: str | None) -> frozenset[str]:
    """The names that the console answers to: loopback's, and the hosts of these addresses."""
    found = {_host(address if "//" in address else f"//{address}") for address in given if address}
    return frozenset({"localhost"} | found - {""})


def admitted(host: str | None, names: frozenset[str]) -> bool:
    """Whether a Host header is one of ours.

    A page elsewhere whose name was made to lead here (DNS rebinding) gives its own name. An IP address is no name, so
    no other page can have it.
    """
    if not host or "@" in host or "/" in host:
        return False
    name = _host(f"//{host}")
    try:
        return name in names or bool(ip_address(name))
    except ValueError:
        return False


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def gate(names: frozenset[str], free: str) -> Middleware:
    """Refuses requests under other names, but for paths that begin with `free`, which look after themselves."""

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        told = request.headers.getall("Host", [])
        if not request.path.startswith(free) and not (len(told) == 1 and admitted(told[0], names)):
            raise web.HTTPMisdirectedRequest(text=STRANGER)
        return await handler(request)

    return checked


async def secured(_request: web.Request, response: web.StreamResponse) -> None:
    """Every answer, errors too, tells browsers to load nothing from elsewhere and to run nothing."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
