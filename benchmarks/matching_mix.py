"""The rules of benchmarks/matching.py: as many as asked for, of the shapes that the shipped pack has.

Fixed before any ratio was measured with it, and not to be changed with the ratios in view.

- Shape. Each rule takes a query of the shipped keywords.yaml, drawn evenly, with its operators as they stand: and, or,
  not, NEAR and its distance, phrases and their lengths, prefixes and their lengths, exact words, title:. So all of them
  come in the pack's own proportions (of 60 rules in five languages: 2,228 groups, 864 words, 644 alternatives, 607
  negations, 235 prefixes, 113 NEAR, 70 exact words, 68 phrases, 15 title:).
- Groups stay what they are: the pack's own forty, some 9,000 words in five languages. They are what rules share,
  in a large pack more than in a small one.
- Its own words are replaced, each by another one. Half of the shipped queries have groups alone; these get one word
  that they require, because among 10,000 rules of forty groups each needs something that it alone is about.
- Which words. A moderator writes rules with the words of other news than those that will be read. How many of these
  the read items have at all is measured: the share of the words of second.jsonl (other events, other people) of which
  no form stands in dev.jsonl, for each language. So often a rule's word is one that the items lack, a surname or noun
  of the dictionary. Else it is drawn evenly from the items' own vocabulary, ranked by the items that hold a word,
  without its head: what stands in over 5 % of the items of its language is nobody's keyword. Most of any vocabulary
  is rare, and so are most of the words drawn; the frequent words of the subject are in the groups.
- A phrase is drawn likewise: words that stand together in an item, or words that the items lack.
- Languages come in proportion to the items. The seed is fixed; the first 100 rules are part of the 1,000, and these
  of the 10,000.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from anyascii import anyascii

from bot.keywords import pack
from bot.keywords.query import GroupShelf, choose
from bot.keywords.tree import And, Exact, Named, Near, Node, Not, Or, Phrase, Prefix, Titled, Word, children
from bot.language.lexicon import Lexicon
from bot.language.words import words
from bot.model import Group, Item, Pack, Rule, RuleState, Topic

SEED = 2023
PACK = Path(__file__).parents[1] / "keywords.yaml"

SHORTEST_WORD = 4
HEAD = 0.05
"""The share of a language's items from which a word is too common to be a keyword."""


class Mix:
    """Rules for the news of `read`, with words as `other` news has them."""

    def __init__(self, read: Sequence[Item], other: Sequence[Item], lexicon: Lexicon) -> None:
        self._pack: Pack = pack.load(PACK)
        self._languages = [item.language or "en" for item in read]
        unknown = dictionary_words()
        self.vocabularies = {
            language: Vocabulary(
                language,
                _texts(read, language),
                _texts(other, language),
                [anyascii(word) for word in unknown] if language == "en" else unknown,
                lexicon,
            )
            for language in sorted(set(self._languages))
        }

    @property
    def groups(self) -> tuple[Group, ...]:
        return self._pack.groups

    def rules(self, number: int) -> list[Rule]:
        chance = random.Random(SEED)
        shelf = GroupShelf({group.name: group for group in self.groups})
        made = []
        for order in range(number):
            language = chance.choice(self._languages)
            written, text = _drawn_query(chance, self._pack.rules, language)
            root = self.vocabularies[language].reworded(shelf.parse(text, written).root, chance)
            if not _requires_own(root):
                root = And((root, Word(self.vocabularies[language].word(chance), language)))
            made.append(Rule(f"rule-{order}", Topic.DETENTION, RuleState.AUTO, ((language, str(root)),)))
        return made


class Vocabulary:
    """The words and phrases that rules of one language are made of."""

    def __init__(
        self, language: str, texts: list[list[str]], other: list[list[str]], unknown: Sequence[str], lexicon: Lexicon
    ) -> None:
        self._unknown = unknown
        self._texts = texts
        seen = Counter(word for text in texts for word in set(text))
        ranked = sorted(seen, key=lambda word: (-seen[word], word))
        most = max(1.0, HEAD * len(texts))
        self.known = [word for word in ranked if _is_word(word) and seen[word] <= most]
        terms = frozenset(term for word in seen for term in lexicon.terms(word, language))
        others = {word for text in other for word in text if _is_word(word)}
        lacking = sum(terms.isdisjoint(lexicon.terms(word, language)) for word in others)
        self.lacking = lacking / len(others)
        """The share of other news' words of which these texts have no form."""

    def word(self, chance: random.Random) -> str:
        return chance.choice(self._unknown if chance.random() < self.lacking else self.known)

    def phrase(self, length: int, chance: random.Random) -> list[str]:
        if chance.random() < self.lacking:
            return [chance.choice(self._unknown) for _ in range(length)]
        text = chance.choice([text for text in self._texts if len(text) >= length])
        start = chance.randrange(len(text) - length + 1)
        return text[start : start + length]

    def reworded(self, node: Node, chance: random.Random) -> Node:
        """`node` with its own words replaced; its operators and groups stay."""
        match node:
            case Word(_, language):
                return Word(self.word(chance), language)
            case Exact():
                return Exact(self.word(chance))
            case Prefix(text):
                return Prefix(self.word(chance)[: max(3, len(text))])
            case Phrase(parts, within):
                fresh = self.phrase(len(parts), chance)
                kept = (self._like(part, word) for part, word in zip(parts, fresh, strict=True))
                return Phrase(tuple(kept), within)
            case Near(left, right, within):
                return Near(self.reworded(left, chance), self.reworded(right, chance), within)
            case And(inner):
                return And(tuple(self.reworded(child, chance) for child in inner))
            case Or(inner):
                return Or(tuple(self.reworded(child, chance) for child in inner))
            case Not(child):
                return Not(self.reworded(child, chance))
            case Titled(child):
                return Titled(self.reworded(child, chance))
        return node

    @staticmethod
    def _like(part: Word | Exact | Prefix, word: str) -> Word | Exact | Prefix:
        match part:
            case Word(_, language):
                return Word(word, language)
            case Exact():
                return Exact(word)
        # No prefix is shorter than three letters, and a text's "of" may be.
        return Prefix(word[: max(3, len(part.text))]) if len(word) >= 3 else Exact(word)


def dictionary_words() -> list[str]:
    """Surnames and nouns of the Russian dictionary, some thousands, taken evenly from the alphabet."""
    from pymorphy3 import MorphAnalyzer

    dictionary = MorphAnalyzer(lang="ru")
    found = set()
    for beginning in map("".join, product("бвгдклмнпрст", "аои", "лрт")):
        for parse in dictionary.iter_known_word_parses(beginning):
            if "NOUN" in parse.tag and parse.word == parse.normal_form and len(parse.word) >= 6:
                found.add(parse.word.replace("ё", "е"))
    return sorted(word for word in found if word.isalpha())


def _drawn_query(chance: random.Random, rules: Sequence[Rule], language: str) -> tuple[str, str]:
    """A query of the pack for `language`: (the language it is written in, its text)."""
    served = [chosen for rule in rules if (chosen := choose(rule.queries, language))]
    return chance.choice(served)


def _requires_own(node: Node) -> bool:
    """Whether every way to meet `node` takes a word of its own, beside those of groups."""
    match node:
        case Not() | Named():
            return False
        case Or(inner):
            return all(map(_requires_own, inner))
        case And(inner):
            return any(map(_requires_own, inner))
        case Near(left, right, _):
            return _requires_own(left) or _requires_own(right)
        case Word() | Exact() | Prefix():
            return True
    return any(map(_requires_own, children(node)))


def _texts(items: Sequence[Item], language: str) -> list[list[str]]:
    return [words(f"{item.title} {item.summary}") for item in items if item.language == language]


def _is_word(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word.isalpha()
