"""From what an alert says to what a reader sees: plain text with entities, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime

from bot.alerts.content import Content, Reader, Source
from bot.alerts.message import Button, Entity, Message, units
from bot.alerts.naming import unseen
from bot.alerts.summary import shorten
from bot.locales import translation
from bot.model import LegalStatus, Places, Status, Topic

Gettext = Callable[[str], str]

STEPS = 6
"""Earlier steps of a case that /latest shows."""
NAMES, NAME = 5, 40
"""People whom the line of further names has, and letters of each."""


def render(
    content: Content, reader: Reader, *, now: datetime, late: bool = False, alert_id: int | None = None
) -> Message:
    """One alert as one reader's message; `alert_id` adds the "More" button.

    All of a feed's text goes in as plain text under entities, so that a hostile title can neither break the
    message nor forge a second one in it: line breaks inside a quote are folded.
    """
    _ = translation(reader.language).gettext
    page = Page()
    if reader.discreet:
        page.line(_("A new note"))
        page.line()
        start = page.units
    _body(page, content, reader, late, now)
    if reader.discreet:
        page.entities.append(Entity("spoiler", start, units(page.text) - start))
    buttons = _buttons(content, reader, alert_id)
    return Message(page.text, tuple(page.entities), buttons, silent=reader.discreet, protect=reader.discreet)


@dataclass
class Page:
    """A text that grows with its entities; offsets are counted in UTF-16 units as it grows."""

    parts: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    units: int = 0

    @property
    def text(self) -> str:
        return "".join(self.parts).rstrip("\n")

    def add(self, text: str, kind: str | None = None) -> None:
        length = units(text)
        if kind and length:
            self.entities.append(Entity(kind, self.units, length))
        self.parts.append(text)
        self.units += length

    def line(self, text: str = "", kind: str | None = None) -> None:
        self.add(text, kind)
        self.add("\n")

    def quoted(self, text: str, bold: Places) -> None:
        """A feed's text on one line, with the character places `bold` (begin, end) in bold."""
        flat = one_line(text)
        for _name, begin, end in bold:
            offset = self.units + units(flat[:begin])
            self.entities.append(Entity("bold", offset, units(flat[begin:end])))
        self.line(flat)


def one_line(text: str) -> str:
    """A feed's text with every kind of space, line breaks too, as one plain space; places in it stay valid."""
    return "".join(" " if char.isspace() else char for char in text)


def _body(page: Page, content: Content, reader: Reader, late: bool, now: datetime) -> None:
    _ = translation(reader.language).gettext
    told = content.told_in(reader.language)
    page.line(head(content, reader))
    page.line(one_line(told.headline), "bold")
    if told.excerpt:
        page.line()
        page.quoted(told.excerpt, tuple(place for place in told.bold if place[0] == "summary"))
    page.line()
    others = also_named(content, reader)
    if others:
        page.line(others)
    page.line(_sources(content, reader, now))
    if steps := _steps(content, reader, now):
        page.line(_("Before: {steps}").format(steps=steps))
    if content.uncertain:
        page.line(_("One source so far."), "italic")
    if content.overruled:
        page.line(_("The status is a moderator's."), "italic")
    if late:
        page.line(_("Late: this alert is more than six hours old."), "italic")
    for label in labels(content.sources, reader):
        page.line(label, "italic")


RESTATED = {
    (Topic.DETENTION, Status.DETAINED),
    (Topic.ABDUCTION, Status.DISAPPEARED),
    (Topic.DEPORTATION, Status.EXPELLED),
    (Topic.RELEASE, Status.RELEASED),
}
"""Pairs in which the status says what the topic has said already."""


def head(content: Content, reader: Reader) -> str:
    """The first line: topic, countries, and the status where it says more."""
    places = ", ".join(country_name(code, reader.language) for code in content.countries[:3])
    status = "" if (content.topic, content.status) in RESTATED else status_name(content.status, reader.language)
    head = f"{mark(content.topic)} {topic_name(content.topic, reader.language)}"
    return " · ".join(part for part in (head, places, status) if part)


def _steps(content: Content, reader: Reader, now: datetime) -> str:
    """How the case stood before, each step with its day; the latest where there are many."""
    named = [(status_name(status, reader.language), day(at, reader, now)) for status, at in content.earlier]
    return ", ".join(f"{status} ({when})" for status, when in named[-STEPS:] if status)


def also_named(content: Content, reader: Reader) -> str:
    """Who else is in the reports of the event, where the words that are shown do not name them; empty if nobody is."""
    told = content.told_in(reader.language)
    # What went to followers quotes one item alone, and that has whom it names.
    names = unseen(content.people, f"{told.headline} {told.excerpt}") if content.topic is not None else []
    if not names:
        return ""
    _ = translation(reader.language).gettext
    more = f" +{len(names) - NAMES}" if len(names) > NAMES else ""
    shown = ", ".join(shorten(one_line(name), NAME) for name in names[:NAMES])
    return _("Also named: {names}").format(names=f"{shown}{more}")


def _sources(content: Content, reader: Reader, now: datetime) -> str:
    names = " · ".join(dict.fromkeys(source.name for source in content.sources))
    return names if content.published is None else f"{names}, {moment(content.published, reader, now)}"


def moment(at: datetime, reader: Reader, now: datetime) -> str:
    """A time on the reader's clock, with its zone; the year only where it is not this one: a phone's line is short."""
    local = at.astimezone(ZoneInfo(reader.time_zone))
    pattern = "d MMMM, HH:mm" if local.year == now.year else "d MMMM y, HH:mm"
    zone = local.tzname() or ""
    text = format_datetime(local, pattern, tzinfo=local.tzinfo, locale=reader.language)
    return f"{text} {'UTC' + zone if zone[:1] in '+-' else zone}"


def day(at: datetime, reader: Reader, now: datetime) -> str:
    """A day on the reader's clock; the year only where it is not this one."""
    local = at.astimezone(ZoneInfo(reader.time_zone))
    return format_datetime(local, "d MMMM" if local.year == now.year else "d MMMM y", locale=reader.language)


def labels(sources: tuple[Source, ...], reader: Reader) -> list[str]:
    """One line for each state and label that the reader's jurisdictions put on these sources."""
    found: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        for status in source.status:
            if status.jurisdiction in reader.jurisdictions:
                found.setdefault((status.jurisdiction, status.label), []).append(
                    f"{source.name} ({_since(status, reader.language)})"
                )
    return [
        _label(state, label, ", ".join(dict.fromkeys(names)), reader.language)
        for (state, label), names in found.items()
    ]


def _label(state: str, label: str, names: str, language: str) -> str:
    _ = translation(language).gettext
    country = country_name(state, language)
    known = {
        "undesirable": _("{country}: “undesirable” – {names}. Reading is allowed, passing the link on is punished."),
        "foreign agent": _("{country}: “foreign agent” – {names}. Reading and sharing are allowed."),
        "extremist": _("{country}: “extremist” – {names}. Do not share, like or save it."),
        "extremist formation": _("{country}: “extremist formation” – {names}. Do not share, like, save or subscribe."),
        "extremist materials": _("{country}: “extremist materials” – {names}. Keeping and sharing are punished."),
    }
    return known.get(label, "{country}: " + label + " – {names}.").format(country=country, names=names)


def _since(status: LegalStatus, language: str) -> str:
    _ = translation(language).gettext
    parts = status.since.split("-")
    if len(parts) == 3:
        return _("since {date}").format(date=format_date(date.fromisoformat(status.since), "dd.MM.y", locale=language))
    return _("since {date}").format(date=".".join(reversed(parts)))


def _buttons(content: Content, reader: Reader, alert_id: int | None) -> tuple[tuple[Button, ...], ...]:
    _ = translation(reader.language).gettext
    row = []
    told = content.told_in(reader.language)
    if told.url is not None:
        # A neutral label in discreet mode: the name of an outlet can be a danger on a screen.
        row.append(
            Button(_("Open") if reader.discreet else _("Open: {outlet}").format(outlet=told.outlet), url=told.url)
        )
    if alert_id is not None:
        row.append(Button(_("More"), data=f"more:{alert_id}"))
    return (tuple(row),) if row else ()


def mark(topic: Topic | None) -> str:
    """A sign for the topic: red where minutes matter, green for good news, blue for a followed name."""
    if topic is None:
        return "🔵"
    if topic is Topic.RELEASE:
        return "🟢"
    return "🔴" if topic in (Topic.DETENTION, Topic.EXTRADITION, Topic.DEPORTATION, Topic.ABDUCTION) else "🟠"


OWN_NAMES = {("ru", "KG"): "Кыргызстан"}
"""Where CLDR's name is not the one that the people who live there use in that language."""


def country_name(code: str, language: str) -> str:
    """A country's name in a reader's language (CLDR); the code itself where it is unknown."""
    return OWN_NAMES.get((language, code)) or str(Locale(language).territories.get(code, code))


def topic_name(topic: Topic | None, language: str) -> str:
    _ = translation(language).gettext
    if topic is None:
        return _("A name you follow")
    return {
        Topic.DETENTION: _("Detention"),
        Topic.EXTRADITION: _("Extradition"),
        Topic.DEPORTATION: _("Deportation"),
        Topic.ABDUCTION: _("Abduction"),
        Topic.WANTED: _("Wanted"),
        Topic.SURVEILLANCE: _("Surveillance"),
        Topic.LAW: _("Law"),
        Topic.RELEASE: _("Release"),
    }[topic]


def status_name(status: Status, language: str) -> str:
    """The case's status in a word or two; empty where it is unknown."""
    _ = translation(language).gettext
    return {
        Status.UNKNOWN: "",
        Status.DETAINED: _("detained"),
        Status.EXTRADITION_SOUGHT: _("extradition sought"),
        Status.EXTRADITION_APPROVED: _("extradition approved"),
        Status.EXTRADITION_REFUSED: _("extradition refused"),
        Status.HANDED_OVER: _("handed over"),
        Status.EXPELLED: _("expelled"),
        Status.DISAPPEARED: _("disappeared"),
        Status.RELEASED: _("released"),
    }[status]
