"""How one word is spelled: lower case, ё as е, one apostrophe, no stress marks, letters of one alphabet."""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "'’ʼ‘`´"
_INSIDE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LETTER = r"[^\W_]"
WORD = re.compile(rf"{_LETTER}+(?:(?:[\u0300-\u036f{_INSIDE}]+|[{APOSTROPHES}](?={_LETTER})){_LETTER}*)*")
"""A word: letters and digits, with stress marks, soft hyphens and single apostrophes inside. A hyphen parts words."""

# Letters that look alike. Copy and paste mixes them, by accident and to slip past filters.
_LATIN_TO_CYRILLIC = str.maketrans("aceopxykmhbtiëïjs", "асеорхукмнвтіеїјѕ")
_CYRILLIC_TO_LATIN = str.maketrans("асеорхукмнвті", "aceopxykmhbti")
_ONLY_IN_CAPITALS = frozenset("kmhbt")

_LATIN = re.compile(r"[a-z\u00df-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_OWNER = re.compile(r"'s?$")


def is_cyrillic(word: str) -> bool:
    return _CYRILLIC.search(word) is not None


def one_alphabet(word: str) -> str:
    """`word` (lower case) with the look-alikes of the rarer of its two alphabets put into the other one."""
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if not latin or not cyrillic:
        return word
    other = word.translate(_LATIN_TO_CYRILLIC if cyrillic >= latin else _CYRILLIC_TO_LATIN)
    mixed_still = _LATIN.search(other) and _CYRILLIC.search(other)
    return word if mixed_still else other


def surface(word: str) -> str:
    """`word`, as WORD finds it, in the one spelling by which words are compared."""
    if word.isascii() and word.isalnum():
        return word.lower()
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).lower())
    for apostrophe in APOSTROPHES[1:]:
        lowered = lowered.replace(apostrophe, "'")
    lettered = "".join(c for c in lowered if c == "'" or (c.isalnum() and c not in _INSIDE))
    alike = one_alphabet(lettered.strip("'")).replace("ё", "е")
    return alike if is_cyrillic(alike) else _OWNER.sub("", alike)


def without_accents(word: str) -> str:
    """A Latin word in plain letters: erdoğan becomes erdogan."""
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("ı", "i")
