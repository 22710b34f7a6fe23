"""A bot with a moderator, on the chat room's house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.botapi import Chat, Message
from bot.keywords.backtest import Backtest, Sample
from bot.model import Group, Item, Pack, Rule, RuleState, Topic
from bot.moderation.curate import Curator
from bot.moderation.keywords import KeywordsTalk
from bot.store import keywords
from bot.store.crypto import Keyring
from bot.store.migrate import upgrade
from bot.store.session import Store
from tests.chat.conftest import House, open_house
from tests.conftest import lay_database

OWNER, READER = 7_100_200_300, 7_100_200_301
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PACK = Pack(
    (
        Rule("extradition-of-exiles", Topic.EXTRADITION, RuleState.AUTO, (("", "@extradite @exile"),), comment="Core."),
        Rule("raids", Topic.DETENTION, RuleState.REVIEW, (("ru", "облава & эмигрант"), ("en", "raid exile"))),
    ),
    (
        Group("exile", (("ru", "эмигрант | активист"), ("en", "exile | activist"))),
        Group("extradite", (("ru", "экстрадиция | выдать"), ("en", "extradite"))),
    ),
)


@dataclass
class FakeBench:
    """Answers with one trial and remembers what was asked."""

    asked: list[tuple[Rule, datetime]] = field(default_factory=list)

    async def __call__(self, trial: Rule, *, since: datetime) -> Backtest:
        self.asked.append((trial, since))
        item = Item("1", "В Бишкеке задержан активист <b>&", outlet="kloop")
        sample = Sample(item, NOW - timedelta(days=2), (("title", 10, 18),))
        forms = (("задержать", ("задержан", "задержали")), ("активст", ()))
        days = ((NOW.date(), 12),)
        changed = 2 if trial.id else 0
        return Backtest(since, 3456, 12, days, (sample,), changed, (), changed, (sample,) * changed, forms)


@dataclass
class Desk:
    """The house, its curator, and what moderators caused."""

    house: House
    curator: Curator
    bench: FakeBench
    changes: list[int]

    async def ask(self, words: str, user_id: int = OWNER, language: str = "en") -> Message:
        """Say something in private and wait for the answer to it."""
        chat = self.chat(user_id, language)
        said = await chat.says(words)
        return await chat.wait_for(after=said.id)

    def chat(self, user_id: int = OWNER, language: str = "en") -> Chat:
        return self.house.api.private(self.house.api.user(user_id, language_code=language))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store(lay_database(tmp_path), Keyring(((1, bytes(range(64))),)))
    await upgrade(store)
    async with store.write() as session:
        await keywords.seed(session, PACK, NOW)
    bench, changes = FakeBench(), list[int]()

    async def changed() -> None:
        changes.append(1)

    curator = Curator(store, lambda: NOW, bench=bench, changed=changed)
    async with open_house(tmp_path, KeywordsTalk(curator).staff(), owner_ids=frozenset({OWNER})) as house:
        yield Desk(house, curator, bench, changes)
    await store.close()
