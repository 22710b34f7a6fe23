"""Items a second and memory at 100, 1,000 and 10,000 rules, beside what others do with plain keywords.

Two streams of items, headline and summary, some 200 characters each:

- the news: the entries of the captured feeds (../shared/feeds), ordinary world news, as a service reads them all day;
- the subject: the labelled corpus of the tests, five languages, half of it about what the rules are about. No feed is
  like it; it is the worst that the rules can be given.

What the rules are, and why, is told in matching_mix.py; both streams are read by the same ones. Processor time is
measured, the best of several passes, on warmed-up text: the words of the items have been seen before, as after some
hours of service.

- nabat: an item read from its text (language, boilerplate, words) and matched by the index, with places.
- match only: the same with items read before, as in a backtest.
- pyahocorasick: the rules' words as plain strings that must end at word boundaries. It knows neither forms nor
  operators: it is the floor.
- a regex a keyword: what most bots do, a compiled pattern for each word; on a sample of the items.
- every rule: our own rules evaluated one by one, without the index; on a sample of the items.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import ahocorasick
from matching_mix import Mix

from bot.keywords.index import RuleIndex
from bot.keywords.query import GroupShelf
from bot.keywords.tree import Exact, Named, Node, Prefix, Word, children
from bot.language.html import plain
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Group, Item, Rule
from bot.news.entry import Entry
from bot.news.failures import NotAFeed
from bot.news.parse import parse

T = TypeVar("T")

CORPUS = Path(__file__).parents[1] / "tests/data/corpus"
FEEDS = Path(__file__).parents[2] / "shared/feeds"


def items(name: str) -> list[Item]:
    lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Item(row["id"], row["title"], row["summary"], language=row["lang"]) for row in rows]


def captured() -> list[Item]:
    """The entries of the captured feeds, each once; none where these are not beside the project."""
    entries: dict[tuple[str, str | None], Entry] = {}
    for path in sorted(FEEDS.glob("*/*.*")):
        with contextlib.suppress(NotAFeed):
            for entry in parse(path.read_bytes(), None, "https://some.example.org/rss").entries:
                entries.setdefault((entry.title, entry.url), entry)
    news = enumerate(entries.values())
    return [Item(str(number), plain(one.title), plain(one.summary), one.url) for number, one in news]


def keywords(made: Iterable[Rule], groups: Iterable[Group]) -> list[str]:
    """The words of the rules as a bot without a query language would hold them."""
    shelf = GroupShelf({group.name: group for group in groups})
    found: dict[str, None] = {}
    waiting: list[Node] = [shelf.parse(text, language).root for rule in made for language, text in rule.queries]
    shared: set[tuple[str, int]] = set()
    while waiting:
        match waiting.pop():
            case Word(text) | Exact(text) | Prefix(text):
                found[text] = None
            case Named(name, child):
                if (name, id(child)) not in shared:
                    shared.add((name, id(child)))
                    waiting.append(child)
            case node:
                waiting += children(node)
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


def measure(number: int, news: Sequence[Item], mix: Mix, lexicon: Lexicon) -> dict[str, float]:
    """Seconds an item for each way at `number` rules, with the size and the answers of the index."""
    made = mix.rules(number)
    texts = [f"{item.title}\n{item.summary}" for item in news]
    documents = [analyse(item, lexicon) for item in news]
    before = resident()
    index = RuleIndex(made, mix.groups, lexicon)
    found = sum(len(index.match(document)) for document in documents)
    memory = resident() - before
    plain = keywords(made, mix.groups)
    few = max(4, 20_000 // number)
    ways: dict[str, tuple[Callable[[Any], object], Sequence[Any], int]] = {
        "nabat": (lambda item: index.match(analyse(item, lexicon)), news, 9),
        "match only": (index.match, documents, 9),
        "pyahocorasick": (automaton(plain), texts, 9),
        "a regex a keyword": (a_regex_a_keyword(plain), texts[:few], 2),
        "every rule": (index.match_all_slowly, documents[:few], 1),
    }
    return {"keywords": len(plain), "matches an item": found / len(news), "MB": memory, **seconds_each(ways)}


NUMBERS = (100, 1_000, 10_000)
WAYS = ("nabat", "match only", "pyahocorasick", "a regex a keyword", "every rule")


def main() -> None:
    corpus, lexicon = items("dev.jsonl"), Lexicon()
    bare = resident()
    for item in corpus:
        analyse(item, lexicon)
    spoken = len({item.language for item in corpus})
    print(f"{len(corpus)} items in {spoken} languages; reading them adds {resident() - bare:.0f} MB")
    mix = Mix(corpus, items("second.jsonl"), lexicon)
    if news := captured():
        print(f"\nThe news: {len(news)} entries of captured feeds")
        tell({number: measure(number, news, mix, lexicon) for number in NUMBERS})
    else:
        print("\nThe captured feeds are not beside the project: the news is not measured.")
    print(f"\nThe subject: {len(corpus)} items of the labelled corpus")
    tell({number: measure(number, corpus, mix, lexicon) for number in NUMBERS})


def tell(rows: dict[int, dict[str, float]]) -> None:
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
    print(f"10,000 rules cost {rows[10_000]['nabat'] / rows[100]['nabat']:.2f} times 100 rules")


if __name__ == "__main__":
    main()
