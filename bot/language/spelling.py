"""How one word is spelled: lower case, ё as е, one apostrophe, no stress marks, letters of one alphabet."""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "'’ʼ‘`´′ʹ"
_INSIDE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LETTER = r"[^\W_]"
WORD = re.compile(rf"{_LETTER}+(?:(?:[\u0300-\u036f{_INSIDE}]+|[{APOSTROPHES}](?={_LETTER})){_LETTER}*)*")
"""A word: letters and digits, with stress marks, soft hyphens and single apostrophes inside. A hyphen parts words."""

# Letters that look alike. Copy and paste mixes them, by accident and to slip past filters; the Latin ə and ɵ stand for
# ә and ө where a keyboard lacks these.
_LATIN_TO_CYRILLIC = str.maketrans("ABCEHIJKMOPSTXYËÏƏƟaceopxykmthiëïjsəɵ", "АВСЕНІЈКМОРЅТХУЕЇӘӨасеорхукмтһіеїјѕәө")
_CYRILLIC_TO_LATIN = str.maketrans("АВСЕНІКМОРТХУасеорхукмті", "ABCEHIKMOPTXYaceopxykmti")

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024fəɵ]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_OWNER = re.compile(r"'s?$")


def is_cyrillic(word: str) -> bool:
    return _CYRILLIC.search(word) is not None


def one_alphabet(word: str) -> str:
    """`word` with the look-alikes of one of its two alphabets put into the other one: of the rarer, if that will do.

    Case matters: a capital H is Н, a small h is the Kazakh һ.
    """
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if not latin or not cyrillic:
        return word
    both = (word.translate(_LATIN_TO_CYRILLIC), word.translate(_CYRILLIC_TO_LATIN))
    for other in both if cyrillic >= latin else both[::-1]:
        if not (_LATIN.search(other) and _CYRILLIC.search(other)):
            return other
    return word


def surface(word: str) -> str:
    """`word`, as WORD finds it, in the one spelling by which words are compared."""
    if word.isascii() and word.isalnum():
        return word.lower()
    lowered = unicodedata.normalize("NFKC", one_alphabet(unicodedata.normalize("NFKC", word)).lower())
    for apostrophe in APOSTROPHES[1:]:
        lowered = lowered.replace(apostrophe, "'")
    lettered = "".join(c for c in lowered if c == "'" or (c.isalnum() and c not in _INSIDE))
    alike = lettered.strip("'").replace("ё", "е")
    return alike if is_cyrillic(alike) else _OWNER.sub("", alike)


def without_accents(word: str) -> str:
    """A Latin word in plain letters: erdoğan becomes erdogan."""
    parts = unicodedata.normalize("NFD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("ı", "i")
