"""What a moderator is shown of feeds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.message import Button, Message
from bot.alerts.render import Page, one_line
from bot.alerts.summary import shorten
from bot.chat.view import fitting
from bot.errors import UserMistake
from bot.locales import translation
from bot.moderation.feedwork import FeedFile, OtherProposal, UnknownFeed, mark_of, open_questions
from bot.news.health import Health

PRESS = "fd"
A_PAGE = 8
ADDRESS, WHY = 200, 160
"""Characters of an address and of a reason that a list shows."""


def usage(language: str) -> Message:
    _ = translation(language).gettext
    page = Page()
    for command, does in (
        ("/feeds", _("feeds in trouble, since when and why, and those that moved")),
        ("/feeds 12", _("feed 12, with the address that it moved to")),
    ):
        page.add(command, "code")
        page.line(f" – {does}")
    page.line()
    page.line(_("Who did what: /keywords log"))
    return fitting(page)


def feeds(found: Sequence[FeedFile], number: int, language: str) -> Message:
    """A page of the list, counted from 0."""
    _, ngettext = translation(language).gettext, translation(language).ngettext
    last = max((len(found) - 1) // A_PAGE, 0)
    number = min(number, last)
    shown = found[number * A_PAGE : (number + 1) * A_PAGE]
    page = Page()
    if not found:
        page.line(_("All feeds are well."))
    elif asked := open_questions(found):
        text = ngettext(
            "{n} feed moved and waits for your decision.", "{n} feeds moved and wait for your decision.", asked
        )
        page.line(text.format(n=asked), "bold")
        page.line()
    for file in shown:
        _listed(page, file, language)
        page.line()
    if found:
        page.line(_("One in full: /feeds and its number."))
    looks = tuple(
        Button(_("Feed {n}").format(n=file.state.id), data=f"{PRESS}:show:{file.state.id}")
        for file in shown
        if file.proposed is not None or file.decision is not None
    )
    turns = tuple(
        Button(f"{sign} {n + 1}/{last + 1}", data=f"{PRESS}:list:{n}")
        for n, sign in ((number - 1, "←"), (number + 1, "→"))
        if 0 <= n <= last
    )
    rows = (*(looks[start : start + 3] for start in range(0, len(looks), 3)), *((turns,) if turns else ()))
    return fitting(page, rows)


def feed(file: FeedFile, language: str, note: str = "") -> Message:
    """One feed, with what can be decided about its address."""
    _ = translation(language).gettext
    page = Page()
    if note:
        page.line(note)
        page.line()
    _listed(page, file, language)
    if file.proposed is not None:
        page.line()
        page.line(_("Whoever owns the new address decides what you send on: look at it first."))
    return fitting(page, (*_choices(file, language), (Button(_("← All"), data=f"{PRESS}:list:0"),)))


def mistake(wrong: UserMistake, language: str) -> Message:
    _ = translation(language).gettext
    match wrong:
        case UnknownFeed():
            text = _("There is no feed with that number; /feeds shows those that need a look.")
        case OtherProposal():
            text = _("The feed proposes another address by now, or none: /feeds shows it anew.")
        case _:
            text = str(wrong)
    page = Page()
    page.line(text)
    return fitting(page)


def health_name(health: Health, language: str) -> str:
    _ = translation(language).gettext
    return {
        Health.GOOD: _("well"),
        Health.DOWN: _("does not answer"),
        Health.HTML: _("a web page in place of the feed"),
        Health.THIN: _("empty"),
        Health.BROKEN: _("cannot be read"),
        Health.QUIET: _("silent for unusually long"),
        Health.MOVED: _("moved"),
    }[health]


def _listed(page: Page, file: FeedFile, language: str) -> None:
    _ = translation(language).gettext
    state = file.state
    page.add(str(state.id), "bold")
    page.line(f" {one_line(state.feed.outlet)}: {_health(file, language)}")
    page.line(shorten(one_line(state.feed.url), ADDRESS), "code")
    if state.health_why and state.health not in (Health.GOOD, Health.MOVED):
        page.line(shorten(one_line(state.health_why), WHY), "italic")
    if file.proposed is not None:
        page.line(_("New address, as its server says:"))
        page.line(one_line(file.proposed), "code")
    if file.decision is not None:
        text = _("Read at, as decided:") if file.decision.accepted else _("Kept at the old address; declined:")
        page.line(text)
        page.line(one_line(file.decision.url), "code")


def _health(file: FeedFile, language: str) -> str:
    _ = translation(language).gettext
    name = health_name(Health(file.state.health), language)
    since = file.state.health_since
    return name if since is None else _("{state} since {when}").format(state=name, when=_moment(since))


def _choices(file: FeedFile, language: str) -> tuple[tuple[Button, ...], ...]:
    _ = translation(language).gettext
    number, rows = file.state.id, []
    if file.proposed is not None:
        mark = mark_of(file.proposed)
        rows.append((Button(_("Use the new address"), data=f"{PRESS}:use:{number}:{mark}"),))
        rows.append((Button(_("Keep the old one"), data=f"{PRESS}:keep:{number}:{mark}"),))
    if file.decision is not None:
        rows.append((Button(_("Take the decision back"), data=f"{PRESS}:undo:{number}"),))
    return tuple(rows)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
