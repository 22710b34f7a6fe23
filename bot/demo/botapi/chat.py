"""One chat as the bot's account sees it: its messages, its topics, what the bot may do there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from bot.demo.botapi.model import Message, User, Wire
from bot.demo.botapi.refusal import BLOCKED, CANNOT_WRITE_FIRST, DEACTIVATED, Refusal, bad_request, forbidden, migrated
from bot.errors import NabatError


class ChatType(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Standing(StrEnum):
    """What someone is in a chat: Telegram's ChatMember.status."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


ADMINS = frozenset({Standing.CREATOR, Standing.ADMINISTRATOR})


class Access(IntEnum):
    """What a request wants to do in a chat; each includes those before it."""

    READ = 0
    EDIT = 1
    WRITE = 2


class NothingCame(NabatError, TimeoutError):
    """Nothing of that kind came to the chat in time."""


class NothingShown(NabatError):
    """The chat shows nothing like that."""


@dataclass(slots=True)
class Topic:
    name: str
    closed: bool = False


class ChatState:
    """What a chat holds. `sent` counts what the bot sent here, kept or not; `bot` is the bot's own standing."""

    def __init__(self, chat_id: int, kind: ChatType, title: str, ids: Iterator[int], *, keep: bool = True) -> None:
        self.id = chat_id
        self.type = kind
        self.title = title
        self.username: str | None = None
        self.person: User | None = None
        self.is_forum = False
        self.bot = Standing.MEMBER
        self.started = kind is not ChatType.PRIVATE
        self.deactivated = False
        self.migrated_to: int | None = None
        self.members: dict[int, tuple[User, Standing]] = {}
        self.topics: dict[int, Topic] = {}
        self.pinned: list[int] = []
        self.actions: list[str] = []
        self.sent = 0
        self._ids = ids
        self._keep = keep
        self._messages: dict[int, Message] = {}
        self._watchers: list[asyncio.Event] = []

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything the chat shows now, in order."""
        return tuple(self._messages.values())

    @property
    def received(self) -> tuple[Message, ...]:
        """What the bot sent and the chat still shows, in order."""
        return tuple(m for m in self._messages.values() if m.outgoing and not m.service)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of what the bot sent and the chat still shows."""
        return tuple(m.text for m in self.received)

    @property
    def last(self) -> Message:
        """The bot's last message here."""
        if not self.received:
            raise NothingShown("The bot has sent nothing to this chat, or nothing of it is left.")
        return self.received[-1]

    def find(self, message_id: int | None) -> Message | None:
        return self._messages.get(message_id) if message_id is not None else None

    def put(self, sender: User | None, date: datetime, **fields: Any) -> Message:
        """Add a message and return it."""
        message = Message(next(self._ids), self.id, date, sender, **fields)
        if message.outgoing:
            self.sent += 1
        if self._keep or not message.outgoing:
            self._messages[message.id] = message
        self._changed()
        return message

    def change(self, message: Message, **fields: Any) -> Message:
        """Replace what a message shows."""
        changed = replace(message, **fields)
        self._messages[message.id] = changed
        self._changed()
        return changed

    def remove(self, message_id: int) -> None:
        del self._messages[message_id]
        self._changed()

    def _changed(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    async def wait_until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until `condition` holds, asked again whenever the chat changes; NothingCame after `timeout` seconds."""
        watcher = asyncio.Event()
        self._watchers.append(watcher)
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    watcher.clear()
                    await watcher.wait()
        except TimeoutError:
            raise NothingCame(f"Nothing of that kind came in {timeout} s; the chat shows {self.shown()}") from None
        finally:
            self._watchers.remove(watcher)

    async def wait_for(
        self,
        wanted: Callable[[Message], bool] = lambda message: True,
        timeout: float = 5.0,  # noqa: ASYNC109
        *,
        after: int = 0,
    ) -> Message:
        """The first message of the bot that is `wanted`, waiting up to `timeout` seconds for it.

        Messages already here and edits count too; `after` leaves out ids up to that one.
        """

        def fitting() -> Iterator[Message]:
            return (m for m in self.received if m.id > after and wanted(m))

        await self.wait_until(lambda: any(True for _ in fitting()), timeout)
        return next(fitting())

    def shown(self) -> str:
        """The last messages in short, for error messages."""
        return repr([(m.id, m.text[:60], m.labels) for m in self.messages[-6:]])

    @property
    def wire(self) -> Wire:
        """Telegram's Chat."""
        told: Wire = {"id": self.id, "type": self.type.value}
        if self.person is not None:
            told["first_name"] = self.person.first_name
            if self.person.username:
                told["username"] = self.person.username
            return told
        told["title"] = self.title
        if self.username:
            told["username"] = self.username
        if self.is_forum:
            told["is_forum"] = True
        return told

    def message_wire(self, message: Message) -> Wire:
        """Telegram's Message, with the message it answers one level deep."""
        answered = self.find(message.reply_to)
        chat = self.wire
        return message.wire(chat, answered.wire(chat) if answered else None)

    def check_access(self, wanted: Access) -> None:
        """Refuse as Telegram does where the bot is not in the chat, or the chat is gone."""
        if self.type is ChatType.PRIVATE:
            if self.deactivated and wanted >= Access.EDIT:
                raise forbidden(DEACTIVATED)
            return
        # Telegram lets a bot read what it knows of a basic group that it left, but not of a supergroup.
        outside = self.type is not ChatType.GROUP or wanted >= Access.EDIT
        if self.migrated_to is not None and wanted is Access.WRITE:
            raise migrated(self.migrated_to)
        if self.deactivated and wanted is Access.WRITE:
            raise forbidden(f"Forbidden: the {self.type} chat was deleted")
        if self.bot is Standing.KICKED and outside:
            raise forbidden(f"Forbidden: bot was kicked from the {self.type} chat")
        if self.bot is Standing.LEFT and outside:
            raise forbidden(f"Forbidden: bot is not a member of the {self.type} chat")

    def check_sendable(self) -> None:
        """Refuse where the bot may not send: it was blocked or restricted, or nobody has written to it yet."""
        self.check_access(Access.WRITE)
        if self.type is ChatType.PRIVATE:
            if not self.started:
                raise forbidden(CANNOT_WRITE_FIRST)
            if self.bot is Standing.KICKED:
                raise forbidden(BLOCKED)
        elif self.type is ChatType.CHANNEL and self.bot not in ADMINS:
            raise bad_request("need administrator rights in the channel chat")
        elif self.bot is Standing.RESTRICTED:
            raise bad_request("not enough rights to send text messages to the chat")

    def check_topic(self, thread: int | None) -> None:
        """Refuse a topic that is closed or missing. The general topic is reached by naming none."""
        if thread is None:
            return
        topic = self.topics.get(thread)
        if topic is None:
            raise bad_request("message thread not found")
        if topic.closed and self.bot not in ADMINS:
            raise Refusal(400, "Bad Request: TOPIC_CLOSED")


def message_ids() -> Iterator[int]:
    """Ids as a chat or an account gives them: 1, 2, 3…"""
    return itertools.count(1)
