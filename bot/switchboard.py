"""Telegram's side of the service: the chat application and the sender, on one bot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.alerts.render import render
from bot.chat import app as chats
from bot.chat import traces
from bot.chat.app import Staff
from bot.chat.deps import ChatDeps
from bot.delivery.judge import Notice
from bot.delivery.pace import Pace, Rates
from bot.delivery.request import AiohttpRequest
from bot.delivery.sender import Sender
from bot.delivery.transport import BotTelegram
from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

RETRY = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds between trials to reach Telegram at the start; the last one again and again."""
YOUNG = timedelta(minutes=1)
"""Telegram lets two pollers of one token take turns with 409. The one that began less than this ago steps back."""
STOP_SECONDS = 4.5


class Switchboard:
    """Connects in the background: feeds are polled and alerts kept while Telegram cannot be reached.

    `fail` is called with what makes going on senseless: a refused token, a second process on the same one.
    """

    def __init__(self, deps: ChatDeps, staff: Staff, fail: Callable[[Exception], None]) -> None:
        self._deps, self._fail = deps, fail
        self._stop = asyncio.Event()
        proxy = deps.settings.proxy.get_secret_value() if deps.settings.proxy else None
        self._app = chats.build(
            deps,
            staff=staff,
            request=AiohttpRequest(proxy=proxy),
            updates_request=AiohttpRequest(proxy=proxy, connections=2),
        )
        self._bot = self._app.bot
        self._polling_since: datetime | None = None
        self._working = True
        pace = Pace(Rates(overall=deps.settings.send_rate))
        self.sender = Sender(
            deps.store, BotTelegram(self._bot), render, pace=pace, now=deps.clock, notify=self._noticed
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def healthy(self) -> bool:
        """Whether sending goes on, or waits for something that will pass by itself."""
        return self._working and all(not task.done() or task.cancelled() for task in self._tasks)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._run())]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        _done, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def sweep(self) -> None:
        """Delete conversations that are older than their chats want, once Telegram knows the bot."""
        if self._polling_since is not None:
            await traces.sweep(self._deps, self._bot)

    async def _run(self) -> None:
        try:
            if await self._connected():
                await self._converse()
        except ConfigurationError as error:
            self._fail(error)
        finally:
            with contextlib.suppress(TelegramError):
                await self._bot.shutdown()

    async def _connected(self) -> bool:
        """Try until Telegram knows the bot; False where the service stops before."""
        for trial in range(1_000_000):
            try:
                await self._bot.initialize()
            except InvalidToken:
                raise ConfigurationError(
                    "Telegram refuses NABAT_TELEGRAM_TOKEN. Ask @BotFather for the bot's token and set it anew."
                ) from None
            except TelegramError as error:
                wait = RETRY[min(trial, len(RETRY) - 1)]
                log.warning("Telegram cannot be reached: %s; next try in %g s", type(error).__name__, wait)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), wait)
            else:
                return True
            if self._stop.is_set():
                return False
        return False

    async def _converse(self) -> None:
        """Answer chats and send alerts until the service stops."""
        app = self._app
        async with app:
            assert app.updater is not None
            await chats.introduce(self._bot)
            self._polling_since = self._deps.clock()
            await app.updater.start_polling(
                allowed_updates=list(chats.ALLOWED_UPDATES), bootstrap_retries=-1, error_callback=self._polling_failed
            )
            await app.start()
            log.info("listening as @%s", self._bot.username, extra={"action": "listening"})
            try:
                await self.sender.run(self._stop)
            finally:
                await app.updater.stop()
                await app.stop()

    def _polling_failed(self, error: TelegramError) -> None:
        """python-telegram-bot goes on by itself; what must not go on is a second process on the same token."""
        if isinstance(error, Conflict):
            since = self._polling_since
            if since is not None and self._deps.clock() - since < YOUNG:
                self._fail(
                    ConfigurationError(
                        "Another process already answers for this bot's token, so this one stops. "
                        "Stop the other one first, or use another token."
                    )
                )
            else:
                log.error("a second process uses this bot's token", extra={"action": "conflict"})
        else:
            log.warning("polling Telegram failed: %s", type(error).__name__, extra={"action": "polling_failed"})

    async def _noticed(self, notice: Notice) -> None:
        log.error("%s %s", notice.text, notice.detail, extra={"action": "notice", "trouble": notice.trouble.value})
