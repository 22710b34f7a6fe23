"""Whom a chat follows: keyed hashes of names, which nobody can turn back and which are never listed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.items import upsert
from bot.store.tables import FollowRow


async def add_follow(session: AsyncSession, subscriber_id: int, follow: bytes, tags: Collection[bytes]) -> bool:
    """Keep a follow: `follow` is the hash that makes it one, `tags` the hashes that alerts meet. False if it is kept.

    See bot/alerts/following.py for what is hashed.
    """
    mine = (FollowRow.subscriber_id == subscriber_id, FollowRow.follow == follow)
    if await session.scalar(select(FollowRow.follow).where(*mine).limit(1)) is not None:
        return False
    rows = [{"subscriber_id": subscriber_id, "follow": follow, "name_hash": tag} for tag in sorted(tags)]
    await session.execute(upsert(session, FollowRow).values(rows).on_conflict_do_nothing())
    return True


async def drop_follows(session: AsyncSession, subscriber_id: int, tags: Collection[bytes]) -> int:
    """End the chat's follows that one of the tags meets; how many there were."""
    met = select(FollowRow.follow).where(FollowRow.subscriber_id == subscriber_id, FollowRow.name_hash.in_(tags))
    follows = set(await session.scalars(met))
    await session.execute(
        delete(FollowRow).where(FollowRow.subscriber_id == subscriber_id, FollowRow.follow.in_(follows))
    )
    return len(follows)


async def drop_all_follows(session: AsyncSession, subscriber_id: int) -> int:
    """End every follow of the chat; how many there were."""
    had = await count_follows(session, subscriber_id)
    await session.execute(delete(FollowRow).where(FollowRow.subscriber_id == subscriber_id))
    return had


async def count_follows(session: AsyncSession, subscriber_id: int) -> int:
    query = select(func.count(FollowRow.follow.distinct())).where(FollowRow.subscriber_id == subscriber_id)
    return await session.scalar(query) or 0


async def anyone_follows(session: AsyncSession, tags: Collection[bytes]) -> bool:
    """Whether some chat follows somebody with one of these tags."""
    if not tags:
        return False
    return await session.scalar(select(FollowRow.follow).where(FollowRow.name_hash.in_(tags)).limit(1)) is not None


async def anybody_follows(session: AsyncSession) -> bool:
    """Whether some chat follows anybody at all."""
    return await session.scalar(select(FollowRow.follow).limit(1)) is not None
