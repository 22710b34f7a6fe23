"""An item as words: each with its terms and its place in the item's own text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from bot.language.boilerplate import Span, blanked, boilerplate, has_marks, merged
from bot.language.detect import detect_fields
from bot.language.lexicon import Form, Forms, Lexicon
from bot.language.spelling import WORD, surface
from bot.model import Item

Field = Literal["title", "summary"]

READING = 3
"""To be raised when words get other terms: what was kept of items read before is then read again."""

FIELD_GAP = 1_000
"""Positions between the title's last word and the summary's first: no phrase or NEAR reaches across."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


class Token(NamedTuple):
    """A word of a document.

    `surface` is its one spelling, `terms` what it matches by; `start` and `end` are characters of the field's text,
    end exclusive; `position` counts words through the document.
    """

    surface: str
    terms: frozenset[str]
    field: Field
    start: int
    end: int
    position: int


@dataclass(frozen=True)
class Document:
    """An item ready for matching. `title` and `summary` are the item's own, so places hold in the stored text."""

    item: Item
    language: str
    title: str
    summary: str
    languages: tuple[str, ...]
    """Every language that it speaks, its own first: a Kyrgyz headline over a Russian text speaks both."""
    forms: tuple[Form, ...]
    """Its words in order, without their places: most documents meet no rule, and need no more."""
    titled: int
    """How many of `forms` stand in the title."""
    bare: bool = False
    """Sure to hold nothing but its own words: neither boilerplate nor addresses."""

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where its words stand, each in its own field's text, one for each of `forms`."""
        in_summary = len(self.forms) - self.titled
        return (*_spans(self.title, self.titled), *_spans(self.summary, in_summary))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words in order with their places, one for each of `forms`."""
        return tuple(map(self._token, range(len(self.forms))))

    def _token(self, index: int) -> Token:
        form, (start, end) = self.forms[index], self.spans[index]
        return Token(form.surface, form.terms, self.field(index), start, end, self.position(index))

    def field(self, index: int) -> Field:
        return "title" if index < self.titled else "summary"

    def position(self, index: int) -> int:
        """Where the word stands among the others; the summary begins FIELD_GAP words after the title."""
        return index if index < self.titled else index + FIELD_GAP


def analyse(item: Item, lexicon: Lexicon) -> Document:
    """`item` as a document: its language found (the item's is the prior), boilerplate and addresses skipped."""
    language, title, summary = detect_fields(item.title, item.summary, item.language)
    in_title, bare_title = _forms(item.title, lexicon.forms(title))
    in_summary, bare_summary = _forms(item.summary, lexicon.forms(summary))
    same = title == summary == language
    languages = (language,) if same else tuple(dict.fromkeys((language, title, summary)))
    forms = (*in_title, *in_summary)
    bare = bare_title and bare_summary
    return Document(item, language, item.title, item.summary, languages, forms, len(in_title), bare)


def without_boilerplate(document: Document) -> tuple[str, str]:
    """Title and summary with spaces for photo credits and notices: whoever took the picture is not in the news."""
    if document.bare:
        return document.title, document.summary
    return blanked(document.title), blanked(document.summary)


def _forms(text: str, forms: Forms) -> tuple[list[Form], bool]:
    """The words of `text`, and whether they are sure to be all of it."""
    typed = WORD.findall(text)
    found = [*map(forms.__getitem__, typed)]
    if forms.hints.isdisjoint(typed) and not has_marks(text) and not _has_address(text):
        return found, True
    return [forms[text[start:end]] for start, end in _spans(text)], False


def words(text: str) -> list[str]:
    """The surfaces of the words of `text`, in order: how a rule's own words are read."""
    return [spelled for match in WORD.finditer(text) if (spelled := surface(match.group()))]


def _spans(text: str, expected: int | None = None) -> list[Span]:
    """Where the words of `text` stand, those that are skipped left out; none are if there are as many as expected."""
    spans = [match.span() for match in WORD.finditer(text)]
    skipped = [] if len(spans) == expected else _skipped(text)
    if not skipped:
        return spans
    starts = [start for start, _ in skipped]
    ends = [0, *(end for _, end in skipped)]
    return [span for span in spans if span[0] >= ends[bisect_right(starts, span[0])]]


def _has_address(text: str) -> bool:
    return "://" in text or "www." in text


def _skipped(text: str) -> list[Span]:
    # Both kinds in one order; a span within another would end the skipping early.
    return merged([*boilerplate(text), *(match.span() for match in _ADDRESS.finditer(text))])
