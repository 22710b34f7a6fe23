"""What a button says when it is pressed, and what that does to a chat's choices. Pure.

Callback data is `<flow>:<screen>[:<key>[:<value>]]`, at most 64 bytes. A button names the state it leads to ("KG
on"), never a step ("turn KG over"): pressed twice by a tired thumb, or long after, it does the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from bot.alerts.content import Reader
from bot.chat.choices import COUNTRIES, DEFAULT_DELETE_HOURS, DELETE_HOURS, JURISDICTIONS, zone_of
from bot.errors import UserMistake
from bot.locales import UI_LANGUAGES, translation
from bot.model import ALL_TOPICS, Topic
from bot.store.subscribers import DAY_MINUTES, Subscriber


class Flow(StrEnum):
    """Who leads on: the first three taps, or the settings menu."""

    START = "s"
    MENU = "m"


class Screen(StrEnum):
    MENU = "menu"
    LANGUAGE = "lang"
    COUNTRIES = "co"
    TOPICS = "to"
    LABELS = "ju"
    DISCREET = "di"
    ZONE = "tz"
    QUIET = "qu"
    DIGEST = "dg"
    DELETE = "de"
    PAUSE = "pa"
    DONE = "done"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: the screen it stands on or leads to, and the choice it makes, if any."""

    flow: Flow
    screen: Screen
    key: str = ""
    value: str = ""

    @property
    def data(self) -> str:
        parts = [self.flow.value, self.screen.value, self.key, self.value]
        while not parts[-1]:
            parts.pop()
        return ":".join(parts)


def parse(data: str) -> Press | None:
    """The press behind callback data; None for a button that this version does not know."""
    flow, _, rest = data.partition(":")
    screen, _, rest = rest.partition(":")
    key, _, value = rest.partition(":")
    try:
        return Press(Flow(flow), Screen(screen), key, value)
    except ValueError:
        return None


def choose(chat: Subscriber, press: Press, now: datetime) -> Subscriber:
    """The chat's choices after the press; a key or value that is not known changes nothing.

    Raises UserMistake, in the chat's language, for a choice that would leave nothing to send.
    """
    match press.screen, press.key, press.value:
        case Screen.LANGUAGE, language, _ if language in UI_LANGUAGES:
            return replace(chat, language=language)
        case Screen.COUNTRIES, "all", _:
            return replace(chat, every_country=True, countries=frozenset())
        case Screen.COUNTRIES, country, ("0" | "1") as on if country in COUNTRIES:
            return _with_country(chat, country, on == "1")
        case Screen.TOPICS, "all", _:
            return replace(chat, topics=ALL_TOPICS)
        case Screen.TOPICS, topic, ("0" | "1") as on if topic in list(Topic):
            return _with_topic(chat, Topic(topic), on == "1")
        case Screen.LABELS, state, ("0" | "1") as on if state in JURISDICTIONS:
            chosen = {*chat.jurisdictions, state} if on == "1" else {*chat.jurisdictions} - {state}
            return replace(chat, jurisdictions=tuple(state for state in JURISDICTIONS if state in chosen))
        case Screen.DISCREET, ("0" | "1") as on, _:
            return _discreet(chat, on == "1")
        case _:
            return _timing(chat, press, now)


def _timing(chat: Subscriber, press: Press, now: datetime) -> Subscriber:
    match press.screen, press.key, press.value:
        case Screen.ZONE, "set", zone if zone in available_timezones():
            return replace(chat, time_zone=zone)
        case Screen.QUIET, "off", _:
            return replace(chat, quiet_from=None, quiet_to=None)
        case Screen.QUIET, "urgent", ("0" | "1") as on:
            return replace(chat, quiet_unless_urgent=on == "1")
        case Screen.QUIET, start, end if (hours := _minutes(start, end)) and hours[0] != hours[1]:
            return replace(chat, quiet_from=hours[0], quiet_to=hours[1])
        case Screen.DIGEST, "off", _:
            return replace(chat, digest_at=())
        case Screen.DIGEST, "at", times if times and (chosen := _minutes(*times.split(","))):
            # Once or twice a day: more, or twice the same hour, the screen does not offer.
            return replace(chat, digest_at=tuple(sorted(chosen))) if len({*chosen}) == len(chosen) <= 2 else chat
        case Screen.DELETE, hours_text, _ if hours_text in map(str, (0, *DELETE_HOURS)):
            return replace(
                chat, delete_after_hours=int(hours_text) or (DEFAULT_DELETE_HOURS if chat.discreet else None)
            )
        case Screen.PAUSE, "0", _:
            return replace(chat, paused_until=None)
        case Screen.PAUSE, ("1" | "7") as days, _:
            return replace(chat, paused_until=pause_end(now, int(days)))
        case _:
            return chat


def pause_end(now: datetime, days: int) -> datetime:
    """The next full hour after that many days: the minute at which somebody pressed is not kept."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(days=days, hours=1)


def reader(chat: Subscriber) -> Reader:
    """What of a chat's choices changes a message."""
    return Reader(chat.language, chat.jurisdictions, chat.discreet, chat.time_zone)


def local_now(chat: Subscriber, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(chat.time_zone))


def _with_country(chat: Subscriber, country: str, on: bool) -> Subscriber:
    countries = chat.countries | {country} if on else chat.countries - {country}
    # Nobody falls silent by taking the last country away.
    chosen = replace(chat, countries=countries, every_country=not countries)
    if chosen.time_zone == "UTC" and len(countries) == 1:
        return replace(chosen, time_zone=zone_of(next(iter(countries))))
    return chosen


def _with_topic(chat: Subscriber, topic: Topic, on: bool) -> Subscriber:
    topics = chat.topics | topic.bit if on else chat.topics & ~topic.bit
    if not topics:
        _ = translation(chat.language).gettext
        raise UserMistake(_("Keep at least one topic. To have a rest from alerts, use “Pause”."))
    return replace(chat, topics=topics)


def _discreet(chat: Subscriber, on: bool) -> Subscriber:
    hours = chat.delete_after_hours
    return replace(chat, discreet=on, delete_after_hours=(hours or DEFAULT_DELETE_HOURS) if on else hours)


def _minutes(*texts: str) -> tuple[int, ...]:
    """Minutes after midnight, in order as given; empty where one of them is none."""
    if not all(text.isdecimal() and int(text) < DAY_MINUTES for text in texts):
        return ()
    return tuple(int(text) for text in texts)
