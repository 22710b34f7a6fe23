"""From the parser's surprise to what a moderator should be told: where, and which of the mistakes it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

QUOTED = re.compile(r'"[^"]*"|«[^»]*»|[“”„‟][^“”]*[“”]')
"""A phrase in its quotes, as PHRASE of query.lark has it."""

_LAST_NEAR = re.compile(r"(?<!\S)N[EЕ][AА]R(?!/\d{1,3}$)\S*$")
"""A NEAR without its number, which took the word after it for one: NEAR/4суд."""


class Surprise(NamedTuple):
    """A mistake of `mistakes`: its column, its kind, and the sign found there."""

    column: int
    kind: str
    found: str = ""


def expected_instead(error: UnexpectedInput, text: str) -> Surprise:
    """What is wrong with `text`, given how the parser failed on it."""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _at_token(error.token, text)
    if isinstance(error, UnexpectedCharacters):
        return _at_character(error.pos_in_stream or 0, text)
    return _at_end(error, text)


def _at_end(error: UnexpectedInput, text: str) -> Surprise:
    end = len(text.rstrip())
    last = text[end - 1 : end]
    if near := _LAST_NEAR.search(text[:end]):
        return Surprise(near.start(), "near")
    if last in ("=", "!"):
        return Surprise(end, "exact", last)
    complete = isinstance(error, UnexpectedToken) and "RPAR" in error.expected
    return Surprise(end, "closing bracket" if complete and _open_brackets(text) else "end")


def _at_token(token: Token, text: str) -> Surprise:
    column = token.start_pos or 0
    before = text[:column].rstrip()[-1:]
    if token.type == "RPAR" and not _open_brackets(text[:column]):
        return Surprise(column, "opening bracket")
    if token.type == "RPAR" and before == "(":
        return Surprise(column, "empty bracket")
    if token.type == "TILDE":
        return Surprise(column, "tilde")
    if before in ("=", "!"):
        return Surprise(column, "exact", before)
    return Surprise(column, "word")


def _at_character(column: int, text: str) -> Surprise:
    character = text[column]
    kinds = {"*": "star", "@": "group name", **dict.fromkeys('"«“”„‟', "closing quote")}
    kinds |= dict.fromkeys("-‐‑‒–—―−﹣－", "minus")
    return Surprise(column, kinds.get(character, "character"), character)


def _open_brackets(text: str) -> int:
    # Brackets inside quotes are words' company, not structure.
    bare = QUOTED.sub("", text)
    return bare.count("(") - bare.count(")")
