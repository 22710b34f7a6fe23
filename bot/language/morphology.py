"""pymorphy3's dictionaries, loaded once for everyone who reads with them, by the first word that needs one."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@cache
def analyzer(language: str) -> Any:
    """The dictionary of "ru" or "uk": about 24 and 21 MB of resident memory."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang=language)


@lru_cache(maxsize=20_000)
def readings(word: str, language: str) -> tuple[Any, ...]:
    """Every parse of `word`, the likeliest first. News repeats its words, so few of them are parsed anew."""
    return tuple(analyzer(language).parse(word))


def lemmas(word: str, dictionary: Any) -> frozenset[str]:
    """Every lemma that `dictionary` has for `word` (lower case), ё as е; none for a word that it does not know.

    The dictionary's own entries: what a parse adds, how likely each reading is, costs as much again.
    """
    entries = dictionary.dictionary
    found = set()
    for spelled, readings_of in entries.words.similar_items(word, dictionary.char_substitutes):
        for paradigm, place in readings_of:
            lemma = entries.build_normal_form(paradigm, place, spelled)
            found.add(lemma)
            if lemma.endswith("ий") and "pssv" in entries.build_tag_info(paradigm, place):
                found |= _verbs_of(lemma, dictionary)
    return frozenset(lemma.replace("ё", "е") for lemma in found)


def guessed_lemmas(word: str, dictionary: Any) -> frozenset[str]:
    """The lemmas that a word in no dictionary has by its ending, ё as е."""
    found = set()
    for parse in dictionary.parse(word):
        found.add(parse.normal_form)
        if "pssv" in parse.tag and parse.normal_form.endswith("ий"):
            found |= _verbs_of(parse.normal_form, dictionary)
    return frozenset(lemma.replace("ё", "е") for lemma in found)


def _verbs_of(participle: str, dictionary: Any) -> set[str]:
    """The Ukrainian dictionary files «затриманий» apart from «затримати»; the form in -но leads to the verb."""
    return {verb.normal_form for verb in dictionary.parse(f"{participle[:-2]}о") if "VERB" in verb.tag}
