"""A fake Telegram Bot API: a real HTTP server on loopback that answers, refuses and fails as Telegram does."""

from bot.demo.botapi.chat import NothingCame, NothingShown, Standing
from bot.demo.botapi.faults import Fault, FaultKind
from bot.demo.botapi.limits import Limits
from bot.demo.botapi.model import Button, CallbackAnswer, Entity, Message, Request, User
from bot.demo.botapi.people import Chat, Press
from bot.demo.botapi.refusal import Refusal
from bot.demo.botapi.server import FakeBotAPI
from bot.demo.botapi.world import BotWorld

__all__ = [
    "BotWorld",
    "Button",
    "CallbackAnswer",
    "Chat",
    "Entity",
    "FakeBotAPI",
    "Fault",
    "FaultKind",
    "Limits",
    "Message",
    "NothingCame",
    "NothingShown",
    "Press",
    "Refusal",
    "Request",
    "Standing",
    "User",
]
