"""Rules, groups and matches in the database, which is the truth; keywords.yaml is its seed and its export.

Every change of a rule or a group makes a version that says who, when and what; nothing is lost by a change, a
removal or an undo. Queries are checked before they come here (bot/keywords/pack.py): the store keeps, it does not
judge. All functions take a session of `Store.write()` or, where they only look, of `Store.read()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserMistake
from bot.model import Group, Match, Pack, Rule, RuleState, Topic
from bot.store.difference import Difference, compare
from bot.store.tables import GroupRow, MatchRow, RuleRow, RuleVersionRow

SEED = "keywords.yaml"
"""The actor of the versions that the first start makes."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule or a group: what it was, who made it so, and when."""

    what: Rule | Group
    number: int
    removed: bool
    actor: str
    at: datetime


async def active(session: AsyncSession) -> tuple[tuple[Rule, ...], tuple[Group, ...]]:
    """The rules that are to be matched (auto and review), and every group."""
    pack = await whole(session)
    return tuple(rule for rule in pack.rules if rule.state is not RuleState.OFF), pack.groups


async def whole(session: AsyncSession) -> Pack:
    """Every rule and group that is not removed, those that are off as well; by topic, then name."""
    rules = await session.scalars(select(RuleRow).where(~RuleRow.removed))
    groups = await session.scalars(select(GroupRow).where(~GroupRow.removed).order_by(GroupRow.name))
    order = list(Topic)
    found = sorted((_rule(row) for row in rules), key=lambda rule: (order.index(rule.topic), rule.id))
    return Pack(tuple(found), tuple(_group(row) for row in groups))


async def revision(session: AsyncSession) -> int:
    """Grows with every change of a rule or group; whoever holds a compiled index rebuilds it when this differs."""
    rules = await session.scalar(select(func.coalesce(func.sum(RuleRow.version), 0)))
    groups = await session.scalar(select(func.coalesce(func.sum(GroupRow.version), 0)))
    return int(rules or 0) + int(groups or 0)


async def seed(session: AsyncSession, pack: Pack, at: datetime) -> bool:
    """Fill an empty database from the pack; False, and nothing done, where there was ever a rule or a group."""
    if await revision(session):
        return False
    await import_pack(session, pack, SEED, at)
    return True


async def import_pack(
    session: AsyncSession, pack: Pack, actor: str, at: datetime, *, dry_run: bool = False, keep_others: bool = False
) -> Difference:
    """Make the database hold what the pack holds, and say what that changes; with `dry_run`, only say it."""
    difference = compare(await whole(session), pack, keep_others=keep_others)
    if dry_run:
        return difference
    for thing in (*difference.added, *(after for _, after in difference.changed)):
        await _put(session, thing, actor, at)
    for thing in difference.removed:
        await _put(session, thing, actor, at, removed=True)
    return difference


async def rule(session: AsyncSession, rule_id: str) -> Rule:
    """A rule by its id. Raises UserMistake where there is none."""
    row = await session.get(RuleRow, rule_id)
    if row is None or row.removed:
        raise UserMistake(f"There is no rule “{rule_id}”; see the list of rules for the right id.")
    return _rule(row)


async def add_rule(session: AsyncSession, new: Rule, actor: str, at: datetime) -> Rule:
    """Store a new rule; an id that was removed may come back. Raises UserMistake for an id in use."""
    row = await session.get(RuleRow, new.id)
    if row is not None and not row.removed:
        raise UserMistake(f"There is a rule “{new.id}” already; change that one or choose another id.")
    return await _put_rule(session, new, actor, at)


async def change_rule(session: AsyncSession, changed: Rule, actor: str, at: datetime) -> Rule:
    """Store the next version. `changed.version` is the version that the moderator looked at.

    Raises UserMistake where there is no such rule, or where somebody else has changed it since.
    """
    await _seen(session, changed.id, changed.version)
    return await _put_rule(session, changed, actor, at)


async def remove_rule(session: AsyncSession, rule_id: str, actor: str, at: datetime) -> Rule:
    """Remove a rule; its versions stay, and `undo` brings it back."""
    return await _put_rule(session, await rule(session, rule_id), actor, at, removed=True)


async def undo(session: AsyncSession, rule_id: str, actor: str, at: datetime) -> Rule | None:
    """Take back the last change of a rule, as a new version; a second undo takes back the first.

    None where that leaves no rule, because its last change had added it. Raises UserMistake for an unknown id.
    """
    made = await versions(session, rule_id)
    if not made:
        raise UserMistake(f"There was never a rule “{rule_id}”; see the list of rules for the right id.")
    earlier = made[-2] if len(made) > 1 else None
    target = (earlier or made[-1]).what
    assert isinstance(target, Rule)
    gone = earlier is None or earlier.removed
    stored = await _put_rule(session, target, actor, at, removed=gone)
    return None if gone else stored


async def versions(session: AsyncSession, rule_id: str) -> tuple[Version, ...]:
    """Every version of a rule, the first one first."""
    rows = await session.scalars(
        select(RuleVersionRow).where(RuleVersionRow.rule_id == rule_id).order_by(RuleVersionRow.version)
    )
    return tuple(Version(_rule_of_version(row), row.version, row.removed, row.actor, row.at) for row in rows)


async def set_group(session: AsyncSession, group: Group, actor: str, at: datetime) -> None:
    """Add a group, or store its next version."""
    await _put_group(session, group, actor, at)


async def remove_group(session: AsyncSession, name: str, actor: str, at: datetime) -> None:
    """Remove a group; that no rule uses it is for the caller to see to (bot/keywords/pack.py `check`)."""
    row = await session.get(GroupRow, name)
    if row is None or row.removed:
        raise UserMistake(f"There is no group “{name}”; see the list of groups for the right name.")
    await _put_group(session, _group(row), actor, at, removed=True)


async def undo_group(session: AsyncSession, name: str, actor: str, at: datetime) -> Group | None:
    """Take back the last change of a group, as `undo` does for a rule."""
    made = await group_versions(session, name)
    if not made:
        raise UserMistake(f"There was never a group “{name}”; see the list of groups for the right name.")
    earlier = made[-2] if len(made) > 1 else None
    target = (earlier or made[-1]).what
    assert isinstance(target, Group)
    gone = earlier is None or earlier.removed
    await _put_group(session, target, actor, at, removed=gone)
    return None if gone else target


async def group_versions(session: AsyncSession, name: str) -> tuple[Version, ...]:
    """Every version of a group, the first one first."""
    row = await session.get(GroupRow, name)
    return () if row is None else tuple(_version_of_group(name, entry) for entry in row.history)


async def save_matches(session: AsyncSession, item_id: int, matches: Iterable[Match]) -> None:
    """Store why an item matched, in place of what was stored for it before."""
    await session.execute(delete(MatchRow).where(MatchRow.item_id == item_id))
    session.add_all(
        MatchRow(
            item_id=item_id,
            rule_id=match.rule,
            rule_version=match.version,
            topic=match.topic.value,
            state=match.state.value,
            places=[list(place) for place in match.places],
        )
        for match in matches
    )


async def why(session: AsyncSession, item_id: int) -> tuple[Match, ...]:
    """The rules an item met when it came, as they were then; `bot.keywords.readout.explain` puts one in words."""
    rows = await session.scalars(select(MatchRow).where(MatchRow.item_id == item_id).order_by(MatchRow.rule_id))
    return tuple(_match(row) for row in rows)


async def _seen(session: AsyncSession, rule_id: str, version: int) -> None:
    now = await rule(session, rule_id)
    if now.version != version:
        last = (await versions(session, rule_id))[-1]
        raise UserMistake(
            f"{last.actor} has changed “{rule_id}” since you looked (version {now.version}, you saw {version}); "
            "look at it again and repeat your change."
        )


async def _put(session: AsyncSession, thing: Rule | Group, actor: str, at: datetime, *, removed: bool = False) -> None:
    if isinstance(thing, Rule):
        await _put_rule(session, thing, actor, at, removed=removed)
    else:
        await _put_group(session, thing, actor, at, removed=removed)


async def _put_rule(session: AsyncSession, new: Rule, actor: str, at: datetime, *, removed: bool = False) -> Rule:
    row = await session.get(RuleRow, new.id)
    number = 1 if row is None else row.version + 1
    content: dict[str, Any] = {
        "version": number,
        "topic": new.topic.value,
        "state": new.state.value,
        "queries": dict(new.queries),
        "comment": new.comment,
        "removed": removed,
    }
    if row is None:
        session.add(RuleRow(id=new.id, **content))
        await session.flush()
    else:
        for name, value in content.items():
            setattr(row, name, value)
    session.add(RuleVersionRow(rule_id=new.id, actor=actor, at=at, **content))
    await session.flush()
    return replace(new, version=number)


async def _put_group(session: AsyncSession, group: Group, actor: str, at: datetime, *, removed: bool = False) -> None:
    row = await session.get(GroupRow, group.name)
    number = 1 if row is None else row.version + 1
    queries = dict(group.queries)
    entry = {"version": number, "queries": queries, "removed": removed, "actor": actor, "at": at.isoformat()}
    if row is None:
        session.add(GroupRow(name=group.name, version=1, queries=queries, removed=removed, history=[entry]))
    else:
        # A new list, for a change inside of a JSON value is not seen.
        row.version, row.queries, row.removed, row.history = number, queries, removed, [*row.history, entry]
    await session.flush()


def _rule(row: RuleRow) -> Rule:
    return _made_rule(row.id, row.version, row.topic, row.state, row.queries, row.comment)


def _rule_of_version(row: RuleVersionRow) -> Rule:
    return _made_rule(row.rule_id, row.version, row.topic, row.state, row.queries, row.comment)


def _made_rule(rule_id: str, version: int, topic: str, state: str, queries: dict[str, Any], comment: str) -> Rule:
    return Rule(rule_id, Topic(topic), RuleState(state), tuple(queries.items()), version, comment)


def _group(row: GroupRow) -> Group:
    return Group(row.name, tuple(row.queries.items()))


def _version_of_group(name: str, entry: dict[str, Any]) -> Version:
    group = Group(name, tuple(entry["queries"].items()))
    return Version(group, entry["version"], entry["removed"], entry["actor"], datetime.fromisoformat(entry["at"]))


def _match(row: MatchRow) -> Match:
    places = tuple((str(field), int(start), int(end)) for field, start, end in row.places)
    return Match(row.rule_id, row.rule_version, Topic(row.topic), RuleState(row.state), places)
