"""The methods of the Bot API, by lower-case name, as Telegram looks them up."""

from bot.demo.botapi.methods import chats, editing, profile, sending
from bot.demo.botapi.methods.registry import METHODS, Method

__all__ = ["METHODS", "Method", "chats", "editing", "profile", "sending"]
