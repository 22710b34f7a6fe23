"""The table of places in memory: from the words of a form to the country it means."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.model import LANGUAGES

TABLE = Path(__file__).with_name("table.tsv")

WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:['’ʼ][^\W\d_]+)*")
"""A word of a place: "U.S.", «В'єтнам», "Russia's". A hyphen parts words, so that «US-based» holds the US."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a form stands for: a country, and how it says so (name, capital, city, region, body, adjective…)."""

    country: str
    kind: str
    name: str
    """In the language of the form."""
    doubtful: bool = False
    """Also an ordinary word or a given name: counts only with a capital letter inside a sentence."""
    proper: bool = True
    """Written with a capital letter, so that a lower-case word is not meant."""


@dataclass(frozen=True, slots=True)
class Node:
    """The signs of a phrase that ends here, and the words that make it longer."""

    signs: list[Sign]
    longer: dict[str, Node]


def words_of(text: str) -> list[str]:
    """The words of a form, as keys of the table: lower case, but abbreviations as they are written."""
    return [key(match.group()) for match in WORD.finditer(text)]


def key(word: str) -> str:
    """A word as the table knows it. Abbreviations keep their capitals: "US" is not "us", «РК» is not «рк»."""
    plain = word.replace(".", "").replace("’", "'").replace("ʼ", "'")
    return plain if plain.isupper() and 2 <= len(plain) <= 5 else plain.lower().replace("ё", "е")


@cache
def table(language: str) -> dict[str, Node]:
    """The forms of one language, by their words. Belarusian has none of its own and reads with Russian's."""
    roots: dict[str, Node] = {}
    wanted = language if language in LANGUAGES and language != "be" else "ru"
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["language"] == wanted:
                name = row["name"].lstrip("?")
                sign = Sign(row["country"], row["kind"], name, row["name"] != name, name[0].isupper())
                for form in row["forms"].split("|"):
                    _add(roots, words_of(form), sign)
    return roots


def _add(level: dict[str, Node], words: list[str], sign: Sign) -> None:
    node = None
    for word in words:
        node = level.setdefault(word, Node([], {}))
        level = node.longer
    if node is not None and sign not in node.signs:
        node.signs.append(sign)
