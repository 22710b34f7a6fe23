"""Writes given.txt: the given names of pymorphy3's Russian and Ukrainian dictionaries, folded (see skeleton.fold).

    python -m bot.language.names.make

The list serves English, Kazakh and Kyrgyz texts, which pymorphy3 does not read. Names shorter than three letters
are left out: they are words and initials elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from bot.language.morphology import analyzer
from bot.language.skeleton import fold

SHORTEST = 3


def given_names() -> set[str]:
    names = set()
    for language in ("ru", "uk"):
        for _, tag, normal, *_ in analyzer(language).dictionary.iter_known_words(""):
            marks = str(tag)  # the five million tags are not worth taking apart
            if "Name" in marks and "nomn" in marks and "plur" not in marks and "Surn" not in marks:
                names.add(fold(normal))
    return {name for name in names if len(name) >= SHORTEST}


if __name__ == "__main__":
    Path(__file__).with_name("given.txt").write_text("\n".join(sorted(given_names())) + "\n", encoding="utf-8")
