"""The screens on when to get it: time zone, quiet hours, digest, deletion, pause. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_location

from bot.alerts.message import Button, Message
from bot.chat.choices import DELETE_HOURS, DIGESTS, QUIET_HOURS, ZONE_PAGE, ZONES
from bot.chat.press import Screen
from bot.chat.view import Rows, View, clock_time, in_rows, titled
from bot.locales import translation
from bot.store.subscribers import DAY_MINUTES, Subscriber

OWN_CITIES = {("ru", "Europe/Kyiv"): "Киев"}
"""Babel looks the zone up under its new name, CLDR files it under the old one: nothing is found."""


def zone(view: View) -> Message:
    _ = translation(view.language).gettext
    page = _zone_page(view)
    shown = ZONES[page * ZONE_PAGE : (page + 1) * ZONE_PAGE]
    options = [
        view.button(city(name, view.language), "set", name, on=name == view.chat.time_zone) for _code, name in shown
    ]
    pages = (len(ZONES) - 1) // ZONE_PAGE + 1
    more = view.button(
        _("More cities ({page} of {pages})").format(page=page + 1, pages=pages), "page", str((page + 1) % pages)
    )
    now = clock_time(_minute(view))
    texts = (
        _("Your clock: {city}, now {time}.").format(city=city(view.chat.time_zone, view.language), time=now),
        _("Choose the city whose clock is yours. Another one can be typed: /zone Europe/Rome"),
    )
    return view.message(titled(_("Time zone"), *texts), (*in_rows(options, 3), (more,), view.back()))


def _zone_page(view: View) -> int:
    names = [name for _code, name in ZONES]
    last = (len(ZONES) - 1) // ZONE_PAGE
    if view.press.key == "page" and view.press.value.isdecimal():
        return min(int(view.press.value), last)
    name = view.chat.time_zone
    return names.index(name) // ZONE_PAGE if name in names and name != "UTC" else 0


def _minute(view: View) -> int:
    local = view.now.astimezone(ZoneInfo(view.chat.time_zone))
    return local.hour * 60 + local.minute


def city(zone_name: str, language: str) -> str:
    """A zone by its city, as CLDR calls it: Asia/Bishkek is Бишкек."""
    if zone_name == "UTC":
        return "UTC"
    own = OWN_CITIES.get((language, zone_name))
    return own or get_timezone_location(zone_name, locale=language, return_city=True)


def quiet(view: View) -> Message:
    _ = translation(view.language).gettext
    chat = view.chat
    on = chat.quiet_from is not None and chat.quiet_to is not None
    texts = [_("At these hours alerts wait; when the hours end, they come together in one message.")]
    if on:
        texts.append(_("Now: {hours}.").format(hours=quiet_hours(chat)))
    presets = [
        view.button(f"{start:02}:00–{end:02}:00", str(start * 60), str(end * 60), on=chosen)
        for start, end in QUIET_HOURS
        for chosen in [(chat.quiet_from, chat.quiet_to) == (start * 60, end * 60)]
    ]
    rows: Rows = (
        (view.button(_("No quiet hours"), "off", on=not on),),
        *in_rows(presets, 2),
        *(_steppers(view) if on else ()),
        (_urgent(view),) if on else (),
        (view.lead(_("Time zone: {city}").format(city=city(chat.time_zone, chat.language)), Screen.ZONE),),
        view.back(),
    )
    return view.message(titled(_("Quiet hours"), *texts), rows)


def _steppers(view: View) -> Rows:
    """Half an hour earlier or later; each button names the hours that it sets."""
    _ = translation(view.language).gettext
    start, end = view.chat.quiet_from or 0, view.chat.quiet_to or 0

    def step(label: str, new_start: int, new_end: int) -> Button:
        return view.button(label, str(new_start % DAY_MINUTES), str(new_end % DAY_MINUTES))

    begin = _("From {time}")
    stop = _("Until {time}")
    return (
        (
            step("← " + begin.format(time=clock_time((start - 30) % DAY_MINUTES)), start - 30, end),
            step(begin.format(time=clock_time((start + 30) % DAY_MINUTES)) + " →", start + 30, end),
        ),
        (
            step("← " + stop.format(time=clock_time((end - 30) % DAY_MINUTES)), start, end - 30),
            step(stop.format(time=clock_time((end + 30) % DAY_MINUTES)) + " →", start, end + 30),
        ),
    )


def _urgent(view: View) -> Button:
    _ = translation(view.language).gettext
    on = view.chat.quiet_unless_urgent
    return view.button(_("Detentions and extraditions come even then"), "urgent", "0" if on else "1", on=on)


def digest(view: View) -> Message:
    _ = translation(view.language).gettext
    chat = view.chat
    options = [
        view.button(digest_times(minutes, chat.language), "at", ",".join(map(str, minutes)), on=chosen)
        for hours in DIGESTS
        for minutes in [tuple(hour * 60 for hour in hours)]
        for chosen in [chat.digest_at == minutes]
    ]
    texts = [_("Alerts can come at once, or all of them, urgent ones too, in one message at the hours you choose.")]
    if chat.digest_at:
        texts.append(_("Now: {hours}.").format(hours=", ".join(map(clock_time, chat.digest_at))))
    rows = (
        (view.button(_("At once"), "off", on=not chat.digest_at),),
        *in_rows(options, 1),
        *(_movers(view, minute) for minute in chat.digest_at),
        (view.lead(_("Time zone: {city}").format(city=city(chat.time_zone, chat.language)), Screen.ZONE),),
        view.back(),
    )
    return view.message(titled(_("At once or gathered"), *texts), rows)


def _movers(view: View, minute: int) -> tuple[Button, ...]:
    """Half an hour earlier or later for one of the hours; each button names the hour that it sets."""
    others = [other for other in view.chat.digest_at if other != minute]

    def moved(step: int) -> int:
        goal = (minute + step) % DAY_MINUTES
        return (goal + step) % DAY_MINUTES if goal in others else goal

    def mover(label: str, goal: int) -> Button:
        return view.button(label.format(time=clock_time(goal)), "at", ",".join(map(str, sorted((*others, goal)))))

    return mover("← {time}", moved(-30)), mover("{time} →", moved(30))


def delete(view: View) -> Message:
    _, ngettext = translation(view.language).gettext, translation(view.language).ngettext
    chosen = view.chat.delete_after_hours
    options = [
        view.button(ngettext("{n} hour", "{n} hours", hours).format(n=hours), str(hours), on=hours == chosen)
        for hours in DELETE_HOURS
    ]
    text = _(
        "The bot can delete its messages from this chat after a time. Telegram allows that for 48 hours; older ones "
        "you can only delete yourself."
    )
    # In discreet mode delivery deletes after a day whatever is chosen, so "never" is not offered.
    never = () if view.chat.discreet else (view.button(_("Never"), "0", on=chosen is None),)
    rows = (never, *in_rows(options, 3), view.back())
    return view.message(titled(_("Deleting messages"), text), rows)


def pause(view: View) -> Message:
    _ = translation(view.language).gettext
    until = paused(view.chat, view.now)
    texts = [_("During a pause nothing is sent. When it ends, what happened meanwhile comes in one message.")]
    if until:
        texts.append(_("Paused until {time}.").format(time=until))
    resume = (view.button(_("Go on now"), "0"),) if until else ()
    rows = (resume, (view.button(_("For a day"), "1"), view.button(_("For a week"), "7")), view.back())
    return view.message(titled(_("Pause"), *texts), rows)


def paused(chat: Subscriber, now: datetime) -> str:
    """When the pause ends, in the chat's words and clock; empty where there is none."""
    if chat.paused_until is None or chat.paused_until <= now:
        return ""
    local = chat.paused_until.astimezone(ZoneInfo(chat.time_zone))
    return format_datetime(local, "d MMMM, HH:mm", tzinfo=local.tzinfo, locale=chat.language)


def quiet_hours(chat: Subscriber) -> str:
    """Such as 23:00–07:00; empty where there are none."""
    if chat.quiet_from is None or chat.quiet_to is None:
        return ""
    return f"{clock_time(chat.quiet_from)}–{clock_time(chat.quiet_to)}"


def digest_times(minutes: tuple[int, ...], language: str) -> str:
    _ = translation(language).gettext
    times = [clock_time(minute) for minute in minutes]
    if len(times) == 1:
        return _("Once a day, at {time}").format(time=times[0])
    return _("At {times} and {last}").format(times=", ".join(times[:-1]), last=times[-1])
