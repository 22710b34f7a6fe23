"""python-telegram-bot's `BaseRequest` on aiohttp, with proxies, and with errors that keep what they prove.

    Bot(token, base_url=f"{settings.telegram_api_url}/bot", request=AiohttpRequest(proxy=…))

Its own httpx transport manages a fraction of the rate (benchmarks/sending.py) and logs addresses with the token at
INFO. No exception that leaves here names the address, because the token is part of it.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery.errors import Unconnected
from bot.errors import ConfigurationError

NOT_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
    ProxyError,
)
KEEP_ALIVE = 20.0
"""Seconds that an idle connection is kept: shorter than a server keeps it, or the next request would be in doubt."""


class AiohttpRequest(BaseRequest):
    """HTTP to the Bot API. Timeouts are in seconds; `proxy` is an http:// or socks5:// address."""

    def __init__(
        self,
        *,
        proxy: str | None = None,
        connections: int = 256,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
    ) -> None:
        self._proxy = proxy
        self._connections = connections
        self._connect = connect_timeout
        self._read = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As python-telegram-bot's own, which logs the whole page of a gateway in trouble as an error."""
        try:
            answer: dict[str, Any] = json.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None
        return answer

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=self._connector(), auto_decompress=True)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _connector(self) -> aiohttp.BaseConnector:
        options: dict[str, Any] = {"limit": self._connections, "keepalive_timeout": KEEP_ALIVE}
        if self._proxy is None:
            return aiohttp.TCPConnector(ttl_dns_cache=300, **options)
        try:
            return ProxyConnector.from_url(self._proxy, **options)
        except ValueError:
            message = "NABAT_PROXY is not an address of a proxy; write it as http://host:port or socks5://host:port."
            raise ConfigurationError(message) from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; (status, body). Raises Unconnected, TimedOut or NetworkError."""
        if self._session is None:
            raise Unconnected("The connection to Telegram is closed.")
        timeout = aiohttp.ClientTimeout(
            sock_connect=_seconds(connect_timeout, self._connect),
            connect=_seconds(pool_timeout, self._connect * 2),
            sock_read=_seconds(read_timeout, self._read),
        )
        try:
            async with self._session.request(method, url, timeout=timeout, **_body(request_data)) as answer:
                return answer.status, await answer.read()
        except NOT_CONNECTED as error:
            raise Unconnected(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


class TokenRefused(NetworkError):
    """Telegram does not take this token."""


class PatientRequest(AiohttpRequest):
    """For getUpdates: a token that is refused is tried again. `refused` says that it was, the last time.

    At a 401 python-telegram-bot ends polling for good, without a word to the application: the bot would be deaf.
    """

    refused = False

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        self.refused = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
        if self.refused:
            raise TokenRefused(TokenRefused.__doc__ or "")
        return status, body


def _seconds(given: Any, default: float) -> float | None:
    return default if given is BaseRequest.DEFAULT_NONE else given


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        # Bytes that JSON cannot hold (a lone surrogate in a feed's title) become question marks, never an error.
        body = json.dumps(data.parameters, ensure_ascii=False).encode("utf-8", "replace")
        return {"data": body, "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
