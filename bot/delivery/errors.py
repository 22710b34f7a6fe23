"""What an error proves about the message: that it was not sent, that it never will be, or nothing.

In python-telegram-bot `BadRequest` and `TimedOut` are both `NetworkError`s, so they are asked for first. Telegram tells
its refusals apart by their sentences alone; the ones below are what api.telegram.org says today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

SHOWN = 160
"""Characters of Telegram's sentence that are kept with a delivery."""


class Unconnected(NetworkError):
    """No connection to Telegram came about: nothing was sent. Raised by `AiohttpRequest`."""


class Proof(StrEnum):
    """What an error proves."""

    NOT_SENT = "not_sent"
    """No connection: it can go again, and so can everything else."""
    NOTHING = "nothing"
    """It may have arrived or not: a lost answer, a slow one, or a 5xx."""
    LIMITED = "limited"
    """429: it was not sent, and may go after `retry_after`."""
    LEFT = "left"
    """The chat blocked or removed the bot, or is no more."""
    STRANGER = "stranger"
    """Telegram knows no such chat for this bot: it left, or this is the wrong bot."""
    MOVED = "moved"
    """The group is now the supergroup `new_chat_id`; it was not sent."""
    TOPIC_GONE = "topic_gone"
    """The forum topic is closed or deleted; it was not sent."""
    SAME = "same"
    """The message already says this."""
    MESSAGE_GONE = "message_gone"
    """There is no such message, or it cannot be changed any more."""
    NO_RIGHTS = "no_rights"
    """The bot may not write there; administrators can change that."""
    REFUSED = "refused"
    """Telegram does not take this text."""
    NO_TOKEN = "no_token"  # noqa: S105
    """401 or 404: the token was revoked. Nothing was sent, and nothing will be."""
    SECOND = "second"
    """409: another process uses this token."""
    BROKEN = "broken"
    """A mistake of our own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`retry_after` in seconds; `text` is Telegram's sentence without any long number, to be kept."""

    proof: Proof
    text: str
    retry_after: float = 0.0
    new_chat_id: int | None = None


# The part of the sentence after "Bad Request: " or "Forbidden: ", in lower case.
_SENTENCES: tuple[tuple[str, Proof], ...] = (
    ("message is not modified", Proof.SAME),
    ("message to edit not found", Proof.MESSAGE_GONE),
    ("message can't be edited", Proof.MESSAGE_GONE),
    ("message to delete not found", Proof.MESSAGE_GONE),
    ("message can't be deleted", Proof.MESSAGE_GONE),
    ("message_id_invalid", Proof.MESSAGE_GONE),
    ("topic_closed", Proof.TOPIC_GONE),
    ("topic_deleted", Proof.TOPIC_GONE),
    ("topic_id_invalid", Proof.TOPIC_GONE),
    ("message thread not found", Proof.TOPIC_GONE),
    ("chat not found", Proof.STRANGER),
    ("can't initiate conversation", Proof.STRANGER),
    ("peer_id_invalid", Proof.STRANGER),
    ("is not a member", Proof.STRANGER),
    ("chat was deactivated", Proof.LEFT),
    ("user is deactivated", Proof.LEFT),
    ("input_user_deactivated", Proof.LEFT),
    ("not enough rights", Proof.NO_RIGHTS),
    ("have no rights", Proof.NO_RIGHTS),
    ("need administrator rights", Proof.NO_RIGHTS),
    ("chat_write_forbidden", Proof.NO_RIGHTS),
    ("chat_restricted", Proof.NO_RIGHTS),
    ("chat_admin_required", Proof.NO_RIGHTS),
    ("user_banned_in_channel", Proof.NO_RIGHTS),
)


def classify(error: BaseException) -> Verdict:
    """What the error of one request proves. Total: whatever is unknown among Telegram's errors proves nothing."""
    text = _shown(error)
    match error:
        case RetryAfter():
            return Verdict(Proof.LIMITED, text, retry_after=_seconds(error))
        case ChatMigrated():
            return Verdict(Proof.MOVED, text, new_chat_id=error.new_chat_id)
        case Forbidden():
            return Verdict(_by_sentence(error, Proof.LEFT), text)
        case InvalidToken():
            return Verdict(Proof.NO_TOKEN, text)
        case Conflict():
            return Verdict(Proof.SECOND, text)
        case BadRequest():
            return Verdict(_by_sentence(error, Proof.REFUSED), text)
        case Unconnected():
            return Verdict(Proof.NOT_SENT, text)
        case TimedOut() | NetworkError() | TelegramError() | TimeoutError() | OSError():
            return Verdict(Proof.NOTHING, text)
        case _:
            return Verdict(Proof.BROKEN, type(error).__name__)


def _by_sentence(error: TelegramError, otherwise: Proof) -> Proof:
    sentence = error.message.lower()
    return next((proof for part, proof in _SENTENCES if part in sentence), otherwise)


def _seconds(error: RetryAfter) -> float:
    after = error._retry_after  # `retry_after` warns of its coming change of type at each use
    return float(after.total_seconds())


def _shown(error: BaseException) -> str:
    """The sentence, without numbers in which a chat or a user could be read."""
    sentence = str(error).split(". Parsing the server response")[0]
    return re.sub(r"-?\d{5,}", "…", f"{type(error).__name__}: {sentence}")[:SHOWN]
