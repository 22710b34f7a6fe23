from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.app import ALLOWED_UPDATES, build
from bot.model import Group, Pack, RuleState, Topic
from bot.moderation.keywords import KeywordsTalk
from bot.store import keywords
from bot.store.tables import AuditRow, RuleVersionRow
from tests.moderation.conftest import NOW, OWNER, READER, Desk


async def audited(desk: Desk) -> list[tuple[str, str]]:
    async with desk.house.store.read() as session:
        rows = await session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.action, row.subject) for row in rows]


async def test_the_list_shows_rules_by_topic_with_their_state(desk: Desk) -> None:
    answer = await desk.ask("/keywords")
    assert answer.spans("bold") == ("Detention", "Extradition")
    assert answer.spans("code") == ("raids", "extradition-of-exiles")
    assert "raids – waits for review" in answer.text


async def test_to_a_reader_the_command_is_unknown_and_nothing_is_said_of_it(desk: Desk) -> None:
    answer = await desk.ask("/keywords add mine detention слово", READER)
    unknown = await desk.ask("/nonsense", READER)
    assert answer.text == unknown.text
    assert await audited(desk) == []


async def test_in_a_group_even_an_owner_gets_no_answer(desk: Desk) -> None:
    group = desk.house.api.supergroup("Staff", admins=[OWNER])
    await group.says("/keywords", by=OWNER)
    await desk.ask("/keywords")
    assert group.received == ()


async def test_a_readers_forged_press_changes_nothing(desk: Desk) -> None:
    await desk.ask("/keywords show raids")
    chat = desk.chat(READER)
    await chat.says("/help")
    await chat.wait_for()
    press = chat.world.press()
    chat.world.updates.push(
        "callback_query",
        {
            "id": press.id,
            "from": chat.world.user(READER).wire(),
            "message": chat.message_wire(chat.last),
            "chat_instance": "1",
            "data": "kw:remove:raids",
        },
    )
    answer = await press.answer()
    assert "out of date" in (answer.text or "")
    assert [rule.id for rule in await desk.curator.rules()] == ["raids", "extradition-of-exiles"]


async def test_a_rule_is_added_waits_for_review_and_is_used_at_once(desk: Desk) -> None:
    answer = await desk.ask("/keywords add abductions abduction похитить @exile")
    assert "Saved" in answer.text
    rule = await desk.curator.rule("abductions")
    assert (rule.topic, rule.state, rule.queries) == (Topic.ABDUCTION, RuleState.REVIEW, (("", "похитить @exile"),))
    assert desk.changes == [1]
    assert await audited(desk) == [("rule.add", "abductions")]


async def test_a_rule_may_have_a_query_for_each_language_and_go_live_at_once(desk: Desk) -> None:
    await desk.ask("/keywords add trials law auto\nru: суд & активист\nen: trial activist")
    rule = await desk.curator.rule("trials")
    assert rule.state is RuleState.AUTO
    assert dict(rule.queries) == {"ru": "суд & активист", "en": "trial activist"}


@pytest.mark.parametrize(("language", "expected"), [("en", "closing bracket"), ("ru", "закрывающая скобка")])
async def test_a_wrong_query_is_answered_with_the_place_of_the_mistake(
    desk: Desk, language: str, expected: str
) -> None:
    answer = await desk.ask("/keywords add broken law (суд | приговор активист", language=language)
    assert expected in answer.text
    (pointed,) = answer.spans("pre")
    text, caret = pointed.split("\n")
    assert caret.strip() == "^"
    assert len(text) <= 36
    assert await audited(desk) == []
    assert desk.changes == []


async def test_the_caret_stands_under_the_mistake_in_a_long_query_too(desk: Desk) -> None:
    query = "суд " * 30 + "аб* " + "суд " * 30
    answer = await desk.ask(f"/keywords test {query}")
    text, caret = answer.spans("pre")[0].split("\n")
    assert text[caret.index("^") :].startswith("аб*")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("add", "begins with its name"),
        ("add Bad! law суд", "begins with its name"),
        ("add fine nonsense суд", "one of: detention, extradition"),
        ("add fine law", "The query is missing"),
        ("add fine law auto", "The query is missing"),
        ("add raids law суд", "There is a rule “raids” already"),
        ("test", "The query is missing"),
        ("show nothing-like-it", "no rule with that name"),
        ("remove nothing-like-it", "no rule with that name"),
        ("undo nothing-like-it", "no rule with that name"),
        ("auto nothing-like-it", "no rule with that name"),
        ("test @nobody", "no group"),
    ],
)
async def test_what_cannot_be_used_is_told_with_the_way_to_mend_it(desk: Desk, words: str, told: str) -> None:
    answer = await desk.ask(f"/keywords {words}")
    assert told.lower() in answer.text.lower()
    assert await audited(desk) == []


async def test_a_test_tells_hits_and_shows_what_matched_in_bold_as_plain_text(desk: Desk) -> None:
    answer = await desk.ask("/keywords test задержать активист")
    assert "12 items" in answer.text
    assert "of 3456 in the last 30 days, 0.4 a day" in answer.text
    assert "В Бишкеке задержан активист <b>&" in answer.text
    assert "задержан" in answer.spans("bold")
    ((rule, since),) = desk.bench.asked
    assert rule.queries == (("", "задержать активист"),)
    assert (NOW - since).days == 30
    assert "задержать: задержан, задержали" in answer.text
    assert "активст: not once" in answer.text


async def test_a_saved_rule_is_tried_beside_its_change(desk: Desk) -> None:
    answer = await desk.ask("/keywords test raids облава эмигрант")
    assert "+2, −2" in answer.text
    ((rule, _since),) = desk.bench.asked
    assert (rule.id, rule.queries) == ("raids", (("", "облава эмигрант"),))


async def test_the_name_of_a_rule_alone_is_a_word_like_any_other(desk: Desk) -> None:
    await desk.ask("/keywords test raids")
    ((rule, _since),) = desk.bench.asked
    assert (rule.id, rule.queries) == ("", (("", "raids"),))


async def test_a_rules_query_is_changed_and_the_change_taken_back(desk: Desk) -> None:
    await desk.ask("/keywords change raids облава | рейд")
    changed = await desk.curator.rule("raids")
    assert (changed.queries, changed.version) == ((("", "облава | рейд"),), 2)
    assert "closing" in (await desk.ask("/keywords change raids (облава")).text
    await desk.ask("/keywords undo raids")
    assert dict((await desk.curator.rule("raids")).queries) == {"ru": "облава & эмигрант", "en": "raid exile"}
    assert await audited(desk) == [("rule.change", "raids"), ("rule.undo", "raids")]


async def test_whoever_replaces_what_another_has_just_made_is_told_and_can_take_it_back(desk: Desk) -> None:
    assert "another moderator" not in (await desk.ask("/keywords change raids облава")).text
    assert "another moderator" not in (await desk.ask("/keywords change raids облава | рейд")).text
    await desk.curator.change("an0ther", "raids", (("ru", "рейд эмигрант"),))
    answer = await desk.ask("/keywords change raids облава | обыск")
    assert "another moderator (an0ther)" in answer.text
    assert "ru: рейд эмигрант" in answer.spans("pre")
    await desk.ask("/keywords undo raids")
    assert (await desk.curator.rule("raids")).queries == (("ru", "рейд эмигрант"),)


async def test_a_rule_does_not_come_back_without_the_groups_that_it_names(desk: Desk) -> None:
    async with desk.house.store.write() as session:
        raids = await keywords.rule(session, "raids")
        await keywords.import_pack(session, Pack((raids,), ()), "command line", NOW)
    answer = await desk.ask("/keywords undo extradition-of-exiles")
    assert "no group @extradite" in answer.text
    async with desk.house.store.read() as session:
        assert (await keywords.whole(session)).rules == (raids,)
    assert await audited(desk) == []


async def test_a_group_is_shown_with_the_rules_that_name_it_and_its_change_is_taken_back(desk: Desk) -> None:
    assert "Rules that name it: extradition-of-exiles" in (await desk.ask("/keywords show @exile")).text
    async with desk.house.store.write() as session:
        await keywords.set_group(session, Group("exile", (("", "emigre"),)), "command line", NOW)
    assert (await desk.ask("/keywords show @exile")).spans("code") == ("emigre",)
    back = await desk.ask("/keywords undo @exile")
    assert back.spans("code") == ("эмигрант | активист", "exile | activist")
    assert desk.changes == [1]
    assert await audited(desk) == [("group.undo", "@exile")]
    assert "no group with that name" in (await desk.ask("/keywords undo @nobody")).text


async def test_a_group_that_a_rule_names_is_not_undone_out_of_existence(desk: Desk) -> None:
    answer = await desk.ask("/keywords undo @exile")
    assert "no group @exile" in answer.text
    assert (await desk.curator.group("exile"))[1] == ("extradition-of-exiles",)
    assert await audited(desk) == []


async def test_an_odd_query_is_cautioned_about(desk: Desk) -> None:
    answer = await desk.ask("/keywords test суд -суд")
    assert "⚠️" in answer.text


async def test_a_rule_is_removed_and_comes_back_with_undo(desk: Desk) -> None:
    answer = await desk.ask("/keywords remove raids")
    assert "/keywords undo raids" in answer.text
    assert [rule.id for rule in await desk.curator.rules()] == ["extradition-of-exiles"]
    await desk.ask("/keywords undo raids")
    assert [rule.id for rule in await desk.curator.rules()] == ["raids", "extradition-of-exiles"]
    assert await audited(desk) == [("rule.remove", "raids"), ("rule.undo", "raids")]
    assert len(desk.changes) == 2


async def test_a_states_button_pressed_twice_is_one_act(desk: Desk) -> None:
    await desk.ask("/keywords show raids")
    chat = desk.chat()
    first, second = await chat.press("kw:off:raids"), await chat.press("kw:off:raids")
    await first.answer()
    await second.answer()
    assert (await desk.curator.rule("raids")).state is RuleState.OFF
    assert await audited(desk) == [("rule.state", "raids")]
    assert "✓ rests" in chat.last.labels


async def test_moderators_are_named_by_pseudonym_only(desk: Desk) -> None:
    await desk.ask("/keywords off raids")
    async with desk.house.store.read() as session:
        actors = {*await session.scalars(select(AuditRow.actor)), *await session.scalars(select(RuleVersionRow.actor))}
    assert desk.house.store.keyring.pseudonym(OWNER) in actors
    assert str(OWNER).encode() not in desk.house.files()


async def test_the_log_names_act_rule_and_actor(desk: Desk) -> None:
    await desk.ask("/keywords off raids")
    answer = await desk.ask("/keywords журнал", language="ru")
    assert f"{desk.house.store.keyring.pseudonym(OWNER)}: меняет состояние правила raids" in answer.text


async def test_many_rules_come_page_by_page(desk: Desk) -> None:
    for number in range(25):
        await desk.ask(f"/keywords add rule-{number:02} law суд{number}")
    answer = await desk.ask("/keywords")
    assert len(answer.spans("code")) == 20
    chat = desk.chat()
    await (await chat.press("→ 2/2")).answer()
    assert len(chat.last.spans("code")) == 7
    await (await chat.press("← 1/2")).answer()
    assert chat.last.text == answer.text


async def test_anything_else_gets_the_usage(desk: Desk) -> None:
    answer = await desk.ask("/keywords помогите", language="ru")
    assert "/keywords test QUERY" in answer.text
    assert "detention" in answer.text


async def test_a_bot_of_the_moderators_own_serves_only_them_and_subscribes_nobody(desk: Desk) -> None:
    house = desk.house
    world = house.api.another_bot()
    app = build(house.deps, token=world.token, staff=KeywordsTalk(desk.curator).staff(), readers=False)
    async with app:
        assert app.updater is not None
        await app.start()
        await app.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        stranger, owner = world.private(world.user(READER)), world.private(world.user(OWNER, language_code="en"))
        await house.api.private(house.api.user(OWNER, language_code="en")).says("/start")
        for words in ("/start", "/keywords", "hello", "/settings"):
            await stranger.says(words)
        await owner.says("/keywords show raids")
        await owner.wait_for(lambda m: "raids" in m.text)
        await (await owner.press("kw:off:raids")).answer()
        await owner.block()
        await app.update_queue.join()
        await app.updater.stop()
        await app.stop()
    assert stranger.received == ()
    assert await house.choices(READER) is None
    # The owner reads alerts with the other bot: leaving the moderators' bot is not leaving that one.
    assert await house.choices(OWNER) is not None
    assert (await desk.curator.rule("raids")).state is RuleState.OFF
