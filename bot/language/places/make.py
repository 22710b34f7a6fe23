"""Writes table.tsv: every form by which a country shows in a text.

    python -m bot.language.places.make

Its sources are CLDR's names of territories (Babel), the rows of curated.tsv beside it (cities, adjectives,
demonyms, bodies of state, written once in their basic form), and pymorphy3, which inflects Russian and Ukrainian.
Kazakh and Kyrgyz endings are cut when a text is read (see finder.py), so the table holds their basic forms. English
has no cases. To mend a place, edit curated.tsv and run this again; a line in table.tsv can be read, not kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pymorphy3
from babel import Locale

HERE = Path(__file__).parent
LANGUAGES = ("en", "ru", "uk", "kk", "ky")
CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
PLACE_KINDS = frozenset({"name", "capital", "city", "region", "body", "outlet", "leader"})
NOT_COUNTRIES = frozenset(
    {"AC", "AN", "AQ", "BV", "CP", "DG", "EA", "EU", "EZ", "HM", "IC", "IO", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
"""CLDR's territories that are no place to be arrested in: unions, pseudo-locales, uninhabited islands."""


def curated_rows() -> Iterator[tuple[str, str, str, str]]:
    """(country, kind, language, basic form), as curated.tsv gives them."""
    with (HERE / "curated.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            for language in LANGUAGES:
                for form in filter(None, map(str.strip, row[language].split(","))):
                    yield row["country"], row["kind"], language, form


def cldr_rows() -> Iterator[tuple[str, str, str, str]]:
    """(country, "name", language, name) of every territory in CLDR with a two-letter code."""
    for language in LANGUAGES:
        for code, name in sorted(Locale(language).territories.items()):
            if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES:
                yield code, "name", language, name.split(" (")[0].replace("’", "'")


class Inflector:
    """The forms of a Russian or Ukrainian name."""

    def __init__(self, language: str) -> None:
        self._morph = pymorphy3.MorphAnalyzer(lang=language)

    def forms(self, name: str, kind: str) -> list[str]:
        words = name.split()
        if name.isupper():
            return [name]
        if len(words) > 1:
            return self._phrase(words)
        return sorted({name, *self._word(name, kind)})

    def is_common_word(self, name: str) -> bool:
        """Whether the dictionary knows `name` as an ordinary word: «Того», «Чад», «Мали»."""
        parses = self._morph.parse(name.lower())
        return any(p.is_known and not {"Geox", "Name", "Surn", "Patr", "Orgn"} & set(p.tag.grammemes) for p in parses)

    def _word(self, word: str, kind: str) -> Iterable[str]:
        parse = self._parse(word, kind)
        if parse is None:
            return [word]
        # A country or city has no plural unless it is one («Нидерланды»); a people and an adjective do.
        wants_plural = kind not in PLACE_KINDS or "plur" in parse.tag.grammemes
        unwanted = {"COMP", "Supr", "ADJS", "voct"} | (set() if wants_plural else {"plur"})
        return [self._like(word, form.word) for form in parse.lexeme if not unwanted & form.tag.grammemes]

    def _parse(self, word: str, kind: str) -> Any:
        """The reading of `word` as a nominative that fits its kind, or nothing if there is none."""
        parses = [p for p in self._morph.parse(word) if "nomn" in p.tag.grammemes]
        wanted = {"adjective": "ADJF", "people": "anim", "leader": "Surn"}.get(kind, "Geox")
        for mark in (wanted, "inan" if kind in PLACE_KINDS else "NOUN", "NOUN", "ADJF"):
            fitting = [parse for parse in parses if mark in parse.tag.grammemes]
            if fitting:
                # Where the dictionary has a word twice, one of the two is often a name that is not declined.
                return max(fitting, key=lambda parse: len({form.word for form in parse.lexeme}))
        return None

    def _phrase(self, words: list[str]) -> list[str]:
        """«Южная Осетия» in six cases: its adjectives and its first noun are declined together."""
        head = next((i for i, word in enumerate(words) if "NOUN" in self._best(word).tag.grammemes), len(words) - 1)
        forms = {" ".join(words)}
        for case in CASES:
            changed = [self._in_case(word, case, words[head]) if i <= head else word for i, word in enumerate(words)]
            forms.add(" ".join(changed))
        return sorted(forms)

    def _best(self, word: str) -> Any:
        parses = self._morph.parse(word)
        return next((p for p in parses if "nomn" in p.tag.grammemes and "Surn" not in p.tag.grammemes), parses[0])

    def _in_case(self, word: str, case: str, head: str) -> str:
        parse = self._best(word)
        inanimate = case == "accs" and "ADJF" in parse.tag.grammemes and self._best(head).tag.gender == "masc"
        form = parse.inflect({"nomn" if inanimate else case})
        return self._like(word, form.word) if form else word

    @staticmethod
    def _like(model: str, word: str) -> str:
        """`word` with the capitals of `model`, part by part of a hyphenated name."""
        pairs = zip(model.split("-"), word.split("-"), strict=False)
        return "-".join(part.capitalize() if like[:1].isupper() else part for like, part in pairs)


def lines() -> Iterator[str]:
    """The lines of table.tsv, by country. «?» before a name: an ordinary word too, so it counts with care."""
    looked_at = {(country, language) for country, kind, language, _ in curated_rows() if kind == "name"}
    inflectors = {language: Inflector(language) for language in ("ru", "uk")}
    seen: set[tuple[str, str, str]] = set()
    for country, kind, language, name in sorted({*curated_rows(), *cldr_rows()}):
        if (country, language, name.lower()) in seen:
            continue
        seen.add((country, language, name.lower()))
        inflector = inflectors.get(language)
        forms = inflector.forms(name, kind) if inflector else [name]
        doubtful = (country, language) not in looked_at and any(map(inflectors["ru"].is_common_word, forms))
        yield "\t".join((country, kind, language, ("?" if doubtful else "") + name, "|".join(forms)))


def main() -> None:
    header = "country\tkind\tlanguage\tname\tforms"
    (HERE / "table.tsv").write_text("\n".join([header, *lines()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
