"""What a query says, as a tree of frozen nodes. `str()` of a node is the query in its shortest usual spelling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms. `language` is that of the text it was written in; "" is any."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Exact:
    """A word in this one form."""

    text: str

    def __str__(self) -> str:
        return f"={self.text}"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so."""

    text: str

    def __str__(self) -> str:
        return f"{self.text}*"


@dataclass(frozen=True, slots=True)
class Phrase:
    """At least two words. Next to each other and in order, or, with `within`, in any order and with fewer than
    `within` other words among them."""

    words: tuple[Word | Exact | Prefix, ...]
    within: int | None = None

    def __str__(self) -> str:
        quoted = '"' + " ".join(map(str, self.words)) + '"'
        return quoted if self.within is None else f"{quoted}~{self.within}"


@dataclass(frozen=True, slots=True)
class Near:
    """`left` and `right`, either first, at most `within` words apart (1: next to each other)."""

    left: Node
    right: Node
    within: int

    def __str__(self) -> str:
        return f"{_tight(self.left)} NEAR/{self.within} {_atom(self.right)}"


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({child})" if isinstance(child, And | Or) else str(child) for child in self.children)


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]

    def __str__(self) -> str:
        return " | ".join(f"({child})" if isinstance(child, Or) else str(child) for child in self.children)


@dataclass(frozen=True, slots=True)
class Not:
    child: Node

    def __str__(self) -> str:
        return f"-{_tight(self.child)}"


@dataclass(frozen=True, slots=True)
class Named:
    """A group, used by its name, with what it stands for in the language at hand."""

    name: str
    child: Node

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class Titled:
    """`child`, in the title alone."""

    child: Node

    def __str__(self) -> str:
        return f"title:{_atom(self.child)}"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the item beside its text: `field` is source, lang or country."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{self.value}"


Node = Word | Exact | Prefix | Phrase | Near | And | Or | Not | Named | Titled | About
Leaf = Word | Exact | Prefix


def _atom(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or | Not | Near | Titled | About) else str(node)


def _tight(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or | Not) else str(node)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case And(inner) | Or(inner):
            return inner
        case Not(child) | Named(_, child) | Titled(child):
            return (child,)
        case Near(left, right, _):
            return (left, right)
        case Phrase(words, _):
            return words
    return ()


def walk(node: Node) -> Iterator[Node]:
    """`node` and every node below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def is_positional(node: Node) -> bool:
    """Whether `node` has places that NEAR can measure between: words, phrases, and alternatives of them."""
    if isinstance(node, And | Not | Titled | About):
        return False
    return all(is_positional(child) for child in children(node))


def is_negative(node: Node) -> bool:
    """Whether `node` only says what must not be there."""
    match node:
        case Not(child):
            return not is_negative(child)
        case And(inner) | Or(inner):
            return all(is_negative(child) for child in inner)
        case Named(_, child) | Titled(child):
            return is_negative(child)
    return False
