"""getChat, members and administrators, leaveChat."""

from __future__ import annotations

from bot.demo.botapi.chat import ADMINS, Access, ChatState, ChatType, Standing
from bot.demo.botapi.members import SEND_RIGHTS, member_wire
from bot.demo.botapi.methods.registry import method
from bot.demo.botapi.model import Wire
from bot.demo.botapi.params import Params
from bot.demo.botapi.refusal import bad_request
from bot.demo.botapi.world import BotWorld

NO_GIFTS = dict.fromkeys(
    ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"], False
)


@method("getChat")
def get_chat(world: BotWorld, params: Params) -> Wire:
    """Telegram's ChatFullInfo, with the fields that no chat lacks."""
    chat = world.chat(params.get("chat_id"))
    chat.check_access(Access.READ)
    told = chat.wire | {"accent_color_id": 3, "max_reaction_count": 11, "accepted_gift_types": NO_GIFTS}
    if chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}:
        told["permissions"] = dict.fromkeys(SEND_RIGHTS, True)
    if chat.pinned and (pinned := chat.find(chat.pinned[-1])) is not None:
        told["pinned_message"] = chat.message_wire(pinned)
    return told


def _group(world: BotWorld, params: Params) -> ChatState:
    chat = world.chat(params.get("chat_id"))
    chat.check_access(Access.READ)
    return chat


@method("getChatMember")
def get_chat_member(world: BotWorld, params: Params) -> Wire:
    chat, user_id = _group(world, params), params.integer("user_id")
    if user_id is None or user_id <= 0:
        raise bad_request("invalid user_id specified")
    if user_id == world.me.id:
        return member_wire(world.me, chat.bot)
    if user_id in chat.members:
        return member_wire(*chat.members[user_id])
    if chat.person is not None:
        return member_wire(chat.person, Standing.MEMBER)
    if not world.knows(user_id):
        raise bad_request("member not found")
    return member_wire(world.user(user_id), Standing.LEFT)


@method("getChatAdministrators")
def get_chat_administrators(world: BotWorld, params: Params) -> list[Wire]:
    """Administrators but bots; among bots only this one is told."""
    chat = _group(world, params)
    if chat.type is ChatType.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    told = [member_wire(user, standing) for user, standing in chat.members.values() if standing in ADMINS]
    return told + ([member_wire(world.me, chat.bot)] if chat.bot in ADMINS else [])


@method("getChatMemberCount")
def get_chat_member_count(world: BotWorld, params: Params) -> int:
    return len(_group(world, params).members) + 1


@method("leaveChat")
def leave_chat(world: BotWorld, params: Params) -> bool:
    chat = _group(world, params)
    if chat.type is ChatType.PRIVATE:
        raise bad_request("chat is not a group, supergroup or channel chat")
    chat.bot = Standing.LEFT
    return True
