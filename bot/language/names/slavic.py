"""Names in Russian and Ukrainian, by pymorphy3's marks of given names, patronymics and surnames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.language.morphology import readings
from bot.language.names.lists import ORGANISATION_CYRILLIC, SPEECH_CYRILLIC, SURNAME_RU, VOICES_CYRILLIC
from bot.language.names.mention import Mention
from bot.language.names.runs import Run, Word, runs_of
from bot.language.places.finder import sightings

LONGEST_NAME = 4
_PROPER = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Abbr", "Init"})


_NAMED_AFTER = re.compile(
    r"(?:фонд|команд|сторонник|соратник|прихильник|режим|имени|им$|батальон|проспект|улиц|вулиц"
    r"|площад|площ|бульвар|аэропорт|клуб|(?:в|во|из|на|під|под|із|зі|через|близ|возле|біля)$)"
)
"""Before a lone surname: what bears it (a case, a following, a street), or a preposition of place before a town."""
_OF_A_NAME = re.compile(r"(?:[оеё]в|[иы]н)(?:а|у|ым|е|ой|ы|ых|ыми)?$")
"""How a surname made of a given name ends: to the dictionary, «Асанбеков» is many an Асанбек."""
_SUFFERED = re.compile(
    r"(?:задерж|арест|похи[тщ]|депорт|высл[аы]|экстрадир|выда[лн]|осуд|освобо|отпу[сщ]|пыта|разыскива"
    r"|затрим|викра|екстрад|вида[влн]|засуд|звільн)\w*$"
)
"""A verb right before the name of whom it befell: «задержали Василькова», also a cornflower."""
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LETTERED = re.compile(r"[А-ЯІЇЄҐ]{2,}-")
"""An abbreviation with a word: «СМИ-иноагентов»."""
_ADJECTIVE = re.compile(r"(?:ск|цк|цьк|ськ)(?:ий|ого|ому|им|ом|ая|ой|ую|ое|ие|их|ими|а|ої|ій|у|ою|е|і)$")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a capitalised word can be."""

    given: bool = False
    patronymic: bool = False
    surname: bool = False
    common: bool = False
    """An ordinary word of the dictionary."""
    barred: bool = False
    """An organisation, an abbreviation, a place: no part of a name."""
    town: bool = False
    """A town that sounds like a surname: «добровольцу Маковскому» is a person, «мэр Маковского» is not."""

    @property
    def stranger(self) -> bool:
        """In no dictionary: what most foreign names are."""
        return not (self.given or self.patronymic or self.common or self.barred)


@lru_cache(maxsize=20_000)
def kind_of(word: str, language: str) -> Kind:
    if (
        not _CYRILLIC.match(word)
        or (word.isupper() and len(word) > 1)
        or ORGANISATION_CYRILLIC.match(word.lower())
        or len(word) < 2
    ):
        return Kind(barred=True)
    if (
        "-" in word
        and kind_of(word.split("-")[0], language).common
        and kind_of(word.split("-")[-1].capitalize(), language).common
    ):
        return Kind(common=True, barred=True)
    parses = readings(word, language)
    known = [parse.tag.grammemes for parse in parses if parse.is_known]
    guessed = [parse.tag.grammemes for parse in parses if not parse.is_known]
    if known and all({"Orgn", "Geox"} & tags or ("Abbr" in tags and "Name" not in tags) for tags in known):
        return Kind(barred=True, town=bool(_ADJECTIVE.search(word.lower())))
    if not known and (_LETTERED.match(word) or any(map(_is_prefixed, parses))):
        return Kind(common=True)
    ending = bool(SURNAME_RU.search(word.lower()))
    many = known and all("Name" in tags and "plur" in tags for tags in known) and bool(_OF_A_NAME.search(word.lower()))
    return Kind(
        given=any("Name" in tags for tags in known) and not many,
        patronymic=any("Patr" in tags for tags in (*known, *guessed)),
        surname=any("Surn" in tags for tags in known) or (not known and ending) or bool(many),
        common=any(not (_PROPER & tags) for tags in known),
    )


def _is_prefixed(parse: Any) -> bool:
    """Whether a word is a known one with a prefix («экоактивистка»), so that it is no stranger."""
    return any(type(step[0]).__name__ == "KnownPrefixAnalyzer" for step in parse.methods_stack)


def mentions(text: str, language: str) -> Iterator[Mention]:
    """The people named in one text, in order."""
    spoken = "uk" if language == "uk" else "ru"
    places = [(s.start, s.end) for s in sightings(text, language) if s.kind != "leader"]
    for run in runs_of(text):
        yield from _in_run(text, run, spoken, places)


def _in_run(text: str, run: Run, language: str, places: list[tuple[int, int]]) -> Iterator[Mention]:
    kinds = [_kind_in_place(word, language, places) for word in run.words]
    at = 0
    while at < len(kinds):
        length = _name_length(run.words, kinds, at) or _single(run, kinds, at, language)
        if length:
            words = run.words[at : at + length]
            name = " ".join(nominative(words, kinds[at : at + length], language, _gender_before(run, at, language)))
            voice = _is_voice(run, at, at + length)
            yield Mention(name, words[0].start, words[-1].end, length > 1, voice)
        at += max(length, 1)


def _kind_in_place(word: Word, language: str, places: list[tuple[int, int]]) -> Kind:
    kind = kind_of(word.text, language)
    inside = any(start <= word.start < end for start, end in places)
    if inside and not (kind.given and kind.surname):
        return Kind(given=kind.given, surname=False, common=True, barred=not kind.given)
    return kind


def _name_length(words: tuple[Word, ...], kinds: list[Kind], at: int) -> int:
    """How many words the name of two or more words that begins here has; 0 if none does."""
    first = kinds[at]
    following = kinds[at + 1] if at + 1 < len(kinds) else None
    if following is None or first.barred or following.barred:
        return 0
    if first.given and (following.patronymic or _can_be_surname(following) or not words[at].opening):
        return _extend(words, kinds, at)
    another = at + 2 < len(kinds) and kinds[at + 2].surname  # «штаба Пионова Нины Васильковой»: two people
    if (
        first.surname
        and following.given
        and not following.surname
        and not another
        and not (first.common and words[at].opening)
    ):
        return 3 if at + 2 < len(kinds) and kinds[at + 2].patronymic else 2
    foreign = first.stranger or (not first.common and not words[at].opening)
    if foreign and (following.stranger or following.surname):
        return _extend(words, kinds, at)
    if not words[at].opening and following.surname and not following.common:
        return 2
    return 0


def _can_be_surname(kind: Kind) -> bool:
    return kind.surname or kind.stranger or kind.given or kind.common


def _extend(words: tuple[Word, ...], kinds: list[Kind], at: int) -> int:
    """Two words, and those after them that go on with the name: a surname after a patronymic, a second surname."""
    length = 2
    while length < LONGEST_NAME and at + length < len(kinds):
        following = kinds[at + length]
        after_patronymic = kinds[at + length - 1].patronymic
        foreign = following.stranger and (kinds[at + length - 1].given or not kinds[at + length - 1].surname)
        if following.barred or not (
            after_patronymic or foreign or (following.surname and kinds[at + length - 1].given)
        ):
            break
        length += 1
    return length


def _single(run: Run, kinds: list[Kind], at: int, language: str) -> int:
    """1 if the word alone names a person: a surname, or a stranger after a person's role («депутата Ромашки»)."""
    word, kind = run.words[at], kinds[at]
    if len(word.text) < 4 or (word.quoted and len(run.words) == 1):
        return 0
    before = run.words[at - 1].text.lower() if at else run.before[-1] if run.before else ""
    if kind.barred:
        return int(kind.town and bool(before) and _agrees(before, word.text, language))
    if _NAMED_AFTER.match(before) or _is_attribute(run, at, language):
        return 0
    if kind.surname and not kind.given and (not kind.common or _reads_as_surname(run, at, language)):
        return 1
    if kind.common and not kind.given and _stands_as_surname(run, at, language):
        return 1
    if kind.stranger and not word.opening and _sounds_like_a_name(word.text, language):
        return 1
    named = kind.stranger or kind.surname or bool(_OF_A_NAME.search(word.text.lower()))
    speaks = at == len(run.words) - 1 and (run.colon or (bool(run.after) and bool(SPEECH_CYRILLIC.match(run.after[0]))))
    by_role = not word.opening and bool(before) and (_is_role(before, language) or bool(_SUFFERED.match(before)))
    return int(named and (by_role or (speaks and not (kind.common and run.colon))))


def _is_attribute(run: Run, at: int, language: str) -> bool:
    """Whether a word like «Ромашковского» only describes the noun after it («района»)."""
    if at + 1 < len(run.words) or not run.after or not _ADJECTIVE.search(run.words[at].text.lower()):
        return False
    cases = {p.tag.case for p in readings(run.words[at].text, language) if "ADJF" in p.tag.grammemes}
    after = [p for p in readings(run.after[0], language) if not _PROPER & p.tag.grammemes]
    nouns = [p for p in after if "NOUN" in p.tag.grammemes and p.score > 0.2]
    return any(p.tag.case in cases for p in nouns)


def _reads_as_surname(run: Run, at: int, language: str) -> bool:
    """Whether «Лоскутов», also many rags, is somebody: by a capital inside a sentence, or as what a clause is about."""
    word = run.words[at]
    if not word.opening:
        return all(kind_of(other.text, language).barred for other in run.words if other is not word)
    many = all("plur" in p.tag for p in readings(word.text, language) if not _PROPER & p.tag.grammemes)
    following = readings(run.after[0], language)[:1] if run.after and at + 1 == len(run.words) else ()
    return many and any("PREP" in p.tag or {"VERB", "sing"} <= p.tag.grammemes for p in following)


def _sounds_like_a_name(word: str, language: str) -> bool:
    """Whether the dictionary takes a word that it does not know for somebody's name before anything else."""
    return any({"Name", "Surn"} & parse.tag.grammemes for parse in readings(word, language)[:1])


def _stands_as_surname(run: Run, at: int, language: str) -> bool:
    """Whether a word is an adjective written as a name, with a capital inside a sentence: «именами Осетинской»."""
    word = run.words[at]
    alone = len(run.words) == 1 and not word.opening and not word.quoted
    before = readings(run.before[-1], language)[:1] if run.before else ()
    placed = any("PREP" in p.tag for p in before)
    return alone and not placed and bool(_ADJECTIVE.search(word.text.lower()))


def _agrees(role: str, name: str, language: str) -> bool:
    """Whether a name stands in the case of the role before it."""
    roles = {p.tag.case for p in readings(role, language)[:3] if {"NOUN", "anim", "sing"} <= p.tag.grammemes}
    return any(p.tag.case in roles for p in readings(name, language))


def _is_role(word: str, language: str) -> bool:
    tags = (parse.tag.grammemes for parse in readings(word, language)[:3])
    return any({"NOUN", "anim"} <= marks and "plur" not in marks and not marks & _PROPER for marks in tags)


def _gender_before(run: Run, at: int, language: str) -> str | None:
    """The gender of the role before a name: «активистку» tells how to read «Ромашкину»."""
    before = run.words[at - 1].text.lower() if at else run.before[-1] if run.before else ""
    tags = [parse.tag for parse in readings(before, language)[:1]] if before else []
    return next((str(tag.gender) for tag in tags if "NOUN" in tag.grammemes and "anim" in tag.grammemes), None)


def _is_voice(run: Run, first: int, end: int) -> bool:
    near = [word.text.lower() for word in run.words[max(0, first - 2) : first]] or list(run.before[-2:])
    after = run.after[:2] if end == len(run.words) else ()
    return any(VOICES_CYRILLIC.match(word) for word in near) or any(
        SPEECH_CYRILLIC.match(word) for word in (*run.before[-2:], *after)
    )


def nominative(words: tuple[Word, ...], kinds: list[Kind], language: str, gender: str | None) -> list[str]:
    """The words of a name in the nominative. Case and gender are those that its parts can share."""
    texts = [word.text for word in words]
    tags = _shared(texts, kinds, language, gender)
    if tags is None or tags[0] == "nomn":
        return texts
    return [_inflected(text, kind, tags, language) for text, kind in zip(texts, kinds, strict=True)]


def _shared(texts: list[str], kinds: list[Kind], language: str, gender: str | None) -> tuple[str, str] | None:
    """(case, gender) that the given name and the surname can share, the likeliest first; None if they share none."""
    options = [_cases(text, kind, language) for text, kind in zip(texts, kinds, strict=True)]
    known = [option for option in options if option]
    if not known:
        return None
    common = [pair for pair in known[0] if all(pair in option for option in known[1:])]
    fitting = [pair for pair in common if gender is None or pair[1] == gender] or common
    return fitting[0] if fitting else None


def _cases(text: str, kind: Kind, language: str) -> list[tuple[str, str]]:
    wanted = {"Name"} if kind.given and not kind.surname else {"Surn"} if kind.surname else {"Patr", "Surn", "Name"}
    pairs = [(parse.tag.case, parse.tag.gender) for parse in _proper(text, wanted, language)]
    return [(str(case), str(gender)) for case, gender in dict.fromkeys(pairs)]


def _proper(text: str, marks: set[str], language: str) -> list[Any]:
    return [p for p in readings(text, language) if marks & p.tag.grammemes and "plur" not in p.tag.grammemes]


def _inflected(text: str, kind: Kind, tags: tuple[str, str], language: str) -> str:
    for parse in _proper(text, {"Name", "Surn", "Patr"}, language):
        if (str(parse.tag.case), str(parse.tag.gender)) == tags:
            form = parse.inflect({"nomn"})
            return "-".join(map(str.capitalize, form.word.split("-"))) if form else text
    return text
