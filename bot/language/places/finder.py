"""Which countries an item happened in or bears on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.language.places.table import WORD, Node, Sign, key, table

AGGLUTINATIVE = frozenset({"kk", "ky"})
HOME = {"kk": "KZ", "ky": "KG", "uk": "UA", "ru": "RU"}
"""Where an item is set that names no place: a Kyrgyz outlet does not say that Bishkek's street is in Kyrgyzstan."""
LOWER_CASE_PEOPLES = frozenset({"ru", "uk", "be", "kk", "ky"})
"""Where a people is written small, so that a capital inside a sentence is somebody's surname: Швед, Поляк."""

WEIGHT = {
    "name": 3.0,
    "capital": 3.0,
    "city": 3.0,
    "region": 3.0,
    "body": 2.0,
    "leader": 1.0,
    "adjective": 1.0,
    "people": 1.0,
}
"""How far a sign says where, and not only who: "in Bishkek" against "a Kyrgyz singer"."""
IN_TITLE = 1.5
AFTER_IN = 1.5
_IN = frozenset(["in", "at", "near", "inside", "across", "в", "во", "на", "у", "под", "із", "під", "into", "to"])

_ENDING = re.compile(
    r"(?:[лдт][аеоө]р)?"  # plural
    r"(?:[ыіиуү]м?[ыіиуү]?[зн]?|с[ыіиуү]н?)?"  # possession: my, our, its
    r"(?:[нтд][ыіиуү]ң|[нтд][ыіиуү]н|[нтд][ыіиуү]|[гғкқ][аеоө]|[нд][аеоө]н|т[аеоө]н|н?[дт][аеоө]|[мбп]ен"
    r"|менен|н[аеоө]"
    r"|н?[дт][аеоө]г[ыіиуү]|н?[дт][ае]ғ[ыі])?"  # case, and "which is at"
    # of that place
    r"|[лдт][ыіиуү][қкғг](?:[лдт][аеоө]р|т[аеоө]р)?(?:[ыіиуү]н?)?(?:[нтд][ыіиуү][ңн]?|[гғкқ][аеоө]|[дт][аеоө]н?)?"
)

_THE_WAR = re.compile(
    r"(?:war|fight\w*|invasion|invad\w+|offensive|aggression|mobili[sz]\w+|served|campaign) (?:\w+ )?(?:in|on"
    r"|against|of|with|for) Ukraine"
    r"|(?:invaded|invading|attacked) Ukraine|Ukraine(?:'s)? (?:war|invasion|conflict)"
    r"|во(?:йн|ев|юю|ю)\w* (?:\w+ )?(?:в|с|против|на) (?:Украин|Україн)\w+|вторжени\w+ (?:\w+ )?в Украину"
    r"|вторгненн\w+ (?:\w+ )?в Україну"
    r"|воєн\w* (?:\w+ )?(?:в|у|проти) Україн\w+|війн\w* (?:\w+ )?(?:в|у|проти) Україн\w+|агресс?и\w+ против Украины"
    r"|(?:сво|спецоперации|спецоперацию|боев\w+ действи\w+|мобилизаци\w+|фронт\w*) (?:в|на) Украин\w+"
    r"|Украина(?:да|дағы|дагы|ға|га|мен|менен)\w* (?:\w+ )?(?:соғыс|согуш)\w*",
    re.IGNORECASE,
)
"""The war against Ukraine is why people leave, and seldom where the item happened: this mention says nothing."""

_STATE_OF_GEORGIA = re.compile(
    r"\b(?:Atlanta|Savannah|Augusta|Macon|Fulton|DeKalb|Gwinnett|Kemp|Raffensperger|GOP|sheriff"
    r"|U\.?S\.? state|Georgia (?:Tech"
    r"|Bulldogs|State University|Senate|governor|Republican|Democrat)|University of Georgia|South Georgia)\b"
)


REMEMBERED_WORDS = 20_000
"""Words of each language of which it is remembered whether a place begins with them, about 100 bytes each."""


@dataclass(frozen=True, slots=True)
class Places:
    """`countries`: ISO alpha-2 codes the item bears on, `place`, where it happened, first; then by relevance.

    Russia is the counterparty in nearly every item, so it is the place only when nothing else is; it stays among
    the countries, because a reader asks for it and the labelled items name it.
    """

    countries: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sign in a text: characters from `start` to `end`, and how much it weighs."""

    country: str
    kind: str
    name: str
    start: int
    end: int
    weight: float


def find(title: str, summary: str = "", *, language: str, prior: str | None = None) -> tuple[str, ...]:
    """Countries (ISO alpha-2) that an item happened in or bears on, most relevant first."""
    return look(title, summary, language=language, prior=prior).countries


def look(title: str, summary: str = "", *, language: str, prior: str | None = None) -> Places:
    """The countries of an item and its place. `prior` is the country of the feed: it breaks ties and fills a gap."""
    scores: dict[str, float] = {}
    for text, factor in ((title, IN_TITLE), (summary, 1.0)):
        for sighting in _telling(text, sightings(text, language)):
            scores[sighting.country] = scores.get(sighting.country, 0.0) + sighting.weight * factor
    if not scores:
        home = prior or HOME.get(language)
        return Places((home,), home) if home else Places()
    if prior in scores:
        scores[prior] += 1.0
    ranked = sorted(scores, key=lambda country: -scores[country])
    place = next((country for country in ranked if country != "RU"), "RU")
    return Places((place, *(country for country in ranked if country != place)), place)


@lru_cache(maxsize=256)
def sightings(text: str, language: str) -> tuple[Sighting, ...]:
    """The places named in one text, in order. The same title is asked for by `find` and by the names finder."""
    return tuple(_scan(text, language))


def _telling(text: str, found: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """The sightings that say where: without the war that people flee from, and with Georgia told from the state."""
    if any(s.country == "GE" for s in found):
        found = _without_the_state(text, found)
    if any(s.country == "UA" for s in found):
        found = _without_the_war(text, found)
    return found


class _Openings(dict[str, tuple[Node | None, Node | None] | None]):
    """What a word can begin in the table of one language: (the entry that it is, the entry that goes on after it);
    None for nearly every word. Forgets all when full: the news refills it soon."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.roots, self._language = table(language), language

    def __missing__(self, word: str) -> tuple[Node | None, Node | None] | None:
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        whole = _node(self.roots, word, self._language)
        longer = self.roots.get(key(_bare(word, self._language)))
        found = self[word] = None if whole is None and longer is None else (whole, longer)
        return found


@cache
def _openings(language: str) -> _Openings:
    return _Openings(language)


def _scan(text: str, language: str) -> Iterator[Sighting]:
    openings = [*map(_openings(language).__getitem__, WORD.findall(text))]
    if not any(openings):
        return
    words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(text)]
    at = 0
    while at < len(words):
        opening = openings[at]
        length, signs = _longest(opening, words, at, language) if opening else (0, [])
        if length:
            yield from _weigh(text, words, at, length, signs, language)
        at += max(length, 1)


def _longest(
    opening: tuple[Node | None, Node | None], words: list[tuple[str, int, int]], at: int, language: str
) -> tuple[int, list[Sign]]:
    """The longest phrase of the table that begins at a word: how many words, and what it stands for."""
    last, node = opening
    best: tuple[int, list[Sign]] = (1, last.signs) if last is not None and last.signs else (0, [])
    for count, (word, _, _) in enumerate(words[at + 1 :], start=2):
        if node is None:
            break
        last = _node(node.longer, word, language)
        if last is not None and last.signs:
            best = (count, last.signs)
        node = node.longer.get(key(_bare(word, language)))
    return best


def _bare(word: str, language: str) -> str:
    return word[:-2] if language == "en" and word.endswith(("'s", "’s")) else word


def _node(level: dict[str, Node], word: str, language: str) -> Node | None:
    """The entry for a word, with its ending cut off where the language adds endings to an unchanging stem."""
    word = _bare(word, language)
    node = level.get(key(word))
    if node is not None or language not in AGGLUTINATIVE:
        return node
    for cut in range(len(word) - 1, 1, -1):
        stem = level.get(key(word[:cut]))
        if stem is not None and stem.signs and _ENDING.fullmatch(word[cut:].lower()):
            return stem
    return None


def _weigh(
    text: str, words: list[tuple[str, int, int]], at: int, length: int, signs: list[Sign], language: str
) -> Iterator[Sighting]:
    start, end = words[at][1], words[at + length - 1][2]
    capital = text[start].isupper()
    opening = at == 0 or text[words[at - 1][2] : start].strip(" «\"„“'(") != ""
    after_in = at > 0 and words[at - 1][0].lower() in _IN
    for sign in signs:
        surname = sign.kind == "people" and capital and not opening and language in LOWER_CASE_PEOPLES
        if sign.country == "-" or surname or (sign.proper and not capital) or (sign.doubtful and opening):
            continue
        weight = WEIGHT[sign.kind] * (AFTER_IN if after_in and WEIGHT[sign.kind] >= WEIGHT["body"] else 1.0)
        yield Sighting(sign.country, sign.kind, sign.name, start, end, weight)


def _without_the_state(text: str, found: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """Georgia next to Atlanta or a sheriff is the state of the US, unless Tbilisi or "Georgian" stands by it."""
    country = any(s.country == "GE" and s.kind != "name" for s in found)
    if country or not _STATE_OF_GEORGIA.search(text):
        return found
    return tuple(Sighting("US", "region", s.name, s.start, s.end, s.weight) if s.country == "GE" else s for s in found)


def _without_the_war(text: str, found: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    wars = [match.span() for match in _THE_WAR.finditer(text)]
    inside = [s for s in found if s.country == "UA" and any(a <= s.start and s.end <= b for a, b in wars)]
    return tuple(s for s in found if s not in inside)
