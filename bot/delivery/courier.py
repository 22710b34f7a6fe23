"""One request from beginning to end: open the chat's id, render, send, and judge what came back."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from telegram.error import TelegramError

from bot.alerts.content import Content, Reader
from bot.alerts.message import Message
from bot.delivery.errors import Proof, classify
from bot.delivery.judge import AGAIN, Change, ChatNews, Notice, Situation, Trouble, answered, judge
from bot.delivery.link import Link
from bot.delivery.pace import Pace
from bot.delivery.parcel import Parcel
from bot.delivery.record import Outcome
from bot.delivery.transport import Telegram
from bot.delivery.turn import Ask, Edit, Gather, Send
from bot.delivery.when import Fold
from bot.locales import translation
from bot.store.crypto import Keyring
from bot.store.deliveries import State

log = logging.getLogger(__name__)

AGAIN_AFTER = 3600.0
"""Seconds for which the same trouble is not told again."""
RENDERED = 512
"""Messages kept in memory: readers with the same choices get the same one."""
UNPROVEN = frozenset({Proof.NOT_SENT, Proof.NOTHING, Proof.BROKEN})

Notify = Callable[[Notice], Awaitable[None]]


class Render(Protocol):
    """One alert as one reader's message; `alert_id` is the one to ask more about."""

    def __call__(
        self, content: Content, reader: Reader, *, now: datetime, late: bool = False, alert_id: int | None = None
    ) -> Message: ...


class Gatherer(Protocol):
    """Several alerts as one message, the most urgent first; `alert_ids` are those to ask more about, in order.

    None where nobody may ask: then there are links.
    """

    def __call__(
        self, contents: Sequence[Content], reader: Reader, *, fold: Fold, alert_ids: Sequence[int] | None
    ) -> Message: ...


class Courier:
    """Makes requests for one sender; what they teach about Telegram as a whole goes to `link` and `pace`."""

    def __init__(
        self,
        telegram: Telegram,
        keyring: Keyring,
        render: Render,
        gather: Gatherer,
        pace: Pace,
        link: Link,
        now: Callable[[], datetime],
        notify: Notify | None,
        may_ask: Callable[[Parcel], bool] = lambda parcel: False,
    ) -> None:
        self._telegram = telegram
        self._keyring = keyring
        self._render = render
        self._gather = gather
        self._pace = pace
        self._link = link
        self._now = now
        self._notify = notify
        self._may_ask = may_ask
        self._told: dict[Trouble, float] = {}
        self._rendered: dict[object, Message] = {}

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Never raises: a renderer that breaks costs one delivery, not the service."""
        launched = self._pace.clock()
        try:
            message_id = await self._request(parcel)
        except Exception as error:
            asked = isinstance(parcel.turn, Ask)
            failed = self._answer(error, launched) if asked else await self._failed(parcel, error, launched)
            return Outcome(parcel, self._now(), change=failed)
        self._link.succeeded()
        # A question that changed something met another message of ours: it proves nothing.
        change = AGAIN if isinstance(parcel.turn, Ask) else None
        return Outcome(parcel, self._now(), message_id, change)

    async def remove(self, sealed: bytes, chat: int, message_id: int) -> bool:
        """Delete a message; False if it must be tried again later."""
        launched = self._pace.clock()
        try:
            await self._telegram.delete(self._keyring.open_chat(sealed), message_id)
        except Exception as error:
            verdict = classify(error)
            if verdict.proof in (Proof.NOT_SENT, Proof.NOTHING):
                self._pace.park_all(self._link.failed(launched, None if verdict.proof is Proof.NOT_SENT else chat))
            if verdict.proof is Proof.LIMITED:
                self._pace.park(chat, verdict.retry_after)
            return verdict.proof not in (Proof.NOT_SENT, Proof.NOTHING, Proof.LIMITED, Proof.NO_TOKEN)
        self._link.succeeded()
        return True

    async def _request(self, parcel: Parcel) -> int | None:
        chat_id = self._keyring.open_chat(parcel.first.chat)
        message = self._message(parcel)
        match parcel.turn:
            case Edit(message_id=message_id) | Ask(message_id=message_id):
                await self._telegram.edit(chat_id, message_id, message)
                return message_id
            case Send(reply_to=reply_to):
                thread = parcel.first.thread_id
                return await self._telegram.send(chat_id, message, reply_to=reply_to, thread_id=thread)
            case Gather():
                return await self._telegram.send(chat_id, message, thread_id=parcel.first.thread_id)

    def _message(self, parcel: Parcel) -> Message:
        now = parcel.turn.launched if isinstance(parcel.turn, Ask) else self._now()
        if isinstance(parcel.turn, Gather):
            ids = None if parcel.public else tuple(row.alert_id for row in parcel.rows)
            message = self._gather(parcel.contents, parcel.reader, fold=parcel.turn.fold, alert_ids=ids)
        else:
            message = self._one(parcel, now)
        if parcel.plain:
            return Message(message.text, silent=message.silent, protect=message.protect)
        return message

    def _one(self, parcel: Parcel, now: datetime) -> Message:
        late = isinstance(parcel.turn, Send | Ask) and parcel.turn.late
        # The hour: a message says how long ago something was, or on which day.
        key = parcel.shows[0], parcel.reader, parcel.public, late, now.replace(minute=0, second=0, microsecond=0)
        known = self._rendered.get(key)
        if known is None:
            if len(self._rendered) >= RENDERED:
                self._rendered.clear()
            asked = None if parcel.public else parcel.first.edits or parcel.first.alert_id
            known = self._render(parcel.contents[0], parcel.reader, late=late, now=now, alert_id=asked)
            self._rendered[key] = known
        return known

    def _answer(self, error: Exception, launched: float) -> Change:
        verdict = classify(error)
        if verdict.proof is Proof.NOT_SENT:
            self._pace.park_all(self._link.failed(launched, None))
        return answered(verdict, self._now())

    async def _failed(self, parcel: Parcel, error: Exception, launched: float) -> Change:
        verdict = classify(error)
        if verdict.proof is Proof.BROKEN:
            log.error("A delivery broke: %s", verdict.text, extra={"action": "delivery_broken"})
        if verdict.proof not in UNPROVEN:
            self._link.answered(limited=verdict.proof is Proof.LIMITED)
        pause = 0.0
        if verdict.proof in (Proof.NOT_SENT, Proof.NOTHING):
            pause = self._link.failed(launched, None if verdict.proof is Proof.NOT_SENT else parcel.chat)
        situation = Situation(
            outage=self._link.outage,
            works=self._link.works,
            limits_all=verdict.proof is Proof.LIMITED and self._link.limited(parcel.chat),
            wrong_bot=verdict.proof is Proof.STRANGER and self._link.stranger(),
            askable=self._may_ask(parcel),
        )
        change = judge(verdict, parcel, situation, self._now())
        self._obey(parcel, change, max(pause, change.pause))
        if verdict.proof in (Proof.NO_TOKEN, Proof.SECOND):
            self._link.refused()
        trouble = Trouble.UNREACHABLE if pause else change.trouble
        if trouble is not None:
            await self.tell(Notice(trouble, verdict.text))
        if change.chat is ChatNews.TOPIC_GONE:
            await self._tell_chat(parcel)
        return change

    async def _tell_chat(self, parcel: Parcel) -> None:
        """Say in the general topic, where its administrators see it, why alerts come there from now on."""
        _ = translation(parcel.first.language).gettext
        told = _(
            "The topic for alerts is closed or deleted; they come here from now on. "
            "An administrator can choose another topic: write /start in it."
        )
        with contextlib.suppress(TelegramError):
            await self._telegram.send(self._keyring.open_chat(parcel.first.chat), Message(told))

    def _obey(self, parcel: Parcel, change: Change, pause: float) -> None:
        if pause:
            self._pace.park_all(pause)
        if change.state is State.HELD and change.until is not None:
            self._pace.park(parcel.chat, (change.until - self._now()).total_seconds())

    async def tell(self, notice: Notice) -> None:
        """Tell of a trouble, the same one once an hour."""
        now = self._pace.clock()
        if now - self._told.get(notice.trouble, -AGAIN_AFTER) < AGAIN_AFTER:
            return
        self._told[notice.trouble] = now
        log.warning("%s %s", notice.text, notice.detail, extra={"action": f"delivery_{notice.trouble}"})
        if self._notify is None:
            return
        try:
            await self._notify(notice)
        except Exception:
            log.exception("A notice could not be passed on", extra={"action": "notice_failed"})
