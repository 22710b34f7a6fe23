"""YAML files written by people: every value knows its line, and every mistake is told at once.

    with yamlfile.reading(Path("feeds.yaml")) as root:
        top = root.mapping(required=("outlets",))
        names = [outlet.mapping(required=("name",))["name"].text() for outlet in top["outlets"].items()]

A reader (`text`, `duration`, `day` …) that meets a mistake notes it and answers with a harmless value, so
that the rest of the file is checked too; leaving the `with` block raises one ConfigurationError that lists
all of them by file, line and field. What was built inside the block is to be used only after it: never half
a file.

Scalars are read as they are written: `NO` stays Norway, `2022-03` stays a month, and no tag runs any code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from babel import Locale

from bot.errors import ConfigurationError

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_DURATION = re.compile(r"(\d{1,7})\s?([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(slots=True)
class Mistakes:
    """What is wrong with one file, as it is found."""

    path: Path
    found: list[tuple[int, str, str]] = field(default_factory=list)
    """(line counted from 1, field such as `outlets[2].home`, what is wrong and how to mend it)"""

    def add(self, line: int, where: str, message: str) -> None:
        self.found.append((line, where, message))

    def error(self) -> ConfigurationError:
        count = f"{len(self.found)} mistakes" if len(self.found) > 1 else "a mistake"
        lines = [f"{self.path} has {count}; nothing of it was loaded."]
        for line, where, message in sorted(self.found):
            lines.append(f"  {self.path.name}, line {line}, {where}: {message}" if where else f"  {message}")
        return ConfigurationError("\n".join(lines))


@contextmanager
def reading(path: Path) -> Iterator[Value]:
    """The root value of a YAML file; leaving the block raises ConfigurationError if there were mistakes.

    A file that is absent, unreadable, not UTF-8 or not YAML raises it at once.
    """
    mistakes = Mistakes(path)
    yield Value(_compose(path), "", mistakes)
    if mistakes.found:
        raise mistakes.error()


def _compose(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}; check its path.") from None
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deeply; flatten it.") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} is not valid YAML: {_yaml_problem(error)}.") from None


def _yaml_problem(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    if mark is None:
        return str(problem)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"


class Section:
    """A mapping whose keys are known. An absent required key is noted once, then reads as a harmless value."""

    def __init__(self, values: Mapping[str, Value], absent: Value) -> None:
        self._values = values
        self._absent = absent

    def __getitem__(self, key: str) -> Value:
        return self._values.get(key, self._absent)

    def get(self, key: str) -> Value | None:
        """The value of an optional key; None where it is absent, empty or null."""
        value = self._values.get(key)
        return None if value is None or value.is_null else value


class Value:
    """A value of a YAML file, the field it is, and where it stands."""

    __slots__ = ("_mistakes", "_muted", "_node", "field")

    def __init__(self, node: yaml.Node | None, where: str, mistakes: Mistakes, *, muted: bool = False) -> None:
        self.field = where
        """Such as `outlets[2].feeds[0].url`; list places are counted from 0; "" for the whole file."""
        self._node = node
        self._mistakes = mistakes
        self._muted = muted

    @property
    def line(self) -> int:
        """Counted from 1."""
        return int(self._node.start_mark.line) + 1 if self._node is not None else 1

    @property
    def is_null(self) -> bool:
        return self._node is None or self._node.tag == _NULL

    @property
    def is_text(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and not self.is_null

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    def wrong(self, message: str) -> None:
        """Notes a mistake here. The message says what is wrong and how to mend it, in one sentence."""
        if not self._muted:
            self._mistakes.add(self.line, self.field or "the file", message)

    def mapping(self, *, required: Sequence[str] = (), optional: Sequence[str] = ()) -> Section:
        """A mapping of known keys; unknown ones are refused with the nearest known one as a hint."""
        known = (*required, *optional)
        values, misspelt = {}, set()
        for key, value in self.entries().items():
            if key in known:
                values[key] = value
            else:
                near = get_close_matches(key, known, 1)
                misspelt.update(near)
                hint = f"did you mean “{near[0]}”?" if near else f"the keys known here are {', '.join(known)}."
                value.wrong(f"“{key}” is not a known key; {hint}")
        if self.is_mapping:
            for key in required:
                if key not in values and key not in misspelt:
                    self.wrong(f"“{key}” is missing; add it.")
        return Section(values, Value(self._node, self.field, self._mistakes, muted=True))

    def entries(self) -> dict[str, Value]:
        """A mapping of any keys, in the order of the file; a repeated key is refused."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong(f"this must be a mapping (key: value), not {self._kind()}.")
            return {}
        found: dict[str, Value] = {}
        for key_node, value_node in self._node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            value = Value(value_node, f"{self.field}.{key}" if self.field else key, self._mistakes)
            if key in found:
                value.wrong(f"“{key}” stands here twice (first in line {found[key].line}); remove one.")
            found.setdefault(key, value)
        return found

    def items(self) -> list[Value]:
        """A list; null is an empty one."""
        if self.is_null:
            return []
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong(f"this must be a list (lines that begin with a dash), not {self._kind()}.")
            return []
        nodes = enumerate(self._node.value)
        return [Value(node, f"{self.field}[{place}]", self._mistakes, muted=self._muted) for place, node in nodes]

    def text(self) -> str:
        """A text that is not empty, without outer spaces."""
        if not isinstance(self._node, yaml.ScalarNode) or self.is_null or not self._node.value.strip():
            self.wrong(f"this must be a text, not {self._kind()}.")
            return ""
        return str(self._node.value).strip()

    def choice(self, options: Sequence[str]) -> str:
        """One of a few words; the first of them after a mistake."""
        text = self.text()
        if text in options:
            return text
        if text:
            near = get_close_matches(text, options, 1)
            hint = f"did you mean “{near[0]}”?" if near else f"write one of: {', '.join(options)}."
            self.wrong(f"“{text}” is not known here; {hint}")
        return options[0]

    def duration(self) -> float:
        """Seconds, written as 300s, 10m, 1h or 1d; 1.0 after a mistake."""
        text = self.text()
        match = _DURATION.fullmatch(text)
        if match and int(match[1]) > 0:
            return float(int(match[1]) * _SECONDS[match[2]])
        if text:
            self.wrong(f"“{text}” is not a duration; write a number and a unit, such as 300s, 10m or 1h.")
        return 1.0

    def day(self) -> date | None:
        """A date such as 2026-11-22; None after a mistake."""
        text = self.text()
        try:
            return date.fromisoformat(text) if len(text) == 10 else _no_date(text)
        except ValueError:
            if text:
                self.wrong(f"“{text}” is not a date; write year-month-day, such as 2026-11-22.")
            return None

    def address(self) -> str:
        """An http or https address, without a user's name and without spaces; "" after a mistake."""
        text = self.text()
        try:
            parts = urlsplit(text)
            fits = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        except ValueError:
            fits = False
        if fits and not re.search(r"[\s\\\x00-\x1f]", text):
            return text
        if text:
            self.wrong(f"“{text}” is not an address; write it whole, beginning with https:// or http://.")
        return ""

    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        text = self.text()
        if text and text not in country_codes():
            capital = text.upper() in country_codes()
            hint = f"write {text.upper()}." if capital else "write two capitals of ISO 3166-1, such as KG or AM."
            self.wrong(f"“{text}” is not a country; {hint}")
        return text

    def _kind(self) -> str:
        if self.is_null:
            return "empty"
        if isinstance(self._node, yaml.MappingNode):
            return "a mapping"
        return "a list" if isinstance(self._node, yaml.SequenceNode) else "a text"


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 as CLDR has it, and XK (Kosovo), which everybody uses."""
    others = ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code)) - frozenset(others)


def _no_date(text: str) -> date:
    raise ValueError(text)
