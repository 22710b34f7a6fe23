"""What is odd about a query that can be read: it can match nothing, or it requires no word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.keywords.tree import About, And, Exact, Named, Near, Node, Not, Or, Phrase, Prefix, Titled, Word, children
from bot.keywords.unexpected import QUOTED
from bot.yamlfile import country_codes

_SENTENCES = {
    "matches nothing": (
        "{part} asks for what it also forbids, so it can match nothing",
        "«{part}» требует того, что само запрещает, и ничего не найдёт",
    ),
    "other language": (
        "{part} is never met: this query is tried on items in {language} only",
        "«{part}» не встретится: этот запрос пробуют только на языке {language}",
    ),
    "unknown country": (
        "{part} is never met: no country has that code (KG, GB, US are codes)",
        "«{part}» не встретится: у страны такого кода нет (бывают KG, GB, US)",
    ),
    "small operator": (
        "{part} is a word here, and must stand in the text; an operator is written in capitals",
        "«{part}» здесь просто слово, и оно должно стоять в тексте; операторы пишут заглавными",
    ),
    "comma": (
        "the sign after {part} joins nothing, so all these words must be there; write | where either will do",
        "знак после «{part}» ничего не соединяет, и нужны все слова сразу; если хватит любого, пишите |",
    ),
    "single quotes": (
        '{part} begins no phrase: only double quotes, "…" or «…», hold words together',
        '«{part}» не начинает фразу: слова держат вместе только двойные кавычки, "…" или «…»',
    ),
    "no required word": (
        "no word is required, so the query is tried on every item and may match nearly all; add a word",
        "ни одно слово не обязательно: запрос пробуют на каждой новости, и подойдут почти все; добавьте слово",
    ),
}


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a moderator should know before saving. `part` is the piece of the query meant."""

    kind: str
    part: str
    language: str = ""

    def __str__(self) -> str:
        return self.explain("en")

    def explain(self, language: str) -> str:
        """One sentence, in "en" or "ru"."""
        # The first letter is made a capital before the part is put in: that stands as it was typed.
        sentence = _SENTENCES[self.kind][language == "ru"]
        return f"{sentence[:1].upper()}{sentence[1:]}.".format(part=self.part, language=self.language)


_TYPED = re.compile(r"[^\s()|&]+")
_OPERATOR = re.compile(r"and|or|not|near|и|или|або|не|(?:near|рядом)/?\d*", re.IGNORECASE)


def slips(text: str) -> Iterator[Caution]:
    """What `text` most likely does not mean as it is read: a small `or`, commas for OR, single quotes."""
    typed = _TYPED.findall(QUOTED.sub(" ", text))
    joined = [word for word in typed[:-1] if word[-1] in ",;"]
    yield from (Caution("comma", word[:-1]) for word in joined[:1] if word[:-1])
    yield from (Caution("single quotes", word) for word in typed if word[0] in "'‘’‚‛‹`′" and len(word) > 1)
    for before, word, after in zip(["", *typed], typed, [*typed[1:], ""], strict=False):
        # «не NEAR/1 принимать» is about the word, and whoever writes it knows.
        if not (before + after).count("NEAR/") and _small_operator(word, text):
            yield Caution("small operator", word)


def _small_operator(word: str, text: str) -> bool:
    if word == "HE":  # In Latin letters; a Cyrillic one makes an operator of it.
        return re.search("[а-яА-Я]", text) is not None
    return word.upper() != word and _OPERATOR.fullmatch(word) is not None


def unknown_country(node: Node) -> About | None:
    """A country: of `node`, outside its groups, that is no country's code."""
    match node:
        case About("country", value):
            return None if value in country_codes() else node
        case Named():
            return None
    return next(filter(None, map(unknown_country, children(node))), None)


def requires_word(node: Node) -> bool:
    """Whether a document must hold some word of `node`, so that the index can find the rule by it."""
    match node:
        case Word() | Exact() | Prefix() | Phrase() | Near():
            return True
        case And(children):
            return any(map(requires_word, children))
        case Or(children):
            return all(map(requires_word, children))
        case Named(_, child) | Titled(child):
            return requires_word(child)
        case Not() | About():
            return False


def impossible(node: Node) -> Node | None:
    """The part of `node` that contradicts itself, if because of it nothing can match."""
    match node:
        case And(children):
            return next((found for child in children if (found := impossible(child))), None) or (
                node if _contradicts(children) else None
            )
        case Or(children):
            dead = [impossible(child) for child in children]
            return dead[0] if all(dead) else None
        case Named(_, child) | Titled(child):
            return impossible(child)
        case Near(left, right, _):
            return impossible(left) or impossible(right)
    return None


def _contradicts(children: tuple[Node, ...]) -> bool:
    forbidden = [child.child for child in children if isinstance(child, Not)]
    asked = [child for child in children if not isinstance(child, Not)]
    countries = {child.value for child in children if isinstance(child, About) and child.field == "country"}
    return len(countries) > 1 or any(implies(one, other) for one in asked for other in forbidden)


def implies(one: Node, other: Node) -> bool:
    """Whether whatever matches `one` matches `other`; False also where that cannot be told from the tree."""
    if one == other:
        return True
    match one, other:
        case Named(_, child), _:
            return implies(child, other)
        case _, Named(_, child):
            return implies(one, child)
        case Or(children), _:
            return all(implies(child, other) for child in children)
        case _, Or(children):
            return any(implies(one, child) for child in children)
        case _, And(children):
            return all(implies(one, child) for child in children)
        case ((And(parts) | Phrase(parts, _)), _):
            return any(implies(part, other) for part in parts)
        case Near(left, right, _), _:
            return implies(left, other) or implies(right, other)
        case Titled(child), _:
            return implies(child, other.child if isinstance(other, Titled) else other)
        case Exact(text), Word(same, _):
            return text == same
        case ((Exact(text) | Prefix(text)), Prefix(start)):
            return text.startswith(start)
    return False


def other_language(node: Node, languages: frozenset[str]) -> About | None:
    """A lang: of `node` that asks for a language outside `languages`, if nothing can match because of it."""
    match node:
        case About("lang", value):
            return None if value in languages else node
        case And(children):
            return next((found for child in children if (found := other_language(child, languages))), None)
        case Or(children):
            unmet = [other_language(child, languages) for child in children]
            return unmet[0] if all(unmet) else None
        case Named(_, child) | Titled(child):
            return other_language(child, languages)
    return None
