"""A text as Telegram takes it: parsed, trimmed, measured in UTF-16 units, with what it marks by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.demo.botapi.html import checked_url, parse_html, units
from bot.demo.botapi.model import Entity, User
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
"""Telegram ignores further entities: https://core.telegram.org/api/entities."""

MARKUP = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "custom_emoji"})
LINKS = frozenset({"text_link", "text_mention"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
DETECTED = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
"""Kinds that Telegram finds by itself, so it takes none of them from a bot."""
KINDS = MARKUP | LINKS | QUOTES | DETECTED

_DOMAINS = "com|org|net|ru|info|io|me|kg|kz|ua|by|eu|media"
_HINT = re.compile(rf"://|[@#]|/[A-Za-z]|\.(?:{_DOMAINS})")
"""Where this is not found, nothing will be: most texts are spared the slower look."""
_MARKS = re.compile(
    rf"(?P<url>(?:https?|tg)://[^\s<>«»]+|(?<![\w@./])(?:[\w-]+\.)+(?:{_DOMAINS})(?![\w-])(?:[/?#][^\s<>«»]*)?)"
    r"|(?P<email>(?<![\w.])[\w.+-]+@[\w-]+\.[\w.-]+\w)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z]\w{0,63}(?:@\w{3,32})?(?![\w/]))"
)


def formatted(params: Params, field: str = "text") -> tuple[str, tuple[Entity, ...]]:
    """The text of a request, with parse_mode or entities applied, trimmed and measured; refuses as Telegram does."""
    caption = field == "caption"
    source = params.text(field)
    if not source and not caption:
        raise bad_request("message text is empty")
    text, marks = _parsed(source, params, "caption_entities" if caption else "entities")
    text, marks = _trimmed(text, marks)
    if not text and not caption:
        raise bad_request("text must be non-empty")
    if units(text) > (CAPTION_LIMIT if caption else TEXT_LIMIT):
        raise bad_request("message caption is too long" if caption else "message is too long")
    return text, tuple((*marks, *detected(text, marks))[:ENTITY_LIMIT])


def _parsed(source: str, params: Params, key: str) -> tuple[str, tuple[Entity, ...]]:
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return parse_html(source)
    if mode and mode != "none":
        # The Markdown modes are not modelled: the project sends HTML or entities, and never Markdown.
        raise bad_request("unsupported parse_mode")
    sent = params.loaded(key)
    return source, _checked(source, sent) if sent else ()


def _checked(text: str, sent: Any) -> tuple[Entity, ...]:
    """Entities as sent, if they are well formed and inside the text."""
    if not isinstance(sent, list):
        raise bad_request("can't parse entities JSON object")
    end = units(text)
    return tuple(
        sorted(
            (e for each in sent if (e := _entity(each, end)) is not None),
            key=lambda e: (e.offset, -e.length),
        )
    )


def _entity(sent: Any, end: int) -> Entity | None:
    if not isinstance(sent, dict) or not isinstance(sent.get("type"), str):
        raise bad_request("can't parse MessageEntity: Can't find field \"type\"")
    kind, offset, length = sent["type"], sent.get("offset"), sent.get("length")
    if kind not in KINDS:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: offset and length must be of type Number")
    if offset < 0 or length <= 0 or offset + length > end:
        if length == 0 and 0 <= offset <= end:
            return None
        begins = offset < 0 or offset >= end
        place = "begins after the end" if begins else "ends after the end"
        raise bad_request(f"entity {place} of the text at UTF-16 offset {offset if begins else offset + length}")
    if kind in DETECTED:
        return None
    user = sent.get("user") or {}
    return Entity(
        kind,
        offset,
        length,
        url=_link(sent.get("url")) if kind == "text_link" else None,
        language=sent.get("language") if kind == "pre" else None,
        user=User(int(user["id"]), user.get("first_name", "")) if kind == "text_mention" and user else None,
        custom_emoji_id=sent.get("custom_emoji_id"),
    )


def _link(url: Any) -> str:
    checked = checked_url(url) if isinstance(url, str) else None
    if checked is None:
        raise bad_request("Wrong HTTP URL specified")
    return checked


def _trimmed(text: str, marks: tuple[Entity, ...]) -> tuple[str, tuple[Entity, ...]]:
    """Without the white space around the text, which Telegram cuts off; entities move with it."""
    kept = text.strip()
    if kept == text:
        return text, marks
    lead = units(text[: len(text) - len(text.lstrip())])
    end = units(kept)
    moved = []
    for mark in marks:
        start, stop = max(mark.offset - lead, 0), min(mark.offset - lead + mark.length, end)
        if stop > start:
            moved.append(replace(mark, offset=start, length=stop - start))
    return kept, tuple(moved)


def detected(text: str, marks: tuple[Entity, ...] = ()) -> tuple[Entity, ...]:
    """Links, mentions, hashtags, commands and e-mail addresses that Telegram marks in a text by itself.

    Only the commonest top-level domains of this field's outlets are known without a scheme.
    """
    if not _HINT.search(text):
        return ()
    taken = [(m.offset, m.offset + m.length) for m in marks if m.type in {"text_link", "code", "pre", "text_mention"}]
    found = []
    for match in _MARKS.finditer(text):
        words = match[0].rstrip(".,:;!?)»\"'") if match.lastgroup == "url" else match[0]
        offset, length = units(text[: match.start()]), units(words)
        if not any(offset < stop and start < offset + length for start, stop in taken):
            found.append(Entity(match.lastgroup or "url", offset, length))
    return tuple(found)
