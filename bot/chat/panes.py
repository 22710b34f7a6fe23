"""The screens on what to get: language, countries, topics, labels, discreet mode. Pure."""

from __future__ import annotations

from bot.alerts.message import Button, Message
from bot.alerts.render import country_name, topic_name
from bot.chat.choices import COUNTRIES, COUNTRY_PAGE, JURISDICTIONS
from bot.chat.press import Flow, Screen
from bot.chat.view import View, in_rows, titled
from bot.locales import UI_LANGUAGES, translation
from bot.model import ALL_TOPICS, Topic

OWN_LANGUAGE_NAMES = {"en": "English", "ru": "Русский"}


def language(view: View) -> Message:
    _ = translation(view.language).gettext
    return view.message(titled(_("Language")), (*language_row(view), view.back()))


def language_row(view: View) -> tuple[tuple[Button, ...], ...]:
    """In each language's own name, so that a wrong guess can be mended by whoever cannot read it."""
    return in_rows([view.button(OWN_LANGUAGE_NAMES[code], code, on=code == view.language) for code in UI_LANGUAGES], 2)


def countries(view: View) -> Message:
    """A dozen countries at a time; the page shown is the one asked for, or that of the country just pressed."""
    _ = translation(view.language).gettext
    chat, page = view.chat, _country_page(view.press.key, view.press.value)
    shown = COUNTRIES[page * COUNTRY_PAGE : (page + 1) * COUNTRY_PAGE]
    options = [
        view.button(country_name(code, chat.language), code, "0" if on else "1", on=on)
        for code in shown
        for on in [code in chat.countries and not chat.every_country]
    ]
    text = _("Choose the countries where you live or travel. Events of other countries will not disturb you.")
    rows = (
        (view.button(_("Every country"), "all", on=chat.every_country),),
        *in_rows(options, 3),
        _page_row(view, page),
        (view.lead(_("Next →"), Screen.TOPICS),) if view.press.flow is Flow.START else view.back(),
    )
    return view.message(titled(_("Countries"), text), rows)


def _country_page(key: str, value: str) -> int:
    last = (len(COUNTRIES) - 1) // COUNTRY_PAGE
    if key == "page" and value.isdecimal():
        return min(int(value), last)
    return COUNTRIES.index(key) // COUNTRY_PAGE if key in COUNTRIES else 0


def _page_row(view: View, page: int) -> tuple[Button, ...]:
    _ = translation(view.language).gettext
    pages = (len(COUNTRIES) - 1) // COUNTRY_PAGE + 1
    # Round in a ring: one button, always in the same place under the thumb.
    return (view.button(_("More countries ({page} of {pages})").format(page=page + 1, pages=pages), "page",
                        str((page + 1) % pages)),)  # fmt: skip


def topics(view: View) -> Message:
    _ = translation(view.language).gettext
    chat = view.chat
    options = [
        view.button(topic_name(topic, chat.language), topic.value, "0" if on else "1", on=on)
        for topic in Topic
        for on in [bool(chat.topics & topic.bit)]
    ]
    done = (view.lead(_("Done"), Screen.DONE),) if view.press.flow is Flow.START else view.back()
    all_of_them = () if chat.topics == ALL_TOPICS else (view.button(_("All topics"), "all"),)
    text = _("What should the alerts be about? Tap a topic to switch it off or on.")
    return view.message(titled(_("Topics"), text), (*in_rows(options, 2), all_of_them, done))


def labels(view: View) -> Message:
    _ = translation(view.language).gettext
    chat = view.chat
    options = [
        view.button(country_name(state, chat.language), state, "0" if on else "1", on=on)
        for state in JURISDICTIONS
        for on in [state in chat.jurisdictions]
    ]
    text = _(
        "Some states call news outlets “undesirable” or “extremist” and punish people for sharing or keeping what "
        "they publish. Choose the states whose laws can reach you: each alert will say what they call its outlets."
    )
    return view.message(titled(_("Labels on outlets"), text), (*in_rows(options, 2), view.back()))


def discreet(view: View) -> Message:
    _ = translation(view.language).gettext
    on = view.chat.discreet
    text = _(
        "For a phone that others may see. An alert begins with a neutral line, its text is covered until you tap it, "
        "it comes without a sound and cannot be forwarded. The bot deletes its messages after a time: 24 hours, "
        "unless you choose another."
    )
    options = (view.button(_("On"), "1", on=on), view.button(_("Off"), "0", on=not on))
    return view.message(titled(_("Discreet mode"), text), (options, view.back()))
