"""/latest, and the "More" button of an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.alerts.content import Content
from bot.alerts.message import Button, Message
from bot.chat.deps import ChatDeps
from bot.chat.lately import Lately
from bot.chat.press import reader
from bot.chat.talk import chat_of, not_subscribed, tell
from bot.chat.visit import Visit
from bot.locales import translation
from bot.store.latest import KeptAlert, is_hidden
from bot.store.latest import latest as latest_alerts
from bot.store.subscribers import Subscriber

AT_ONCE = 3
"""Alerts shown by one /latest: what a phone's screen holds, well under a group's 20 messages a minute."""
LATEST = "latest"
MORE = "more"
PUBLIC = "channel"
"""Nobody may ask for more there: any of its readers could make the bot write before all of them."""
DOUBLE_TAP = timedelta(seconds=10)
DIGITS = 19
"""A number of so many digits may be larger than a database takes."""


class Browse:
    """Remembers, in memory and for seconds, which buttons were just pressed: a double tap shows a thing once."""

    def __init__(self, deps: ChatDeps) -> None:
        self._deps = deps
        self._lately = Lately(deps.clock, DOUBLE_TAP)

    async def latest(self, deps: ChatDeps, visit: Visit) -> None:
        await self._show(visit, None)

    async def earlier(self, deps: ChatDeps, visit: Visit, before: str) -> None:
        if visit.kind == PUBLIC:
            return
        if before.isdecimal() and len(before) < DIGITS and self._lately.first((visit.chat_id, LATEST, before)):
            await self._show(visit, int(before))

    async def more(self, deps: ChatDeps, visit: Visit, alert: str) -> None:
        """The fuller item, as an answer to its alert; the alert itself stays as delivery wrote it, to be edited.

        For a second tap nothing more comes: the answer to the first stands below.
        """
        if visit.kind == PUBLIC:
            return
        chat = await chat_of(deps, visit)
        if chat is None:
            await not_subscribed(visit)
            return
        if not self._lately.first((visit.chat_id, MORE, alert)):
            return
        message = await self._fuller(chat, int(alert)) if alert.isdecimal() and len(alert) < DIGITS else None
        if message is None:
            _ = translation(chat.language).gettext
            await visit.toast(_("This alert is no longer kept."), alert=True)
            return
        await visit.say(replace(message, silent=True), reply_to=visit.message_id)

    async def _fuller(self, chat: Subscriber, alert_id: int) -> Message | None:
        async with self._deps.store.read() as session:
            hidden = await is_hidden(session, chat, alert_id)
        if hidden or self._deps.more is None:
            return None
        return await self._deps.more(alert_id, reader(chat), self._deps.clock())

    async def _show(self, visit: Visit, before: int | None) -> None:
        chat = await chat_of(self._deps, visit)
        if chat is None:
            await not_subscribed(visit)
            return
        async with self._deps.store.read() as session:
            found = await latest_alerts(session, chat, self._deps.clock(), limit=AT_ONCE + 1, before=before)
        for alert in reversed(found[:AT_ONCE]):
            await visit.say(self._rendered(alert, chat))
        await self._end(visit, chat, found)

    def _rendered(self, alert: KeptAlert, chat: Subscriber) -> Message:
        more = None if chat.kind == PUBLIC else alert.id
        message = self._deps.render(
            Content.from_json(alert.content), reader(chat), now=self._deps.clock(), alert_id=more
        )
        return replace(message, silent=True)

    async def _end(self, visit: Visit, chat: Subscriber, found: list[KeptAlert]) -> None:
        _ = translation(chat.language).gettext
        if not found:
            await tell(visit, chat, _("In the last 30 days nothing has happened that fits your choices: /settings"))
        elif len(found) > AT_ONCE and chat.kind != PUBLIC:
            button = Button(_("Show earlier ones"), data=f"{LATEST}:{found[AT_ONCE - 1].id}")
            text = _("There is more.")
            await visit.say(Message(text, buttons=((button,),), silent=True, protect=chat.discreet))
