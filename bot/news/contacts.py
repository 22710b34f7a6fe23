"""contacts.yaml: who can help, by country; read whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot import yamlfile
from bot.news.catalogue import FEED_LANGUAGES
from bot.yamlfile import Value

Wording = tuple[tuple[str, str], ...]
"""A text in several languages; the key "" serves every other one."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who can help, what they do, and the day on which a person tried it (None: nobody has)."""

    name: Wording
    what: Wording
    languages: tuple[str, ...]
    country: str | None = None
    """ISO 3166-1 alpha-2; None helps everywhere."""
    url: str | None = None
    checked: date | None = None


def load_contacts(path: Path) -> tuple[Contact, ...]:
    """contacts.yaml; raises ConfigurationError that lists every mistake, and then nothing is loaded."""
    with yamlfile.reading(path) as root:
        contacts = [_contact(value) for value in root.mapping(required=("contacts",))["contacts"].items()]
    return tuple(contacts)


def worded(wording: Wording, language: str) -> str:
    """The text in a language; else the one for all others, in Russian, in English, or the first there is."""
    texts = dict(wording)
    return next(texts[key] for key in (language, "", "ru", "en", *texts) if key in texts)


def _contact(value: Value) -> Contact:
    keys = value.mapping(required=("name", "what", "languages"), optional=("country", "url", "checked"))
    country, url, checked = keys.get("country"), keys.get("url"), keys.get("checked")
    return Contact(
        name=_wording(keys["name"]),
        what=_wording(keys["what"]),
        languages=tuple(language.choice(FEED_LANGUAGES) for language in keys["languages"].items()),
        country=country.country() if country else None,
        url=url.address() if url else None,
        checked=checked.day() if checked else None,
    )


def _wording(value: Value) -> Wording:
    if not value.is_mapping:
        return (("", value.text()),)
    entries = value.mapping(optional=FEED_LANGUAGES)
    texts = [(language, text) for language in FEED_LANGUAGES if (text := entries.get(language))]
    if not texts:
        value.wrong("this says nothing; write a text, or one for each language: {en: …, ru: …}.")
    return tuple((language, text.text()) for language, text in texts)
