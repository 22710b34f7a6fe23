"""Which of our languages a short text is in."""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from typing import Any, NamedTuple

from bot.model import LANGUAGES

PRIOR = 0.5
"""What the feed's own language adds to a language's probability. A feed's word decides where a text gives no
evidence (a bare name), and loses against any clear sentence."""

OWN_LANGUAGE = 60
"""A field of at least so many characters may be in another language than its item."""

# Letters that not every Cyrillic alphabet of ours has, and words that only Russian has. Where they abound they settle
# the language at a tenth of the model's cost: of 1,000 letters a Kazakh text has about 120 of its own, a Kyrgyz one
# 50, a Ukrainian one 70.
_KAZAKH, _KYRGYZ, _UKRAINIAN = frozenset("әғқұһӘҒҚҰҺ"), frozenset("ңөүҢӨҮ"), frozenset("їєґЇЄҐ")
_SHARED_I = frozenset("іІ")
_NOT_UKRAINIAN = frozenset("ыэъёўЫЭЪЁЎ") | _KAZAKH | _KYRGYZ
_NOT_RUSSIAN = frozenset("ўЎ") | _KAZAKH | _KYRGYZ | _UKRAINIAN | _SHARED_I
_RUSSIAN_WORDS = frozenset(
    ("в", "и", "с", "из", "не", "на", "за", "по", "что", "его", "для", "он", "от", "о", "к", "у", "их", "после", "до")
)
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
    return _plainly(text) or _by_model(text, prior)


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
    """The language of a field that says nothing plain: its item's, unless it is long and in other letters."""
    may_differ = len(text) >= OWN_LANGUAGE and not _FOREIGN[item].isdisjoint(text)
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
        return "ru" if _russian_words(text) >= (1 if letters >= _ENOUGH_LETTERS else 2) else None
    enough = max(2, _ABOUNDS * letters)
    if _count(text, present & _KAZAKH) >= enough:
        return "kk"
    if present.isdisjoint(_SHARED_I | _KAZAKH):
        own = _count(text, present & _KYRGYZ)
        return "ky" if own >= enough or (own >= 2 and not _russian_words(text)) else None
    ukrainian = present.isdisjoint(_NOT_UKRAINIAN)
    sure = letters >= _ENOUGH_LETTERS or not present.isdisjoint(_UKRAINIAN)
    return "uk" if ukrainian and sure and _count(text, present & _SHARED_I) >= enough else None


def _russian_words(text: str) -> int:
    return len(_RUSSIAN_WORDS.intersection(text.lower().split()))


def _count(text: str, letters: frozenset[str]) -> int:
    return sum(map(text.count, letters))


def _by_model(text: str, prior: str | None) -> str:
    if not _CYRILLIC.search(text):
        return prior if prior is not None and prior in LANGUAGES else "en"
    lowered = text.lower()
    scores = dict(_identifier().rank(text))
    if prior in scores:
        scores[prior] += PRIOR
    # A name in foreign letters may stand in any text; a tenth of them rules an alphabet out.
    foreign = {language: _count(lowered, _FOREIGN[language]) / len(text) for language in scores}
    found = str(max(scores, key=lambda language: scores[language] - 10 * foreign[language]))
    # Kazakh typed on a Russian keyboard reads as Kyrgyz, which has fewer letters of its own: the feed knows better.
    plain_turkic = {found, prior} == {"kk", "ky"} and not (_KAZAKH | _KYRGYZ).intersection(text)
    return prior if plain_turkic and prior else found


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
