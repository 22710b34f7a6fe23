from __future__ import annotations

import json
import logging

import pytest

from bot.logs import JsonFormatter, TextFormatter, redact

TOKEN = "7000000001:" + "demo" * 8 + "000"


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        "Chat not found: chat_id=4242424242",
        "{'chat_id': -1001234567890}",
        '"chat_id": "4242424242"',
        "Group migrated to supergroup. New chat id: -1001234567890",
        "user 'id'=1; user_id: 4242424242",
    ],
)
def test_no_token_and_no_chat_id_passes(text: str) -> None:
    clean = redact(text)
    assert TOKEN not in clean
    assert "4242424242" not in clean
    assert "1234567890" not in clean


def test_ordinary_numbers_stay() -> None:
    line = "parsed 85000 entries in 12.5 s, article 32463479"
    assert redact(line) == line


def test_an_exception_s_text_is_redacted_too() -> None:
    try:
        raise RuntimeError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except RuntimeError:
        import sys

        record = logging.LogRecord("bot", logging.ERROR, "x.py", 1, "failed", None, sys.exc_info())
    for formatter in (TextFormatter(), JsonFormatter()):
        assert TOKEN not in formatter.format(record)


def test_json_lines_carry_what_the_call_gave() -> None:
    record = logging.LogRecord("bot.news", logging.INFO, "x.py", 1, "polled %d", (3,), None)
    record.action = "poll"
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["action"], line["level"]) == ("polled 3", "poll", "INFO")
