"""What a chat holds and a request was, as frozen dataclasses; `wire` methods give Telegram's own JSON shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    id: int
    first_name: str = "Reader"
    language_code: str | None = None
    username: str | None = None
    is_bot: bool = False

    def wire(self) -> Wire:
        told: Wire = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            told["username"] = self.username
        if self.language_code:
            told["language_code"] = self.language_code
        return told


ANONYMOUS_ADMIN = User(1087968824, "Group", None, "GroupAnonymousBot", is_bot=True)
"""Whom Telegram names as the sender when an administrator of a group writes as the group."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of a text. `offset` and `length` count UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user: User | None = None
    custom_emoji_id: str | None = None

    def wire(self) -> Wire:
        told: Wire = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id"):
            value = getattr(self, name)
            if value is not None:
                told[name] = value
        if self.user is not None:
            told["user"] = self.user.wire()
        return told


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button. `data` is its callback data; `extra` holds its other fields as they were sent."""

    text: str
    data: str | None = None
    url: str | None = None
    extra: tuple[tuple[str, Any], ...] = ()

    def wire(self) -> Wire:
        told: Wire = {"text": self.text, **dict(self.extra)}
        if self.data is not None:
            told["callback_data"] = self.data
        if self.url is not None:
            told["url"] = self.url
        return told


Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the chat shows it now.

    `text` is the caption where there is a `photo` or a `document` (its name and bytes). `outgoing`: the bot sent
    it. `silent`: no sound. `preview` is link_preview_options as sent. `keyboard` holds the labels of a reply
    keyboard. `edits` are the earlier texts, oldest first.
    """

    id: int
    chat_id: int
    date: datetime
    sender: User | None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Buttons = ()
    outgoing: bool = False
    reply_to: int | None = None
    thread: int | None = None
    silent: bool = False
    protected: bool = False
    preview: Mapping[str, Any] | None = None
    keyboard: tuple[tuple[str, ...], ...] = ()
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    edits: tuple[str, ...] = ()
    edited: datetime | None = None
    service: tuple[tuple[str, Any], ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts of the inline buttons, in reading order."""
        return tuple(button.text for row in self.buttons for button in row)

    def spans(self, kind: str) -> tuple[str, ...]:
        """The stretches of the text marked as `kind`: bold, spoiler, text_link and so on."""
        units = self.text.encode("utf-16-le")
        return tuple(
            units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in self.entities if e.type == kind
        )

    def wire(self, chat: Wire, reply: Wire | None = None) -> Wire:
        """Telegram's Message. `chat` is its Chat; `reply` the message it answers, if that still stands."""
        told: Wire = {"message_id": self.id, "chat": chat, "date": int(self.date.timestamp())}
        if self.sender is not None:
            told["from"] = self.sender.wire()
        if self.sender is None or self.sender is ANONYMOUS_ADMIN:
            told["sender_chat"] = chat
        if self.text:
            told["caption" if self.has_file else "text"] = self.text
        if self.entities:
            key = "caption_entities" if self.has_file else "entities"
            told[key] = [entity.wire() for entity in self.entities]
        self._wire_file(told)
        if self.buttons:
            rows = [[button.wire() for button in row] for row in self.buttons]
            told["reply_markup"] = {"inline_keyboard": rows}
        self._wire_rest(told, reply)
        return told

    @property
    def has_file(self) -> bool:
        return self.photo is not None or self.document is not None

    def _wire_file(self, told: Wire) -> None:
        """The picture or the document, under ids made from where it stands."""
        name = f"file{self.chat_id}-{self.id}"
        ids: Wire = {"file_id": name, "file_unique_id": name}
        if self.photo is not None:
            told["photo"] = [{**ids, "width": 800, "height": 600, "file_size": len(self.photo)}]
        if self.document is not None:
            told["document"] = {**ids, "file_name": self.document[0], "file_size": len(self.document[1])}

    def _wire_rest(self, told: Wire, reply: Wire | None) -> None:
        if self.thread is not None:
            told["message_thread_id"] = self.thread
            told["is_topic_message"] = True
        if self.edited is not None:
            told["edit_date"] = int(self.edited.timestamp())
        if self.protected:
            told["has_protected_content"] = True
        if self.preview is not None:
            told["link_preview_options"] = dict(self.preview)
        if reply is not None:
            told["reply_to_message"] = reply
        told.update(self.service)


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the bot answered to a pressed button; `text` is the notice or alert shown, if any."""

    text: str | None = None
    show_alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came and as it was answered.

    `at` is monotonic seconds at its arrival; `status` is 0 where no answer could be given, because a fault dropped
    the connection or the client had gone;
    `params` are the parameters as sent (files as their sizes); `fault` names the fault that struck, if one did.
    """

    at: float
    method: str
    chat_id: int | str | None
    status: int
    description: str | None
    params: Mapping[str, Any]
    fault: str | None = None
