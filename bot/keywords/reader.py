"""Reads one text of the keyword language into a tree, or says where it is mistaken."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from bot.keywords.mistakes import QueryError
from bot.keywords.tree import (
    About,
    And,
    Exact,
    Leaf,
    Named,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Titled,
    Word,
    is_positional,
)
from bot.keywords.unexpected import expected_instead
from bot.language.words import words
from bot.model import LANGUAGES

MAX_LENGTH = 4_000
"""Characters of one query or of one group's text."""
MAX_BRACKETS = 12
"""Brackets within brackets."""
MAX_NEAR = 50
"""Words: further apart than this, two words have nothing to do with each other."""
SHORTEST_PREFIX = 3

_FIELDS = {
    "title": "title", "заголовок": "title",
    "source": "source", "источник": "source",
    "lang": "lang", "язык": "lang",
    "country": "country", "страна": "country",
}  # fmt: skip
_NEAR = re.compile(r"N[EЕ][AА]R/(\d{1,3})")
_NEAR_INSIDE = re.compile(r"\sN[EЕ][AА]R/\S*(?=\s|$)")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Soft hyphens, zero-width signs and marks of direction, which come with what is pasted."""
_TILDE = re.compile(r"~(\d{1,3})")


class Groups(Protocol):
    """What a reader asks for the meaning of @name."""

    def group(self, name: str, reader: Reader, column: int) -> Node: ...


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark.open_from_package("bot.keywords", "query.lark", parser="lalr", lexer="basic")


@lru_cache(maxsize=64)
def _tree(text: str) -> Tree[Token]:
    # The one query of a rule is read for each language in turn.
    return _grammar().parse(text)


class Reader:
    """Reads one text; knows where it is for the sake of its mistakes."""

    def __init__(self, shelf: Groups, text: str, language: str, within: tuple[str, ...], group: str | None):
        # One line: a column is then a place in the whole text, and the caret stands under it.
        # What nobody sees goes first: a zero-width space beside «ИЛИ» would make a word of the operator.
        self.text = _SPACE.sub(" ", _UNSEEN.sub("", text))
        self.language = language
        self.within = within
        self.group = group
        self._shelf = shelf

    def read(self) -> Node:
        self._refuse_unreadable()
        try:
            tree = _tree(self.text)
        except UnexpectedInput as error:
            raise self._unexpected(error) from None
        return self._node(tree.children[0])

    def _mistake(self, column: int | None, kind: str, **words: object) -> QueryError:
        return QueryError(self.text, column or 0, kind, group=self.group, **words)

    def _refuse_unreadable(self) -> None:
        if not self.text.strip():
            raise self._mistake(0, "empty")
        if len(self.text) > MAX_LENGTH:
            raise self._mistake(MAX_LENGTH, "too long", most=MAX_LENGTH)
        depth = 0
        for column, character in enumerate(self.text):
            # A title: before a bracket or another field nests as well.
            depth += (character == "(") - (character == ")")
            if depth > MAX_BRACKETS:
                raise self._mistake(column, "too deep", most=MAX_BRACKETS)

    def _unexpected(self, error: UnexpectedInput) -> QueryError:
        surprise = expected_instead(error, self.text)
        return self._mistake(surprise.column, surprise.kind, found=surprise.found, most=MAX_NEAR)

    def _node(self, tree: Any) -> Node:
        return getattr(self, f"_{tree.data}")(tree.children)  # type: ignore[no-any-return]

    def _either(self, parts: list[Any]) -> Node:
        return _joined(Or, [self._node(part) for part in parts if isinstance(part, Tree)])

    def _both(self, parts: list[Any]) -> Node:
        return _joined(And, [self._node(part) for part in parts if isinstance(part, Tree)])

    def _negated(self, parts: list[Any]) -> Node:
        # A chain of NOTs is counted, not nested: its length is the moderator's.
        odd = True
        inner = parts[1]
        while inner.data == "negated":
            odd, inner = not odd, inner.children[1]
        child = self._node(inner)
        if isinstance(child, Not):
            odd, child = not odd, child.child
        return Not(child) if odd else child

    def _bracketed(self, parts: list[Any]) -> Node:
        return self._node(parts[1])

    def _near(self, parts: list[Any]) -> Node:
        # A chain of NEARs leans left; it is walked, since its length is the moderator's.
        chain = []
        tree: Any = Tree("near", parts)
        while tree.data == "near":
            chain.append((tree.children[1], tree.children[2]))
            if len(chain) > MAX_BRACKETS:
                raise self._mistake(chain[-1][0].start_pos, "too deep", most=MAX_BRACKETS)
            tree = tree.children[0]
        left = self._node(tree)
        for operator, operand in reversed(chain):
            right = self._node(operand)
            if not (is_positional(left) and is_positional(right)):
                raise self._mistake(operator.start_pos, "near sides")
            left = Near(left, right, self._distance(_NEAR, operator, "near"))
        return left

    def _distance(self, pattern: re.Pattern[str], token: Token, kind: str) -> int:
        match = pattern.fullmatch(token)
        if match is None or not 1 <= int(match[1]) <= MAX_NEAR:
            raise self._mistake(token.start_pos, kind, most=MAX_NEAR)
        return int(match[1])

    def _group(self, parts: list[Any]) -> Node:
        name = parts[0][1:]
        return Named(name, self._shelf.group(name, self, parts[0].start_pos))

    def _field(self, parts: list[Any]) -> Node:
        token, operand = parts
        if operand.data == "field":
            raise self._mistake(operand.children[0].start_pos, "word")
        field = _FIELDS.get(token[:-1].lower())
        if field is None:
            raise self._mistake(token.start_pos, "unknown field", found=str(token))
        if field == "title":
            node = self._node(operand)
            return node if isinstance(node, Titled) else Titled(node)
        return self._about(field, operand, token)

    def _about(self, field: str, tree: Any, name: Token) -> Node:
        """source:, lang: and country: take words as they are typed, and alternatives of them."""
        match tree.data:
            case "bracketed":
                return self._about(field, tree.children[1], name)
            case "either":
                alternatives = [part for part in tree.children if isinstance(part, Tree)]
                return _joined(Or, [self._about(field, part, name) for part in alternatives])
            case "both" if len(tree.children) == 1:
                return self._about(field, tree.children[0], name)
            case "word":
                return About(field, self._value(field, tree.children[0]))
            case "phrase" if len(tree.children) == 1 or tree.children[1] is None:
                return About(field, self._value(field, tree.children[0]))
        raise self._mistake(name.start_pos, "field value", found=str(name))

    def _value(self, field: str, token: Token) -> str:
        value = token.strip('"«»“”„‟ ').lower()
        if field == "lang" and value not in LANGUAGES:
            raise self._mistake(token.start_pos, "language", found=value, known=", ".join(LANGUAGES))
        if field == "country" and not re.fullmatch("[a-z]{2}", value):
            raise self._mistake(token.start_pos, "country", found=str(token))
        if not re.fullmatch(r"[\w.\-]+", value):
            raise self._mistake(token.start_pos, "field value", found=f"{field}:")
        return value.upper() if field == "country" else value

    def _word(self, parts: list[Any]) -> Node:
        return self._leaves(parts[0], parts[0].start_pos, _any_form)

    def _same_word(self, parts: list[Any]) -> Node:
        self._refuse_gap(parts[0], parts[1])
        return self._leaves(parts[1], parts[1].start_pos, _this_form)

    def _prefix(self, parts: list[Any]) -> Node:
        return self._leaves(parts[0], parts[0].start_pos, _any_form)

    def _same_phrase(self, parts: list[Any]) -> Node:
        self._refuse_gap(parts[0], parts[1])
        return self._quoted(parts[1][1:-1], parts[1].start_pos + 1, _this_form)

    def _phrase(self, parts: list[Any]) -> Node:
        quoted, tilde = parts[0], parts[1] if len(parts) > 1 else None
        node = self._nearby(quoted)
        if tilde is None:
            return node
        if not isinstance(node, Phrase):
            raise self._mistake(tilde.start_pos, "tilde", most=MAX_NEAR)
        return Phrase(node.words, self._distance(_TILDE, tilde, "tilde"))

    def _nearby(self, quoted: Token) -> Node:
        """Inside quotes NEAR/4 parts two phrases: "выдать NEAR/4 Россия"."""
        assert quoted.start_pos is not None
        inside, start = quoted[1:-1], quoted.start_pos + 1
        operators = list(_NEAR_INSIDE.finditer(inside))
        if len(operators) > MAX_BRACKETS:
            raise self._mistake(quoted.start_pos, "too deep", most=MAX_BRACKETS)
        borders = [0, *(border for match in operators for border in match.span()), len(inside)]
        pieces = zip(borders[::2], borders[1::2], strict=True)
        node, *others = [self._quoted(inside[a:b], start + a, _any_form) for a, b in pieces]
        for match, side in zip(operators, others, strict=True):
            operator = Token("NEAR", match[0].strip(), start + match.start() + 1)
            node = Near(node, side, self._distance(_NEAR, operator, "near"))
        return node

    def _quoted(self, inside: str, start: int, form: _Form) -> Node:
        leaves: list[Leaf] = []
        for match in re.finditer(r"\S+", inside):
            leaf = self._leaves(match[0], start + match.start(), form)
            leaves.extend(leaf.words if isinstance(leaf, Phrase) else (leaf,))
        if not leaves:
            raise self._mistake(start, "quoted words")
        return leaves[0] if len(leaves) == 1 else Phrase(tuple(leaves))

    def _leaves(self, typed: str, column: int, form: _Form) -> Leaf | Phrase:
        """One written word: usually one node; "anti-war" is a phrase of two."""
        if typed[0] in "=!":
            typed, column, form = typed[1:], column + 1, _this_form
        beginning = typed.endswith("*")
        spelled = words(typed)
        if not spelled:
            raise self._mistake(column, "letters")
        leaves: list[Leaf] = [form(word, self.language) for word in spelled]
        if beginning:
            if form is _this_form:
                raise self._mistake(column, "exact", found="=")
            if len(spelled[-1]) < SHORTEST_PREFIX:
                raise self._mistake(column, "prefix", found=typed)
            leaves[-1] = Prefix(spelled[-1])
        return leaves[0] if len(leaves) == 1 else Phrase(tuple(leaves))

    def _refuse_gap(self, sign: Token, operand: Token) -> None:
        if sign.end_pos != operand.start_pos:
            raise self._mistake(sign.start_pos, "exact", found=str(sign))


_Form = Callable[[str, str], Leaf]


def _any_form(word: str, language: str) -> Leaf:
    return Word(word, language)


def _this_form(word: str, language: str) -> Leaf:
    return Exact(word)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    """`nodes` under one And or Or; those of the same kind are taken in, a single one stands alone."""
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, kind) else (node,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
