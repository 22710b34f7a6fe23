"""What an item is about: topics, countries, people, status, and what else tells one event from another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.events.capitals import capitals
from bot.events.report import COUNTERPARTY
from bot.events.status import status_of
from bot.keywords.topics import topics_of
from bot.language.boilerplate import blanked
from bot.language.names import people, voices
from bot.language.places import look
from bot.language.places.finder import sightings
from bot.language.skeleton import fold
from bot.language.words import Document, without_boilerplate
from bot.model import Description, Match, Topic

TERM_LETTERS = 6
"""Letters of a folded word that make a term: "extradited", «экстрадирован» and «екстрадиція» are all "ekstra"."""
SHORTEST_WORD = 4

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_NUMBER = re.compile(r"\d{1,3}(?:[ ,.\u00a0]\d{3})+(?!\d)|\d+")
_MONTHS = (
    "jan|янв|січ|қаңтар|үчтүн", "feb|фев|лют|ақпан|бирдин", "mar(?!k)|мар(?!и)|берез|наурыз|жалган",
    "apr|апр|квіт|сәуір|чын", "may|ма[йя]|трав|мамыр|бугу", "jun|июн|черв|маусым|кулжа",
    "jul|июл|лип|шілде|теке", "aug|авг|серп|тамыз|баш оона", "sep|сен|верес|қыркүйек|аяк",
    "oct|окт|жовт|қазан|тогуз", "nov|ноя|листоп|қараша|жетинин", "dec|дек|груд|желтоқсан|бештин",
)  # fmt: skip
_DATE = re.compile(
    "|".join(
        rf"\b(?P<d{n}>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:{m})|\b(?:{m})\w*\.? (?P<e{n}>\d{{1,2}})\b"
        for n, m in enumerate(_MONTHS, 1)
    ),
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WEEKDAYS = (
    "monday|понедельник|понеділ|дүйсенбі|дүйшөмбү", "tuesday|вторник|вівтор|сейсенбі|шейшемби",
    r"wednesday|сред[ауы]\b|серед[аиу]\b|сәрсенбі|шаршемби", "thursday|четверг|четвер|бейсенбі|бейшемби",
    "friday|пятниц|п['’ʼ]?ятниц|жұма|жума", "saturday|суббот|субот|сенбі|ишемби",
    "sunday|воскресень|неділ|жексенбі|жекшемби",
)  # fmt: skip
_WEEKDAY = re.compile("|".join(rf"\b(?P<w{n}>{names})" for n, names in enumerate(_WEEKDAYS, 1)), re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CITIES = ("city", "capital")
LEAST_NUMBER = 10
"""Smaller numbers are in every item."""


def describe(document: Document, matches: Sequence[Match]) -> Description:
    """The description of an item whose rules are known. The country of its feed is the prior of its places."""
    title, summary = without_boilerplate(document)
    return _describe(title, summary, document.language, topics_of(matches), document.item.country)


def describe_text(
    title: str, summary: str, language: str, topics: Iterable[Topic], country: str | None = None
) -> Description:
    """The same from an item's texts. Topics are put in their own order, so that equal items read alike."""
    return _describe(blanked(title), blanked(summary), language, topics, country)


def _describe(title: str, summary: str, language: str, topics: Iterable[Topic], country: str | None) -> Description:
    ordered = tuple(topic for topic in Topic if topic in set(topics))
    persons = people(title, summary, language)
    text = f"{title}\n{summary}"
    written, proper = capitals((title, summary), language, persons)
    return Description(
        topics=ordered,
        countries=look(title, summary, language=language, prior=country).countries,
        people=persons,
        status=status_of(ordered, title, summary),
        numbers=numbers(text),
        terms=terms(text) - {_term(word) for person in persons for word in person.name.split()},
        voices=voices(title, summary, language),
        capitals=written,
        proper=proper,
        cities=cities((title, summary), language),
    )


def cities(texts: Iterable[str], language: str) -> frozenset[str]:
    """The cities that texts name, as "ru:Ош". Those of Russia stand for its state more often than for themselves."""
    found = (sighting for text in texts for sighting in sightings(text, language))
    return frozenset(f"{language}:{s.name}" for s in found if s.kind in _CITIES and s.country != COUNTERPARTY)


def numbers(text: str) -> frozenset[str]:
    """Numbers from ten on without commas, dates as "d0908", weekdays as "w1"; years are in too many items to tell."""
    weekdays = frozenset(str(match.lastgroup) for match in _WEEKDAY.finditer(text))
    if not _DIGIT.search(text):
        return weekdays
    dates = {f"d{_month(match):02d}{_day(match):02d}" for match in _DATE.finditer(text)}
    rest = _DATE.sub(" ", text)
    plain = (re.sub(r"\D", "", match.group()) for match in _NUMBER.finditer(rest))
    return weekdays | dates | {n for n in plain if int(n) >= LEAST_NUMBER and not _YEAR.fullmatch(n)}


def _month(match: re.Match[str]) -> int:
    return int(str(match.lastgroup)[1:])


def _day(match: re.Match[str]) -> int:
    return int(match.group(str(match.lastgroup)))


def terms(text: str) -> frozenset[str]:
    """The words of a text as terms. Leaving out the commonest changed nothing on the corpus, so all stay."""
    words = (match.group() for match in _WORD.finditer(text))
    found = (_term(word) for word in words if len(word) >= SHORTEST_WORD)
    return frozenset(term for term in found if len(term) >= SHORTEST_WORD - 1)


def _term(word: str) -> str:
    return fold(word)[:TERM_LETTERS]
