"""What every screen is made of: the view it shows, its buttons and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.alerts.message import Button, Message, fitted
from bot.alerts.render import Page
from bot.chat.deps import Ways
from bot.chat.press import Flow, Press, Screen
from bot.locales import translation
from bot.store.subscribers import Subscriber

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """All that a screen shows: the chat's choices, the press that led here, and what does not depend on either."""

    chat: Subscriber
    press: Press
    now: datetime
    handle: str
    ways: Ways = field(default_factory=Ways)
    new: bool = False
    """True when this /start has just made the subscription."""

    @property
    def language(self) -> str:
        return self.chat.language

    def button(self, label: str, key: str = "", value: str = "", *, on: bool = False) -> Button:
        """A button of this screen; `on` ticks what is chosen now."""
        data = Press(self.press.flow, self.press.screen, key, value).data
        return Button(f"✓ {label}" if on else label, data=data)

    def lead(self, label: str, screen: Screen) -> Button:
        """A button that leads to another screen of the same flow."""
        return Button(label, data=Press(self.press.flow, screen).data)

    def back(self) -> tuple[Button, ...]:
        _ = translation(self.language).gettext
        return (self.lead(_("← Settings"), Screen.MENU),) if self.press.flow is Flow.MENU else ()

    def message(self, page: Page, rows: Rows) -> Message:
        """The finished screen; a discreet reader's screens make no sound and cannot be passed on either."""
        kept = tuple(row for row in rows if row)
        return Message(page.text, tuple(page.entities), kept, silent=self.chat.discreet, protect=self.chat.discreet)


def titled(title: str, *paragraphs: str) -> Page:
    """A bold title, then paragraphs with a blank line before each."""
    page = Page()
    page.line(title, "bold")
    for paragraph in paragraphs:
        page.line()
        page.line(paragraph)
    return page


def in_rows(buttons: Sequence[Button], width: int) -> Rows:
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def clock_time(minutes: int) -> str:
    """Minutes after midnight as a reader writes them: 22:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def fitting(page: Page, buttons: Rows = (), *, silent: bool = False, protect: bool = False) -> Message:
    """A page that fits into one message: a long one is cut, with the entities that reach beyond the cut."""
    return fitted(Message(page.text, tuple(page.entities), buttons, silent, protect))
