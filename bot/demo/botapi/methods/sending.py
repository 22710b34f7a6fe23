"""sendMessage, sendPhoto, sendDocument, sendChatAction."""

from __future__ import annotations

from typing import Any

from bot.demo.botapi.chat import ChatState, ChatType
from bot.demo.botapi.entities import formatted
from bot.demo.botapi.markup import parse_markup
from bot.demo.botapi.methods.registry import method
from bot.demo.botapi.model import Wire
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import bad_request
from bot.demo.botapi.world import BotWorld


def place(world: BotWorld, params: Params) -> tuple[ChatState, dict[str, Any]]:
    """The chat to write to, and the fields that every kind of message has; refuses what Telegram refuses."""
    chat = world.chat(params.get("chat_id"))
    chat.check_sendable()
    thread = params.integer("message_thread_id")
    chat.check_topic(thread)
    buttons, keyboard = parse_markup(params)
    fields = {
        "outgoing": True,
        "thread": thread,
        "reply_to": answered(chat, params),
        "buttons": buttons,
        "keyboard": keyboard,
        "silent": params.flag("disable_notification"),
        "protected": params.flag("protect_content"),
    }
    if world.gate is not None:
        world.gate.admit(chat.id, paid=params.flag("allow_paid_broadcast"))
    return chat, fields


def answered(chat: ChatState, params: Params) -> int | None:
    """The message to reply to, or None; refuses a missing one unless the request allows that."""
    reply = params.mapping("reply_parameters") or {}
    wanted = reply.get("message_id") or params.integer("reply_to_message_id")
    if not wanted:
        return None
    if chat.find(int(wanted)) is not None:
        return int(wanted)
    lenient = reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")
    if lenient is True or str(lenient).lower() == "true":
        return None
    raise bad_request("message to be replied not found")


@method("sendMessage")
def send_message(world: BotWorld, params: Params) -> Wire:
    text, marks = formatted(params)
    chat, fields = place(world, params)
    preview = params.mapping("link_preview_options")
    if preview is None and params.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    return _post(world, chat, text=text, entities=marks, preview=preview, **fields)


@method("sendPhoto")
def send_photo(world: BotWorld, params: Params) -> Wire:
    photo = params.file("photo")
    if not photo:
        raise bad_request("there is no photo in the request")
    return _send_file(world, params, photo=bytes(photo))


@method("sendDocument")
def send_document(world: BotWorld, params: Params) -> Wire:
    document = params.file("document")
    if not document:
        raise bad_request("there is no document in the request")
    return _send_file(world, params, document=(document.name, bytes(document)))


def _send_file(world: BotWorld, params: Params, **file: Any) -> Wire:
    text, marks = formatted(params, "caption")
    chat, fields = place(world, params)
    return _post(world, chat, text=text, entities=marks, **file, **fields)


def _post(world: BotWorld, chat: ChatState, **fields: Any) -> Wire:
    """Put the message into the chat. A channel's posts show the channel as their sender."""
    sender = None if chat.type is ChatType.CHANNEL else world.me
    message = chat.put(sender, world.now(), **fields)
    world.count_sent()
    return chat.message_wire(message)


@method("sendChatAction")
def send_chat_action(world: BotWorld, params: Params) -> bool:
    chat = world.chat(params.get("chat_id"))
    chat.check_sendable()
    action = params.text("action")
    if not action:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    return True
