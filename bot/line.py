"""One bot's line to Telegram: connect, listen, and hang up in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.chat import app as chats
from bot.chat.quiet import whereabouts
from bot.delivery.request import PatientRequest, TokenRefused
from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

RETRY = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds between trials to reach Telegram at the start; the last one again and again."""
TELL_EVERY = timedelta(hours=1)
YOUNG = timedelta(minutes=1)
"""Telegram lets two pollers of one token take turns with 409. The one that began less than this ago steps back."""


class Line:
    """Connects in the background: feeds are polled and alerts kept while Telegram cannot be reached.

    `setting` names the variable that holds the token; `fail` is called with what makes going on senseless: a token that
    is refused at the start, a second process on the same one. `tell` is called when it is refused later: then the
    service goes on, so that feeds are polled, alerts kept, and shown on the console and in the public feed.
    """

    def __init__(
        self,
        app: chats.App,
        updates: PatientRequest,
        setting: str,
        clock: Callable[[], datetime],
        fail: Callable[[Exception], None],
        tell: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._app, self._updates, self._setting = app, updates, setting
        self._clock, self._fail, self._tell = clock, fail, tell
        self._telling: asyncio.Task[None] | None = None
        self._refused_at: datetime | None = None
        self.bot = app.bot
        self.listening_since: datetime | None = None

    @property
    def refused(self) -> bool:
        """Whether Telegram refuses the token that it took at the start."""
        return self._updates.refused

    async def run(self, stop: asyncio.Event, work: Callable[[], Awaitable[object]]) -> None:
        """Listen, and do `work` meanwhile; it ends when `stop` is set. What breaks is told, and taken up again."""
        for wait in _patience():
            if stop.is_set():
                return
            try:
                if await self._connected(stop):
                    await self._listen(work)
                return
            except ConfigurationError as error:
                self._fail(error)
                return
            except Exception as error:
                # A fault of ours, or an answer nobody foresaw: a line that ends in silence sends nothing ever after.
                log.error(
                    "the line to Telegram broke, next try in %g s: %s",
                    *(wait, whereabouts(error)),
                    extra={"action": "line_broke"},
                )
            finally:
                with contextlib.suppress(TelegramError):
                    await self.bot.shutdown()
            await _rest(stop, wait)

    async def _connected(self, stop: asyncio.Event) -> bool:
        """Try until Telegram knows the bot; False where the service stops before."""
        for wait in _patience():
            if stop.is_set():
                break
            try:
                await self.bot.initialize()
            except InvalidToken:
                raise ConfigurationError(
                    f"Telegram refuses {self._setting}. Ask @BotFather for the bot's token and set it anew."
                ) from None
            except TelegramError as error:
                log.warning("Telegram cannot be reached: %s; next try in %g s", type(error).__name__, wait)
                await _rest(stop, wait)
            else:
                return True
        return False

    async def _listen(self, work: Callable[[], Awaitable[object]]) -> None:
        async with self._app:
            assert self._app.updater is not None
            await chats.introduce(self.bot)
            self.listening_since = self._clock()
            await self._app.updater.start_polling(
                allowed_updates=list(chats.ALLOWED_UPDATES), bootstrap_retries=-1, error_callback=self._polling_failed
            )
            await self._app.start()
            log.info("listening as @%s", self.bot.username, extra={"action": "listening"})
            try:
                await work()
            finally:
                await self._app.updater.stop()
                await self._app.stop()

    def _polling_failed(self, error: TelegramError) -> None:
        """python-telegram-bot goes on by itself; what must not go on is a second process on the same token."""
        since = self.listening_since
        if isinstance(error, TokenRefused):
            self._token_refused()
        elif not isinstance(error, Conflict):
            log.warning("polling Telegram failed: %s", type(error).__name__, extra={"action": "polling_failed"})
        elif since is not None and self._clock() - since < YOUNG:
            self._fail(
                ConfigurationError(
                    "Another process already answers for this bot's token, so this one stops. "
                    "Stop the other one first, or use another token."
                )
            )
        else:
            log.error("a second process uses this bot's token", extra={"action": "conflict"})

    def _token_refused(self) -> None:
        """Told once an hour: python-telegram-bot asks again every half minute."""
        now = self._clock()
        if self._refused_at is None or now - self._refused_at >= TELL_EVERY:
            self._refused_at = now
            log.error(
                "Telegram refuses %s from now on; nothing is lost. Ask @BotFather for the bot's token, set it anew, "
                "and start the service again.",
                self._setting,
                extra={"action": "token_refused"},
            )
            self._telling = asyncio.create_task(self._tell())


def _patience() -> Iterator[float]:
    """Seconds before each further trial, without an end."""
    return chain(RETRY, repeat(RETRY[-1]))


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
