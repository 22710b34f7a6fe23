"""A double as a process of its own, so that a benchmark or a test of the whole service does not share its loop."""

from __future__ import annotations

import asyncio
import json
import sys
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.errors import NabatError


class ControlRefused(NabatError):
    """The double refused what it was asked to do."""


class DoubleProcess:
    """`python -m bot.demo.<double>` with these arguments, from entering to leaving.

    `double` is "botapi" or "feedhost". `url` is the server's; `token` the first bot's. `do` reaches /control/.
    """

    def __init__(self, double: str, *arguments: str) -> None:
        self._command = (sys.executable, "-m", f"bot.demo.{double}", *arguments)
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self.url = ""
        self.token = ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise ControlRefused(f"{self._command[2]} ended before it listened: see its error output.")
        told = json.loads(line)
        self.url, self.token = told["url"], told.get("token", "")
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if self._session is not None:
            await self._session.close()
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()

    async def do(self, act: str, **arguments: Any) -> Any:
        """Do or look up something under /control/ and return its result; ControlRefused says what was wrong."""
        assert self._session is not None
        async with self._session.post(f"{self.url}/control/{act}", json=arguments) as answer:
            told = await answer.json()
        if not told["ok"]:
            raise ControlRefused(told["description"])
        return told["result"]
