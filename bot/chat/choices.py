"""What there is to choose from: countries, states that label outlets, time zones, hours; in the screens' order."""

from __future__ import annotations

from bot.locales import UI_LANGUAGES

COUNTRIES = (
    *("KG", "KZ", "UZ", "TJ", "AM", "GE", "AZ", "TR", "RS", "ME", "MD", "UA"),
    *("DE", "PL", "LT", "LV", "EE", "FI", "CZ", "AE", "IL", "MN", "TH", "CY"),
    *("KR", "BY", "TM", "FR", "ES", "IT", "NL", "AT", "GB", "SE", "NO", "US"),
    *("BG", "HU", "RO", "GR", "HR", "BA", "AL", "CH", "PT", "CA", "VN", "ID"),
)
"""First where most emigres live and are sought, then the rest of the ways they go; a screen shows a dozen.

Russia is not among them: it is the other side of nearly every item, so an alert goes by the place of refuge, and
one that has none goes to every chat (bot/alerts/audience.py).
"""

COUNTRY_PAGE = 12

JURISDICTIONS = ("RU", "BY", "KG", "KZ", "UZ", "TJ", "AZ", "GE")
"""States whose labels on outlets a reader may want to see under an alert."""

ZONES = (
    *(("KG", "Asia/Bishkek"), ("KZ", "Asia/Almaty"), ("UZ", "Asia/Tashkent"), ("TJ", "Asia/Dushanbe")),
    *(("AM", "Asia/Yerevan"), ("GE", "Asia/Tbilisi"), ("AZ", "Asia/Baku"), ("TR", "Europe/Istanbul")),
    *(("RS", "Europe/Belgrade"), ("ME", "Europe/Podgorica"), ("MD", "Europe/Chisinau"), ("UA", "Europe/Kyiv")),
    *(("DE", "Europe/Berlin"), ("PL", "Europe/Warsaw"), ("LT", "Europe/Vilnius"), ("LV", "Europe/Riga")),
    *(("EE", "Europe/Tallinn"), ("FI", "Europe/Helsinki"), ("CZ", "Europe/Prague"), ("FR", "Europe/Paris")),
    *(("GB", "Europe/London"), ("PT", "Europe/Lisbon"), ("RU", "Europe/Moscow"), ("BY", "Europe/Minsk")),
    *(("AE", "Asia/Dubai"), ("IL", "Asia/Jerusalem"), ("MN", "Asia/Ulaanbaatar"), ("TH", "Asia/Bangkok")),
    *(("US", "America/New_York"), ("US", "America/Los_Angeles"), ("CY", "Asia/Nicosia"), ("", "UTC")),
)
"""(country, zone) offered as buttons; any other zone of the tz database can be typed."""

ZONE_PAGE = 12

QUIET_HOURS = ((22, 7), (23, 7), (23, 8), (0, 8))
"""(from, to) in hours: one tap for what most people want."""

DIGESTS = ((9,), (20,), (9, 20))
"""Hours at which one message gathers what came."""

DELETE_HOURS = (1, 6, 12, 24, 47)
"""Telegram lets a bot delete its messages for 48 hours; one hour is left for retries."""
DEFAULT_DELETE_HOURS = 24

RUSSIAN_READERS = frozenset({"ru", "be", "uk", "kk", "ky", "uz", "tg", "tk", "az", "hy", "ka", "tt", "ba", "ce"})
"""Interface languages whose emigres read Russian more readily than English."""


def language_for(code: str | None, default: str) -> str:
    """The first guess from Telegram's language_code (IETF: "ru", "pt-br"); `default` where there is none."""
    if not code:
        return default
    short = code.split("-")[0].lower()
    if short in UI_LANGUAGES:
        return short
    return "ru" if short in RUSSIAN_READERS else "en"


def zone_of(country: str) -> str:
    """The zone to begin with in a country; UTC where it has several or is not listed."""
    zones = [zone for code, zone in ZONES if code == country]
    return zones[0] if len(zones) == 1 else "UTC"
