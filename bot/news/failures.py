"""Why a feed gave nothing: the errors of this room, each of which reads as one line in the feed's state."""

from __future__ import annotations

import ssl

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyError

from bot.errors import NabatError


class FetchError(NabatError):
    """The feed could not be fetched."""


class RefusedAddress(FetchError):
    """The address leads where a feed must not lead."""


class FetchTimeout(FetchError):
    """The server took too long."""


class ConnectionFailure(FetchError):
    """The server could not be reached."""


class BrokenAnswer(FetchError):
    """The server's answer is damaged."""


class BodyTooLarge(FetchError):
    """The answer is larger than a feed may be."""


class TooManyRedirects(FetchError):
    """The address leads from one place to the next without end."""


class HttpStatus(FetchError):
    """The server answered with an error status."""

    def __init__(self, message: str | None = None, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        """Seconds that the server asks us to wait; None where it does not say."""


class NotAFeed(NabatError):
    """The answer is not a feed."""


class HtmlPage(NotAFeed):
    """The answer is an HTML page, not a feed"""


class ThinAnswer(NotAFeed):
    """The answer is nearly empty."""


class HostileFeed(NabatError):
    """The feed is built to do harm, and is not read."""


def explained(error: aiohttp.ClientError | ProxyConnectionError | ProxyError | OSError, host: str) -> FetchError:
    """The error of the HTTP client as one of ours."""
    # Behind a SOCKS proxy the client takes what TLS refuses for a lost connection.
    refused = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return ConnectionFailure(f"the name {host} is not known to the name server")
    if isinstance(error, aiohttp.ClientConnectorCertificateError) or isinstance(refused, ssl.SSLCertVerificationError):
        return ConnectionFailure(f"the certificate of {host} is not valid: {_reason(refused)}")
    if isinstance(error, aiohttp.ClientSSLError) or isinstance(refused, ssl.SSLError):
        return ConnectionFailure(f"no secure connection to {host} could be made")
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return ConnectionFailure("the proxy of NABAT_PROXY, or of the outlet, could not be used")
    if isinstance(error, ProxyConnectionError | ProxyError):
        return ConnectionFailure("the proxy of NABAT_PROXY, or of the outlet, could not be used")
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectionFailure(f"no connection to {host}: {_reason(error)}")
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | OSError):
        return ConnectionFailure(f"{host} broke the connection off")
    if isinstance(error, aiohttp.ClientPayloadError):
        return BrokenAnswer("the answer ended early or is damaged")
    return BrokenAnswer(f"the answer is not proper HTTP: {_reason(error)}")


def _reason(error: BaseException) -> str:
    """A short text without line breaks: what the error says itself, or its kind."""
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    return " ".join(str(text).split())[:120] or type(error).__name__
