"""New feeds written into feeds.yaml as a person would: lines are added, nothing that stands there is touched. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from bot.errors import UserMistake
from bot.news.catalogue import Catalogue

_HOST_PREFIX = re.compile(r"^(www\d?|rss|feeds?|m|amp)\.(?=.+\.)")


@dataclass(frozen=True, slots=True)
class Addition:
    """A feed to be listed. `name` and `home` are those of its outlet, should that be new."""

    url: str
    name: str
    home: str
    language: str
    country: str | None = None


def amend(text: str, catalogue: Catalogue, additions: Sequence[Addition]) -> tuple[str, int]:
    """The file with the feeds that it did not list, and how many these are.

    A feed whose host is that of a listed outlet's home goes to that outlet; any other gets an outlet of its own.
    """
    listed = {_plain(feed.url) for feed in catalogue.feeds}
    homes = {_site(outlet.home): outlet.id for outlet in catalogue.outlets}
    ids, added = {outlet.id for outlet in catalogue.outlets}, 0
    for addition in additions:
        if _plain(addition.url) in listed:
            continue
        listed.add(_plain(addition.url))
        known = homes.get(_site(addition.home)) or homes.get(_site(addition.url))
        if known is None:
            known = _new_id(addition, ids)
            ids.add(known)
            homes[_site(addition.home)] = known
            text = _with_outlet(text, known, addition)
        else:
            text = _with_feed(text, known, addition)
        added += 1
    return text, added


def line(addition: Addition) -> str:
    """The feed as feeds.yaml lists it."""
    country = f", country: {addition.country}" if addition.country else ""
    return f"- {{url: {_scalar(addition.url)}, language: {addition.language}{country}}}"


def _with_outlet(text: str, id: str, addition: Addition) -> str:
    dash = _column(text)
    lines = [
        "",
        f"- id: {id}",
        f"  name: {_scalar(addition.name)}",
        f"  home: {_scalar(addition.home)}",
        "  feeds:",
        f"    {line(addition)}",
    ]
    return text.rstrip("\n") + "\n" + "\n".join(" " * dash + each if each else "" for each in lines) + "\n"


def _with_feed(text: str, id: str, addition: Addition) -> str:
    """The line goes after the outlet's last feed, as far in as that."""
    feeds = next((_value(outlet, "feeds") for outlet in _outlets(text) if _text(outlet, "id") == id), None)
    if not isinstance(feeds, yaml.SequenceNode) or feeds.flow_style or not feeds.value:
        raise UserMistake(f"The feeds of {id} are not listed line by line; write each in a line of its own first.")
    last = feeds.value[-1]
    lines = text.split("\n")
    # A block mapping ends at the beginning of what follows it: blank lines and comments there are not its own.
    block = isinstance(last, yaml.MappingNode) and not last.flow_style
    end = last.end_mark.line - 1 if block else last.end_mark.line
    while end > last.start_mark.line and (not lines[end].strip() or lines[end].lstrip().startswith("#")):
        end -= 1
    lines.insert(end + 1, " " * feeds.start_mark.column + line(addition))
    return "\n".join(lines)


def _outlets(text: str) -> list[yaml.Node]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    outlets = _value(root, "outlets")
    return list(outlets.value) if isinstance(outlets, yaml.SequenceNode) else []


def _column(text: str) -> int:
    """How far in the dashes of the outlets stand."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    outlets = _value(root, "outlets")
    if not isinstance(outlets, yaml.SequenceNode) or outlets.flow_style:
        raise UserMistake("feeds.yaml does not list its outlets line by line; write them as its head shows.")
    return int(outlets.start_mark.column)


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _text(node: yaml.Node, key: str) -> str:
    value = _value(node, key)
    return str(value.value) if isinstance(value, yaml.ScalarNode) else ""


def _scalar(text: str) -> str:
    """A text as YAML: quoted only where it has to be, also inside of braces."""
    if re.fullmatch(r"https?://[\w./=%~+-]+|[^\W\d_][\w .()/-]*", text) and text.lower() != "null":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _new_id(addition: Addition, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", _site(addition.home).rpartition(".")[0].lower()).strip("-")[:36] or "outlet"
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(id for id in numbered if id not in taken)


def _site(url: str) -> str:
    return _HOST_PREFIX.sub("", (urlsplit(url).hostname or "").lower())


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
