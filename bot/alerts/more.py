"""The fuller view behind an alert's "More" button: the whole text, the event's timeline, and why it was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.alerts.content import Content, Reader
from bot.alerts.message import LIMIT, Button, Entity, Message, units
from bot.alerts.render import Page, head, labels, moment, one_line
from bot.alerts.summary import shorten
from bot.locales import translation

TEXT = 2200
"""Characters of the item's own text; with a timeline of ten lines the message stays below Telegram's limit."""
LINES = 10
LINKS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One report of the event, in the timeline. `at` is aware."""

    outlet: str
    title: str
    at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Fuller:
    """What the store knows beyond the alert. `rules` are the ids of those that matched."""

    text: str
    timeline: tuple[Line, ...]
    rules: tuple[str, ...]


def render_more(content: Content, fuller: Fuller, reader: Reader, now: datetime) -> Message:
    """The fuller view for one reader; in discreet mode under a spoiler, silent and protected like the alert."""
    _ = translation(reader.language).gettext
    page = Page()
    page.line(head(content, reader))
    page.line(one_line(content.headline), "bold")
    if fuller.text:
        page.line()
        page.line(one_line(shorten(fuller.text, TEXT)), "expandable_blockquote")
    page.line()
    for line in fuller.timeline[-LINES:]:
        page.line(f"{moment(line.at, reader, now)} · {line.outlet}: {shorten(one_line(line.title), 90)}")
    for label in labels(content.sources, reader):
        page.line(label, "italic")
    if fuller.rules:
        page.line(_("Sent because of the rule: {rules}").format(rules=", ".join(fuller.rules[:3])), "italic")
    message = Message(page.text, tuple(page.entities), _links(fuller, reader))
    assert units(message.text) <= LIMIT
    return _discreetly(message) if reader.discreet else message


def _links(fuller: Fuller, reader: Reader) -> tuple[tuple[Button, ...], ...]:
    _ = translation(reader.language).gettext
    found = {line.outlet: line.url for line in fuller.timeline if line.url}
    name = _("Open") if reader.discreet else _("Open: {outlet}")
    return tuple((Button(name.format(outlet=outlet), url=url),) for outlet, url in list(found.items())[:LINKS])


def _discreetly(message: Message) -> Message:
    whole = Entity("spoiler", 0, units(message.text))
    return replace(message, entities=(whole,), silent=True, protect=True)
