"""ChatMember as the Bot API tells it, with the fields that each standing has."""

from __future__ import annotations

from bot.demo.botapi.chat import Standing
from bot.demo.botapi.model import User, Wire

SHARED_RIGHTS = ("change_info", "invite_users", "pin_messages", "manage_topics")
ADMIN_RIGHTS = tuple(
    f"can_{right}"
    for right in (
        *("manage_chat", "delete_messages", "manage_video_chats", "restrict_members", "promote_members"),
        *("post_stories", "edit_stories", "delete_stories", "post_messages", "edit_messages"),
        *SHARED_RIGHTS,
    )
)
SEND_RIGHTS = tuple(
    f"can_{right}"
    for right in (
        *("send_messages", "send_audios", "send_documents", "send_photos", "send_videos", "send_video_notes"),
        *("send_voice_notes", "send_polls", "send_other_messages", "add_web_page_previews", "edit_tag"),
        *("react_to_messages", *SHARED_RIGHTS),
    )
)


def member_wire(user: User, standing: Standing) -> Wire:
    """Telegram's ChatMember for somebody of this standing."""
    told: Wire = {"user": user.wire(), "status": standing.value}
    if standing is Standing.CREATOR:
        told["is_anonymous"] = False
    elif standing is Standing.ADMINISTRATOR:
        told |= {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(ADMIN_RIGHTS, True)}
    elif standing is Standing.RESTRICTED:
        told |= {"is_member": True, "until_date": 0, **dict.fromkeys(SEND_RIGHTS, False)}
    elif standing is Standing.KICKED:
        told["until_date"] = 0
    return told
