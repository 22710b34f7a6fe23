from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages import Message

from bot.locales import FOLDER, UI_LANGUAGES, translation
from bot.locales.collect import catalogue, extracted

TRANSLATED = [language for language in UI_LANGUAGES if language != "en"]


def marked() -> list[Message]:
    found = [message for message in extracted() if message.id]
    assert len(found) > 150
    return found


def sentences(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def translations(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string or ""),)


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_the_code_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = [m.id for m in marked() if (found := known.get(m.id)) is None or not all(translations(found))]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_no_sentence_that_nobody_says_and_no_guess(language: str) -> None:
    said = {sentences(m)[0] for m in marked()}
    kept = [m for m in catalogue(language) if m.id]
    assert [m.id for m in kept if sentences(m)[0] not in said or m.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_agree(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        wanted = set().union(*map(fields, sentences(message)))
        for translated in translations(message):
            assert fields(translated) == wanted, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_commands_and_lines_are_kept_in_translation(language: str) -> None:
    """A command lost in translation cannot be tapped; a line break lost runs two lines together."""
    for message in catalogue(language):
        if not message.id:
            continue
        for translated in translations(message):
            assert set(re.findall(r"/[a-z]+\b", sentences(message)[0])) == set(re.findall(r"/[a-z]+\b", translated))
            assert sentences(message)[0].count("\n") == translated.count("\n")


def test_every_plural_of_russian_is_there() -> None:
    ngettext = translation("ru").ngettext
    said = [ngettext("{n} hour", "{n} hours", n).format(n=n) for n in (1, 2, 5, 11, 21, 24, 47)]
    assert said == ["1 час", "2 часа", "5 часов", "11 часов", "21 час", "24 часа", "47 часов"]


def test_english_says_what_the_code_says() -> None:
    assert translation("en").gettext("Discreet mode") == "Discreet mode"
    assert translation("en").ngettext("{n} hour", "{n} hours", 2) == "{n} hours"


def test_no_marked_sentence_is_built_at_run_time() -> None:
    """gettext cannot find f-strings and sums: they would stay English for ever, and no other test would see it."""
    built = [f"{path.name}:{line}" for path in FOLDER.parent.rglob("*.py") for line in _built(path.read_text("utf-8"))]
    assert built == []


def test_every_sentence_is_said_by_a_name_that_is_collected() -> None:
    """A sentence that is said by another name stays English for ever, and no other test would see it."""
    aliased = [
        f"{path.name}:{line}" for path in FOLDER.parent.rglob("*.py") for line in _aliased(path.read_text("utf-8"))
    ]
    assert aliased == []


def _aliased(source: str) -> Iterator[int]:
    """Lines where `translation(…).gettext` or `.ngettext` gets a name that the collecting does not know."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign) or "translation(" not in ast.unparse(node.value):
            continue
        for target in node.targets:
            named = target.elts if isinstance(target, ast.Tuple) else [target]
            said = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for name, value in zip(named, said, strict=False):
                verb = value.attr if isinstance(value, ast.Attribute) else None
                if verb in {"gettext", "ngettext"} and ast.unparse(name) not in {
                    "_" if verb == "gettext" else "ngettext",
                    verb,
                }:
                    yield node.lineno


def _built(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}:
            texts = node.args[: 2 if node.func.id == "ngettext" else 1]
            if not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts):
                yield node.lineno
