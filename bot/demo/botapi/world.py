"""Telegram as one bot sees it: its chats and people, its updates, and what was ordered to go wrong."""

from __future__ import annotations

import asyncio
import itertools
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.demo.botapi.chat import ChatType, NothingCame, Standing, message_ids
from bot.demo.botapi.faults import Fault, FaultBook
from bot.demo.botapi.limits import Gate, Limits
from bot.demo.botapi.model import Request, User, Wire
from bot.demo.botapi.people import Chat, Press
from bot.demo.botapi.refusal import CHAT_NOT_FOUND, UNAUTHORIZED, Refusal
from bot.demo.botapi.updates import UpdateQueue

Clock = Callable[[], datetime]
SUPERGROUP_BASE = -1_000_000_000_000
"""Supergroups and channels have ids below this; groups have small negative ones, people positive ones."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class BotWorld:
    """One bot, and everything around it.

    `sent` counts the messages that the bot sent, in all chats. `keep_messages=False` keeps counts only, so nothing
    can be edited or answered; `keep_requests=False` keeps no log of requests. `accept_any_chat` takes
    every positive chat id for somebody who has started the bot. `clock` gives aware UTC times, `monotonic` seconds.
    """

    def __init__(
        self,
        username: str = "nabat_demo_bot",
        *,
        bot_id: int = 7_000_000_001,
        limits: Limits | None = None,
        keep_messages: bool = True,
        keep_requests: bool = True,
        accept_any_chat: bool = False,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        seed: int = 0,
    ) -> None:
        self.me = User(bot_id, "Nabat", None, username, is_bot=True)
        self.token = f"{bot_id}:{'demo' * 8}{0:03}"
        self.updates = UpdateQueue()
        self.faults = FaultBook(monotonic, seed)
        self.gate = Gate(limits, monotonic) if limits else None
        self.monotonic = monotonic
        self.accept_any_chat = accept_any_chat
        self.requests: list[Request] = []
        self.sent = 0
        self.counts: Counter[tuple[str, int]] = Counter()
        self.presses: dict[str, Press] = {}
        self.profile: dict[str, object] = {}
        self.files: dict[str, bytes] = {}
        self._sending = asyncio.Event()
        self._clock = clock
        self._ahead = timedelta()
        self._keep_messages = keep_messages
        self._keep_requests = keep_requests
        self._users: dict[int, User] = {}
        self._chats: dict[int, Chat] = {}
        self._account_ids = message_ids()
        self._group_ids = itertools.count(4_000_001)

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def turn_clock(self, by: timedelta) -> None:
        """Move the world's clock: what was sent before is older by this much."""
        self._ahead += by

    @property
    def chats(self) -> tuple[Chat, ...]:
        return tuple(self._chats.values())

    def user(
        self, user_id: int, language_code: str | None = None, first_name: str | None = None, username: str | None = None
    ) -> User:
        """Somebody, the same whenever the id is; what is named anew replaces what was known."""
        known = self._users.get(user_id, User(user_id))
        self._users[user_id] = User(
            user_id, first_name or known.first_name, language_code or known.language_code, username or known.username
        )
        return self._users[user_id]

    def knows(self, user_id: int) -> bool:
        return user_id in self._users

    def private(self, user: User | int, *, started: bool = False) -> Chat:
        """Somebody's private chat with the bot. Until they have written (or `started`), the bot cannot write."""
        person = self.user(user) if isinstance(user, int) else user
        chat = self._chats.get(person.id)
        if chat is None:
            chat = self._chats[person.id] = self._chat(person.id, ChatType.PRIVATE, "")
        chat.person = person
        chat.started = chat.started or started
        return chat

    def group(self, title: str = "Group", *, admins: Sequence[int] = (1,), members: Sequence[int] = ()) -> Chat:
        """A basic group with the bot in it; the first admin is its creator."""
        return self._peopled(self._add(-next(self._group_ids), ChatType.GROUP, title), admins, members)

    def supergroup(
        self,
        title: str = "Supergroup",
        *,
        admins: Sequence[int] = (1,),
        members: Sequence[int] = (),
        is_forum: bool = False,
        username: str | None = None,
    ) -> Chat:
        """A supergroup with the bot in it, as a forum with topics if wanted."""
        chat = self._add(SUPERGROUP_BASE - next(self._group_ids), ChatType.SUPERGROUP, title, username)
        chat.is_forum = is_forum
        return self._peopled(chat, admins, members)

    def channel(self, title: str = "Channel", *, admins: Sequence[int] = (1,), username: str | None = None) -> Chat:
        """A channel in which the bot may post."""
        chat = self._add(SUPERGROUP_BASE - next(self._group_ids), ChatType.CHANNEL, title, username)
        chat.bot = Standing.ADMINISTRATOR
        return self._peopled(chat, admins, ())

    def _chat(self, chat_id: int, kind: ChatType, title: str) -> Chat:
        own = kind in {ChatType.SUPERGROUP, ChatType.CHANNEL}
        ids = message_ids() if own else self._account_ids
        return Chat(self, chat_id, kind, title, ids=ids, keep=self._keep_messages)

    def _add(self, chat_id: int, kind: ChatType, title: str, username: str | None = None) -> Chat:
        chat = self._chats[chat_id] = self._chat(chat_id, kind, title)
        chat.username = username
        return chat

    def _peopled(self, chat: Chat, admins: Sequence[int], members: Sequence[int]) -> Chat:
        for number, user_id in enumerate(admins):
            chat.set_member(user_id, Standing.ADMINISTRATOR if number else Standing.CREATOR)
        for user_id in members:
            chat.set_member(user_id)
        return chat

    def chat(self, chat_id: int | str | None) -> Chat:
        """The chat of that id or @username, as a request names it; refuses with "chat not found"."""
        if isinstance(chat_id, str) and chat_id.startswith("@"):
            name = chat_id[1:].lower()
            found = next((c for c in self._chats.values() if (c.username or "").lower() == name), None)
        else:
            number = _number(chat_id)
            found = self._chats.get(number)
            if found is None and self.accept_any_chat and number > 0:
                found = self.private(number, started=True)
        if found is None:
            raise Refusal(400, CHAT_NOT_FOUND)
        return found

    def chat_instance(self, chat_id: int) -> str:
        """A number that stands for the chat in callback queries, the same each time."""
        return str(zlib.crc32(str(chat_id).encode()) * 1_000_003)

    def fail(self, fault: Fault) -> int:
        """Order a fault; returns the number by which `heal` ends it."""
        return self.faults.order(fault)

    def heal(self, number: int | None = None) -> None:
        """End one fault, or all."""
        self.faults.cancel(number)

    def revoke_token(self) -> str:
        """The owner revokes the token: requests with it get 401 from now on. Returns the new one."""
        head, serial = self.token[:-3], int(self.token[-3:])
        self.token = f"{head}{serial + 1:03}"
        self.updates.interrupt(401, UNAUTHORIZED)
        return self.token

    def count_sent(self) -> None:
        self.sent += 1
        self._sending.set()

    async def wait_sent(self, count: int, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until the bot has sent `count` messages in all; NothingCame after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while self.sent < count:
                    self._sending.clear()
                    await self._sending.wait()
        except TimeoutError:
            raise NothingCame(f"The bot sent {self.sent} of {count} messages in {timeout} s.") from None

    def inject(self, kind: str, update: Wire) -> int | None:
        """Queue any update as it is, e.g. "inline_query"; returns its id, or None if the bot asked for no such kind."""
        return self.updates.push(kind, update)

    def record(self, request: Request) -> None:
        self.counts[request.method, request.status] += 1
        if self._keep_requests:
            self.requests.append(request)

    def requests_of(self, method: str) -> list[Request]:
        """The requests of one method, in order of their answers."""
        return [r for r in self.requests if r.method == method.lower()]

    def press(self) -> Press:
        """A new pressed button, under a callback query id of its own."""
        press = Press(str(4_000_000_000_000_000_001 + len(self.presses)))
        self.presses[press.id] = press
        return press


def _number(chat_id: int | str | None) -> int:
    if chat_id is None or chat_id == "":
        raise Refusal(400, "Bad Request: chat_id is empty")
    try:
        return int(chat_id)
    except ValueError:
        raise Refusal(400, CHAT_NOT_FOUND) from None
