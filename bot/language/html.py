"""Markup to plain text, and plain text without what an outlet prints around its news."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser

from w3lib.html import remove_tags, replace_entities

from bot.language.boilerplate import boilerplate

MAX_MARKUP = 50_000
"""Characters read of one field: far beyond any feed's, and it bounds what a hostile one can cost."""

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(["head", "iframe", "noscript", "object", "script", "style", "svg", "template", "title"])

_RAW = frozenset(["math", "noembed", "noframes", "plaintext", "textarea", "xmp"])
_SIMPLE_TAG = re.compile(r"""</?([A-Za-z][A-Za-z0-9]*)(?:\s+[A-Za-z][A-Za-z-]*="[^"<>]*")*\s*/?>""")


class _Breaks(dict[str, str | None]):
    """What stands in place of a tag; None for one whose content is no text, or is read by rules of its own."""

    def __missing__(self, tag: str) -> str | None:
        name = tag.lower()
        return None if name in _SILENT or name in _RAW else "\n" if name in _BLOCKS else ""


_BREAKS = _Breaks({"p": "\n", "br": "\n", "div": "\n", "li": "\n"} | dict.fromkeys(["a", "b", "i", "em", "strong"], ""))

# Bidirectional controls can make a text read otherwise than it is stored; zero-width characters split words.
_UNSEEN = frozenset("\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Text(HTMLParser):
    """Collects the text of a page, a line break for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent is None and tag in _SILENT:
            self._silent = tag
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent is None:
            # A line break in the source is a space to a reader.
            self.parts.append(data.replace("\n", " ").replace("\r", " "))


def _without_tags(markup: str) -> str:
    if "<" not in markup and "&" not in markup:
        return markup
    if "<" not in markup:
        return str(replace_entities(markup))
    text = _of_simple_markup(markup)
    return _of_any_markup(markup) if text is None else text


def _of_simple_markup(markup: str) -> str | None:
    """As `_Text` reads it, at a fifth of the time; None for anything but tags without surprises."""
    pieces = _SIMPLE_TAG.split(markup.replace("\n", " ").replace("\r", " "))
    texts = pieces[::2]
    if "<" in "".join(texts):
        return None
    breaks = [*map(_BREAKS.__getitem__, pieces[1::2]), ""]
    if None in breaks:
        return None
    if "&" in markup:
        texts = [unescape(text).replace("\n", " ").replace("\r", " ") for text in texts]
    return "".join([part for pair in zip(texts, breaks, strict=True) for part in pair if part])


def _of_any_markup(markup: str) -> str:
    markup = _without_loose_ends(markup)
    parser = _Text()
    try:
        parser.feed(markup)
        parser.close()
    except AssertionError:
        # html.parser gives up on declarations such as "<![x"; the tags alone can still be cut.
        return str(replace_entities(remove_tags(markup)))
    return "".join(parser.parts)


def _without_loose_ends(markup: str) -> str:
    """`markup` with every opening that is never closed made text: html.parser would look for the end of each of
    them through all that follows, which takes minutes where there are thousands."""
    for opening, closing in (("<", ">"), ("<!--", "-->"), ("<![", "]>")):
        end = markup.rfind(closing) + 1
        markup = markup[:end] + markup[end:].replace(opening, f"&lt;{opening[1:]}")
    return markup


def _visible(character: str) -> bool:
    if character in "\n\t\r":
        return True
    return character not in _UNSEEN and unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")


class _Sieve(dict[int, int | None]):
    """For str.translate: a character is judged once, and then known."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if _visible(chr(code)) else None
        return self[code]


_SIEVE = _Sieve()


def plain(markup: str) -> str:
    """The text of `markup` as a reader sees it: no tags, entities resolved, one space between words, one line
    break between paragraphs; control characters, bidirectional overrides and lone surrogates are dropped."""
    text = unicodedata.normalize("NFC", _without_tags(markup[:MAX_MARKUP]))
    if not text.replace("\n", " ").isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIEVE)
    return _tidy(text)


def _tidy(text: str) -> str:
    """One space between words, and no empty lines."""
    return "\n".join(filter(None, [" ".join(line.split()) for line in text.split("\n")]))


def cut_boilerplate(text: str) -> str:
    """`text` without an outlet's navigation lines, photo credits and legal notices (see `boilerplate`)."""
    spans = boilerplate(text)
    if not spans:
        return text
    kept, end = [], 0
    for start, stop in spans:
        kept.append(text[end:start])
        end = stop
    kept.append(text[end:])
    return _tidy(" ".join(kept))
