"""Alerts in a terminal, as a chat would show them: for preview mode and the demo."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.alerts.message import Entity, Message

STYLES = {"bold": "bold", "italic": "italic", "code": "cyan", "pre": "cyan", "spoiler": "reverse dim"}
WIDTH = 72


def styled(text: str, entities: Iterable[Entity]) -> Text:
    """A message's text with its entities as terminal styles; places are UTF-16 units, so they are converted."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    shown = Text(text)
    for entity in entities:
        begin = len(encoded[: 2 * entity.offset].decode("utf-16-le", "surrogatepass"))
        end = len(encoded[: 2 * (entity.offset + entity.length)].decode("utf-16-le", "surrogatepass"))
        shown.stylize(STYLES.get(entity.kind, ""), begin, end)
    return shown


def panel(message: Message, title: str = "", note: str = "") -> Panel:
    """A message in a box, its buttons on the last line."""
    body = styled(message.text, message.entities)
    for row in message.buttons:
        body.append("\n")
        for button in row:
            body.append(f" [ {button.text} ]", style="blue")
    return Panel(body, title=title or None, title_align="left", subtitle=note or None, width=WIDTH)


def show(message: Message, title: str = "", note: str = "", console: Console | None = None) -> None:
    """Print a message in a box on standard output."""
    (console or Console()).print(panel(message, title, note))
