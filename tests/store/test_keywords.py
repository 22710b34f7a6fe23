"""Rules and groups in the database: seeded, imported, changed, taken back; and why an item matched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import UserMistake
from bot.model import Feed, Group, Match, Outlet, Pack, Rule, RuleState, Topic
from bot.store import analyses, keywords
from bot.store.crypto import Keyring
from bot.store.difference import compare
from bot.store.migrate import upgrade
from bot.store.news import listed_feeds, save_catalogue
from bot.store.session import Store
from bot.store.tables import ItemRow
from tests.conftest import Clock, lay_database

EXILE = Group("exile", (("ru", "эмигрант"), ("en", "exile")))
SEND = Rule("sent-home", Topic.DEPORTATION, RuleState.AUTO, (("", "@exile deport"),), comment="An exile is sent home.")
SEEK = Rule("wanted", Topic.WANTED, RuleState.REVIEW, (("ru", "розыск @exile"), ("", "wanted @exile")))
IDLE = Rule("idle", Topic.LAW, RuleState.OFF, (("", "law @exile"),))
PACK = Pack((SEND, SEEK, IDLE), (EXILE,))


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> AsyncIterator[Store]:
    url = lay_database(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres")
    store = Store(url, keyring)
    if request.param == "postgresql":
        async with store.engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    await upgrade(store)
    yield store
    await store.close()


async def seeded(store: Store, clock: Clock) -> None:
    async with store.write() as session:
        assert await keywords.seed(session, PACK, clock())


async def whole(store: Store) -> Pack:
    async with store.read() as session:
        return await keywords.whole(session)


async def test_an_empty_database_is_seeded_once(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        assert not await keywords.seed(session, Pack((), ()), clock())
    assert await whole(store) == replace(PACK, rules=(SEND, SEEK, IDLE))


async def test_rules_that_are_off_are_kept_but_not_matched(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.read() as session:
        rules, groups = await keywords.active(session)
    assert (set(rules), groups) == ({SEND, SEEK}, (EXILE,))


async def test_a_dry_import_tells_the_difference_and_changes_nothing(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    changed = replace(SEND, state=RuleState.REVIEW)
    added = Rule("freed", Topic.RELEASE, RuleState.AUTO, (("", "freed @exile"),))
    new = Pack((changed, SEEK, added), (EXILE,))
    async with store.write() as session:
        told = await keywords.import_pack(session, new, "anna", clock(), dry_run=True)
    assert (told.added, told.changed, told.removed) == ((added,), ((SEND, changed),), (IDLE,))
    assert await whole(store) == PACK
    async with store.write() as session:
        assert await keywords.import_pack(session, new, "anna", clock()) == told
    after = await whole(store)
    assert not compare(after, new)
    assert {rule.id: rule.version for rule in after.rules} == {"sent-home": 2, "wanted": 1, "freed": 1}


async def test_an_import_may_leave_what_it_does_not_name(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        told = await keywords.import_pack(session, Pack((SEND,), ()), "anna", clock(), keep_others=True)
    assert not told
    assert await whole(store) == PACK


async def test_every_change_says_who_when_and_what(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    clock.pass_(hours=1)
    async with store.write() as session:
        await keywords.change_rule(session, replace(SEND, queries=(("", "@exile deported"),)), "anna", clock())
        clock.pass_(hours=1)
        await keywords.remove_rule(session, SEND.id, "boris", clock())
        first, second, third = await keywords.versions(session, SEND.id)
    assert (first.actor, first.number, first.what) == (keywords.SEED, 1, SEND)
    assert (second.actor, second.what.queries) == ("anna", (("", "@exile deported"),))
    assert (third.actor, third.removed, third.at - second.at) == ("boris", True, clock() - second.at)
    assert SEND.id not in {rule.id for rule in (await whole(store)).rules}


async def test_undo_takes_back_and_a_second_undo_takes_back_the_first(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        await keywords.change_rule(session, replace(SEND, state=RuleState.OFF), "anna", clock())
        back = await keywords.undo(session, SEND.id, "boris", clock())
        again = await keywords.undo(session, SEND.id, "anna", clock())
    assert back == replace(SEND, version=3)
    assert again == replace(SEND, state=RuleState.OFF, version=4)


async def test_undo_brings_back_a_removed_rule_and_removes_an_added_one(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        await keywords.remove_rule(session, SEND.id, "anna", clock())
        assert await keywords.undo(session, SEND.id, "anna", clock()) == replace(SEND, version=3)
        added = await keywords.add_rule(session, replace(SEND, id="sent-away"), "anna", clock())
        assert await keywords.undo(session, added.id, "anna", clock()) is None
        with pytest.raises(UserMistake, match="There is no rule “sent-away”"):
            await keywords.rule(session, added.id)
        assert (await keywords.add_rule(session, added, "boris", clock())).version == 3


async def test_two_moderators_do_not_overwrite_each_other(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        seen = await keywords.rule(session, SEND.id)
        await keywords.change_rule(session, replace(seen, comment="Anna's."), "anna", clock())
        with pytest.raises(UserMistake, match="anna has changed “sent-home” since you looked"):
            await keywords.change_rule(session, replace(seen, comment="Boris's."), "boris", clock())
        assert (await keywords.rule(session, SEND.id)).comment == "Anna's."


async def test_an_id_in_use_and_an_unknown_one_are_refused(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    async with store.write() as session:
        with pytest.raises(UserMistake, match="There is a rule “sent-home” already"):
            await keywords.add_rule(session, SEND, "anna", clock())
        with pytest.raises(UserMistake, match="There was never a rule “sent-hom”"):
            await keywords.undo(session, "sent-hom", "anna", clock())
        with pytest.raises(UserMistake, match="There is no group “exil”"):
            await keywords.remove_group(session, "exil", "anna", clock())


async def test_a_group_has_versions_and_undo_as_a_rule_has(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    wider = Group("exile", (("en", "exile | emigre"),))
    async with store.write() as session:
        await keywords.set_group(session, wider, "anna", clock())
        assert (await keywords.whole(session)).groups == (wider,)
        assert await keywords.undo_group(session, "exile", "boris", clock()) == EXILE
        made = await keywords.group_versions(session, "exile")
    assert [(version.number, version.actor, version.what) for version in made] == [
        (1, keywords.SEED, EXILE),
        (2, "anna", wider),
        (3, "boris", EXILE),
    ]
    assert made[0].at == clock()


async def test_the_revision_grows_with_every_change(store: Store, clock: Clock) -> None:
    seen = []
    async with store.write() as session:
        seen.append(await keywords.revision(session))
        await keywords.seed(session, PACK, clock())
        seen.append(await keywords.revision(session))
        await keywords.remove_rule(session, SEND.id, "anna", clock())
        seen.append(await keywords.revision(session))
        await keywords.undo(session, SEND.id, "anna", clock())
        seen.append(await keywords.revision(session))
        await keywords.set_group(session, EXILE, "anna", clock())
        seen.append(await keywords.revision(session))
    assert seen == sorted(set(seen))


async def stored_item(store: Store, clock: Clock) -> int:
    async with store.write() as session:
        await save_catalogue(
            session, [Outlet("wire", "Wire", "https://wire.example")], [Feed("https://f", "wire", "en")]
        )
        (feed,) = await listed_feeds(session)
        item = ItemRow(
            feed_id=feed.id, outlet_id="wire", title="Exile deported", summary="", language="en", seen_at=clock()
        )
        session.add(item)
        await session.flush()
        return item.id


async def test_why_an_item_matched_is_told_as_it_was_then(store: Store, clock: Clock) -> None:
    await seeded(store, clock)
    item_id = await stored_item(store, clock)
    found = Match(SEND.id, 1, SEND.topic, SEND.state, (("title", 0, 5), ("title", 6, 14)))
    async with store.write() as session:
        await keywords.save_matches(session, item_id, [found])
        await keywords.change_rule(session, replace(SEND, state=RuleState.OFF), "anna", clock())
        assert await keywords.why(session, item_id) == (found,)
        await keywords.save_matches(session, item_id, [])
        assert await keywords.why(session, item_id) == ()


async def test_words_of_an_item_are_kept_replaced_and_forgotten_with_time(store: Store, clock: Clock) -> None:
    item_id = await stored_item(store, clock)
    async with store.write() as session:
        assert [item.id for item in await analyses.not_analysed(session, 1, 10)] == [str(item_id)]
        await analyses.save_analyses(session, 1, {item_id: ("en", "exile deported\n")})
        await analyses.save_analyses(session, 1, {item_id: ("en,ru", "exile deported|deport\n")})
        assert await analyses.not_analysed(session, 1, 10) == []
        assert len(await analyses.not_analysed(session, 2, 10)) == 1
        (row,) = await analyses.chunk(session, clock(), 0, 10)
        assert (row.item_id, row.languages, row.terms) == (item_id, "en,ru", "exile deported|deport\n")
        assert await analyses.chunk(session, clock(), item_id, 10) == []
        ((item, seen_at),) = await analyses.items(session, [item_id, 999])
        assert (item.title, seen_at) == ("Exile deported", clock())
        clock.pass_(hours=1)
        await analyses.forget_before(session, clock())
        assert await analyses.chunk(session, clock() - timedelta(days=1), 0, 10) == []
