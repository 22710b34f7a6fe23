"""Rules as moderators handle them: checked before they are kept, tried on what has been stored, each act audited."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import UserMistake
from bot.keywords.backtest import Backtest
from bot.keywords.cautions import Caution
from bot.keywords.query import GroupShelf, Query, shelf_of, warnings
from bot.model import LANGUAGES, Group, Rule, RuleState, Topic
from bot.moderation.audit import Act, of_rule
from bot.store import audit, keywords
from bot.store.session import Store

TRIED = timedelta(days=30)
"""How far back a query is tried."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_LANGUAGE_LINE = re.compile(rf"({'|'.join((*LANGUAGES, 'other'))}):\s*(.*)", re.DOTALL)


AT_ONCE = timedelta(hours=1)
"""Of two moderators who change a rule within this time, the second may not have seen what the first one did."""


class UnknownRule(UserMistake):
    """There is no rule with that name; see the list of rules for the right one."""


class UnknownGroup(UserMistake):
    """There is no group with that name; rules name theirs with an @."""


class WrongAddition(UserMistake):
    """A rule is added with a name, a topic and a query. `part` says which of them is missing or wrong."""

    def __init__(self, part: str, said: str = "") -> None:
        super().__init__()
        self.part = part
        self.said = said


class Bench(Protocol):
    """Where a rule is tried on what has come already: bot.keywords.backtest.backtest with its store and lexicon."""

    async def __call__(self, trial: Rule, *, since: datetime) -> Backtest: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule as it is now kept, and what is odd about its queries. `replaced` is what somebody else had made of it
    only just before."""

    rule: Rule
    cautions: tuple[Caution, ...] = ()
    replaced: keywords.Version | None = None


class Curator:
    """Every change is one transaction: the rule, its version and the audit row; then `changed` is called, so that
    whoever holds compiled rules reads them anew. `actor` is a pseudonym of `Keyring.pseudonym`."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        bench: Bench | None = None,
        changed: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._bench = bench
        self._changed = changed

    async def rules(self) -> tuple[Rule, ...]:
        """Every rule that is not removed, by topic."""
        async with self._store.read() as session:
            return (await keywords.whole(session)).rules

    async def rule(self, rule_id: str) -> Rule:
        async with self._store.read() as session:
            return await _known(session, rule_id)

    async def add(self, actor: str, rule: Rule) -> Kept:
        """Raises QueryError with the place of the mistake, and UserMistake where the name is taken."""
        async with self._store.write() as session:
            cautions = check(rule, (await keywords.whole(session)).groups)
            if any(known.id == rule.id for known in (await keywords.whole(session)).rules):
                raise WrongAddition("taken", rule.id)
            kept = await keywords.add_rule(session, rule, actor, self._clock())
            await audit.record(session, actor, Act.ADD_RULE, rule.id, of_rule(kept), self._clock())
        await self._tell()
        return Kept(kept, cautions)

    async def set_state(self, actor: str, rule_id: str, state: RuleState) -> Rule:
        async with self._store.write() as session:
            was = await _known(session, rule_id)
            if was.state is state:
                return was
            now = await keywords.change_rule(session, replace(was, state=state), actor, self._clock())
            detail = {"from": was.state.value, "to": state.value}
            await audit.record(session, actor, Act.CHANGE_STATE, rule_id, detail, self._clock())
        await self._tell()
        return now

    async def change(self, actor: str, rule_id: str, queries: tuple[tuple[str, str], ...]) -> Kept:
        """Give a rule other queries. Raises QueryError with the place of the mistake."""
        async with self._store.write() as session:
            was = await _known(session, rule_id)
            cautions = check(replace(was, queries=queries), (await keywords.whole(session)).groups)
            last = (await keywords.versions(session, rule_id))[-1]
            now = await keywords.change_rule(session, replace(was, queries=queries), actor, self._clock())
            detail = {"from": dict(was.queries), "to": dict(queries)}
            await audit.record(session, actor, Act.CHANGE_RULE, rule_id, detail, self._clock())
        await self._tell()
        others = last.actor not in (actor, keywords.SEED) and was.queries != queries
        unseen = others and self._clock() - last.at < AT_ONCE
        return Kept(now, cautions, last if unseen else None)

    async def remove(self, actor: str, rule_id: str) -> None:
        async with self._store.write() as session:
            was = await _known(session, rule_id)
            await keywords.remove_rule(session, rule_id, actor, self._clock())
            await audit.record(session, actor, Act.REMOVE_RULE, rule_id, of_rule(was), self._clock())
        await self._tell()

    async def undo(self, actor: str, rule_id: str) -> Rule | None:
        """Take back the rule's last change; None where that leaves no rule.

        Raises QueryError, changing nothing, where its earlier queries cannot be read any more: a group of theirs may
        have gone since, and a service that reads such a rule matches nothing at all.
        """
        async with self._store.write() as session:
            if not await keywords.versions(session, rule_id):
                raise UnknownRule
            back = await keywords.undo(session, rule_id, actor, self._clock())
            if back is not None:
                check(back, (await keywords.whole(session)).groups)
            detail = {} if back is None else of_rule(back)
            await audit.record(session, actor, Act.UNDO_RULE, rule_id, detail, self._clock())
        await self._tell()
        return back

    async def group(self, name: str) -> tuple[Group, tuple[str, ...]]:
        """A group, and the ids of the rules that name it."""
        async with self._store.read() as session:
            pack = await keywords.whole(session)
        found = next((group for group in pack.groups if group.name == name), None)
        if found is None:
            raise UnknownGroup
        naming = re.compile(rf"@{re.escape(name)}(?![\w-])")
        users = (rule.id for rule in pack.rules if any(naming.search(text) for _, text in rule.queries))
        return found, tuple(users)

    async def undo_group(self, actor: str, name: str) -> bool:
        """Take back the group's last change; False where that leaves no group.

        Raises QueryError, changing nothing, where a rule could not be read any more.
        """
        async with self._store.write() as session:
            if not await keywords.group_versions(session, name):
                raise UnknownGroup
            back = await keywords.undo_group(session, name, actor, self._clock())
            pack = await keywords.whole(session)
            shelf = shelf_of(pack.groups)
            for rule in pack.rules:
                _parsed(rule, shelf)
            detail = {} if back is None else {"queries": dict(back.queries)}
            await audit.record(session, actor, Act.UNDO_GROUP, f"@{name}", detail, self._clock())
        await self._tell()
        return back is not None

    async def test(self, text: str) -> tuple[Backtest | None, tuple[Caution, ...]]:
        """Try `[name] query` on what was stored in the last 30 days; with the name of a rule, beside that rule.

        No trial where there is nothing to try it on. Raises QueryError, and WrongAddition without a query.
        """
        async with self._store.read() as session:
            pack = await keywords.whole(session)
        name, *rest = text.split(maxsplit=1) or [""]
        named = next((rule for rule in pack.rules if rule.id == name and rest), None)
        queries = read_queries(rest[0] if named else text)
        trial = replace(named or Rule("", Topic.LAW, RuleState.OFF, ()), queries=queries)
        cautions = check(trial, pack.groups)
        if self._bench is None:
            return None, cautions
        return await self._bench(trial, since=self._clock() - TRIED), cautions

    async def acts(self, limit: int) -> list[audit.Entry]:
        async with self._store.read() as session:
            return await audit.entries(session, limit=limit)

    async def _tell(self) -> None:
        if self._changed is not None:
            await self._changed()


async def _known(session: AsyncSession, rule_id: str) -> Rule:
    rules: Mapping[str, Rule] = {rule.id: rule for rule in (await keywords.whole(session)).rules}
    if rule_id not in rules:
        raise UnknownRule
    return rules[rule_id]


def check(rule: Rule, groups: tuple[Group, ...]) -> tuple[Caution, ...]:
    """What is odd about the rule's queries, each thing once. Raises QueryError for a query that cannot be read."""
    shelf = shelf_of(groups)
    return tuple(dict.fromkeys(caution for query in _parsed(rule, shelf) for caution in warnings(query)))


def _parsed(rule: Rule, shelf: GroupShelf) -> list[Query]:
    """The rule's queries in every language that they are read in."""
    return [
        shelf.parse(text, tried) for language, text in rule.queries for tried in ([language] if language else LANGUAGES)
    ]


def read_addition(text: str) -> Rule:
    """A rule as it is typed: `name topic [auto|review|off] query`. Without a state it waits for review.

    The query may be several lines, each for a language: `ru: …`. Raises WrongAddition that names the part.
    """
    name, _, rest = text.strip().partition(" ")
    if not _NAME.fullmatch(name):
        raise WrongAddition("name", name)
    parts = rest.split(maxsplit=1)
    topic = parts[0] if parts else ""
    if topic not in list(Topic):
        raise WrongAddition("topic", topic)
    state, query = RuleState.REVIEW, parts[1] if len(parts) > 1 else ""
    head = query.split(maxsplit=1)
    if head and head[0] in list(RuleState):
        state, query = RuleState(head[0]), head[1] if len(head) > 1 else ""
    return Rule(name, Topic(topic), state, read_queries(query))


def read_queries(text: str) -> tuple[tuple[str, str], ...]:
    """One query for every language, or lines that each begin with a language's code. Raises WrongAddition."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise WrongAddition("query")
    found = [_LANGUAGE_LINE.fullmatch(line) for line in lines]
    if not all(found):
        return (("", " ".join(lines)),)
    queries = {("" if m[1] == "other" else m[1]): m[2].strip() for m in found if m}
    if not all(queries.values()):
        raise WrongAddition("query")
    return tuple(queries.items())
