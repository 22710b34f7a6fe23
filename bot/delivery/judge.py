"""What a request that failed means for its deliveries, its chat, and everything else: the decision, without the act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.errors import Proof, Verdict
from bot.delivery.link import PROBE
from bot.delivery.outbox import Act, transition
from bot.delivery.parcel import Parcel
from bot.delivery.turn import Edit
from bot.store.deliveries import State

DOUBTS = 6
"""Requests whose fate stays unknown, before a delivery is given up while others go: each may be a duplicate."""
PATIENCE = (5, 15, 45, 60)
"""Seconds until the next trial of a delivery whose fate is unknown; its chat waits with it."""


class ChatNews(StrEnum):
    """What the error says about the chat."""

    LEFT = "left"
    MOVED = "moved"
    TOPIC_GONE = "topic_gone"
    PARKED = "parked"
    MESSAGE_GONE = "message_gone"
    ALL_PARKED = "all_parked"


class Trouble(StrEnum):
    """What an operator or a moderator should know."""

    NO_TOKEN = "no_token"  # noqa: S105
    SECOND_PROCESS = "second_process"
    WRONG_BOT = "wrong_bot"
    LIMITED = "limited"
    UNREACHABLE = "unreachable"
    DATABASE = "database"
    REFUSED = "refused"
    NO_RIGHTS = "no_rights"
    TOPIC_GONE = "topic_gone"


SENTENCES = {
    Trouble.NO_TOKEN: "Telegram refuses the token: sending has stopped, nothing is lost. Put in a valid token.",
    Trouble.SECOND_PROCESS: "Another process uses this bot's token: stop one of the two.",
    Trouble.WRONG_BOT: "Telegram knows none of the last chats: is this the token of another bot? Sending waits.",
    Trouble.LIMITED: "Telegram limits the whole bot: sending waits.",
    Trouble.UNREACHABLE: "Telegram cannot be reached: alerts wait, and go out as soon as it can.",
    Trouble.DATABASE: "The database does not take writes (full disk, lock): sending waits, nothing is lost.",
    Trouble.REFUSED: "Telegram refused a message, also as plain text: it was given up.",
    Trouble.NO_RIGHTS: "The bot may not write in a chat that subscribed; its administrators can change that.",
    Trouble.TOPIC_GONE: "A forum topic is closed or deleted: its alerts go to the general topic from now on.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell an operator. Names no chat; `detail` is Telegram's sentence, without ids."""

    trouble: Trouble
    detail: str = ""

    @property
    def text(self) -> str:
        return SENTENCES[self.trouble]


@dataclass(frozen=True, slots=True)
class Situation:
    """What the answers before this one say: is it one message's trouble, or everybody's?"""

    outage: bool = False
    works: bool = False
    limits_all: bool = False
    wrong_bot: bool = False
    askable: bool = False
    """Telegram can be asked whether this message arrived."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a parcel whose request failed.

    `until`: how long it is held, or its chat, or all; `pause`: seconds for which nothing at all is sent;
    `doubted`: the trial counts.
    """

    act: Act
    error: str | None = None
    until: datetime | None = None
    plain: bool = False
    doubted: bool = False
    chat: ChatNews | None = None
    new_chat_id: int | None = None
    pause: float = 0.0
    trouble: Trouble | None = None

    @property
    def state(self) -> State:
        return transition(State.IN_FLIGHT, self.act)


AGAIN = Change(Act.RETRY)
NOT_THIS = Change(Act.DOUBT)
"""The answer to a question: the message in doubt is not the one that was asked about."""


def judge(verdict: Verdict, parcel: Parcel, situation: Situation, now: datetime) -> Change:
    """The consequences of a failed request. Total over Proof."""
    match verdict.proof:
        case Proof.NOT_SENT:
            return AGAIN
        case Proof.NOTHING:
            return _doubtful(verdict, parcel, situation, now)
        case Proof.LIMITED:
            return _limited(verdict, situation, now)
        case Proof.LEFT:
            return Change(Act.EXPIRE, chat=ChatNews.LEFT)
        case Proof.STRANGER if situation.wrong_bot:
            return Change(Act.RETRY, pause=PROBE, trouble=Trouble.WRONG_BOT)
        case Proof.STRANGER:
            return Change(Act.EXPIRE, chat=ChatNews.LEFT)
        case Proof.MOVED:
            return Change(Act.RETRY, chat=ChatNews.MOVED, new_chat_id=verdict.new_chat_id)
        case Proof.TOPIC_GONE if parcel.first.thread_id is not None:
            return Change(Act.RETRY, chat=ChatNews.TOPIC_GONE, trouble=Trouble.TOPIC_GONE)
        case Proof.SAME:
            return Change(Act.ACCEPT)
        case Proof.MESSAGE_GONE if isinstance(parcel.turn, Edit):
            return Change(Act.EXPIRE, verdict.text, chat=ChatNews.MESSAGE_GONE)
        case Proof.NO_RIGHTS:
            return Change(Act.REFUSE, verdict.text, trouble=Trouble.NO_RIGHTS)
        case Proof.NO_TOKEN:
            return Change(Act.RETRY, pause=PROBE, trouble=Trouble.NO_TOKEN)
        case Proof.SECOND:
            return Change(Act.RETRY, pause=PROBE, trouble=Trouble.SECOND_PROCESS)
        case Proof.REFUSED if not parcel.plain:
            return Change(Act.RETRY, verdict.text, plain=True)
        case _:
            return Change(Act.REFUSE, verdict.text, trouble=Trouble.REFUSED)


def answered(verdict: Verdict, now: datetime) -> Change:
    """What the answer to a question proves: that the message arrived, that it is not this one, or nothing.

    Whatever else it says (a block, a limit, a 5xx), the message will meet itself when it is sent again: should
    Telegram treat these questions in a way of their own, nothing but the questions suffers.
    """
    match verdict.proof:
        case Proof.SAME:
            return Change(Act.ACCEPT)
        case Proof.MESSAGE_GONE:
            return NOT_THIS
        case Proof.NOT_SENT:
            return Change(Act.DOUBT, until=now + timedelta(seconds=PATIENCE[0]))
        case _:
            return AGAIN


def _doubtful(verdict: Verdict, parcel: Parcel, situation: Situation, now: datetime) -> Change:
    act = Act.DOUBT if situation.askable else Act.HOLD
    if situation.outage:
        # Aside for a moment: if it is this one that Telegram stumbles over, another one is tried next.
        return Change(act, verdict.text, until=now + timedelta(seconds=PATIENCE[0]))
    doubts = parcel.first.attempts + 1
    if doubts >= DOUBTS and situation.works:
        return Change(Act.REFUSE, verdict.text, doubted=True, trouble=Trouble.REFUSED)
    pause = timedelta(seconds=PATIENCE[min(doubts, len(PATIENCE)) - 1])
    return Change(act, verdict.text, until=now + pause, doubted=True)


def _limited(verdict: Verdict, situation: Situation, now: datetime) -> Change:
    if situation.limits_all:
        pause = min(verdict.retry_after, PROBE)
        until = now + timedelta(seconds=pause)
        return Change(Act.RETRY, None, until, chat=ChatNews.ALL_PARKED, pause=pause, trouble=Trouble.LIMITED)
    until = now + timedelta(seconds=verdict.retry_after)
    return Change(Act.HOLD, until=until, chat=ChatNews.PARKED)
