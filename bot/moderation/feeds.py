"""/feeds: feeds in trouble, and where those that moved are read. For everybody else there is no such command."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from bot.alerts.message import Message
from bot.chat.app import Staff
from bot.chat.deps import ChatDeps
from bot.chat.talk import chat_of, language_of
from bot.chat.visit import Visit
from bot.errors import UserMistake
from bot.locales import translation
from bot.moderation import feed_pages as pages
from bot.moderation.feedwork import Feedwork
from bot.moderation.roles import is_staff

_NUMBER = re.compile(r"#?[0-9]{1,18}")


class UsageWanted(UserMistake):
    """The words after /feeds are not understood."""


class FeedsTalk:
    """Answers with a page; an address is decided on by a button, because nobody types one without a slip."""

    def __init__(self, feedwork: Feedwork) -> None:
        self._feedwork = feedwork
        self._verbs: dict[str, Callable[[str, list[str], str], Awaitable[Message]]] = {
            "list": self._list,
            "show": self._show,
            "use": self._use,
            "keep": self._keep,
            "undo": self._undo,
        }

    def staff(self) -> Staff:
        """What the chat room is given."""
        return Staff({"feeds": self.command}, {pages.PRESS: self.press})

    async def command(self, deps: ChatDeps, visit: Visit) -> bool:
        if not is_staff(deps, visit):
            return False
        words = visit.words.split()
        typed = ["show", *words] if words and _NUMBER.fullmatch(words[0]) else words
        known = typed[:1] in ([], ["list"], ["show"])
        await visit.say(await self._answer(deps, visit, typed or ["list"] if known else ["help"]))
        return True

    async def press(self, deps: ChatDeps, visit: Visit, data: str) -> bool:
        if not is_staff(deps, visit):
            return False
        await visit.turn_to(await self._answer(deps, visit, data.split(":")))
        return True

    async def _answer(self, deps: ChatDeps, visit: Visit, words: list[str]) -> Message:
        language = language_of(visit, await chat_of(deps, visit))
        actor = deps.keyring.pseudonym(visit.user_id or 0)
        verb, *rest = words
        try:
            if verb not in self._verbs:
                return pages.usage(language)
            return await self._verbs[verb](actor, rest, language)
        except UsageWanted:
            return pages.usage(language)
        except UserMistake as mistake:
            return pages.mistake(mistake, language)

    async def _list(self, actor: str, rest: list[str], language: str) -> Message:
        return pages.feeds(await self._feedwork.troubled(), _number(rest) if rest else 0, language)

    async def _show(self, actor: str, rest: list[str], language: str) -> Message:
        return pages.feed(await self._feedwork.feed(_number(rest)), language)

    async def _use(self, actor: str, rest: list[str], language: str) -> Message:
        _ = translation(language).gettext
        file = await self._feedwork.use(actor, _number(rest[:1]), "".join(rest[1:]))
        note = _("From its next poll on the feed is read at its new address. Change feeds.yaml when you can.")
        return pages.feed(file, language, note)

    async def _keep(self, actor: str, rest: list[str], language: str) -> Message:
        _ = translation(language).gettext
        file = await self._feedwork.keep(actor, _number(rest[:1]), "".join(rest[1:]))
        return pages.feed(file, language, _("The feed stays at its old address, and you are not asked again."))

    async def _undo(self, actor: str, rest: list[str], language: str) -> Message:
        _ = translation(language).gettext
        file = await self._feedwork.undo(actor, _number(rest))
        return pages.feed(file, language, _("Taken back: the feed is read where feeds.yaml says."))


def _number(words: list[str]) -> int:
    """A feed's number, with or without a "#", or a page's. Raises UsageWanted for anything else."""
    if len(words) != 1 or not _NUMBER.fullmatch(words[0]):
        raise UsageWanted
    return int(words[0].removeprefix("#"))
