"""Items a second and memory at 100, 1,000 and 10,000 rules, beside what others do with plain keywords.

The items are the labelled corpus of the tests as a feed would carry them: headline and summary, some 200 characters,
five languages. A rule joins acts and people, which many rules share as groups, with something that it alone is
about, in a mix of operators. One in twenty of these special words stands in the items' own vocabulary (its rarer
half); the others are surnames and nouns of a dictionary, which is how a large pack of names and towns meets
the news of a day. The seed is fixed; the first 100 rules are part of the 1,000, and these of the 10,000. Processor
time is measured, the best of several passes, on warmed-up text: the words of the items have been seen before, as
after some hours of service.

- nabat: an item read from its text (language, boilerplate, words) and matched by the index, with places.
- match only: the same with items read before, as in a backtest.
- pyahocorasick: the rules' words as plain strings that must end at word boundaries. It knows neither forms nor
  operators: it is the floor.
- a regex a keyword: what most bots do, a compiled pattern for each word; on a sample of the items.
- every rule: our own rules evaluated one by one, without the index; on a sample of the items.
"""

from __future__ import annotations

import json
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any, TypeVar

import ahocorasick
from anyascii import anyascii

from bot.keywords.index import RuleIndex
from bot.keywords.query import GroupShelf
from bot.keywords.tree import Exact, Prefix, Word, walk
from bot.language.lexicon import Lexicon
from bot.language.words import analyse, words
from bot.model import Group, Item, Rule, RuleState, Topic

T = TypeVar("T")

CORPUS = Path(__file__).parents[1] / "tests/data/corpus/dev.jsonl"
SEED = 2023

GROUPS = (
    Group("act", (("en", "extradite | extradition | deport | deportation | detain | arrest"),
                  ("ru", "экстрадиция | экстрадировать | выдать | депортация | задержать | арестовать"),
                  ("uk", "екстрадиція | видати | депортація | затримати | заарештувати"),
                  ("kk", "экстрадиция | депортация | ұстау | қамау"),
                  ("ky", "экстрадиция | депортация | кармоо | камоо"))),
    Group("people", (("en", "activist | journalist | refugee | deserter | blogger"),
                     ("ru", "активист | журналист | беженец | дезертир | блогер"),
                     ("uk", "активіст | журналіст | біженець | дезертир | блогер"),
                     ("kk", "белсенді | журналист | босқын | блогер"),
                     ("ky", "активист | журналист | качкын | блогер"))),
)  # fmt: skip


def items() -> list[Item]:
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Item(row["id"], row["title"], row["summary"], language=row["lang"]) for row in rows]


def rules(number: int, corpus: Sequence[Item], names: Sequence[str]) -> list[Rule]:
    """`number` rules in the languages of the corpus, in proportion to its items; the same ones at each run."""
    chance = random.Random(SEED)
    languages = [item.language or "en" for item in corpus]
    vocabularies = {
        language: Vocabulary(
            chance,
            [words(f"{item.title} {item.summary}") for item in corpus if item.language == language],
            [anyascii(name) for name in names] if language == "en" else names,
        )
        for language in sorted(set(languages))
    }
    made = []
    for order in range(number):
        language = chance.choice(languages)
        queries = ((language, vocabularies[language].query()),)
        made.append(Rule(f"rule-{order}", Topic.DETENTION, RuleState.AUTO, queries))
    return made


def dictionary_names() -> list[str]:
    """Surnames and nouns of the Russian dictionary, some thousands, taken evenly from the alphabet."""
    from pymorphy3 import MorphAnalyzer

    dictionary = MorphAnalyzer(lang="ru")
    found = set()
    for beginning in map("".join, product("бвгдклмнпрст", "аои", "лрт")):
        for parse in dictionary.iter_known_word_parses(beginning):
            if "NOUN" in parse.tag and parse.word == parse.normal_form and len(parse.word) >= 6:
                found.add(parse.word.replace("ё", "е"))
    return sorted(word for word in found if word.isalpha())


class Vocabulary:
    """The words and pairs of words that rules of one language are made of."""

    def __init__(self, chance: random.Random, texts: Sequence[list[str]], names: Sequence[str]) -> None:
        self._chance = chance
        self._names = names
        seen = Counter(word for text in texts for word in set(text))
        self._rare = sorted(word for word, count in seen.items() if count <= 2 and len(word) >= 5 and word.isalpha())
        self._pairs = [pair for text in texts for pair in pairwise(text) if min(map(len, pair)) >= 4]

    def query(self) -> str:
        """A query in one of the shapes that a pack is made of."""
        shapes = (self._acts, self._acts_and_people, self._both, self._phrase, self._near, self._listed, self._prefix,
                  self._titled)  # fmt: skip
        return self._chance.choices(shapes, weights=(25, 10, 15, 15, 15, 10, 5, 5))[0]()

    def _word(self) -> str:
        return self._chance.choice(self._rare if self._chance.random() < 0.05 else self._names)

    def _acts(self) -> str:
        return f"@act {self._word()}"

    def _acts_and_people(self) -> str:
        return f"@act @people ({self._word()} | {self._word()})"

    def _both(self) -> str:
        return f"{self._word()} {self._word()}"

    def _phrase(self) -> str:
        first, second = self._chance.choice(self._pairs)
        return f'"{first} {self._word()}"' if self._chance.random() < 0.5 else f'"{self._word()} {second}"'

    def _near(self) -> str:
        return f"{self._word()} NEAR/4 ({self._word()} | {self._word()})"

    def _listed(self) -> str:
        return f"{self._word()} (@people | {self._word()}) -{self._word()}"

    def _prefix(self) -> str:
        return f"{self._word()[:5]}* (@act | @people)"

    def _titled(self) -> str:
        return f"title:={self._word()} @act"


def keywords(made: Iterable[Rule]) -> list[str]:
    """The words of the rules as a bot without a query language would hold them."""
    shelf = GroupShelf({group.name: group for group in GROUPS})
    found: dict[str, None] = {}
    for rule in made:
        language, text = rule.queries[0]
        for node in walk(shelf.parse(text, language).root):
            if isinstance(node, Word | Exact | Prefix):
                found[node.text] = None
    return list(found)


def automaton(plain: Sequence[str]) -> Callable[[str], int]:
    built = ahocorasick.Automaton()
    for number, word in enumerate(plain):
        built.add_word(word, (number, len(word)))
    built.make_automaton()

    def hits(text: str) -> int:
        text = text.lower()
        found = set()
        last = len(text) - 1
        for end, (number, length) in built.iter(text):
            start = end - length + 1
            whole = (start == 0 or not text[start - 1].isalnum()) and (end == last or not text[end + 1].isalnum())
            if whole:
                found.add(number)
        return len(found)

    return hits


def a_regex_a_keyword(plain: Sequence[str]) -> Callable[[str], int]:
    patterns = [re.compile(rf"\b{re.escape(word)}\b") for word in plain]

    def hits(text: str) -> int:
        text = text.lower()
        return sum(pattern.search(text) is not None for pattern in patterns)

    return hits


def seconds_each(ways: dict[str, tuple[Callable[[T], object], Sequence[T], int]]) -> dict[str, float]:
    """Processor seconds for one thing, by way: (work, things, rounds) each. The best round counts; the ways take
    turns, so that a busy moment of the machine does not fall on one alone."""
    best = dict.fromkeys(ways, float("inf"))
    for turn in range(max(rounds for _, _, rounds in ways.values())):
        for way, (work, things, rounds) in ways.items():
            if turn < rounds:
                begun = time.process_time()
                for thing in things:
                    work(thing)
                best[way] = min(best[way], (time.process_time() - begun) / len(things))
    return best


def resident() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def measure(number: int, news: Sequence[Item], names: Sequence[str], lexicon: Lexicon) -> dict[str, float]:
    """Seconds an item for each way at `number` rules, with the size and the answers of the index."""
    made = rules(number, news, names)
    texts = [f"{item.title}\n{item.summary}" for item in news]
    documents = [analyse(item, lexicon) for item in news]
    before = resident()
    index = RuleIndex(made, GROUPS, lexicon)
    found = sum(len(index.match(document)) for document in documents)
    memory = resident() - before
    plain = keywords(made)
    few = max(4, 20_000 // number)
    ways: dict[str, tuple[Callable[[Any], object], Sequence[Any], int]] = {
        "nabat": (lambda item: index.match(analyse(item, lexicon)), news, 9),
        "match only": (index.match, documents, 9),
        "pyahocorasick": (automaton(plain), texts, 9),
        "a regex a keyword": (a_regex_a_keyword(plain), texts[:few], 2),
        "every rule": (index.match_all_slowly, documents[:few], 1),
    }
    return {"keywords": len(plain), "matches an item": found / len(news), "MB": memory, **seconds_each(ways)}


WAYS = ("nabat", "match only", "pyahocorasick", "a regex a keyword", "every rule")


def main() -> None:
    corpus, lexicon = items(), Lexicon()
    bare = resident()
    for item in corpus:
        analyse(item, lexicon)
    spoken = len({item.language for item in corpus})
    print(f"{len(corpus)} items in {spoken} languages; reading them adds {resident() - bare:.0f} MB")
    names = dictionary_names()
    rows = {number: measure(number, corpus, names, lexicon) for number in (100, 1_000, 10_000)}
    print(f"{'':>20}" + "".join(f"{number:>12,} rules" for number in rows))
    for way in WAYS:
        print(f"{way:>20}" + "".join(f"{1 / row[way]:>10,.0f} items/s" for row in rows.values()))
    for title, way in (("words in rules", "keywords"), ("matches an item", "matches an item"), ("index, MB", "MB")):
        print(f"{title:>20}" + "".join(f"{row[way]:>18.2f}" for row in rows.values()))
    for title, way in (("of the floor", "nabat"), ("match only, of it", "match only")):
        print(f"{title:>20}" + "".join(f"{row[way] / row['pyahocorasick']:>17.1f}x" for row in rows.values()))
    print(
        f"{'of a regex each':>20}"
        + "".join(f"{row['a regex a keyword'] / row['nabat']:>17.0f}x" for row in rows.values())
    )
    ratio = rows[10_000]["nabat"] / rows[100]["nabat"]
    print(f"10,000 rules cost {ratio:.2f} times 100 rules")


if __name__ == "__main__":
    main()
