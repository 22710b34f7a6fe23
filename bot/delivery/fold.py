"""Several alerts in one message: a digest, what quiet hours or a pause held back, what an outage made old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.dates import format_datetime

from bot.alerts.content import Content, Reader
from bot.alerts.message import LIMIT, Button, Entity, Message, fitted, units
from bot.alerts.render import Page, head, labels, mark, one_line
from bot.alerts.summary import shorten
from bot.delivery.when import Fold, zone
from bot.locales import translation

OUTLET = 40
"""Characters of an outlet's name that a line keeps."""
ROW = 8
"""Buttons in a row: a phone still shows their numbers."""
STEPS = ((220, True), (120, True), (90, True), (60, True), (90, False), (60, False), (40, False))
"""How the lines give way until all have room: characters of a headline, and whether topic, place and outlet are told.
No alert is left out, because it counts as delivered."""


def gather(contents: Sequence[Content], reader: Reader, *, fold: Fold, alert_ids: Sequence[int] | None) -> Message:
    """One message with a line for each alert. Discreet readers open a spoiler.

    Each alert has a button that tells more of it; without `alert_ids`, one that opens its link.
    """
    pages = (_page(contents, reader, fold, width, whole) for width, whole in STEPS)
    page = next((page for page in pages if units(page.text) <= LIMIT), None)
    page = page or _page(contents, reader, fold, *STEPS[-1])
    message = fitted(Message(page.text, tuple(page.entities), _buttons(contents, reader, alert_ids)))
    if not reader.discreet:
        return message
    start = units(message.text.partition("\n")[0]) + 1
    spoiler = Entity("spoiler", start, units(message.text) - start)
    return Message(message.text, (spoiler,), message.buttons, silent=True, protect=True)


def _page(contents: Sequence[Content], reader: Reader, fold: Fold, width: int, whole: bool) -> Page:
    page = Page()
    page.line(_title(len(contents), reader, fold), "bold")
    for number, content in enumerate(contents, 1):
        page.line()
        page.add(f"{number}. " if len(contents) > 1 else "")
        for line in _lines(content, reader, width, whole):
            page.line(line)
    # What a reader may do with a link depends on the outlet's label, in a digest as in an alert of its own.
    told = labels(tuple(source for content in contents for source in content.sources), reader)
    for line in ("", *told) if told and whole else ():
        page.line(line, "italic")
    return page


def _title(count: int, reader: Reader, fold: Fold) -> str:
    ngettext = translation(reader.language).ngettext
    if reader.discreet:
        return ngettext("{n} new note", "{n} new notes", count).format(n=count)
    return {
        Fold.DIGEST: ngettext("Digest: {n} alert", "Digest: {n} alerts", count),
        Fold.QUIET: ngettext("{n} alert during quiet hours", "{n} alerts during quiet hours", count),
        Fold.PAUSE: ngettext("{n} alert during the pause", "{n} alerts during the pause", count),
        Fold.LATE: ngettext("{n} alert, more than a day late", "{n} alerts, more than a day late", count),
    }[fold].format(n=count)


def _lines(content: Content, reader: Reader, width: int, whole: bool) -> Iterator[str]:
    headline = shorten(one_line(content.told_in(reader.language).headline), width)
    if not whole:
        yield f"{mark(content.topic)} {headline}"
        return
    yield head(content, reader)
    yield headline
    told = ", ".join(filter(None, (_outlet(content), _moment(content, reader))))
    if told:
        yield told


def _outlet(content: Content) -> str:
    return shorten(one_line(content.sources[0].name), OUTLET) if content.sources else ""


def _moment(content: Content, reader: Reader) -> str:
    """Day and hour on the reader's clock, shorter than in an alert: there may be many."""
    if content.published is None:
        return ""
    local = content.published.astimezone(zone(reader.time_zone))
    return format_datetime(local, "d MMM, HH:mm", tzinfo=local.tzinfo, locale=reader.language)


def _buttons(
    contents: Sequence[Content], reader: Reader, alert_ids: Sequence[int] | None
) -> tuple[tuple[Button, ...], ...]:
    _ = translation(reader.language).gettext
    alone = len(contents) == 1
    if alert_ids is not None:
        buttons = [Button(_("More") if alone else f"{n}", data=f"more:{i}") for n, i in enumerate(alert_ids, 1)]
    else:
        links = ((n, content.told_in(reader.language).url) for n, content in enumerate(contents, 1))
        buttons = [Button(_("Open") if alone else f"{n}", url=url) for n, url in links if url]
    return tuple(tuple(buttons[begin : begin + ROW]) for begin in range(0, len(buttons), ROW))
