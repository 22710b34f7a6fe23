"""Kazakh and Kyrgyz word forms, without a dictionary: one ending is cut off, once.

Neither language has a lemmatiser on PyPI. Both stack endings on an unchanging stem in a fixed order (number,
possession, case on nouns; voice, tense, person on verbs) and choose each vowel to fit the stem. The table below
names the pieces in plain letters (see `fold`), and every order that occurs is one ending. A word stands for
itself, for each noun ending that may be cut off, and for its longest verb ending cut off; two words match when one
of those is shared. That is enough for «кармалды», «кармалган», «кармашкан» to meet in «карма», and for «ұсталды»,
«ұстады», «ұсталған» to meet in «уста».
"""

from __future__ import annotations

from itertools import product

SHORTEST_NOUN = 3
SHORTEST_VERB = 4
"""Letters that must stay: nouns get as short as «сот» (court); shorter verbs than «кама» coincide with other words
(«түрмө», a prison, would become «тур», to stand)."""

# Typed on a Russian keyboard, these letters come out as their neighbours.
_PLAIN = str.maketrans("әғқңөұүһі", "агкноуухи")


def fold(word: str) -> str:
    """`word` in plain letters: ә ғ қ ң ө ұ ү һ і become а г к н о у у х и. `word` is in lower case."""
    return word.translate(_PLAIN)


# An ending's vowel fits the stem's; folded, the open ones are а е о, the close ones ы и у (and ю after a vowel).
_OPEN = "аео"
_CLOSE = "ыиую"


def _with_vowels(*patterns: str) -> tuple[str, ...]:
    """Patterns, spaces between them, with А for any open vowel and Ы for any close one, written out."""
    spelled: set[str] = set()
    for pattern in " ".join(patterns).split():
        choices = [_OPEN if letter == "А" else _CLOSE if letter == "Ы" else letter for letter in pattern]
        spelled.update("".join(letters) for letters in product(*choices))
    return tuple(sorted(spelled))


_PLURAL = _with_vowels("лАр дАр тАр")
_POSSESSION = _with_vowels(
    "Ым Ын сЫ Ы",  # my, thy, his
    "ЫмЫз бЫз ЫбЫз нЫз ЫнЫз ЫнАр нАр",  # our, your
)
_CASE = _with_vowels(
    "нЫн дЫн тЫн",  # genitive: of whom
    "нЫ дЫ тЫ",  # accusative: whom
    "гА кА нА",  # dative: to whom
    "дА тА ндА",  # locative: where
    "дАн тАн нАн",  # ablative: from where
    "мен бен пен менен",  # instrumental: with whom
    "дАгЫ тАгЫ ндАгЫ",  # the one at
)
_VOICE = _with_vowels(
    "Ыл л Ын н",  # passive: was done
    "Ыш ш",  # together: they did
    "т Ылт лт дЫр тЫр гЫз кЫз",  # made to do
    "лА лАн лАл лАт лАш",  # a verb made of a noun: экстрадиция, экстрадицияланды
)
_TENSE = _with_vowels(
    "дЫ тЫ дЫк дЫм дЫн тЫк тЫм тЫн дЫлАр тЫлАр",  # did; we, I, you, they did
    "гАн кАн гАнЫ кАнЫ гАнЫн кАнЫн гАндЫгЫ кАндЫгЫ",  # who did; that he did
    "Ып п ЫптЫр птЫр",  # having done; has done, it is said
    "А й Ат йт АдЫ йдЫ",  # does, will do
    "у уу оо Ыш ш уда ууда уга ууга уунун",  # the doing
    "са сА мак мек мок бак бек пак пек",  # if; to be done
    "мА бА пА май мей бай бей пай пей мАгАн бАгАн пАгАн мАйт бАйт пАйт",  # not done
)

_NOUNS_OF_VERBS = ("ган", "ген", "гон", "кан", "кен", "кон", "уу", "оо")


def _orders(*pieces: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(order) for order in product(*[("", *piece) for piece in pieces])) - {""}


_NOUN_ENDINGS = _orders(_PLURAL, _POSSESSION, _CASE)
_VERB_ENDINGS = frozenset("".join(order) for order in product(("", *_VOICE), _TENSE))
_LONGEST = max(map(len, _NOUN_ENDINGS | _VERB_ENDINGS))


def _cuts(word: str, endings: frozenset[str], shortest: int) -> list[str]:
    """What is left of `word` after each ending that it may have, the longest ending first."""
    most = min(_LONGEST, len(word) - shortest)
    return [word[:-length] for length in range(most, 0, -1) if word[-length:] in endings]


def stems(word: str) -> frozenset[str]:
    """`word` (lower case) folded, without each noun ending it may have, and without its longest verb ending."""
    plain = fold(word)
    nouns = _cuts(plain, _NOUN_ENDINGS, SHORTEST_NOUN)
    found = {plain, *nouns}
    # «кармалгандарды» (those detained) is a noun made of a verb: both endings go.
    for verb in (plain, *(noun for noun in nouns if noun.endswith(_NOUNS_OF_VERBS))):
        found.update(_cuts(verb, _VERB_ENDINGS, SHORTEST_VERB)[:1])
        if verb.endswith("оо"):
            # Kyrgyz draws the stem's last vowel into the ending: карма- and -оо make кармоо, изде- makes издөө.
            found.update((f"{verb[:-2]}а", f"{verb[:-2]}е"))
    return frozenset(found)
