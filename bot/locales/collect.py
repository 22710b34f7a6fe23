"""Collects the sentences marked with `_()` and `ngettext()` into the catalogues: `python -m bot.locales.collect`.

New sentences come with an empty translation, those that nobody says any more go; what is translated stays. A
change of a sentence is a new sentence: no guess at its translation is made.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.locales import FOLDER, UI_LANGUAGES

METHODS = [("**.py", "python"), ("console/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def extracted(package: Path = FOLDER.parent) -> Catalog:
    """Every marked sentence of the package, in the order of files and lines."""
    found = Catalog(project="nabat", charset="utf-8", fuzzy=False)
    for file, _line, message, comments, _context in extract_from_dir(
        package,
        METHODS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    ):
        found.add(message, locations=[(f"bot/{file}", 0)], auto_comments=comments)
    return found


def catalogue(language: str) -> Catalog:
    path = _path(language)
    if not path.is_file():
        return Catalog(locale=language, project="nabat", header_comment="# Nabat", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def collect() -> dict[str, int]:
    """Bring every catalogue up to date; returns how many sentences wait for a translation, by language."""
    template, waiting = extracted(), {}
    for language in UI_LANGUAGES:
        kept = catalogue(language)
        created = kept.creation_date
        kept.update(template, no_fuzzy_matching=True)
        # Otherwise each run would change the file, and hide the changes that matter.
        kept.creation_date = created
        kept.obsolete.clear()
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        with _path(language).open("wb") as file:
            write_po(file, kept, width=110, omit_header=False, include_lineno=False, sort_by_file=True)
        waiting[language] = sum(not message.string for message in kept if message.id)
    return waiting


def _path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "nabat.po"


if __name__ == "__main__":
    for language, count in collect().items():
        # English says what the code says: its catalogue may stay empty.
        print(f"{language}: {count} to translate" if language != "en" else "en: as written in the code")  # noqa: T201
