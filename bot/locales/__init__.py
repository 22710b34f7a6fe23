"""gettext catalogues, compiled from their .po files when first used, so that no binary can grow stale in the tree.

Message ids are the English sentences; a language without a catalogue, or a sentence without a translation,
falls back to them. `make messages` collects new sentences into the catalogues.
"""

from __future__ import annotations

import gettext
import locale
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
UI_LANGUAGES = ("en", "ru")


@cache
def translation(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; `_ = translation("ru").gettext`, `ngettext` for counts."""
    path = FOLDER / language / "LC_MESSAGES" / "nabat.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def terminal_language() -> str:
    """Russian in a Russian terminal, else English."""
    return "ru" if (locale.getlocale()[0] or "").startswith("ru") else "en"
