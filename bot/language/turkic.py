"""Kazakh and Kyrgyz word forms, without a dictionary: one ending is cut off, once.

Neither language has a lemmatiser on PyPI. Both stack endings on an unchanging stem in a fixed order (number,
possession, case on nouns; voice, tense, person on verbs) and choose each vowel to fit the stem. The table below
names the pieces in plain letters (see `fold`), and every order that occurs is one ending. A word stands for
itself, for its longest noun ending cut off, and for its longest verb ending cut off; two words match when one of
those is shared. That is enough for «кармалды», «кармалган», «кармашкан» to meet in «карма», and for «ұсталды»,
«ұстады», «ұсталған» to meet in «уста».
"""

from __future__ import annotations

from itertools import product

SHORTEST_STEM = 3
"""Letters that must stay: «сот» (court) and «кыз» are as short as the nouns we look for get."""

# Typed on a Russian keyboard, these letters come out as their neighbours.
_PLAIN = str.maketrans("әғқңөұүһі", "агкноуухи")


def fold(word: str) -> str:
    """`word` in plain letters: ә ғ қ ң ө ұ ү һ і become а г к н о у у х и. `word` is in lower case."""
    return word.translate(_PLAIN)


# Vowels in the order that harmony gives them, after `fold`: back а ы о у, front е и о у (ө, ү are folded).
_OPEN = "аео"
_CLOSE = "ыиуую"


def _with_vowels(patterns: str) -> tuple[str, ...]:
    """Patterns with A for an open vowel and Y for a close one, written out."""
    spelled: set[str] = set()
    for pattern in patterns.split():
        choices = [_OPEN if letter == "A" else _CLOSE if letter == "Y" else letter for letter in pattern]
        spelled.update("".join(letters) for letters in product(*choices))
    return tuple(sorted(spelled))


_PLURAL = _with_vowels("лAр дAр тAр")
_POSSESSION = _with_vowels("Yм Yн сY Y Yмыз Yмиз Yбыз Yбиз YнYз YнAр нYз")
_CASE = _with_vowels(
    "нYн дYн тYн"  # genitive: of whom
    " нY дY тY"  # accusative: whom
    " гA кA A нA"  # dative: to whom
    " дA тA ндA"  # locative: where
    " дAн тAн нAн"  # ablative: from where
    " мен бен пен менен"  # instrumental: with whom
    " дAгY тAгY ндAгY"  # which is at
)
_VOICE = _with_vowels("Yл л Yн н Yш ш Yлт лт т дYр тYр гYз кYз")
_TENSE = _with_vowels(
    "дY тY"  # he did
    " гAн кAн"  # who did
    " Yп п"  # having done
    " A й Aт йт"  # does, will do
    " Yу у уу оо Yш ш уда ууда удa ууга уга уунун"  # the doing
    " гAндYгY кAндYгY гAнын кAнын гAндAр кAндAр гAндY кAндY гAндAн кAндAн"
    " са бай пай май бей пей мей бAгAн пAгAн мAгAн бAйт пAйт мAйт мA бA пA"
    " Yптыр Yптир птыр птир Yптур птур мак мек бак бек пак пек мокчу макчы мекчи"
    " AлA YлYп тYрса дYргAн"
    " дYк дYм дYн тYк тYм тYн дYлAр тYлAр"  # we, I, you, they did
    " Aды Aди йды йди Aдu йт"
)


def _orders(*pieces: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(order) for order in product(*[("", *piece) for piece in pieces])) - {""}


_NOUN_ENDINGS = _orders(_PLURAL, _POSSESSION, _CASE)
_VERB_ENDINGS = frozenset("".join(order) for order in product(("", *_VOICE), _TENSE))
_LONGEST = max(map(len, _NOUN_ENDINGS | _VERB_ENDINGS))


def _cuts(word: str, endings: frozenset[str]) -> list[str]:
    """What is left of `word` after each ending that it may have, the longest ending first."""
    most = min(_LONGEST, len(word) - SHORTEST_STEM)
    return [word[:-length] for length in range(most, 0, -1) if word[-length:] in endings]


def stems(word: str) -> frozenset[str]:
    """`word` (lower case) folded, without each noun ending it may have, and without its longest verb ending."""
    plain = fold(word)
    return frozenset((plain, *_cuts(plain, _NOUN_ENDINGS), *_cuts(plain, _VERB_ENDINGS)[:1]))
