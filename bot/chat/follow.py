"""/follow, /unfollow and /following: news of a person reaches the chat whatever its other settings.

Only keyed hashes are kept, so a name can be followed and given up but never listed. Where others look on (a group, a
channel) or may look on (discreet mode), the command that holds the name is deleted if Telegram allows it, and the
answer does not repeat the name.
"""

from __future__ import annotations

from bot.alerts.following import NotAName, named, typed_keys, wanted
from bot.alerts.render import one_line
from bot.chat.deps import ChatDeps
from bot.chat.talk import chat_of, not_subscribed, only_admins, tell
from bot.chat.visit import Visit
from bot.locales import translation
from bot.store import follows
from bot.store.crypto import Keyring
from bot.store.subscribers import Subscriber

MOST = 50
"""Names that one chat may follow: a newsroom's desk, not a register of people."""
ALL = ("all", "все", "всех", "всё", "*")


async def follow(deps: ChatDeps, visit: Visit) -> None:
    chat = await _chat(deps, visit)
    if chat is None:
        return
    _ = translation(chat.language).gettext
    if not visit.words:
        await tell(visit, chat, _how(chat.language))
        return
    try:
        keys = typed_keys(visit.words)
    except NotAName:
        await tell(visit, chat, _("Write the name as news would print it: /follow Скорякин or /follow Lev Skoryakin"))
        return
    known_as = deps.keyring.hash_name(f"follow {' '.join(sorted(keys))}")
    tags = _hashes(deps.keyring, *map(wanted, keys))
    async with deps.store.write() as session:
        full = await follows.count_follows(session, chat.id) >= MOST
        new = not full and await follows.add_follow(session, chat.id, known_as, tags)
    await _hide(visit, chat)
    if full:
        text = _("This chat follows {n} names, and more it cannot. Give one up first: /unfollow and the name.")
        await tell(visit, chat, text.format(n=MOST))
    else:
        await tell(visit, chat, _followed(visit, chat, new=new))


async def unfollow(deps: ChatDeps, visit: Visit) -> None:
    chat = await _chat(deps, visit)
    if chat is None:
        return
    _ = translation(chat.language).gettext
    everybody = visit.words.casefold() in ALL
    try:
        keys = () if everybody else typed_keys(visit.words)
    except NotAName:
        await tell(visit, chat, _("Write whom: /unfollow and the name, or /unfollow all"))
        return
    async with deps.store.write() as session:
        if everybody:
            gone = await follows.drop_all_follows(session, chat.id)
        else:
            gone = await follows.drop_follows(session, chat.id, _hashes(deps.keyring, *map(named, keys)))
    await _hide(visit, chat)
    if gone:
        await tell(visit, chat, _("Done: this chat does not follow that any more, and nothing of it is kept."))
    else:
        await tell(visit, chat, _("This chat follows nobody of that name."))


async def following(deps: ChatDeps, visit: Visit) -> None:
    """A count alone: whom the chat follows, nobody can read out of what is kept, not even the bot."""
    chat = await _chat(deps, visit)
    if chat is None:
        return
    _, ngettext = translation(chat.language).gettext, translation(chat.language).ngettext
    async with deps.store.read() as session:
        count = await follows.count_follows(session, chat.id)
    if not count:
        await tell(visit, chat, _how(chat.language))
        return
    counted = ngettext("This chat follows {n} name.", "This chat follows {n} names.", count).format(n=count)
    why = _(
        "Which ones, the bot cannot say: it keeps no names, only marks made of them that cannot be turned back. "
        "/unfollow and a name gives it up, /unfollow all gives up every one."
    )
    await tell(visit, chat, f"{counted} {why}")


async def _chat(deps: ChatDeps, visit: Visit) -> Subscriber | None:
    """The chat, where the one who speaks may decide for it; None once they have been told why not."""
    if not await only_admins(deps, visit):
        return None
    chat = await chat_of(deps, visit)
    if chat is None:
        await not_subscribed(visit)
    return chat


def _hashes(keyring: Keyring, *tags: frozenset[str]) -> set[bytes]:
    return {keyring.hash_name(tag) for tag in frozenset().union(*tags)}


def _is_watched(visit: Visit, chat: Subscriber) -> bool:
    return chat.discreet or not visit.private


async def _hide(visit: Visit, chat: Subscriber) -> None:
    """Take away the command with the name in it. In a group that needs a right the bot may not have."""
    if _is_watched(visit, chat):
        await visit.remove_own()


def _followed(visit: Visit, chat: Subscriber, *, new: bool) -> str:
    _ = translation(chat.language).gettext
    if _is_watched(visit, chat):
        return _("Noted. To give it up: /unfollow and the name.") if new else _("That was noted before.")
    if not new:
        return _("This chat follows that name already.")
    text = _(
        "You follow: {name}. Every item that names them, in any script and spelling, comes here, whatever else you "
        "chose. Only a mark made of the name is kept, not the name."
    )
    return text.format(name=one_line(visit.words))


def _how(language: str) -> str:
    _ = translation(language).gettext
    return _(
        "To follow a person: /follow Скорякин or /follow Lev Skoryakin. Every item that names them comes here, "
        "whatever else was chosen. With a given name, namesakes with another one stay out. To give it up: /unfollow "
        "and the name. No name is kept, only a mark made of it; so the bot can count them (/following) but not list "
        "them."
    )
