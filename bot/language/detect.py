"""Which of our languages a short text is in."""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from math import log
from typing import Any, NamedTuple

from bot.language.marks import told_by_words
from bot.model import LANGUAGES

# Where nothing is plain, evidence is summed up. A mark (see `marks`) is worth 1, and the rest as much as erred least in
# a grid over the labelled sets: titles, summaries, both, and titles' first words; with the right prior, with none and
# with each wrong one; as written, and as typed on a Russian keyboard. A fifth more or less of each changes little but
# for the feed's word: with less of it fewer texts are lost to a wrong feed, and more short ones in the right one.
OF_PRIOR = 1.8
"""The feed's word decides where a text gives no evidence (a bare name); two marks of another language outweigh it."""
OF_MODEL = 0.7
LEAST_CHANCE = 0.018
"""The model is sure of itself to twenty places whether it is right or wrong, so no language gets less than this."""
OF_PLAIN_TURKIC = 0.9
OF_FOREIGN = 1.5
"""A letter that the language's alphabet lacks; one of them may be a name's."""
OF_KNOWN = {"ru": 0.0, "uk": 0.8, "be": 0.8, "kk": 0.9, "ky": 0.9}
"""A word that Russian has speaks against the others: 98 of 100 Russian words are such, 36 Ukrainian ones, 25 Kazakh
ones, 13 Kyrgyz ones."""
ENOUGH = 3.0
"""A lead that the model cannot make up for; it costs three times what all the rest does."""
OF_UNKNOWN, MOST_UNKNOWN = 1.5, 3
"""A word that Russian lacks speaks against Russian; compounds and nicknames are many, so three at most."""

OWN_LANGUAGE = 60
"""A field of at least so many characters may be in another language than its item."""

# Letters that not every Cyrillic alphabet of ours has, and words that Russian has and a neighbour lacks. Where they
# abound they settle the language at a tenth of the model's cost: of 1,000 letters a Kazakh text has about 120 of its
# own, a Kyrgyz one 50, a Ukrainian one 70. Most of Russian's prepositions are Ukrainian, too.
_KAZAKH, _KYRGYZ, _UKRAINIAN = frozenset("әғқұһӘҒҚҰҺ"), frozenset("ңөүҢӨҮ"), frozenset("їєґЇЄҐ")
_SHARED_I = frozenset("іІ")
_NOT_UKRAINIAN = frozenset("ыэъёўЫЭЪЁЎ") | _KAZAKH | _KYRGYZ
_NOT_RUSSIAN = frozenset("ўЎ") | _KAZAKH | _KYRGYZ | _UKRAINIAN | _SHARED_I
_NEVER_UKRAINIAN = frozenset("ыэъёЫЭЪЁ")
_RUSSIAN_WORDS = frozenset(
    ("в", "и", "с", "из", "на", "за", "по", "что", "его", "для", "от", "о", "к", "у", "их", "после", "до")
)
_RUSSIAN_ALONE = frozenset(("с", "что", "его", "от", "к", "после"))
_ABOUNDS = 0.02
_ENOUGH_LETTERS = 80
"""In so many letters of Kazakh, Kyrgyz, Ukrainian or Belarusian, one that Russian lacks is all but certain."""

_FOREIGN = {
    "ru": frozenset("әғқңөұүһіїєґў"),
    "uk": frozenset("әғқңөұүһыэъёў"),
    "be": frozenset("әғқңөұүһїєґищъ"),
    "kk": frozenset("їєґў"),
    "ky": frozenset("әғқұһіїєґў"),
    "en": frozenset("аеиор"),
}
"""Letters that an alphabet lacks: Belarusian writes no и, Ukrainian no ы."""

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_KYRGYZSTAN = re.compile(r"\bКыргызстан(?:[аеу]|ом)?\b")
"""A Kyrgyz word to the model, in Russian headlines as well; with other endings it is one."""
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC_BYTES = (*b" \n\"'(),-.:;!?0123456789", *range(0x80, 0xC0), 0xC2, *range(0xD0, 0xD4), 0xE2)
"""What the UTF-8 of Cyrillic text is made of, spaces, digits and quotes among it."""


class Languages(NamedTuple):
    """The language of an item, and of its two fields."""

    item: str
    title: str
    summary: str


def detect(text: str, prior: str | None = None) -> str:
    """The language of `text`, one of LANGUAGES. `prior` is the feed's language; an unknown one is ignored.

    English is our only language in Latin letters, so the script alone tells it from the others.
    """
    return _plainly(text) or _by_evidence(text, prior)


def detect_fields(title: str, summary: str, prior: str | None = None) -> Languages:
    """The language of an item, and of each of its fields that is long enough to have one of its own."""
    in_title = _plainly(title) if len(title) >= OWN_LANGUAGE else None
    in_summary = _plainly(summary) if len(summary) >= OWN_LANGUAGE else None
    if in_title and in_summary:
        item = in_title if in_title == in_summary else detect(f"{title}\n{summary}", prior)
    else:
        item = in_title or in_summary or detect(f"{title}\n{summary}", prior)
    return Languages(item, in_title or _like(item, title, prior), in_summary or _like(item, summary, prior))


def _like(item: str, text: str, prior: str | None) -> str:
    """The language of a field that says nothing plain: its item's, unless it is long and letters or feed differ."""
    may_differ = len(text) >= OWN_LANGUAGE and (prior != item or not _FOREIGN[item].isdisjoint(text))
    return detect(text, prior) if may_differ else item


def _plainly(text: str) -> str | None:
    """Only what is plain: the script, or letters and words of one language while the neighbours' are absent."""
    if text.isascii():
        return "en" if _LATIN.search(text) else None
    # Cyrillic takes two bytes a letter: a cheap count of it.
    letters = len(text.encode(errors="replace")) - len(text)
    if 4 * letters < len(text) or not _CYRILLIC.search(text):
        return "en" if _LATIN.search(text) else None
    present = frozenset(text)
    if present.isdisjoint(_NOT_RUSSIAN):
        # One such word may be a quotation; two different ones in a text without a foreign letter are grammar.
        words = _RUSSIAN_ALONE if present.isdisjoint(_NEVER_UKRAINIAN) else _RUSSIAN_WORDS
        return "ru" if _words_among(words, text) >= (1 if letters >= _ENOUGH_LETTERS else 2) else None
    enough = max(2, _ABOUNDS * letters)
    if _count(text, present & _KAZAKH) >= enough:
        return "kk"
    if present.isdisjoint(_SHARED_I | _KAZAKH):
        own = _count(text, present & _KYRGYZ)
        return "ky" if own >= enough or (own >= 2 and not _words_among(_RUSSIAN_WORDS, text)) else None
    ukrainian = present.isdisjoint(_NOT_UKRAINIAN)
    sure = letters >= _ENOUGH_LETTERS or not present.isdisjoint(_UKRAINIAN)
    return "uk" if ukrainian and sure and _count(text, present & _SHARED_I) >= enough else None


def _words_among(words: frozenset[str], text: str) -> int:
    return len(words.intersection(text.lower().split()))


def _count(text: str, letters: frozenset[str]) -> int:
    return sum(map(text.count, letters))


def _by_evidence(text: str, prior: str | None) -> str:
    """The language that most speaks for: words, letters, the feed, and the model unless those lead by enough."""
    if not _CYRILLIC.search(text):
        return prior if prior is not None and prior in LANGUAGES else "en"
    words = told_by_words(text)
    lowered = text.lower()
    scores = {
        language: getattr(words, language) - OF_KNOWN[language] * words.known - OF_FOREIGN * _count(lowered, foreign)
        for language, foreign in _FOREIGN.items()
        if language != "en"
    }
    scores["ru"] -= OF_UNKNOWN * min(words.unknown, MOST_UNKNOWN)
    if prior in scores:
        scores[prior] += OF_PRIOR
    second, first = sorted(scores.values())[-2:]
    if first - second < ENOUGH:
        for language, score in _by_model(text).items():
            scores[language] += score
    return max(scores, key=scores.__getitem__)


def _by_model(text: str) -> dict[str, float]:
    """What the model's chances of each language weigh."""
    ranked = _identifier().rank(_KYRGYZSTAN.sub("", text))
    scores = {language: OF_MODEL * log(max(chance, LEAST_CHANCE)) for language, chance in ranked}
    # Kazakh typed on a Russian keyboard reads as Kyrgyz to it, which has fewer letters of its own.
    if (_KAZAKH | _KYRGYZ).isdisjoint(text):
        likelier = max(scores["kk"], scores["ky"])
        scores |= {language: max(scores[language], likelier - OF_PLAIN_TURKIC) for language in ("kk", "ky")}
    return scores


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """py3langid's model, held to our Cyrillic languages; loaded with the first text that letters do not settle."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in LANGUAGES if language != "en"])
    return _slimmed(identifier)


def _slimmed(identifier: Any) -> Any:
    """The model without what no Cyrillic text can reach in it: 10 MB instead of 75.

    It reads bytes by a table of 38,000 rows for 142 languages; from its first state, the bytes of Cyrillic lead to
    4,800 of them. Any other byte then leads back to the first state: Latin letters are no evidence here.
    """
    import numpy as np

    rows = np.asarray(identifier.tk_nextmove, dtype=np.uint32).reshape(-1, 256)
    row_of = np.asarray(identifier.tk_row)
    reached = np.zeros(len(row_of), dtype=bool)
    reached[0] = True
    found = [0]
    while found:
        # A few hundred at a time: one large temporary would stay with the process for good.
        some, found = found[:256], found[256:]
        following = np.unique(rows[row_of[some]][:, _CYRILLIC_BYTES])
        fresh = following[~reached[following]]
        reached[fresh] = True
        found += fresh.tolist()
    kept, places = np.unique(np.append(row_of[0], row_of[reached]), return_inverse=True)
    bases = np.full(len(row_of), places[0] << 8)
    bases[reached] = places[1:] << 8
    identifier.tk_nextmove = array("I", rows[kept].astype(np.uint32).tobytes())
    identifier._rowbase = array("I", bases.tolist())
    identifier.tk_output = array("i", identifier.tk_output)
    identifier.tk_row = None
    identifier._full_model = None
    return identifier
