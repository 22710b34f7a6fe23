"""Kazakh and Kyrgyz word forms, without a dictionary: endings are cut off by a table.

Neither language has a lemmatiser on PyPI. Both stack endings on an unchanging stem in a fixed order (number,
possession, case on nouns; voice, negation, tense, person on verbs) and choose each vowel to fit the stem. The table
below names the pieces in plain letters (see `fold`), and every order that occurs is one ending. A word stands for
itself, for each noun ending that may be cut off, for its longest verb ending cut off, and for the verb that it may be
a form of; two words match when one of those is shared. That is enough for «кармалды», «кармалган», «кармашкан» to
meet in «карма», and for «ұсталды», «ұстады», «ұсталған» to meet in «уста».

The verb that a word may be a form of is marked (`_VERB`): «берді», «берген» and «берілмейді» share «бер-», which is no
noun's stem. So verbs may be shorter than what is left of a noun, and their endings more.
"""

from __future__ import annotations

from itertools import product

SHORTEST_NOUN = 3
SHORTEST_ROOT = 3
SHORTEST_VERB = 4
"""Letters that must stay: nouns and marked verbs get as short as «сот» (court) and «бер-» (to give); shorter unmarked
verbs than «кама» coincide with other words («түрмө», a prison, would become «тур», to stand)."""

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
    "ЫмЫз мЫз бЫз ЫбЫз нЫз ЫнЫз ЫнАр нАр",  # our, your
)
_HIS = _with_vowels("сЫн")  # his, as the object: «саясатчысын»; after a consonant it is spelt as «thy»
_CASE = _with_vowels(
    "нЫн дЫн тЫн",  # genitive: of whom
    "нЫ дЫ тЫ",  # accusative: whom
    "гА кА нА",  # dative: to whom
    "дА тА ндА",  # locative: where
    "дАн тАн нАн",  # ablative: from where
    "мен бен пен менен",  # instrumental: with whom
    "дАгЫ тАгЫ ндАгЫ",  # the one at
)
_MADE = _with_vowels("лА лАн лАл лАт лАш")
"""A verb made of a noun: «экстрадицияланды» meets «экстрадиция»."""
_TENSE = _with_vowels(
    "дЫ тЫ дЫм тЫм дЫлАр тЫлАр",  # did; I, they did
    "гАн кАн гАнЫ кАнЫ гАнЫн кАнЫн гАндЫгЫ кАндЫгЫ",  # who did; that he did
    "Ып п ЫптЫр птЫр",  # having done; has done, it is said
    "А й Ат йт АдЫ йдЫ",  # does, will do
    "у уу оо Ыш ш уда ууда уга ууга уунун",  # the doing
    "са сА мак мек мок бак бек пак пек",  # if; to be done
)

_HARD = {"г": "к", "б": "п"}
_NOUNS_OF_ROOTS = ("ган", "ген", "гон", "кан", "кен", "кон", "у", "оо", "атын", "етин", "йтын", "йтин",
                   "гандык", "кандык", "гендик", "кендик", "гондук", "кондук")  # fmt: skip
_NOUNS_OF_VERBS = ("ган", "ген", "гон", "кан", "кен", "кон", "уу", "оо")


def _orders(*pieces: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(order) for order in product(*[("", *piece) for piece in pieces])) - {""}


_NOUN_ENDINGS = _orders(_PLURAL, _POSSESSION, _CASE) | frozenset(_HIS)
_VERB_ENDINGS = frozenset("".join(order) for order in product(("", *_MADE), _TENSE))

_VERB, _NOT = "-", "-ма"
"""End the stem that only forms of one verb share, and those that deny it: not handed over is not handed over."""
_DENYING = frozenset(_with_vowels("мАс бАс пАс мАстАн бАстАн пАстАн"))
_ROOT_ENDINGS = _DENYING | frozenset(
    _with_vowels(
        "дЫ тЫ дЫм тЫм дЫлАр тЫлАр",  # not «-дық», we did: «жарандык» is citizenship
        "гАн кАн гАндЫк кАндЫк гАндАй кАндАй",
        "Ат йт АдЫ йдЫ АтЫн йтЫн",
        "Ып п ЫптЫр птЫр ЫптЫ птЫ А й у уу оо сА мАк бАк пАк",
    )
)
_DENIALS = frozenset(_with_vowels("мА бА пА"))
_SHORT_ENDINGS = frozenset((*_OPEN, "й", "п"))
"""Too little to tell a verb of three letters by: «қала», a city, is no form of «қал-», to stay."""
_VOICES = tuple(
    (frozenset(_with_vowels(ending)), least) for ending, least in (("Ыл Ын Ыш", 3), ("Ыс л н ш", 4), ("с т", 5))
)
"""Passive, and together, with the letters that must stay: «келіс-», to agree, is not «кел-», to come."""
_UNDIVIDED = frozenset(["алмаш", "келиш", "согуш", "чыгыш", "катыш", "жарыш"])
"""Verbs that only look like a voice of another: «алмаш-», to exchange, is not «алма-», not to take."""

_LONGEST = max(map(len, _NOUN_ENDINGS | _VERB_ENDINGS | _ROOT_ENDINGS))


def _cuts(word: str, endings: frozenset[str], shortest: int) -> list[str]:
    """What is left of `word` after each ending that it may have, the longest ending first."""
    most = min(_LONGEST, len(word) - shortest)
    return [word[:-length] for length in range(most, 0, -1) if word[-length:] in endings]


def stems(word: str) -> frozenset[str]:
    """`word` (lower case) folded, without each noun ending it may have, without its longest verb ending, and the
    marked stems of the verb that it may be a form of."""
    plain = fold(word)
    nouns = _hardened(plain, _cuts(plain, _NOUN_ENDINGS, SHORTEST_NOUN))
    found = {plain, *nouns}
    # «кармалгандарды» (those detained) is a noun made of a verb: both endings go.
    for verb in (plain, *(noun for noun in nouns if noun.endswith(_NOUNS_OF_VERBS))):
        found.update(_cuts(verb, _VERB_ENDINGS, SHORTEST_VERB)[:1])
        if verb.endswith("оо"):
            # Kyrgyz draws the stem's last vowel into the ending: карма- and -оо make кармоо, изде- makes издөө.
            found.update((f"{verb[:-2]}а", f"{verb[:-2]}е"))
    for verb in (plain, *(noun for noun in nouns if noun.endswith(_NOUNS_OF_ROOTS))):
        found |= _roots(verb)
    return frozenset(found)


def _hardened(word: str, cut: list[str]) -> list[str]:
    """Stems, and those with the consonant that an ending's vowel has softened: «құқығы» is of «құқық»."""
    hard = [f"{stem[:-1]}{_HARD[stem[-1]]}" for stem in cut if stem[-1] in _HARD and word[len(stem)] in _CLOSE]
    return [*cut, *hard]


def _roots(verb: str) -> set[str]:
    """The marked stems of the verb that `verb` may be a form of, in whatever voice; none for most nouns.

    Its longest ending is cut, and -у: «босату», to release, looks like a past tense of «боса-».
    """
    found: set[str] = set()
    cut = _cuts(verb, _ROOT_ENDINGS, SHORTEST_ROOT)
    for number, stem in enumerate(cut):
        ending = verb[len(stem) :]
        if (number and ending != "у") or (len(stem) == SHORTEST_ROOT and ending in _SHORT_ENDINGS):
            continue
        whole = _whole_stems(stem, ending)
        denied = {one[:-2] for one in whole if one[-2:] in _DENIALS and len(one) - 2 >= SHORTEST_ROOT}
        if ending in _DENYING:
            denied.add(stem)
        else:
            found.update(root + _VERB for root in _voiceless(whole))
        found.update(root + _NOT for root in _voiceless(denied))
    return found


def _whole_stems(stem: str, ending: str) -> set[str]:
    if ending == "оо":
        return {f"{stem}а", f"{stem}е", f"{stem}о"}
    found = {stem}
    if ending[0] in "аеоуый" and stem[-1] in _HARD:
        found.add(f"{stem[:-1]}{_HARD[stem[-1]]}")
    if ending in ("у", "уу"):
        # The infinitive swallows a close vowel: таны- makes тану, таануу.
        return found | {f"{stem}ы", f"{stem}и"}
    # «ұстады» is the past of «ұста-», and «береді» the present of «бер-»; «танып» is of «таны-», «беріп» of «бер-».
    ambiguous = _OPEN if ending[1:2] == "д" else _CLOSE if ending[1:2] == "п" else ""
    return found | {f"{stem}{ending[0]}"} if ending[0] in ambiguous else found


def _voiceless(stems: set[str]) -> set[str]:
    """The stems, and what is left of them without a voice's ending, or two."""
    found = fresh = stems
    for _ in range(2):
        fresh = {
            stem[:-length]
            for stem in fresh
            for endings, least in _VOICES
            for length in (1, 2)
            if stem not in _UNDIVIDED and stem[-length:] in endings and len(stem) - length >= least
        }
        found = found | fresh
    return found
