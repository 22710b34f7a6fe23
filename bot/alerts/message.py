"""A rendered message: plain text with entities, never markup, so that no feed's text can break or forge it.

Offsets and lengths are in UTF-16 code units, as Telegram counts them (core.telegram.org/api/entities).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LIMIT = 4096
"""UTF-16 units that Telegram accepts in one message."""


@dataclass(frozen=True, slots=True)
class Entity:
    """`kind` as in the Bot API: bold, italic, spoiler, expandable_blockquote, blockquote …"""

    kind: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it opens `url`, or sends `data` (1 to 64 bytes) back to the bot."""

    text: str
    url: str | None = None
    data: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    entities: tuple[Entity, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    protect: bool = False


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis: at most so many UTF-16 units, and no character cut in two."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * most:
        return text
    return encoded[: 2 * (most - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def fitted(message: Message) -> Message:
    """The message as Telegram takes it: a text that is too long is cut, with the entities that reach beyond."""
    text = clipped(message.text, LIMIT)
    end = units(text)
    kept = (replace(e, length=min(e.length, end - e.offset)) for e in message.entities if e.offset < end)
    return replace(message, text=text, entities=tuple(kept))
