"""/events: events as moderators see and mend them. For everybody else there is no such command."""

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
from bot.moderation import event_pages as pages
from bot.moderation.casework import Casework
from bot.moderation.roles import is_staff

ALIASES = {
    "показать": "show",
    "объединить": "merge",
    "развести": "apart",
    "разделить": "split",
    "статус": "status",
    "остановить": "stop",
    "чиновники": "officials",
    "чиновник": "official",
    "нечиновник": "unofficial",
}
LARGEST = 9_223_372_036_854_775_807
"""The largest number that a database takes for an id."""


class UsageWanted(UserMistake):
    """The words after /events are not understood."""


class EventsTalk:
    """Answers with a page for each word after /events; what cannot be used is told with the way to mend it."""

    def __init__(self, casework: Casework) -> None:
        self._casework = casework
        self._verbs: dict[str, Callable[[str, list[str], str], Awaitable[Message]]] = {
            "list": self._list,
            "show": self._show,
            "merge": self._merge,
            "apart": self._apart,
            "split": self._split,
            "status": self._status,
            "stop": self._stop,
            "officials": self._officials,
            "official": self._official,
            "unofficial": self._unofficial,
        }

    def staff(self) -> Staff:
        """What the chat room is given."""
        return Staff({"events": self.command}, {pages.PRESS: self.press})

    async def command(self, deps: ChatDeps, visit: Visit) -> bool:
        if not is_staff(deps, visit):
            return False
        await visit.say(await self._answer(deps, visit, visit.words.split()))
        return True

    async def press(self, deps: ChatDeps, visit: Visit, data: str) -> bool:
        if not is_staff(deps, visit):
            return False
        await visit.turn_to(await self._answer(deps, visit, data.split(":")))
        return True

    async def _answer(self, deps: ChatDeps, visit: Visit, words: list[str]) -> Message:
        language = language_of(visit, await chat_of(deps, visit))
        actor = deps.keyring.pseudonym(visit.user_id or 0)
        verb, *rest = words or ["list"]
        if re.fullmatch(r"#?\d+", verb):
            verb, rest = "show", [verb]
        verb = ALIASES.get(verb.lower(), verb.lower())
        try:
            if verb not in self._verbs:
                return pages.usage(language)
            return await self._verbs[verb](actor, rest, language)
        except UsageWanted:
            return pages.usage(language)
        except UserMistake as mistake:
            return pages.mistake(mistake, language)

    async def _list(self, actor: str, rest: list[str], language: str) -> Message:
        (number,) = _numbers(rest, 1) if rest else (0,)
        number = min(number, 10_000)
        found = await self._casework.latest(pages.A_PAGE + 1, number * pages.A_PAGE)
        return pages.events(found, number, language)

    async def _show(self, actor: str, rest: list[str], language: str) -> Message:
        (event_id,) = _numbers(rest, 1)
        return pages.event(await self._casework.event(event_id), language)

    async def _merge(self, actor: str, rest: list[str], language: str) -> Message:
        one, other = _numbers(rest, 2)
        _ = translation(language).gettext
        file = await self._casework.merge(actor, one, other)
        return pages.event(file, language, _("Merged. Items that come later go by it."))

    async def _apart(self, actor: str, rest: list[str], language: str) -> Message:
        one, other = _numbers(rest, 2)
        _ = translation(language).gettext
        file = await self._casework.part(actor, one, other)
        return pages.event(file, language, _("Kept apart. An item that fits both becomes an event of its own."))

    async def _split(self, actor: str, rest: list[str], language: str) -> Message:
        (item_id,) = _numbers(rest, 1)
        _ = translation(language).gettext
        file, alerted = await self._casework.split(actor, item_id)
        note = _("Split: this is the item's own event now.")
        return pages.event(file, language, f"{note} {_('Its alert goes out.')}" if alerted else note)

    async def _status(self, actor: str, rest: list[str], language: str) -> Message:
        (event_id,) = _numbers(rest[:1], 1)
        _ = translation(language).gettext
        names = pages.statuses("en") | pages.statuses(language)
        file = await self._casework.set_status(actor, event_id, " ".join(rest[1:]), names)
        return pages.event(file, language, _("The status is set. Reports that come later go on from it."))

    async def _stop(self, actor: str, rest: list[str], language: str) -> Message:
        (alert_id,) = _numbers(rest, 1)
        await self._casework.stop(actor, alert_id)
        return pages.stopped(alert_id, language)

    async def _officials(self, actor: str, rest: list[str], language: str) -> Message:
        return pages.officials(await self._casework.officials(), language)

    async def _official(self, actor: str, rest: list[str], language: str) -> Message:
        _ = translation(language).gettext
        names = await self._casework.add_official(actor, " ".join(rest))
        return pages.officials(names, language, _("Listed. Items that come later are not joined by that name."))

    async def _unofficial(self, actor: str, rest: list[str], language: str) -> Message:
        _ = translation(language).gettext
        names = await self._casework.remove_official(actor, " ".join(rest))
        return pages.officials(names, language, _("Taken off the list."))


def _numbers(words: list[str], count: int) -> list[int]:
    """So many numbers, with or without a "#". Raises UsageWanted for anything else."""
    found = [word.removeprefix("#") for word in words]
    if len(found) != count or not all(re.fullmatch(r"[0-9]{1,19}", word) for word in found):
        raise UsageWanted
    numbers = [int(word) for word in found]
    if max(numbers) > LARGEST:
        raise UsageWanted
    return numbers
