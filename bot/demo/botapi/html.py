"""Telegram's HTML parse mode: a text and its entities, or the error that the Bot API gives.

The tags, the errors and the byte offsets in them follow the Bot API documentation ("HTML style") and TDLib.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.demo.botapi.model import Entity, User
from bot.demo.botapi.refusal import Refusal, bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"""([^\s=>]+)\s*(=?)\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]*))""")
_NAME = re.compile(r"<([^\s>]*)(?=[\s>])")
_MENTION_LINK = re.compile(r"tg://user\?id=(\d+)")


def units(text: str) -> int:
    """The length of a text in UTF-16 units, in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The text that `source` marks up, and its entities in order. Refuses with Telegram's 400."""
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, tuple[Entity, ...]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self._plain()
        if self.open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\""
            )
        entities = sorted(self.entities, key=lambda e: (e.offset, -e.length))
        return "".join(self.text), tuple(entities)

    def _write(self, text: str) -> None:
        self.text.append(text)
        self.units += units(text)

    def _plain(self) -> None:
        ends = [place for place in (self.source.find(c, self.at) for c in "<&") if place >= 0]
        end = min(ends, default=len(self.source))
        self._write(self.source[self.at : end])
        self.at = end

    def _reference(self) -> None:
        found = _REFERENCE.match(self.source, self.at)
        self._write(_referred(found) if found else "&")
        self.at = found.end() if found and _is_known(found) else self.at + 1

    def _fail(self, reason: str, place: int) -> Refusal:
        offset = len(self.source[:place].encode("utf-8", "surrogatepass"))
        return bad_request(f"can't parse entities: {reason} at byte offset {offset}")

    def _tag(self) -> None:
        if self.source.startswith("</", self.at):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.at
        name = _NAME.match(self.source, begin)
        if name is None:
            raise self._fail("Unclosed start tag", begin)
        tag, name_end = name[1].lower(), name.end()
        if tag not in TAGS:
            raise self._fail(f'Unsupported start tag "{tag}"', begin)
        attributes, end = self._attributes(name_end, begin, tag)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._fail('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, attributes, self.units, len(self.text)))
        self.at = end + 1

    def _attributes(self, place: int, begin: int, tag: str) -> tuple[dict[str, str], int]:
        """Attributes from `place` on, and where their tag's ">" stands."""
        found: dict[str, str] = {}
        while True:
            place = _SPACE.match(self.source, place).end()  # type: ignore[union-attr]
            if self.source[place : place + 1] == ">":
                return found, place
            match = _ATTRIBUTE.match(self.source, place)
            if match is None:
                empty = self.source[place : place + 1] == "="
                raise self._fail(f'Empty attribute name in the tag "{tag}"' if empty else "Unclosed start tag", begin)
            if not match[2] and tag != "blockquote":
                reason = f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
                raise self._fail(reason, begin)
            found[match[1].lower()] = self._value(match, begin)
            place = match.end()

    def _value(self, attribute: re.Match[str], begin: int) -> str:
        """The value of an attribute: quoted, with references; or a name token, which a space or ">" ends."""
        quoted = attribute[3] if attribute[3] is not None else attribute[4]
        if quoted is not None:
            return _REFERENCE.sub(_referred, quoted)
        following = self.source[attribute.end() : attribute.end() + 1]
        if not following or (following in "\"'" and not attribute[5]):
            raise self._fail("Unclosed start tag", begin)
        if following != ">" and not following.isspace():
            raise self._fail("Unexpected end of name token", attribute.start(5))
        return attribute[5].lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._fail("Unexpected end tag", begin)
        end = self.source.find(">", begin)
        if end < 0:
            raise self._fail("Unclosed end tag", begin)
        name = self.source[begin + 2 : end].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            offset = len(self.source[:begin].encode("utf-8", "surrogatepass"))
            raise bad_request(
                f"can't parse entities: Unmatched end tag at byte offset {offset}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.units > opened.offset:
            self._close(opened)
        self.at = end + 1

    def _close(self, opened: _Open) -> None:
        kind, offset, length = TAGS[opened.tag], opened.offset, self.units - opened.offset
        entity = Entity(kind, offset, length)
        if opened.tag == "a":
            linked = _link(opened, "".join(self.text[opened.start :]), offset, length)
            if linked is None:
                return
            entity = linked
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity = Entity("expandable_blockquote", offset, length)
        elif opened.tag == "tg-emoji":
            emoji = opened.attributes.get("emoji-id")
            entity = Entity(kind, offset, length, custom_emoji_id=emoji)
        elif opened.tag == "pre" and self.entities and self.entities[-1].type == "code":
            inner = self.entities[-1]
            if (inner.offset, inner.length) == (offset, length) and inner.language:
                self.entities.pop()
                entity = Entity(kind, offset, length, language=inner.language)
        elif opened.tag == "code":
            language = opened.attributes.get("class", "").removeprefix("language-") or None
            entity = Entity(kind, offset, length, language=language if self._inside_pre() else None)
        self.entities.append(entity)

    def _inside_pre(self) -> bool:
        return bool(self.open) and self.open[-1].tag == "pre"


def _link(opened: _Open, text: str, offset: int, length: int) -> Entity | None:
    """The entity of an <a>; None where its address is none, because Telegram then drops the link silently."""
    url = opened.attributes.get("href") or text
    mention = _MENTION_LINK.match(url)
    if mention:
        return Entity("text_mention", offset, length, user=User(int(mention[1])))
    checked = checked_url(url)
    return Entity("text_link", offset, length, url=checked) if checked else None


def checked_url(url: str) -> str | None:
    """An address as Telegram keeps it (http if no scheme, a slash after a bare host), or None if it takes none."""
    found = re.fullmatch(r"(?:(https?|tg|ton)://)?([^\s/?#]+)([/?#]\S*)?", url.strip(), re.IGNORECASE)
    if not found:
        return None
    scheme, host, rest = (found[1] or "http").lower(), found[2], found[3] or ""
    if scheme in {"http", "https"} and not re.search(r"\.[^\W\d_]{2,}\.?(:\d+)?$|^\d+(\.\d+){3}(:\d+)?$", host):
        return None
    return f"{scheme}://{host}{rest or '/'}"


def _is_known(found: re.Match[str]) -> bool:
    return found[3] is None or found[3] in NAMED


def _referred(found: re.Match[str]) -> str:
    if found[3] is not None:
        return NAMED.get(found[3], "&")
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else "&"
