"""The fuller view behind an alert's "More" button: the whole text, the event's timeline, and why it was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.alerts.content import Content, Reader
from bot.alerts.message import LIMIT, Button, Entity, Message, clipped, fitted, units
from bot.alerts.render import Page, head, labels, moment, one_line
from bot.alerts.summary import shorten
from bot.locales import translation

TEXT = 2200
"""Units of the item's own text; it gives way where timeline and labels need the room."""
LEAST_TEXT = 400
LINES = 10
"""Reports in the timeline, the first and the latest: their lines take some 1,300 units."""
OUTLET, TITLE = 40, 90
LINKS = 3
LONGEST_LINK = 1024
"""Characters of a link behind a button. Telegram names no limit; feeds carry links that no browser opens."""
COMMENT, WORDS, WORD = 160, 6, 30
"""Letters of a rule's comment; words that it matched, and letters of each, in the one line that says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One report of the event, or of one that it goes on from or leads to, in the timeline. `at` is aware."""

    outlet: str
    title: str
    at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """A rule that matched: its id, its comment, and the words of the item."""

    rule: str
    comment: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fuller:
    """What the store knows beyond the alert. `why` has the rules that alert by themselves first.

    `followed`: the alert was sent because the chat follows somebody whom the item names.
    """

    text: str
    timeline: tuple[Line, ...]
    why: tuple[Why, ...]
    followed: bool = False


def render_more(content: Content, fuller: Fuller, reader: Reader, now: datetime) -> Message:
    """The fuller view for one reader; in discreet mode under a spoiler, silent and protected like the alert.

    It fits into one message whatever a feed wrote: first the item's own text gives way, then the end.
    """
    rest = _page(content, replace(fuller, text=""), reader, now)
    room = max(LIMIT - rest.units - 2, LEAST_TEXT)
    text = clipped(shorten(one_line(fuller.text), TEXT), min(room, TEXT))
    page = _page(content, replace(fuller, text=text), reader, now)
    message = fitted(Message(page.text, tuple(page.entities), _links(fuller, reader)))
    return _discreetly(message) if reader.discreet else message


def why(fuller: Fuller, reader: Reader) -> str:
    """The answer to "why did this match?" in one line: the rule, its comment, the words; then how many more rules."""
    _ = translation(reader.language).gettext
    if fuller.followed:
        return _("Why: a person is named whom this chat follows")
    if not fuller.why:
        return ""
    first = fuller.why[0]
    comment = f" ({shorten(one_line(first.comment), COMMENT)})" if first.comment else ""
    unlike = {word.casefold(): word for word in reversed(first.words) if word.strip()}
    words = [shorten(one_line(word), WORD) for word in list(unlike.values())[::-1][:WORDS]]
    told = f": {', '.join(words)}" if words else ""
    more = f" +{len(fuller.why) - 1}" if len(fuller.why) > 1 else ""
    return _("Why: {why}").format(why=f"{first.rule}{comment}{told}{more}")


def _page(content: Content, fuller: Fuller, reader: Reader, now: datetime) -> Page:
    page = Page()
    page.line(head(content, reader))
    page.line(one_line(content.told_in(reader.language).headline), "bold")
    if fuller.text:
        page.line()
        page.line(fuller.text, "expandable_blockquote")
    page.line()
    for line in (
        fuller.timeline if len(fuller.timeline) <= LINES else (fuller.timeline[0], *fuller.timeline[1 - LINES :])
    ):
        outlet, title = shorten(one_line(line.outlet), OUTLET), shorten(one_line(line.title), TITLE)
        page.line(f"{moment(line.at, reader, now)} · {outlet}: {title}")
    reason = why(fuller, reader)
    if reason:
        page.line(reason, "italic")
    for label in labels(content.sources, reader):
        page.line(label, "italic")
    return page


def _links(fuller: Fuller, reader: Reader) -> tuple[tuple[Button, ...], ...]:
    _ = translation(reader.language).gettext
    found = {line.outlet: line.url for line in fuller.timeline if line.url and _opens(line.url)}
    name = _("Open") if reader.discreet else _("Open: {outlet}")
    shown = list(found.items())[:LINKS]
    return tuple((Button(name.format(outlet=shorten(outlet, OUTLET)), url=url),) for outlet, url in shown)


def _opens(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= LONGEST_LINK


def _discreetly(message: Message) -> Message:
    whole = Entity("spoiler", 0, units(message.text))
    return replace(message, entities=(whole,), silent=True, protect=True)
