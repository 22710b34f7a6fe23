"""editMessageText, editMessageCaption, editMessageReplyMarkup, deleteMessage(s), pins, answerCallbackQuery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.demo.botapi.chat import ADMINS, Access, ChatState, ChatType, Standing
from bot.demo.botapi.entities import formatted
from bot.demo.botapi.markup import parse_markup
from bot.demo.botapi.methods.registry import method
from bot.demo.botapi.model import CallbackAnswer, Message, Wire
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import BLOCKED, NOT_MODIFIED, STALE_QUERY, Refusal, bad_request, forbidden
from bot.demo.botapi.world import BotWorld

DELETABLE = timedelta(hours=48)
"""https://core.telegram.org/bots/api#deletemessage"""


def _to_edit(world: BotWorld, params: Params) -> tuple[ChatState, Message]:
    chat = world.chat(params.get("chat_id"))
    chat.check_access(Access.EDIT)
    if chat.type is ChatType.PRIVATE and chat.bot is Standing.KICKED:
        raise forbidden(BLOCKED)
    message = chat.find(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.outgoing or chat.migrated_to is not None:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(world: BotWorld, chat: ChatState, message: Message, **fields: Any) -> Wire:
    if all(getattr(message, name) == value for name, value in fields.items()):
        raise Refusal(400, NOT_MODIFIED)
    if world.gate is not None:
        world.gate.admit(chat.id)
    if "text" in fields:
        fields["edits"] = (*message.edits, message.text)
    return chat.message_wire(chat.change(message, edited=world.now(), **fields))


@method("editMessageText")
def edit_text(world: BotWorld, params: Params) -> Wire:
    text, marks = formatted(params)
    chat, message = _to_edit(world, params)
    if message.has_file:
        raise bad_request("there is no text in the message to edit")
    buttons, _ = parse_markup(params)
    fields: dict[str, Any] = {"text": text, "entities": marks, "buttons": buttons}
    preview = params.mapping("link_preview_options")
    if preview is not None:
        fields["preview"] = preview
    return _edit(world, chat, message, **fields)


@method("editMessageCaption")
def edit_caption(world: BotWorld, params: Params) -> Wire:
    text, marks = formatted(params, "caption")
    chat, message = _to_edit(world, params)
    if not message.has_file:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, chat, message, text=text, entities=marks, buttons=parse_markup(params)[0])


@method("editMessageReplyMarkup")
def edit_markup(world: BotWorld, params: Params) -> Wire:
    chat, message = _to_edit(world, params)
    return _edit(world, chat, message, buttons=parse_markup(params)[0])


def _check_deletable(world: BotWorld, chat: ChatState, message: Message) -> None:
    """Refuse what a bot may not delete: old messages, and in groups those of others unless it is an admin."""
    admin = chat.type is not ChatType.PRIVATE and chat.bot in ADMINS
    if message.service and not admin and chat.type is not ChatType.PRIVATE:
        raise bad_request("message can't be deleted")
    if admin:
        return
    if not message.outgoing and chat.type is not ChatType.PRIVATE:
        raise bad_request("message can't be deleted")
    if world.now() - message.date > DELETABLE:
        raise bad_request("message can't be deleted for everyone")


@method("deleteMessage")
def delete_message(world: BotWorld, params: Params) -> bool:
    chat = world.chat(params.get("chat_id"))
    chat.check_access(Access.WRITE)
    message = chat.find(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _check_deletable(world, chat, message)
    chat.remove(message.id)
    return True


@method("deleteMessages")
def delete_messages(world: BotWorld, params: Params) -> bool:
    """Up to 100 at once; missing ones are skipped."""
    chat = world.chat(params.get("chat_id"))
    chat.check_access(Access.WRITE)
    wanted = params.integers("message_ids")
    if len(wanted) > 100:
        raise bad_request("too many message identifiers specified")
    found = [message for message in map(chat.find, dict.fromkeys(wanted)) if message is not None]
    for message in found:
        _check_deletable(world, chat, message)
    for message in found:
        chat.remove(message.id)
    return True


@method("pinChatMessage")
def pin(world: BotWorld, params: Params) -> bool:
    chat, message_id = world.chat(params.get("chat_id")), params.integer("message_id")
    chat.check_access(Access.WRITE)
    if chat.type is not ChatType.PRIVATE and chat.bot not in ADMINS:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    if message_id is None or chat.find(message_id) is None:
        raise bad_request("message to pin not found")
    chat.pinned.append(message_id)
    return True


@method("unpinChatMessage")
def unpin(world: BotWorld, params: Params) -> bool:
    chat, message_id = world.chat(params.get("chat_id")), params.integer("message_id")
    wanted = message_id if message_id is not None or not chat.pinned else chat.pinned[-1]
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned = [each for each in chat.pinned if each != wanted]
    return True


@method("answerCallbackQuery")
def answer_callback_query(world: BotWorld, params: Params) -> bool:
    press = world.presses.get(params.text("callback_query_id"))
    if press is None:
        raise Refusal(400, STALE_QUERY)
    text = params.text("text") or None
    if text is not None and len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    press.give(CallbackAnswer(text, params.flag("show_alert"), params.text("url") or None))
    return True
