"""What a moderator is shown of events. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.message import Button, Message
from bot.alerts.render import Page, country_name, one_line, status_name
from bot.alerts.summary import shorten
from bot.chat.view import fitting
from bot.errors import UserMistake
from bot.locales import translation
from bot.model import Status
from bot.moderation.cases import (
    Merged,
    NotAName,
    NotAStatus,
    NotListed,
    OneItem,
    SameEvent,
    UnknownAlert,
    UnknownEvent,
    UnknownItem,
)
from bot.store.case_files import CaseFile, Filed, FiledAlert, ListedEvent

PRESS = "ev"
A_PAGE = 8
HEADLINE, TITLE = 90, 110
NAMES = 4
"""People and outlets of one event that a list names; the rest are counted."""


def statuses(language: str) -> dict[str, Status]:
    """Each status by the words that readers see; "unknown" is not among them, for nothing is decided by it."""
    return {status_name(status, language): status for status in Status if status is not Status.UNKNOWN}


def usage(language: str) -> Message:
    _ = translation(language).gettext
    page = Page()
    lines = (
        ("/events", _("the latest events")),
        ("/events 12", _("event 12 with its items and alerts")),
        ("/events merge 12 15", _("two events are one")),
        ("/events apart 12 15", _("two events are two, and stay so")),
        ("/events split 345", _("item 345 becomes an event of its own")),
        ("/events status 12 handed_over", _("where the case stands")),
        ("/events stop 7", _("alert 7 goes to nobody any more; what was sent stays")),
        ("/events officials", _("those who are in every story, so that their names join no events")),
        ("/events official Ivan Petrov", _("one more of them; /events unofficial takes a name off the list")),
    )
    for command, does in lines:
        page.add(command, "code")
        page.line(f" – {does}")
    page.line()
    values = ", ".join(status.value for status in statuses(language).values())
    page.line(_("Statuses: {statuses}").format(statuses=values))
    page.line(_("Who did what: /keywords log"))
    return fitting(page)


def events(found: Sequence[ListedEvent], number: int, language: str) -> Message:
    """A page of the list, counted from 0; `found` holds one more than a page where another one follows."""
    _ = translation(language).gettext
    page = Page()
    if not found:
        page.line(_("No events yet.") if number == 0 else _("No earlier ones."))
    for event in found[:A_PAGE]:
        _listed(page, event, language)
        page.line()
    page.line(_("One in full: /events and its number. Everything else: /events help"))
    turns = [Button("←", data=f"{PRESS}:list:{number - 1}")] if number else []
    turns += [Button("→", data=f"{PRESS}:list:{number + 1}")] if len(found) > A_PAGE else []
    return fitting(page, (tuple(turns),) if turns else ())


def event(file: CaseFile, language: str, note: str = "") -> Message:
    """One event in full: its items, its alerts, and what it may be the same as."""
    _ = translation(language).gettext
    page = Page()
    if note:
        page.line(note)
        page.line()
    _listed(page, file.event, language)
    if file.event.follows is not None:
        page.line(_("It goes on from event {n}.").format(n=file.event.follows))
    if file.apart:
        page.line(_("Kept apart from: {events}").format(events=", ".join(map(str, file.apart))))
    page.line()
    page.line(_("Items"), "bold")
    for item in file.items:
        _item(page, item)
    page.line(_("Alerts"), "bold")
    for alert in file.alerts:
        page.line(_alert(alert, language))
    if not file.alerts:
        page.line(_("None."))
    return fitting(page, _choices(file.event, language))


def stopped(alert_id: int, language: str) -> Message:
    _ = translation(language).gettext
    text = _("Stopped: alert {n}. What was not sent yet goes to nobody; what was sent stays in the chats.")
    page = Page()
    page.line(text.format(n=alert_id))
    return fitting(page)


def officials(names: Sequence[str], language: str, note: str = "") -> Message:
    """The moderators' list of those who are in every story."""
    _ = translation(language).gettext
    page = Page()
    if note:
        page.line(note)
        page.line()
    page.line(_("Officials on the moderators' list: {n}").format(n=len(names)), "bold")
    for name in names:
        page.line(f"• {one_line(name)}")
    page.line()
    page.line(_("Whoever is in twenty events of thirty days counts as one without being listed."))
    return fitting(page)


def mistake(wrong: UserMistake, language: str) -> Message:
    _ = translation(language).gettext
    match wrong:
        case UnknownEvent():
            text = _("There is no event with that number; /events shows the latest.")
        case UnknownItem():
            text = _("No event has an item with that number; /events and an event's number shows its items.")
        case UnknownAlert():
            text = _("There is no alert with that number; /events and an event's number shows its alerts.")
        case OneItem():
            text = _("The event has this one item alone: there is nothing to split.")
        case SameEvent():
            text = _("That takes the numbers of two different events.")
        case Merged():
            text = _("That event was merged into event {n}: /events {n}").format(n=wrong.into)
        case NotAStatus():
            text = _("That is no status; /events help names them.")
        case NotAName():
            text = _("That is no name. Write it as outlets do: /events official Ivan Petrov")
        case NotListed():
            text = _("Nobody of that name is on the list; /events officials shows it.")
        case _:
            text = str(wrong)
    page = Page()
    page.line(text)
    return fitting(page)


def _listed(page: Page, shown: ListedEvent, language: str) -> None:
    _, ngettext = translation(language).gettext, translation(language).ngettext
    page.add(str(shown.id), "bold")
    # As in an alert: Russia is in nearly every event, and named only where nothing else is.
    codes = [code for code in shown.countries if code != "RU"] or list(shown.countries)
    places = ", ".join(country_name(code, language) for code in codes[:NAMES])
    page.line(" · ".join(("", *filter(None, (status_name(shown.status, language), places)))))
    page.line(shorten(one_line(shown.headline), HEADLINE))
    if shown.people:
        page.line(_some(shown.people))
    items = ngettext("{n} item", "{n} items", shown.items).format(n=shown.items)
    page.line(f"{_some(shown.outlets, ' · ')} – {items}, {_moment(shown.updated_at)}", "italic")
    if shown.maybe is not None:
        page.line(_("⚠️ This may be the same as event {n}.").format(n=shown.maybe))


def _some(names: Sequence[str], between: str = ", ") -> str:
    more = f" +{len(names) - NAMES}" if len(names) > NAMES else ""
    return between.join(one_line(name) for name in names[:NAMES]) + more


def _item(page: Page, item: Filed) -> None:
    page.add(str(item.id), "code")
    page.line(f" {item.outlet}, {_moment(item.at)}: {shorten(one_line(item.title), TITLE)}")


def _alert(alert: FiledAlert, language: str) -> str:
    _ = translation(language).gettext
    kinds = {"new": _("new"), "update": _("update"), "edit": _("edit")}
    told = f"{alert.id} {kinds.get(alert.kind, alert.kind)}, {_moment(alert.at)}"
    return f"{told} – {_('stopped')}" if alert.stopped else told


def _choices(shown: ListedEvent, language: str) -> tuple[tuple[Button, ...], ...]:
    """What to do about a hint: the one thing that a moderator comes for most."""
    _ = translation(language).gettext
    if shown.maybe is None:
        return ()
    pair = f"{shown.maybe}:{shown.id}"
    return (
        (
            Button(_("One event"), data=f"{PRESS}:merge:{pair}"),
            Button(_("Two events"), data=f"{PRESS}:apart:{pair}"),
            Button(_("Event {n}").format(n=shown.maybe), data=f"{PRESS}:show:{shown.maybe}"),
        ),
    )


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
