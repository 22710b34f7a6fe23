"""What words tell of a text's language where its letters don't: function words, endings, and Russian's dictionary.

The marks are of grammar, not of vocabulary: whatever the news is, «що», «-ський», «-ння» are Ukrainian, «что»,
«-ский», «-ение» Russian, and Kyrgyz draws out vowels («-уу», «-оо») where Kazakh has «-у», «-ау». They are written in
plain letters (see `turkic.fold`) and so hold for what was typed on a Russian keyboard as well. Each was counted in the
labelled sets (tests/data/corpus): what a neighbour has at more than about a tenth of its frequency at home is shared
with it here, or missing. What only a loan or a name brings («закон», «Кыргызстан», «ООН») is left out where it can be.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from bot.language.morphology import analyzer
from bot.language.turkic import fold


def _marks(words: str, endings: str, pieces: str = "") -> re.Pattern[str]:
    """Whole words, endings, and what may stand anywhere; each a regular expression, spaces between them."""
    ways = pieces.split()
    if words:
        ways.append(rf"\b(?:{'|'.join(words.split())})\b")
    if endings:
        ways.append(rf"(?:{'|'.join(endings.split())})\b")
    return re.compile("|".join(ways))


# Of 100 items in Russian, Ukrainian, Kazakh, Kyrgyz: «тся» stands 12, 0, 0, 0 times; «[сцз]ьк» 0,
# 47, 0, 0; «[жшщчкгх]ы» 4, 0, 150, 174; «ау» 1, 1, 54, 1; «аа», «оо», «уу», «ээ» 7, 4, 1, 143; «ч» 134, 120, 3, 164.
_MARKS = (
    (("ru", "uk", "be"), _marks("в на за по не у до для про над", "ости (?<!о)ого ли ть [а-я]ии")),
    (
        ("ru",),
        _marks(
            "что чтобы его ее от с со к ко после как или где когда уже еще если этот эта это перед нет",
            "тся л(?:ся|ась|ись) ени[еяю] ани[еяю] [ауюяе]ет [ауе]ют овал[аи]? щ(?:ий|ие|их|его|им|ая) [ия]л [жгд]ут"
            " ы(?:м|х|й|е|ми) (?<!ь)ск(?:ий|ая|ое|ие|ого|ому|ом|их|ую|им|ими)",
        ),
    ),
    (
        ("uk",),
        _marks(
            "що щоб щодо як яка який яке яки якого його йому вона вони був було буде це цей ця цього але або також ще"
            " вже зи та з коли чи пид писля проти понад",
            "нн?ня ття [ауюяо]вся л[аи]ся [ую]в(?:ав|ала|али|ати|ано|ання) [аяую]ють [еи]ться [иу]ти ати [ая]в"
            " (?:ч|аль|ив|ист)н(?:ий|их|им|ими)",
            r"[сцз]ьк [бпвмф]['’ʼ][яюе]",
        ),
    ),
    (
        ("kk", "ky"),
        _marks(
            "деп жана бир жок бул ар да ал жыл сот",
            "лд[ыиу] тт[ыиу] нд[ыи] рд[ыи] [лнртшй][ыу]п [лмнртшс][гк](?:ан|ен|он) [нд]ын дун [сгн]ында лары?н?",
            r"[жшщчкгх]ы(?!ргыз|зс[тк]) [лдт][ыу]к",
        ),
    ),
    (("ru", "uk", "be", "ky"), _marks("", "", "ч")),
    (("ru", "uk", "be", "kk"), _marks("", "", r"\bе")),
    (
        ("kk",),
        _marks(
            "жане ушин бойынша туралы кейин дейин емес еки болды онын екен",
            "[аеы]у [аеий]т[ыи]н [нртлсзй](?:пен|мен|бен)",
            r"ау еу [а-я]{4}ш[ыи]\b",
        ),
    ),
    (
        ("ky",),
        _marks(
            "учун боюнча тууралуу кийин чейин эмес эки болду менен экен анын",
            "нун дун лор лду [лнрштс][гк]он огон",
            r"аа оо(?!бщ|пер|рд|хр|н\b) (?<!\bб)уу ээ [оу][нрл]ду чы \bэ(?:л\b|л[дгу]|мес|ки|рк|рт|с[кт]|н\b|м[нг])",
        ),
    ),
)

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_LOOKED_UP = re.compile(r"[а-яё]{4,}")
"""Words of four letters and more that are no names: those begin with a capital."""

CACHED_WORDS = 4_000
"""Words remembered, about 250 bytes each: reading one anew costs as much as thirty from memory."""


class Words(NamedTuple):
    """What the words of a text tell. Marks that neighbours share count for each of them."""

    ru: int = 0
    uk: int = 0
    be: int = 0
    kk: int = 0
    ky: int = 0
    known: int = 0
    """Words that Russian's dictionary has."""
    unknown: int = 0
    """Words that it lacks; names are not counted."""


def told_by_words(text: str) -> Words:
    """What the words of `text` tell together; all in capitals, none of them is known for a name."""
    if text.isupper():
        text = text.lower()
    return Words(*map(sum, zip(Words(), *map(_told_by, _WORD.findall(text)), strict=True)))


@lru_cache(maxsize=CACHED_WORDS)
def _told_by(word: str) -> Words:
    plain = fold(word.lower())
    found = dict.fromkeys(Words._fields, 0)
    for languages, pattern in _MARKS:
        count = len(pattern.findall(plain))
        for language in languages:
            found[language] += count
    if _LOOKED_UP.fullmatch(word):
        found["known" if analyzer("ru").word_is_known(word) else "unknown"] = 1
    return Words(**found)
