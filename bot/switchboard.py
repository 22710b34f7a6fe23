"""Telegram's side of the service: the chat application and the sender on one bot, moderators on it or on another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Self

from pydantic import SecretStr
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.alerts.render import render
from bot.chat import app as chats
from bot.chat import traces
from bot.chat.app import Staff
from bot.chat.deps import ChatDeps
from bot.delivery.judge import Notice, Trouble
from bot.delivery.pace import FREE, Pace, Rates
from bot.delivery.request import AiohttpRequest, PatientRequest
from bot.delivery.sender import Sender
from bot.delivery.transport import BotTelegram
from bot.line import Line

log = logging.getLogger(__name__)

STOP_SECONDS = 4.5
SAYABLE = frozenset({Trouble.REFUSED, Trouble.NO_RIGHTS, Trouble.TOPIC_GONE, Trouble.LIMITED, Trouble.DATABASE})
"""Troubles that can be told through Telegram; the others are that Telegram does not work."""
OF_ONE_BOT = frozenset({Trouble.NO_TOKEN, Trouble.SECOND_PROCESS, Trouble.WRONG_BOT})
"""Troubles of the readers' bot that the moderators' can tell, where they have one of their own."""


class Switchboard:
    """Runs until the block ends. `fail` is called with what makes going on senseless."""

    def __init__(self, deps: ChatDeps, staff: Staff, fail: Callable[[Exception], None]) -> None:
        settings = deps.settings
        assert settings.telegram_token is not None, "without a token the service runs in preview mode"
        self._deps = deps
        self._stop = asyncio.Event()
        apart = settings.moderator_token
        app, updates = self._application(settings.telegram_token, Staff() if apart else staff)
        self._readers = Line(app, updates, "NABAT_TELEGRAM_TOKEN", deps.clock, fail, self._refused)
        self._moderators = self._readers
        if apart:
            staffed, updates = self._application(apart, staff, readers=False)
            self._moderators = Line(staffed, updates, "NABAT_MODERATOR_TOKEN", deps.clock, fail, _nobody)
        self.sender = Sender(
            deps.store,
            BotTelegram(app.bot, paid=settings.send_rate > FREE),
            render,
            pace=Pace(Rates(overall=settings.send_rate)),
            now=deps.clock,
            notify=self._noticed,
        )
        self._tasks: list[asyncio.Task[None]] = []

    def _application(self, token: SecretStr, staff: Staff, *, readers: bool = True) -> tuple[chats.App, PatientRequest]:
        proxy = self._deps.settings.proxy.get_secret_value() if self._deps.settings.proxy else None
        updates = PatientRequest(proxy=proxy, connections=2)
        app = chats.build(
            self._deps,
            token=token.get_secret_value(),
            staff=staff,
            readers=readers,
            request=AiohttpRequest(proxy=proxy),
            updates_request=updates,
        )
        return app, updates

    @property
    def healthy(self) -> bool:
        """Whether sending goes on, or waits for something that will pass by itself."""
        return not self._readers.refused and all(not task.done() for task in self._tasks)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._readers.run(self._stop, lambda: self.sender.run(self._stop)))]
        if self._moderators is not self._readers:
            self._tasks.append(asyncio.create_task(self._moderators.run(self._stop, self._stop.wait)))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        _done, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def listening(self) -> bool:
        """Whether owners can be told something now."""
        return self._moderators.listening_since is not None

    async def sweep(self) -> None:
        """Delete conversations that are older than their chats want, once Telegram knows the bot."""
        if self._readers.listening_since is not None:
            await traces.sweep(self._deps, self._readers.bot)

    async def tell_owners(self, text: str) -> bool:
        """Say something to those who run the service, in their private chats with the moderators' bot.

        False where nobody was told for now, because Telegram cannot be reached: that may be said again later.
        """
        if not self.listening:
            return False
        told, later = False, False
        for owner in self._deps.settings.owner_ids:
            try:
                await self._moderators.bot.send_message(owner, text, disable_notification=True)
                told = True
            except TelegramError as error:
                later = later or not isinstance(error, Forbidden | BadRequest)
                # An owner who never wrote to the bot cannot be written to; the log has it all the same.
                log.info("an owner could not be told: %s", type(error).__name__, extra={"action": "owner_untold"})
        return told or not later

    async def _noticed(self, notice: Notice) -> None:
        log.error("%s %s", notice.text, notice.detail, extra={"action": "notice", "trouble": notice.trouble.value})
        apart = self._moderators is not self._readers
        if notice.trouble in SAYABLE or (apart and notice.trouble in OF_ONE_BOT):
            await self.tell_owners(f"{notice.text} {notice.detail}".strip())

    async def _refused(self) -> None:
        await self._noticed(Notice(Trouble.NO_TOKEN))


async def _nobody() -> None:
    """A refused token of the moderators' bot stands in the log: there is no other way to tell them."""
