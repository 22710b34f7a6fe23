"""Every screen by its name, the settings menu, and the first and last screens of /start. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.alerts.message import Message
from bot.alerts.render import Page, country_name, topic_name
from bot.chat import panes, timing
from bot.chat.deps import Ways
from bot.chat.press import Flow, Press, Screen
from bot.chat.view import View, in_rows, titled
from bot.locales import translation
from bot.model import ALL_TOPICS, Topic
from bot.store.subscribers import Subscriber

NAMED = 6
"""So many countries are named in a summary; the rest are counted."""


def screen(view: View) -> Message:
    """The screen that follows a press, with the choices as they now are."""
    onward = following(view.press)
    if onward is not view.press.screen:
        view = replace(view, press=Press(view.press.flow, onward))
    return _SCREENS[onward](view)


def following(press: Press) -> Screen:
    """Where a press leads: a language chosen leads on, everything else stays on its screen."""
    if press.screen is Screen.LANGUAGE and press.key:
        return Screen.COUNTRIES if press.flow is Flow.START else Screen.MENU
    return press.screen


def first(view: View) -> Message:
    """The answer to /start. The chat is subscribed before anything is tapped, and is told so."""
    _ = translation(view.language).gettext
    page = Page()
    page.line(_("Nabat sounds the alarm when people in political exile are detained, extradited or abducted."), "bold")
    page.line()
    page.line(_subscribed(view))
    page.line()
    page.line(known_by(view.handle, view.language))
    for line in ways_without_a_list(view.ways, view.language):
        page.line(line)
    page.line()
    page.line(_("Your language?"))
    return view.message(page, panes.language_row(view))


def _subscribed(view: View) -> str:
    _ = translation(view.language).gettext
    if not view.new:
        return _("This chat is subscribed. You can go through your choices again; nothing is lost.")
    if view.chat.kind == "private":
        return _("You are subscribed: to every country and every topic. Three taps make it fit you.")
    return _("This chat is subscribed: to every country and every topic. Three taps by an admin make it fit.")


def known_by(handle: str, language: str) -> str:
    _ = translation(language).gettext
    return _(
        "The only address of this bot is {handle}. Do not trust look-alikes: this bot never asks for documents, "
        "your location or your phone number."
    ).format(handle=handle)


def ways_without_a_list(ways: Ways, language: str) -> list[str]:
    """How to read without subscribing; empty where nothing is set up."""
    _ = translation(language).gettext
    found = [
        _("channel: {address}").format(address=ways.channel) if ways.channel else "",
        _("web page: {address}").format(address=ways.page) if ways.page else "",
        _("Atom feed: {address}").format(address=ways.feed) if ways.feed else "",
    ]
    lines = [f"• {line}" for line in found if line]
    return ["", _("The same news without a subscription, so that you are in no list:"), *lines] if lines else []


def done(view: View) -> Message:
    _ = translation(view.language).gettext
    page = titled(_("Done. The bell will ring when something happens."), "\n".join(summary(view)))
    page.line()
    page.line(
        _(
            "/settings – change anything, quiet hours and discreet mode too\n/latest – the last alerts\n"
            "/privacy – what is kept about you\n/stop – leave; everything is erased at once"
        )
    )
    page.line()
    page.line(known_by(view.handle, view.language))
    return view.message(page, ())


def menu(view: View) -> Message:
    _ = translation(view.language).gettext
    chat = view.chat
    buttons = [
        view.lead(panes.OWN_LANGUAGE_NAMES[chat.language], Screen.LANGUAGE),
        view.lead(_("Countries"), Screen.COUNTRIES),
        view.lead(_("Topics"), Screen.TOPICS),
        view.lead(_("Labels on outlets"), Screen.LABELS),
        view.lead(_("Quiet hours"), Screen.QUIET),
        view.lead(_("At once or gathered"), Screen.DIGEST),
        view.lead(_("Discreet mode"), Screen.DISCREET),
        view.lead(_("Deleting messages"), Screen.DELETE),
        view.lead(_("Time zone"), Screen.ZONE),
        view.lead(_("Pause"), Screen.PAUSE),
    ]
    page = titled(_("Settings"), "\n".join(summary(view)))
    return view.message(page, (*in_rows(buttons, 2), (view.lead(_("Close"), Screen.CLOSE),)))


def summary(view: View) -> list[str]:
    """The chat's choices, a line each; what is off is left out."""
    _, ngettext = translation(view.language).gettext, translation(view.language).ngettext
    chat, hours = view.chat, view.chat.delete_after_hours
    city = timing.city(chat.time_zone, chat.language)
    until, quiet = timing.paused(chat, view.now), timing.quiet_hours(chat)
    lines = [
        _("Paused until {time}.").format(time=until) if until else "",
        _("Countries: {countries}").format(countries=_countries(chat)),
        _("Topics: {topics}").format(topics=_topics(chat)),
        _("Quiet hours: {hours}, {city}").format(hours=quiet, city=city) if quiet else "",
        _("Gathered: {times}").format(times=_lower(timing.digest_times(chat.digest_at, chat.language)))
        if chat.digest_at
        else "",
        _("Discreet mode is on.") if chat.discreet else "",
        ngettext("Messages are deleted after {n} hour.", "Messages are deleted after {n} hours.", hours).format(n=hours)
        if hours
        else "",
    ]
    return [line for line in lines if line]


def _countries(chat: Subscriber) -> str:
    _, ngettext = translation(chat.language).gettext, translation(chat.language).ngettext
    if chat.every_country:
        return _("all")
    names = sorted(country_name(code, chat.language) for code in chat.countries)
    more = len(names) - NAMED
    named = ", ".join(names[:NAMED])
    return named if more <= 0 else ngettext("{named} and {n} more", "{named} and {n} more", more).format(
        named=named, n=more
    )  # fmt: skip


def _topics(chat: Subscriber) -> str:
    _ = translation(chat.language).gettext
    if chat.topics == ALL_TOPICS:
        return _("all")
    return ", ".join(_lower(topic_name(topic, chat.language)) for topic in Topic if chat.topics & topic.bit)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


_SCREENS: Mapping[Screen, Callable[[View], Message]] = MappingProxyType(
    {
        Screen.MENU: menu,
        Screen.LANGUAGE: lambda view: first(view) if view.press.flow is Flow.START else panes.language(view),
        Screen.COUNTRIES: panes.countries,
        Screen.TOPICS: panes.topics,
        Screen.LABELS: panes.labels,
        Screen.DISCREET: panes.discreet,
        Screen.ZONE: timing.zone,
        Screen.QUIET: timing.quiet,
        Screen.DIGEST: timing.digest,
        Screen.DELETE: timing.delete,
        Screen.PAUSE: timing.pause,
        Screen.DONE: done,
        Screen.CLOSE: menu,
    }
)
