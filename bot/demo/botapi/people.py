"""What people do in a chat, and what the bot is told of it: tests, demo and benchmarks call these."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.demo.botapi.chat import ADMINS, ChatState, ChatType, NothingCame, NothingShown, Standing, Topic
from bot.demo.botapi.entities import detected
from bot.demo.botapi.members import member_wire
from bot.demo.botapi.model import ANONYMOUS_ADMIN, Button, CallbackAnswer, Message, User, Wire

if TYPE_CHECKING:
    from bot.demo.botapi.world import BotWorld


class Press:
    """A pressed button. The bot should answer it, or the person's phone shows a spinning clock."""

    def __init__(self, query_id: str) -> None:
        self.id = query_id
        self.given: CallbackAnswer | None = None
        self._arrival = asyncio.Event()

    def give(self, answer: CallbackAnswer) -> None:
        """The bot answers; a second answer changes nothing, as on a phone."""
        self.given = self.given or answer
        self._arrival.set()

    async def answer(self, timeout: float = 5.0) -> CallbackAnswer:  # noqa: ASYNC109
        """What the bot answered, waiting up to `timeout` seconds for it."""
        try:
            async with asyncio.timeout(timeout):
                await self._arrival.wait()
        except TimeoutError:
            raise NothingCame(f"The bot did not answer the pressed button in {timeout} s.") from None
        assert self.given is not None
        return self.given


class Chat(ChatState):
    """A chat with people in it."""

    def __init__(self, world: BotWorld, chat_id: int, kind: ChatType, title: str = "", **fields: Any) -> None:
        super().__init__(chat_id, kind, title, **fields)
        self.world = world

    async def says(
        self,
        text: str,
        by: User | int | None = None,
        *,
        thread: int | None = None,
        reply_to: Message | int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Somebody writes here; the bot gets the update if Telegram would give it.

        `by` is the person in a group (the first member where none is named). `anonymous`: an administrator
        writes as the group. In a channel it is a post. Writing to a bot that was blocked unblocks it first.
        """
        if self.type is ChatType.PRIVATE and self.bot is Standing.KICKED:
            await self.unblock()
        self.started = True
        sender = None if self.type is ChatType.CHANNEL else ANONYMOUS_ADMIN if anonymous else self._author(by)
        reply = reply_to.id if isinstance(reply_to, Message) else reply_to
        marks = detected(text)
        message = self.put(sender, self.world.now(), text=text, entities=marks, thread=thread, reply_to=reply)
        if self._bot_reads(message):
            self._tell("channel_post" if sender is None else "message", self.message_wire(message))
        return message

    async def sends(self, by: User | int | None = None, **content: Any) -> Message:
        """Somebody sends what is not a text: `contact`, `location`, `sticker` and so on, in Telegram's own shapes."""
        self.started = True
        message = self.put(self._author(by), self.world.now(), service=tuple(content.items()))
        if self._bot_reads(message):
            self._tell("message", self.message_wire(message))
        return message

    async def sends_file(self, name: str, content: bytes, by: User | int | None = None) -> Message:
        """Somebody sends a document, which the bot can fetch with getFile."""
        file_id = f"upload{len(self.world.files)}"
        self.world.files[file_id] = content
        told = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(content)}
        return await self.sends(by, document=told)

    async def press(
        self, button: str | Callable[[Button], bool], message: Message | int | None = None, by: User | int | None = None
    ) -> Press:
        """Somebody presses an inline button, named by its text, by its callback data, or by a test.

        Without `message` the newest message that shows such a button is meant.
        """
        shown, pressed = self._find_button(button, message)
        press = self.world.press()
        self._tell(
            "callback_query",
            {
                "id": press.id,
                "from": self._author(by).wire(),
                "message": self.message_wire(shown),
                "chat_instance": self.world.chat_instance(self.id),
                "data": pressed.data,
            },
        )
        return press

    def _find_button(
        self, button: str | Callable[[Button], bool], message: Message | int | None
    ) -> tuple[Message, Button]:
        wanted = button if callable(button) else lambda each: button in {each.text, each.data}
        message_id = message.id if isinstance(message, Message) else message
        for shown in reversed(self.received):
            if message_id is None or shown.id == message_id:
                for each in itertools.chain.from_iterable(shown.buttons):
                    if each.data is not None and wanted(each):
                        return shown, each
        raise NothingShown(f"The chat shows no button {button!r} that can be pressed; it shows {self.shown()}")

    def _author(self, by: User | int | None) -> User:
        if isinstance(by, User):
            return by
        if by is not None:
            return self.world.user(by)
        if self.person is not None:
            return self.person
        if not self.members:
            raise NothingShown("This group has no members: say who acts with by=.")
        return next(iter(self.members.values()))[0]

    def _bot_reads(self, message: Message) -> bool:
        """Whether Telegram gives the message to a bot in privacy mode."""
        if self.type is ChatType.PRIVATE:
            return True
        if self.bot in ADMINS:
            return True
        if self.bot in {Standing.KICKED, Standing.LEFT}:
            return False
        name = f"@{self.world.me.username}".lower()
        answered = self.find(message.reply_to)
        if answered is not None and answered.outgoing:
            return True
        if message.text.startswith("/"):
            _, _, addressee = message.text.split(maxsplit=1)[0].partition("@")
            return not addressee or f"@{addressee}".lower() == name
        return name in message.text.lower()

    def _tell(self, kind: str, body: Wire) -> None:
        self.world.updates.push(kind, body)

    def _bot_becomes(self, standing: Standing, by: User | None = None) -> None:
        """Change the bot's standing and send my_chat_member."""
        old, self.bot = self.bot, standing
        self._tell(
            "my_chat_member",
            {
                "chat": self.wire,
                "from": (by or self._author(None)).wire(),
                "date": int(self.world.now().timestamp()),
                "old_chat_member": member_wire(self.world.me, old),
                "new_chat_member": member_wire(self.world.me, standing),
            },
        )

    async def block(self) -> None:
        """The person blocks the bot: it gets my_chat_member, and 403 from then on."""
        self._bot_becomes(Standing.KICKED)

    async def unblock(self) -> None:
        self._bot_becomes(Standing.MEMBER)

    def deactivate(self) -> None:
        """The account, or the group, is deleted; nobody tells the bot."""
        self.deactivated = True

    async def kick_bot(self, by: User | int | None = None) -> None:
        self._bot_becomes(Standing.KICKED, self._author(by) if by is not None else None)

    async def add_bot(self, by: User | int | None = None, *, admin: bool = False) -> None:
        """Somebody adds the bot, or changes what it may do; a group shows a service message when it is new."""
        actor = self._author(by)
        is_new = self.bot in {Standing.LEFT, Standing.KICKED}
        self._bot_becomes(Standing.ADMINISTRATOR if admin else Standing.MEMBER, actor)
        if is_new and self.type is not ChatType.CHANNEL:
            self._announce(actor, "message", new_chat_members=[self.world.me.wire()])

    def restrict_bot(self) -> None:
        """The bot may no longer send messages here."""
        self.bot = Standing.RESTRICTED

    def set_member(self, user: User | int, standing: Standing | str = Standing.MEMBER) -> User:
        """Put somebody into the group, or change what they are in it."""
        person = user if isinstance(user, User) else self.world.user(user)
        self.members[person.id] = (person, Standing(standing))
        return person

    async def open_topic(self, name: str) -> int:
        """Open a topic of a forum and return its message_thread_id."""
        author = self._author(None)
        opened = self.put(
            author, self.world.now(), service=(("forum_topic_created", {"name": name, "icon_color": 7322096}),)
        )
        self.topics[opened.id] = Topic(name)
        self._tell("message", self.message_wire(self.change(opened, thread=opened.id)))
        return opened.id

    async def close_topic(self, thread: int) -> None:
        self.topics[thread].closed = True
        self._announce(self._author(None), "message", thread=thread, forum_topic_closed={})

    async def delete_topic(self, thread: int) -> None:
        """Delete a topic with its messages; nobody tells the bot."""
        del self.topics[thread]
        for message in self.messages:
            if message.thread == thread:
                self.remove(message.id)

    async def migrate(self) -> Chat:
        """The group becomes a supergroup with another id: returns it. The old id answers with migrate_to_chat_id."""
        new = self.world.supergroup(self.title)
        new.members, new.bot = dict(self.members), self.bot
        self._announce(self._author(None), "message", migrate_to_chat_id=new.id)
        self.migrated_to = new.id
        new._announce(ANONYMOUS_ADMIN, "message", migrate_from_chat_id=self.id)
        return new

    def _announce(self, sender: User, kind: str, thread: int | None = None, **service: Any) -> None:
        """A service message, shown and told to the bot."""
        message = self.put(sender, self.world.now(), thread=thread, service=tuple(service.items()))
        self._tell(kind, self.message_wire(message))
