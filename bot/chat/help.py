"""/help, unknown commands, and the short answer to whatever else is written."""

from __future__ import annotations

from datetime import timedelta

from bot.alerts.message import Message
from bot.alerts.render import Page
from bot.chat.deps import ChatDeps
from bot.chat.lately import Lately
from bot.chat.screens import known_by, ways_without_a_list
from bot.chat.start import handle
from bot.chat.talk import chat_of, gettext_of, language_of, tell
from bot.chat.visit import Visit
from bot.locales import translation

COMMANDS = ("start", "latest", "follow", "settings", "privacy", "stop", "wipe", "help")


def described(language: str) -> dict[str, str]:
    """What each command does, in a few words; Telegram's menu shows the same."""
    _ = translation(language).gettext
    return {
        "latest": _("the last alerts"),
        "follow": _("news of a person, whatever else you chose"),
        "settings": _("countries, topics, quiet hours, discreet mode"),
        "privacy": _("what is kept about you, and what is not"),
        "stop": _("leave; everything is erased at once"),
        "wipe": _("delete the messages of two days, then leave"),
        "help": _("this page"),
        "start": _("subscribe, or go through your choices again"),
    }


async def show_help(deps: ChatDeps, visit: Visit) -> None:
    chat = await chat_of(deps, visit)
    language = language_of(visit, chat)
    _ = translation(language).gettext
    page = Page()
    page.line(_("Nabat reads news outlets around the clock and writes to you when people in exile are in danger."))
    page.line()
    for command, does in described(language).items():
        page.line(f"/{command} – {does}")
    page.line()
    page.line(known_by(handle(visit), language))
    for line in ways_without_a_list(deps.ways, language):
        page.line(line)
    discreet = chat is not None and chat.discreet
    await visit.say(Message(page.text, tuple(page.entities), silent=discreet, protect=discreet))


class FreeText:
    """Answers what is no command. Nothing of it is kept: in a private chat the message itself is deleted."""

    def __init__(self, deps: ChatDeps) -> None:
        self._lately = Lately(deps.clock, timedelta(seconds=10))

    async def answer(self, deps: ChatDeps, visit: Visit) -> None:
        """One answer for a burst (an album comes as ten messages); each of them is deleted all the same.

        People have written to bots of this kind where they hide and whom they fear for, and whoever gets hold of
        a bot's token can read that. So it does not stay.
        """
        if not visit.private:
            return
        removed = await visit.remove_own()
        if not self._lately.first(visit.chat_id):
            return
        chat = await chat_of(deps, visit)
        _ = gettext_of(visit, chat)
        nobody = _("Nobody reads what is written here: I am a program and know only commands, see /help.")
        gone = _("I have deleted your message, so that it stays nowhere.")
        await tell(visit, chat, f"{nobody}\n\n{gone}" if removed else nobody)


async def unknown(deps: ChatDeps, visit: Visit) -> None:
    """In groups silence: the command may be meant for another bot."""
    if not visit.private:
        return
    chat = await chat_of(deps, visit)
    _ = gettext_of(visit, chat)
    await tell(visit, chat, _("I do not know this command. What I can do is under /help."))
