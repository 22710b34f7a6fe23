"""The skeleton of a name: what its spellings in all our scripts and cases have in common.

Скорякин, Скорякина, Скорякину, Skoryakin and Skoriakin have one skeleton; so have Жаримбетов and Zharimbetov, and
Гнёт, Gnyot and Hniot. A skeleton is a key, not a transliteration: it is never shown.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

SHORTEST_BEGINNING = 5
LONGEST_REST = 4
"""A skeleton that begins another is the same name from five letters on, if at most four more follow: what is left
of a case ending. Both numbers are from the design; shorter beginnings join different people (Ким and Кимов)."""

_LETTERS = str.maketrans(
    {
        "ё": "е", "ь": "", "ъ": "", "’": "", "'": "", "ʼ": "", "`": "",
        "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "в", "ә": "а", "қ": "к", "ғ": "г", "ң": "н", "ө": "о",
        "ұ": "у", "ү": "у", "һ": "г", "ı": "i", "ə": "a", "ž": "zh", "š": "sh", "č": "ch", "ŭ": "v",
    }
)  # fmt: skip

# In order; each is (what stands in the transliteration, what all spellings share).
_FOLDS = tuple(
    (re.compile(pattern), shared)
    for pattern, shared in (
        (r"(?<=ch|sh|zh)[yi]?o", "e"),  # ё after ш, ж, ч, щ: Горбачёв, Gorbachov, Horbachova
        (r"c(?=[aoulr])|ck|q", "k"),
        (r"shch|sch|sh|sz", "s"),
        (r"dzh|zh|dj", "z"),
        (r"tsi(?=[a-z])", "ti"),  # Belarusian ц before и is т elsewhere: Цихановская
        (r"tch|ch|cz|tc|ts", "c"),
        (r"^mamm?[ae]d", "mamad"),  # ə is a or e: Məmmədov, Mammadov, Мамедов
        (r"kh|gh|h", "g"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"^j(?=[aeiouy])|(?<=[aeou])j(?=[aeiou])", "z"),  # Japarov, Hojiev
        (r"(?<=[iy])j|j(?=[aeiou])", "i"),
        (r"[jy]", "i"),
        (r"i+o", "e"),  # ё: Gnyot, Solovyov
        (r"i+(?=[aeu])", ""),
        (r"ou(?=s?k|$)|au$|au(?=sk)", "ov"),  # Belarusian ў: Tsikhanouskaya, Azarau
        (r"eu(?=s?k|$)", "ev"),
        (r"ou|oo", "u"),
        (r"ee", "i"),
        (r"(.)\1+", r"\1"),
    )
)

_ENDINGS = (
    re.compile(r"(?:(?<=.[eoa]v)|(?<=..in))(?:a|u|e|i|ai|oi|ei|oiu|im|om|em|imi|ig)$"),
    re.compile(r"(?<=[sc]k)(?:i|ai|oi|a|u|e|o|ogo|ogu|omu|im|om|imi|ig|ei)$"),
    re.compile(r"(?<=....[bcdfgklmnprstvz])(?:om|em)$"),
    re.compile(r"(?<=...)[aeiou]$"),
)

# Given names that Belarusian, Ukrainian and English spell with other consonants than Russian (folded, see `fold`).
_EQUIVALENTS = tuple(
    (re.compile(pattern), russian)
    for pattern, russian in (
        (r"^(?:mikala|mikola)", "nikola"),
        (r"^(?:uladzimir|uladimir|valadimir|valodimir|volodimir)", "vladimir"),
        (r"^(?:auge|aug|eug|evg|augen)", "evg"),
        (r"^(?:volga|valga|olg)", "olg"),
        (r"^(?:ganna|gana|anna|ana)$", "ann"),
        (r"^(?:katsiarina|katarina|kateri|ekateri)", "kateri"),
        (r"^(?:maik|misel)", "mik"),
        (r"^(?:aleks|oleks|ales|oles|aleksa|sas)", "aleks"),
        (r"^(?:dzm|dm)", "dm"),
        (r"^(?:dz|zh|dzh)", "z"),
        (r"^(?:pavel|paval|pavl|pal$)", "pavl"),
        (r"^(?:genad|henad)", "genad"),
    )
)

_MIDDLE = re.compile(r".*(?:ович|евич|овна|евна|ични|инична|ovich|evich|ovna|evna|оглы|огли|ogly|oglu)", re.IGNORECASE)
_PARTICLES = frozenset(["кызы", "қызы", "уулу", "улы", "ұлы", "kyzy", "qyzy", "uulu", "uly", "ulu", "кизи"])


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """`word` in the Latin letters that its spellings share; its case ending still stands."""
    plain = anyascii(word.lower().translate(_LETTERS)).lower()
    plain = re.sub(r"[^a-z]", "", plain)
    for pattern, shared in _FOLDS:
        plain = pattern.sub(shared, plain)
    return plain


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """The key of a person's name: its surname folded, without a case ending; o and a are one letter.

    Given names and patronymics weigh next to nothing, so they are left out; a name of one word is its own surname.
    """
    plain = fold(surname(name))
    for ending in _ENDINGS:
        shorter = ending.sub("", plain)
        if shorter != plain:
            plain = shorter
            break
    return plain.replace("o", "a")


def surname(name: str) -> str:
    """The surname in a name as newspapers print it: the last word, but for patronymics, brackets and initials."""
    words = [word for word in re.sub(r"\(.*?\)", " ", name).split() if len(word.rstrip(".")) > 1 and word[-1] != "."]
    if len(words) > 1 and words[-1].lower() in _PARTICLES:
        return words[-2]
    if len(words) > 2 and _MIDDLE.fullmatch(words[-1]):
        return words[0]
    return words[-1] if words else name.strip()


@lru_cache(maxsize=16384)
def key_of(name: str) -> str:
    """The key of a person: the skeleton of the surname, and after a dot what the given name's spellings share.

    "skarakin.lv" is Лев Скорякин; "skarakin" is a Скорякин of whom no more is known. The given name weighs nothing
    towards "the same event"; it only keeps spouses and namesakes apart (see `same_person`).
    """
    family = skeleton(name)
    given = given_name(name)
    return f"{family}.{consonants(given)}" if given else family


def given_name(name: str) -> str:
    """The first word of a name that has more than a surname, without initials; else nothing."""
    words = [word for word in re.sub(r"\(.*?\)", " ", name).split() if len(word.rstrip(".")) > 1 and word[-1] != "."]
    family = surname(name)
    others = [word for word in words if word != family and word.lower() not in _PARTICLES]
    return others[0] if others else ""


@lru_cache(maxsize=16384)
def consonants(given: str) -> str:
    """The first two consonants of a given name, as Russian has the name: Mikalai and Микола are Николай."""
    plain = fold(given)
    for pattern, russian in _EQUIVALENTS:
        plain = pattern.sub(russian, plain)
    return (re.sub(r"[aeiou]", "", plain) or plain)[:2]


def family(key: str) -> str:
    """The surname's part of a key: what `/follow Скорякин` is kept by."""
    return key.partition(".")[0]


def same_person(one: str, other: str) -> bool:
    """Whether two keys may be one person: surnames that agree, and given names that do not contradict.

    Surnames agree when they are equal, or when one begins the other (see SHORTEST_BEGINNING).
    """
    (short, short_given), (long, long_given) = sorted(
        (one.partition(".")[::2], other.partition(".")[::2]), key=lambda parts: len(parts[0])
    )
    if short_given and long_given and short_given != long_given:
        return False
    if short == long:
        return bool(short)
    return len(short) >= SHORTEST_BEGINNING and long.startswith(short) and len(long) - len(short) <= LONGEST_REST


def beginning(key: str) -> str:
    """What every key of the same person begins with: by this, a store can look candidates up."""
    return family(key)[:SHORTEST_BEGINNING]
