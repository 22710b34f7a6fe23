"""Who may do what: owners and moderators, told apart from everybody else."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

from bot.chat.deps import ChatDeps
from bot.chat.visit import Visit


class Role(IntEnum):
    """Each role may do what those before it may."""

    READER = 0
    """Chooses for their own chat, and is not told that there is more."""
    MODERATOR = 1
    """Curates rules and sees the audit log; sees no subscriber, as nobody does."""
    OWNER = 2
    """Named in NABAT_OWNER_IDS."""


def role_of(user_id: int | None, owners: Collection[int], moderators: Collection[int] = ()) -> Role:
    """The role of a Telegram account; somebody who writes as a group or channel has no account and no role."""
    if user_id is None:
        return Role.READER
    if user_id in owners:
        return Role.OWNER
    return Role.MODERATOR if user_id in moderators else Role.READER


def is_staff(deps: ChatDeps, visit: Visit) -> bool:
    """Only in private: in a group the answer would tell the others who moderates."""
    return visit.private and role_of(visit.user_id, deps.settings.owner_ids) >= Role.MODERATOR
