"""What the Bot API says when it refuses; the sentences are Telegram's own, because bots tell errors apart by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import NabatError

BLOCKED = "Forbidden: bot was blocked by the user"
DEACTIVATED = "Forbidden: user is deactivated"
CANNOT_WRITE_FIRST = "Forbidden: bot can't initiate conversation with a user"
CHAT_NOT_FOUND = "Bad Request: chat not found"
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
UNAUTHORIZED = "Unauthorized"
STALE_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"

FORBIDDEN = {
    "blocked": BLOCKED,
    "deactivated": DEACTIVATED,
    "kicked": "Forbidden: bot was kicked from the supergroup chat",
    "kicked from group": "Forbidden: bot was kicked from the group chat",
    "kicked from channel": "Forbidden: bot was kicked from the channel chat",
    "not a member": "Forbidden: bot is not a member of the supergroup chat",
    "deleted group": "Forbidden: the group chat was deleted",
    "cannot write first": CANNOT_WRITE_FIRST,
}
"""Short names of the 403s, for faults on command."""


class Refusal(NabatError):
    """The Bot API refused the request."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            told["parameters"] = dict(self.parameters)
        return told


def bad_request(reason: str) -> Refusal:
    """400. `reason` is the part after "Bad Request: "."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(description: str) -> Refusal:
    """403. `description` is the whole sentence, or a short name from FORBIDDEN."""
    return Refusal(403, FORBIDDEN.get(description, description))


def too_many_requests(retry_after: int) -> Refusal:
    """429, with the seconds to wait both in words and as a parameter."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(chat_id: int) -> Refusal:
    """400 with the id of the supergroup that the group became."""
    return Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat_id})
