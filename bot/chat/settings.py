"""/settings, /zone, and every button of the screens: the screen that shows the button is changed in place."""

from __future__ import annotations

from zoneinfo import available_timezones

from bot.alerts.message import Message
from bot.chat import screens, timing
from bot.chat.deps import ChatDeps
from bot.chat.press import Flow, Press, Screen, choose, parse
from bot.chat.start import handle
from bot.chat.talk import chat_of, gettext_of, not_subscribed, only_admins, tell
from bot.chat.view import View
from bot.chat.visit import Visit
from bot.errors import UserMistake
from bot.locales import translation
from bot.store import subscribers
from bot.store.deliveries import release_held
from bot.store.subscribers import Subscriber

HOURS = frozenset({Screen.ZONE, Screen.QUIET, Screen.DIGEST, Screen.PAUSE})
"""Screens on when to get it: what waits for the old hours must not wait on."""


async def settings(deps: ChatDeps, visit: Visit) -> None:
    if not await only_admins(deps, visit):
        return
    chat = await chat_of(deps, visit)
    if chat is None:
        await not_subscribed(visit)
        return
    await visit.say(screens.screen(_view(deps, visit, chat, Press(Flow.MENU, Screen.MENU))))


async def zone(deps: ChatDeps, visit: Visit) -> None:
    """/zone Europe/Rome: any zone of the tz database, in whatever case it is typed."""
    if not await only_admins(deps, visit):
        return
    typed = visit.words.replace(" ", "_").casefold()
    name = next((name for name in available_timezones() if name.casefold() == typed), None)
    chat = await _apply(deps, visit, Press(Flow.MENU, Screen.ZONE, "set", name or ""))
    if chat is None:
        await not_subscribed(visit)
        return
    _ = translation(chat.language).gettext
    if name is None:
        await tell(visit, chat, _("There is no such time zone. Write it like this: /zone Europe/Rome"))
        return
    await visit.say(timing.zone(_view(deps, visit, chat, Press(Flow.MENU, Screen.ZONE))))


async def pressed(deps: ChatDeps, visit: Visit, data: str) -> None:
    """A button of a screen. Every press is answered; an old button of a screen that changed says where to go."""
    press = parse(data)
    if press is None:
        _ = gettext_of(visit, await chat_of(deps, visit))
        await visit.toast(_("This button is out of date. Please open /settings."), alert=True)
        return
    if not await only_admins(deps, visit):
        return
    try:
        chat = await _apply(deps, visit, press)
    except UserMistake as mistake:
        await visit.toast(str(mistake), alert=True)
        return
    if chat is None:
        await not_subscribed(visit)
        return
    await _show(deps, visit, chat, press)


async def _apply(deps: ChatDeps, visit: Visit, press: Press) -> Subscriber | None:
    """The chat's choices after the press, kept; None where there is no subscription."""
    async with deps.store.write() as session:
        chat = await subscribers.find(session, deps.keyring, visit.chat_id)
        if chat is None:
            return None
        chosen = choose(chat, press, deps.clock())
        if chosen != chat:
            await subscribers.save(session, chosen)
            if press.screen in HOURS:
                await release_held(session, chosen.id)
    return chosen


async def _show(deps: ChatDeps, visit: Visit, chat: Subscriber, press: Press) -> None:
    # In a channel the screens stand before all its readers, so they go when they are done.
    ended = press.screen is Screen.CLOSE or (press.screen is Screen.DONE and visit.kind == "channel")
    if not ended:
        await visit.turn_to(screens.screen(_view(deps, visit, chat, press)))
    elif not await visit.remove_own():
        _ = translation(chat.language).gettext
        await visit.turn_to(Message(_("Saved.")))


def _view(deps: ChatDeps, visit: Visit, chat: Subscriber, press: Press) -> View:
    return View(chat, press, deps.clock(), handle(visit), deps.ways)
