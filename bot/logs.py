"""Logging: one line a record, text or JSON; no token and no chat id, whatever a library says."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{16,}")
CHAT = re.compile(r"(?i)((?:chat|user|from)(?:[_ ]id)?[\"']?\s*[=:]\s*[\"']?)-?\d+|-100\d{8,}")
"""Telegram's bot tokens (digits, colon, 35 characters), and chat ids where a library prints one by name."""

QUIET = ("httpx", "httpcore", "apscheduler", "telegram", "aiosqlite", "alembic", "asyncio", "pymorphy3", "hpack")
"""Libraries that speak only from WARNING on; httpx logs whole addresses, token and all, at INFO."""

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    return CHAT.sub(lambda found: (found[1] or "") + "<chat>", TOKEN.sub("<token>", text))


class TextFormatter(logging.Formatter):
    """`2026-01-31 10:00:00 WARNING bot.news.poll feed failed: … feed=https://…`"""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        extras = " ".join(f"{key}={value}" for key, value in _extras(record).items())
        line = f"{when} {record.levelname} {record.name} {record.getMessage()} {extras}".rstrip()
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return redact(line)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and what the call gave as extra."""

    def format(self, record: logging.LogRecord) -> str:
        data = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            data["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(data, ensure_ascii=False, default=str))


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {key: value for key, value in record.__dict__.items() if key not in _STANDARD}


def configure(form: Literal["text", "json"], level: int = logging.INFO) -> None:
    """Send every record to standard error; standard output belongs to what the commands print."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
