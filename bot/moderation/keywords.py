"""/keywords: what moderators type in their private chat with the bot. For everybody else there is no such command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.alerts.message import Message
from bot.chat.app import Staff
from bot.chat.deps import ChatDeps
from bot.chat.talk import chat_of, language_of
from bot.chat.visit import Visit
from bot.errors import UserMistake
from bot.model import RuleState
from bot.moderation import pages
from bot.moderation.curate import Curator, read_addition, read_queries
from bot.moderation.roles import is_staff

LOGGED = 15
"""Acts that /keywords log shows: a phone's screen."""

ALIASES = {
    "добавить": "add",
    "изменить": "change",
    "проверить": "test",
    "показать": "show",
    "удалить": "remove",
    "отменить": "undo",
    "журнал": "log",
}


class KeywordsTalk:
    """Answers with a page for each word after /keywords; what cannot be used is told with the way to mend it."""

    def __init__(self, curator: Curator) -> None:
        self._curator = curator
        self._verbs: dict[str, Callable[[str, str, str], Awaitable[Message]]] = {
            "add": self._add,
            "change": self._change,
            "test": self._test,
            "show": self._show,
            "remove": self._remove,
            "undo": self._undo,
            "log": self._log,
            **{state.value: self._state_setter(state) for state in RuleState},
        }

    def staff(self) -> Staff:
        """What the chat room is given."""
        return Staff({"keywords": self.command}, {pages.PRESS: self.press})

    async def command(self, deps: ChatDeps, visit: Visit) -> bool:
        if not is_staff(deps, visit):
            return False
        verb, _, rest = visit.words.replace("\n", " \n", 1).partition(" ")
        await visit.say(await self._answer(deps, visit, verb.lower(), rest.strip()))
        return True

    async def press(self, deps: ChatDeps, visit: Visit, data: str) -> bool:
        if not is_staff(deps, visit):
            return False
        verb, _, rest = data.partition(":")
        await visit.turn_to(await self._answer(deps, visit, verb, rest))
        return True

    async def _answer(self, deps: ChatDeps, visit: Visit, verb: str, rest: str) -> Message:
        language = language_of(visit, await chat_of(deps, visit))
        actor = deps.keyring.pseudonym(visit.user_id or 0)
        verb = ALIASES.get(verb, verb)
        try:
            if verb in ("", "list"):
                page = int(rest) if rest.isdecimal() else 0
                return pages.rules(await self._curator.rules(), page, language)
            if verb not in self._verbs:
                return pages.usage(language)
            return await self._verbs[verb](actor, rest, language)
        except UserMistake as mistake:
            return pages.mistake(mistake, language)

    async def _add(self, actor: str, rest: str, language: str) -> Message:
        kept = await self._curator.add(actor, read_addition(rest))
        return pages.kept(kept, language)

    async def _change(self, actor: str, rest: str, language: str) -> Message:
        name, _, query = rest.partition(" ")
        return pages.kept(await self._curator.change(actor, name, read_queries(query)), language)

    async def _test(self, actor: str, rest: str, language: str) -> Message:
        trial, cautions = await self._curator.test(rest)
        return pages.trial(trial, cautions, language)

    async def _show(self, actor: str, rest: str, language: str) -> Message:
        if rest.startswith("@"):
            return pages.group(*await self._curator.group(rest[1:]), language)
        return pages.rule(await self._curator.rule(rest), language)

    async def _remove(self, actor: str, rest: str, language: str) -> Message:
        await self._curator.remove(actor, rest)
        return pages.removed(rest, language)

    async def _undo(self, actor: str, rest: str, language: str) -> Message:
        if rest.startswith("@"):
            there = await self._curator.undo_group(actor, rest[1:])
            return await self._show(actor, rest, language) if there else pages.removed(rest, language)
        back = await self._curator.undo(actor, rest)
        return pages.removed(rest, language) if back is None else pages.rule(back, language)

    async def _log(self, actor: str, rest: str, language: str) -> Message:
        return pages.acts(await self._curator.acts(LOGGED), language)

    def _state_setter(self, state: RuleState) -> Callable[[str, str, str], Awaitable[Message]]:
        async def set_state(actor: str, rest: str, language: str) -> Message:
            return pages.rule(await self._curator.set_state(actor, rest, state), language)

        return set_state
