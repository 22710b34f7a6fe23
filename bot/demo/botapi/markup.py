"""reply_markup: inline keyboards, checked as Telegram checks them, and reply keyboards."""

from __future__ import annotations

from typing import Any

from bot.demo.botapi.html import checked_url
from bot.demo.botapi.model import Button, Buttons
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import Refusal, bad_request

BUTTON_LIMIT = 100
ACTIONS = frozenset({"callback_data", "url", "web_app", "login_url", "copy_text", "callback_game", "pay"})
SWITCHES = frozenset({"switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"})
"""What a button may do; one that does nothing is refused."""


def parse_markup(params: Params) -> tuple[Buttons, tuple[tuple[str, ...], ...]]:
    """(inline buttons, labels of a reply keyboard); both are empty where the request has none."""
    markup = params.mapping("reply_markup")
    if not markup:
        return (), ()
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"]), ()
    return (), tuple(tuple(_label(each) for each in row) for row in markup.get("keyboard", ()))


def _inline(rows: Any) -> Buttons:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    buttons = tuple(tuple(_button(each) for each in row) for row in rows if row)
    if sum(map(len, buttons)) > BUTTON_LIMIT:
        raise bad_request("reply markup is too long")
    return buttons


def _button(sent: Any) -> Button:
    if not isinstance(sent, dict) or not sent.get("text"):
        raise _unparsable('Field "text" must be of type String')
    if not (ACTIONS | SWITCHES) & sent.keys():
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    data, url = sent.get("callback_data"), sent.get("url")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None:
        checked = checked_url(str(url))
        if checked is None:
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        url = checked
    extra = tuple((k, v) for k, v in sent.items() if k not in {"text", "callback_data", "url"})
    return Button(str(sent["text"]), data, url, extra)


def _unparsable(reason: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _label(sent: Any) -> str:
    return str(sent["text"]) if isinstance(sent, dict) else str(sent)
