"""The words of five languages: a word's surface, its lemmas, and a stem where no dictionary has it.

Dictionaries are loaded by the first word that needs them (resident memory: ru 24 MB, uk 21 MB, en 3 MB), so a
service that meets no Ukrainian item does not hold the Ukrainian one.

Which dictionary reads a word is decided by its letters first, then by the language around it:

- Latin letters: English, whatever the text's language.
- ә ғ қ ң ө ұ ү һ: Kazakh or Kyrgyz. і ї є ґ: Ukrainian (Kazakh in a Kazakh text). ы э ъ: not Ukrainian.
- a Ukrainian text: the Ukrainian dictionary, then the Russian one; a Belarusian text: the Russian one (PyPI has no
  lemmatiser for be; the two share much of their vocabulary, and a stem serves the rest).
- a Kazakh or Kyrgyz text: cut endings, and the Russian lemmas of a word of five letters that Russian knows, because
  such texts borrow from Russian and quote it; shorter words coincide by chance (ky «сот», a court; ru «сто»).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from typing import Any

from bot.language import turkic
from bot.language.boilerplate import is_hint
from bot.language.morphology import analyzer, guessed_lemmas, lemmas
from bot.language.spelling import is_cyrillic, surface, without_accents

CACHED_FORMS = 12_000
"""Forms remembered for each language, about 500 bytes each. A day of news in one language has fewer."""

SHORTEST_BORROWED = 5

_TURKIC = frozenset("әғқңөұүһ")
_UKRAINIAN = frozenset("іїєґ")
_NOT_UKRAINIAN = frozenset("ыэъ")
_ALSO = {
    "kidnapping": "kidnap", "hijacking": "hijack", "shot": "shoot", "left": "leave", "broke": "break", "bound": "bind",
    "felt": "feel", "thought": "think", "lives": "life", "wives": "wife", "housewives": "housewife",
    "midwives": "midwife", "thieves": "thief",
    "defence": "defense", "labour": "labor", "centre": "center", "licence": "license", "offence": "offense",
}  # fmt: skip
"""Lemmas that the English dictionary, which gives a word but one, leaves out; and of British spellings, the other."""

_BRITISH = re.compile(r"(?<=\w{4})is(?=e$|ation$)")
"""To mobilise is to mobilize."""

_STEM = "~"
"""Ends a stem, so that the stem of an unknown surname (Судов) never meets a dictionary's word (суд)."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A word as it stands in texts of one language. Compared by identity: a lexicon has one of each."""

    surface: str
    terms: frozenset[str]


class Forms(dict[str, Form]):
    """Forms by the word as typed; one that is missing is made. Forgets all when full: the news refills it soon."""

    def __init__(self, lexicon: Lexicon, language: str, most: int) -> None:
        super().__init__()
        self._lexicon, self._language, self._most = lexicon, language, most
        self.hints: set[str] = set()
        """Those among them that may belong to boilerplate."""

    def __missing__(self, typed: str) -> Form:
        if len(self) >= self._most:
            self.clear()
            self.hints.clear()
        word = surface(typed)
        if is_hint(word):
            self.hints.add(typed)
        form = self[typed] = Form(word, self._lexicon.read(word, self._language))
        return form


class Lexicon:
    """Terms of words. Two words match when their terms meet. Safe to share between threads."""

    def __init__(self, cached_forms: int = CACHED_FORMS) -> None:
        self._lock = Lock()
        self._loaded: dict[str, Any] = {}
        self._cached_forms = cached_forms
        self._forms: dict[str, Forms] = {}

    @property
    def loaded(self) -> frozenset[str]:
        """The dictionaries and stemmers in memory, by name: "ru", "uk", "en", "ru-stems", "en-stems"."""
        return frozenset(self._loaded)

    def forms(self, language: str) -> Forms:
        """Forms by the word as typed in a text of `language` ("" is any); asking makes them."""
        if language not in self._forms:
            self._forms[language] = Forms(self, language, self._cached_forms)
        return self._forms[language]

    def terms(self, word: str, language: str) -> frozenset[str]:
        """The terms of `word` in a text of `language` ("" is any): its surface, lemmas, stem."""
        return self.forms(language)[word].terms

    def read(self, word: str, language: str) -> frozenset[str]:
        """The terms of a word that is already spelled as `surface` spells; looked up anew."""
        if not word:
            return frozenset()
        return self._cyrillic(word, language) if is_cyrillic(word) else self._english(word)

    def _cyrillic(self, word: str, language: str) -> frozenset[str]:
        letters = set(word)
        if language in ("kk", "ky"):
            return turkic.stems(word) | {word} | self._borrowed(word, letters)
        if letters & _TURKIC:
            return turkic.stems(word) | {word}
        if letters & _UKRAINIAN and language != "be":
            return self._slavic(word, "uk")
        if language == "uk" and not letters & _NOT_UKRAINIAN:
            return self._slavic(word, "uk", "ru")
        return self._slavic(word, "ru")

    def _borrowed(self, word: str, letters: set[str]) -> frozenset[str]:
        if len(word) < SHORTEST_BORROWED or letters & (_TURKIC | _UKRAINIAN):
            return frozenset()
        return lemmas(word, self._part("ru"))

    def _slavic(self, word: str, *languages: str) -> frozenset[str]:
        """By the first of `languages` whose dictionary has the word; else guessed lemmas of the first, and a stem."""
        for language in languages:
            known = lemmas(word, self._part(language))
            if known:
                return known | {word}
        return guessed_lemmas(word, self._part(languages[0])) | {word, self._stem("ru-stems", word)}

    def _english(self, word: str) -> frozenset[str]:
        if not word.isalpha():
            return frozenset((word,))
        lemmatize, is_known = self._part("en")
        plain = word if word.isascii() else without_accents(word)
        # Its compact dictionary is as fast to ask as the default one, and 25 MB smaller.
        if is_known(plain, lang="en", low_memory=True):
            lemma = lemmatize(plain, lang="en", low_memory=True).lower()
            other = _ALSO.get(plain) or _ALSO.get(lemma) or _BRITISH.sub("iz", lemma)
            return frozenset((word, plain, lemma, other))
        return frozenset((word, plain, self._stem("en-stems", plain)))

    def _stem(self, name: str, word: str) -> str:
        stemmer = self._part(name)
        with self._lock:  # Snowball keeps the word it works on in the stemmer itself.
            return str(stemmer.stemWord(word)) + _STEM

    def _part(self, name: str) -> Any:
        part = self._loaded.get(name)
        if part is None:
            with self._lock:
                if name not in self._loaded:
                    self._loaded[name] = _load(name)
                part = self._loaded[name]
        return part


def _load(name: str) -> Any:
    if name in ("ru", "uk"):
        return analyzer(name)
    if name == "en":
        import simplemma

        return simplemma.lemmatize, simplemma.is_known
    from snowballstemmer import stemmer

    return stemmer("russian" if name == "ru-stems" else "english")
