"""What Telegram shows of the bot before anybody has said a word: its description, and the menu of commands."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, BotCommandScopeAllChatAdministrators, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.chat.help import described
from bot.chat.screens import known_by
from bot.locales import UI_LANGUAGES, translation

log = logging.getLogger(__name__)

DESCRIPTION_LIMIT = 512
SHORT_LIMIT = 120
"""Characters (core.telegram.org/bots/api#setmydescription, #setmyshortdescription)."""


async def introduce(bot: Bot) -> None:
    """Tell Telegram, in every language, what the bot is and what it understands; a failure is logged and no more."""
    try:
        for language in UI_LANGUAGES:
            await _in_language(bot, language)
    except TelegramError as error:
        log.warning("commands_not_set", extra={"action": "introduce", "error": type(error).__name__})


async def _in_language(bot: Bot, language: str) -> None:
    _ = translation(language).gettext
    # English is what Telegram falls back to for every language that has no text of its own.
    code = None if language == "en" else language
    commands = [BotCommand(name, does) for name, does in described(language).items()]
    for scope in (BotCommandScopeAllPrivateChats(), BotCommandScopeAllChatAdministrators()):
        await bot.set_my_commands(commands, scope, code)
    short = _("Nabat sounds the alarm when people in political exile are detained, extradited or abducted.")
    await bot.set_my_short_description(short[:SHORT_LIMIT], code)
    full = f"{short}\n\n{known_by(f'@{bot.username}', language)}"
    await bot.set_my_description(full[:DESCRIPTION_LIMIT], code)
