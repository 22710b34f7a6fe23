"""The console's words: the reader's language, times as spans, and how a feed is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime, format_timedelta

from bot.chat.choices import RUSSIAN_READERS, language_for
from bot.locales import UI_LANGUAGES, translation
from bot.news.health import Health

DEFAULT = "en"
SERVED = RUSSIAN_READERS | set(UI_LANGUAGES)
LONGEST = 500
"""Characters of Accept-Language that are read."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it is shown: `ago` ("3 minutes ago", "in 2 hours"), the time itself, and ISO 8601 for machines."""

    ago: str
    text: str
    iso: str


def accepted(header: str) -> str:
    """The interface language for an Accept-Language header (RFC 9110, 12.5.4): the most wanted that we can serve.

    Who reads Russian more readily than English is served in Russian, as in the chat.
    """
    wanted = sorted((_weighed(part) for part in header[:LONGEST].split(",")), key=lambda pair: -pair[0])
    short = (tag.split("-")[0].lower() for weight, tag in wanted if weight > 0)
    return next((language_for(tag, DEFAULT) for tag in short if tag in SERVED), DEFAULT)


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().partition(";")
    if not weight:
        return 1.0, tag
    try:
        return float(weight.strip().removeprefix("q=")), tag
    except ValueError:
        return 0.0, tag


def moment(at: datetime | None, now: datetime, language: str) -> Moment | None:
    if at is None:
        return None
    at = at.astimezone(UTC)
    return Moment(
        format_timedelta(at - now, add_direction=True, locale=language),
        f"{format_datetime(at, 'd MMM y, HH:mm', tzinfo=UTC, locale=language)} UTC",
        at.isoformat(timespec="seconds"),
    )


def span(seconds: float, language: str) -> str:
    """5 minutes, 2 hours."""
    return format_timedelta(timedelta(seconds=seconds), locale=language)


def health_name(health: Health, language: str) -> str:
    """How a feed is, in a word or two."""
    _ = translation(language).gettext
    return {
        Health.GOOD: _("Well"),
        Health.DOWN: _("Down"),
        Health.HTML: _("A page, not a feed"),
        Health.THIN: _("Empty"),
        Health.BROKEN: _("Not readable"),
        Health.QUIET: _("Silent"),
        Health.MOVED: _("Moved"),
    }[health]


def health_meaning(health: Health, language: str) -> str:
    """What that means, in a sentence; nothing where all is well."""
    _ = translation(language).gettext
    return {
        Health.GOOD: "",
        Health.DOWN: _("It gives no answer, or an error."),
        Health.HTML: _("A page for people came in place of the feed: a login, a block or a redesign."),
        Health.THIN: _("It answers, but without entries."),
        Health.BROKEN: _("Its answer cannot be parsed, or is built to do harm."),
        Health.QUIET: _("It answers, but nothing new came for much longer than usual."),
        Health.MOVED: _("It works, but its server gives a new address for good."),
    }[health]
