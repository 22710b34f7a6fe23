"""The chat room's front door: one Application of python-telegram-bot, with a conversation behind each command."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import Forbidden, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot.alerts.message import Message
from bot.chat import follow, groups, privacy, settings, start
from bot.chat.browse import LATEST, MORE, Browse
from bot.chat.deps import ChatDeps
from bot.chat.help import FreeText, show_help, unknown
from bot.chat.introduction import introduce
from bot.chat.order import ChatOrder
from bot.chat.quiet import silence_libraries, whereabouts
from bot.chat.talk import gettext_of
from bot.chat.traces import note
from bot.chat.visit import Visit, from_update

__all__ = ["ALLOWED_UPDATES", "App", "Staff", "build", "introduce"]

log = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]
Conversation = Callable[[ChatDeps, Visit], Awaitable[None]]
StaffCommand = Callable[[ChatDeps, Visit], Awaitable[bool]]
"""False means "not for you": the bot then answers as if it had never heard of the command."""
StaffPress = Callable[[ChatDeps, Visit, str], Awaitable[bool]]

ALLOWED_UPDATES = (Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
"""For `updater.start_polling`: what nobody reads is not fetched. Edits are left out: /stop said twice is enough."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What moderators may do here: commands by name, and buttons by the beginning of their data."""

    commands: Mapping[str, StaffCommand] = field(default_factory=dict)
    presses: Mapping[str, StaffPress] = field(default_factory=dict)

    def __or__(self, other: Staff) -> Staff:
        return Staff({**self.commands, **other.commands}, {**self.presses, **other.presses})


def build(
    deps: ChatDeps,
    *,
    token: str | None = None,
    staff: Staff | None = None,
    readers: bool = True,
    request: BaseRequest | None = None,
    updates_request: BaseRequest | None = None,
) -> App:
    """The application, not yet started: the caller owns initialize, start, updater.start_polling and their ends.

    `token` is settings.telegram_token unless another bot is meant. Without `readers` it serves moderators only: it
    subscribes nobody, and blocking it erases nothing. `request` and `updates_request` (two instances)
    replace python-telegram-bot's own transport.
    """
    silence_libraries()
    builder = (
        ApplicationBuilder()
        .token(token or _token(deps))
        .base_url(deps.settings.telegram_api_url + "/bot")
        .base_file_url(deps.settings.telegram_api_url + "/file/bot")
        .concurrent_updates(ChatOrder(deps.clock))
        .job_queue(None)
    )
    if request is not None:
        builder = builder.request(request)
    elif deps.settings.proxy is not None:
        builder = builder.proxy(deps.settings.proxy.get_secret_value())
    if updates_request is not None:
        builder = builder.get_updates_request(updates_request)
    elif deps.settings.proxy is not None:
        builder = builder.get_updates_proxy(deps.settings.proxy.get_secret_value())
    app: App = builder.build()
    app.add_handlers((_readers_handlers if readers else _staff_handlers)(deps, staff or Staff()))
    app.add_error_handler(_failed)
    return app


def _token(deps: ChatDeps) -> str:
    assert deps.settings.telegram_token is not None, "without a token the service runs in preview mode"
    return deps.settings.telegram_token.get_secret_value()


SPOKEN = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
Handlers = list[BaseHandler[Any, Any, Any]]


def _readers_handlers(deps: ChatDeps, staff: Staff) -> Handlers:
    browse, free = Browse(deps), FreeText(deps)
    commands: dict[str, Conversation] = {
        "start": start.start,
        "settings": settings.settings,
        "zone": settings.zone,
        "latest": browse.latest,
        "follow": follow.follow,
        "unfollow": follow.unfollow,
        "following": follow.following,
        "privacy": privacy.privacy,
        "stop": privacy.stop,
        "wipe": privacy.wipe,
        "help": show_help,
    }
    return [
        *(CommandHandler(name, _serve(deps, talk), SPOKEN) for name, talk in commands.items()),
        *(CommandHandler(name, _serve(deps, _staffed(command)), SPOKEN) for name, command in staff.commands.items()),
        MessageHandler(filters.StatusUpdate.MIGRATE, _on_migration(deps)),
        MessageHandler(filters.ChatType.PRIVATE & filters.COMMAND, _serve(deps, unknown)),
        MessageHandler(filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL, _serve(deps, free.answer)),
        CallbackQueryHandler(_on_press(deps, browse, staff)),
        ChatMemberHandler(_on_standing(deps), ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _staff_handlers(deps: ChatDeps, staff: Staff) -> Handlers:
    """A bot of the moderators' own. To everybody else it is silent: it has nothing to say to them."""

    served = partial(_serve, deps, noted=False)

    def alone(command: StaffCommand) -> Conversation:
        async def talk(deps: ChatDeps, visit: Visit) -> None:
            await command(deps, visit)

        return talk

    async def press(deps: ChatDeps, visit: Visit) -> None:
        head, _, rest = _data(visit).partition(":")
        if head in staff.presses:
            await staff.presses[head](deps, visit, rest)

    return [
        *(CommandHandler(name, served(alone(command)), SPOKEN) for name, command in staff.commands.items()),
        CallbackQueryHandler(served(press)),
    ]


Handle = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


def _serve(deps: ChatDeps, talk: Conversation, *, noted: bool = True) -> Handle:
    """A conversation as PTB calls it. Every press is answered and every message noted, whatever happens.

    Not `noted` is what the moderators' bot says: its message ids mean nothing to the readers' bot.
    """

    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = from_update(update, context.bot)
        if visit is None:
            return
        try:
            await talk(deps, visit)
        except Forbidden:
            # They left while we were answering; Telegram says so in an update of its own.
            visit.gone = True
        except RetryAfter:
            # Too many taps for Telegram. A toast is not counted, and the choice itself is kept already.
            await visit.toast(
                gettext_of(visit, None)("Telegram asks for a short rest. Please press again in a moment.")
            )
        except Exception:
            with contextlib.suppress(TelegramError):
                await _apologise(visit)
            raise
        finally:
            await visit.toast()
            if noted:
                await note(deps, visit)

    return handle


def _staffed(command: StaffCommand) -> Conversation:
    async def talk(deps: ChatDeps, visit: Visit) -> None:
        if not await command(deps, visit):
            await unknown(deps, visit)

    return talk


def _on_press(deps: ChatDeps, browse: Browse, staff: Staff) -> Handle:
    async def talk(deps: ChatDeps, visit: Visit) -> None:
        data = _data(visit)
        head, _, rest = data.partition(":")
        if head == MORE:
            await browse.more(deps, visit, rest)
        elif head == LATEST:
            await browse.earlier(deps, visit, rest)
        elif head not in staff.presses or not await staff.presses[head](deps, visit, rest):
            await settings.pressed(deps, visit, data)

    return _serve(deps, talk)


def _data(visit: Visit) -> str:
    return (visit.query.data if visit.query else None) or ""


def _on_standing(deps: ChatDeps) -> Handle:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = from_update(update, context.bot)
        if visit is not None and update.my_chat_member is not None:
            await groups.standing_changed(deps, visit, update.my_chat_member)

    return handle


def _on_migration(deps: ChatDeps) -> Handle:
    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = from_update(update, context.bot)
        if visit is not None and update.effective_message is not None:
            await groups.migrated(deps, visit, update.effective_message)

    return handle


async def _apologise(visit: Visit) -> None:
    if not visit.private:
        return
    _ = gettext_of(visit, None)
    await visit.say(Message(_("Something went wrong on our side. Please try again in a minute.")))


async def _failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say where it failed, and nothing of the update: it holds ids, names and words of a reader."""
    if context.error is not None:
        log.error("%s", whereabouts(context.error), extra={"action": "update_failed"})
