"""getMe, the bot's commands and descriptions, webhook settings, close and logOut."""

from __future__ import annotations

import re
from typing import Any

from bot.demo.botapi.methods.registry import method
from bot.demo.botapi.model import Wire
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import bad_request
from bot.demo.botapi.world import BotWorld

LIMITS = {"name": 64, "description": 512, "short_description": 120}


@method("getMe")
def get_me(world: BotWorld, params: Params) -> Wire:
    return world.me.wire() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(params: Params) -> str:
    """The key of a list of commands: its scope and its language."""
    scope = params.mapping("scope") or {"type": "default"}
    place = ":".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)
    return f"commands/{place}/{params.text('language_code')}"


@method("setMyCommands")
def set_commands(world: BotWorld, params: Params) -> bool:
    commands = params.loaded("commands") or []
    for each in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(each.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile[_scope(params)] = commands
    return True


@method("getMyCommands")
def get_commands(world: BotWorld, params: Params) -> Any:
    return world.profile.get(_scope(params), [])


@method("deleteMyCommands")
def delete_commands(world: BotWorld, params: Params) -> bool:
    world.profile.pop(_scope(params), None)
    return True


def _set_words(field: str) -> None:
    """setMyName, setMyDescription, setMyShortDescription and their getters."""
    name = "".join(word.capitalize() for word in field.split("_"))

    @method(f"setMy{name}")
    def write(world: BotWorld, params: Params) -> bool:
        text = params.text(field)
        if len(text) > LIMITS[field]:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        world.profile[f"{field}/{params.text('language_code')}"] = text
        return True

    @method(f"getMy{name}")
    def read(world: BotWorld, params: Params) -> Wire:
        default = world.me.first_name if field == "name" else ""
        kept = world.profile.get(f"{field}/{params.text('language_code')}")
        return {field: kept or world.profile.get(f"{field}/", default)}


for _field in LIMITS:
    _set_words(_field)


@method("setWebhook")
def set_webhook(world: BotWorld, params: Params) -> bool:
    """Keep the address: updates then stay here, for the double never posts them."""
    world.updates.webhook = params.text("url")
    if world.updates.webhook:
        world.updates.interrupt()
    return _drop_pending(world, params)


@method("deleteWebhook")
def delete_webhook(world: BotWorld, params: Params) -> bool:
    world.updates.webhook = ""
    return _drop_pending(world, params)


def _drop_pending(world: BotWorld, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.forget()
    return True


@method("getWebhookInfo")
def get_webhook_info(world: BotWorld, params: Params) -> Wire:
    return {
        "url": world.updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }


@method("getFile")
def get_file(world: BotWorld, params: Params) -> Wire:
    file_id = params.text("file_id")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[file_id])
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": f"documents/{file_id}"}


@method("setChatMenuButton")
def set_menu_button(world: BotWorld, params: Params) -> bool:
    world.profile[f"menu_button/{params.text('chat_id')}"] = params.mapping("menu_button") or {"type": "default"}
    return True


@method("getChatMenuButton")
def get_menu_button(world: BotWorld, params: Params) -> Any:
    return world.profile.get(f"menu_button/{params.text('chat_id')}", {"type": "commands"})


@method("close", "logOut")
def close(world: BotWorld, params: Params) -> bool:
    return True
