"""A rule tried on stored items: what it would have caught, gained and lost, and whether that is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keywords.backtest import Backtest, backtest, fill
from bot.keywords.index import RuleIndex
from bot.keywords.mistakes import QueryError
from bot.keywords.readout import difference, explain, marked, readout
from bot.keywords.stored import _SPELLED, Reader, Sieve, _Spelled, written
from bot.language.lexicon import Lexicon
from bot.language.words import analyse
from bot.model import Feed, Group, Item, Match, Outlet, Pack, Rule, RuleState, Topic
from bot.store import analyses, keywords
from bot.store.difference import compare
from bot.store.news import listed_feeds, save_catalogue
from bot.store.session import Store
from bot.store.tables import ItemRow
from tests.conftest import Clock

LEXICON = Lexicon()
WIRE = Feed("https://wire.example/all", "wire", "ru", "KG")
EXILE = Group("exile", (("ru", "эмигрант | активист"), ("en", "exile | activist")))
SEND = Rule("sent-home", Topic.DEPORTATION, RuleState.AUTO, (("", "(выслать | deport) @exile"),))
NEWS = [
    ("Эмигранта выслали из страны", "Суд решил дело за час."),
    ("Activist deported overnight", "The court took an hour."),
    ("Дожди на севере", "Синоптики обещают ливни."),
    ("Высланный активист вернулся", "Он прилетел утром."),
    ("Эмигранты отметили праздник", ""),
]


async def stored(store: Store, clock: Clock, news: Sequence[tuple[str, str]] = NEWS) -> None:
    """One item a day, analysed, in the outlet "wire"; and the rule above, saved."""
    async with store.write() as session:
        await keywords.seed(session, Pack((SEND,), (EXILE,)), clock())
        await save_catalogue(session, [Outlet("wire", "Wire", "https://wire.example")], [WIRE])
        (feed,) = await listed_feeds(session)
        for title, summary in news:
            text = {"title": title, "summary": summary, "language": "ru", "country": "KG", "identity": title}
            session.add(
                ItemRow(feed_id=feed.id, outlet_id="wire", url="https://wire.example/1", seen_at=clock(), **text)
            )
            clock.pass_(days=1)
    assert await fill(store, LEXICON) == len(news)
    assert await fill(store, LEXICON) == 0


async def tried(store: Store, clock: Clock, query: str, *, rule: Rule = SEND, days: int = 30) -> Backtest:
    trial = replace(rule, queries=(("", query),))
    return await backtest(store, trial, since=clock() - timedelta(days=days), lexicon=LEXICON)


async def test_hits_are_counted_by_day_and_shown_newest_first(store: Store, clock: Clock) -> None:
    start = clock()
    await stored(store, clock)
    found = await tried(store, clock, "(выслать | deport) @exile")
    assert (found.items, found.hits, found.gained, found.lost) == (5, 3, 0, 0)
    assert found.per_day == tuple(((start + timedelta(days=day)).date(), 1) for day in (0, 1, 3))
    assert [sample.item.title for sample in found.samples] == [NEWS[3][0], NEWS[1][0], NEWS[0][0]]
    assert marked(NEWS[3][0], found.samples[0].places, "title") == "[Высланный активист] вернулся"


async def test_older_items_are_left_alone(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    found = await tried(store, clock, "эмигрант", days=3)
    assert (found.items, found.hits) == (3, 1)


async def test_gains_and_losses_are_against_the_saved_version(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    found = await tried(store, clock, "эмигрант")
    assert [sample.item.title for sample in found.gained_samples] == [NEWS[4][0]]
    assert [sample.item.title for sample in found.lost_samples] == [NEWS[3][0], NEWS[1][0]]
    assert (found.gained, found.lost) == (1, 2)


async def test_a_new_rule_gains_and_loses_nothing(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    found = await tried(store, clock, "суд | court", rule=replace(SEND, id="courts"))
    assert (found.hits, found.gained, found.lost) == (2, 0, 0)


async def test_a_changed_group_is_tried_with_the_rule_that_uses_it(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    narrower = Group("exile", (("ru", "эмигрант"), ("en", "exile")))
    since = clock() - timedelta(days=30)
    found = await backtest(store, SEND, since=since, lexicon=LEXICON, trial_groups=[narrower])
    assert (found.hits, found.gained, found.lost) == (1, 0, 2)


async def test_a_rule_that_is_off_is_tried_as_if_it_were_on(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    found = await tried(store, clock, "эмигрант", rule=replace(SEND, id="idle", state=RuleState.OFF))
    assert found.hits == 2


async def test_forms_are_those_its_own_words_met(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    found = await tried(store, clock, "(выслать | эмигр* | высалть) | @exile")
    assert dict(found.forms) == {
        "выслать": ("выслали", "высланный"),
        "эмигр*": ("эмигранта", "эмигранты"),
        "высалть": (),
    }
    assert "высалть: none; is it spelled right?" in readout(found)


async def test_outlets_and_countries_are_known_of_stored_items(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    assert (await tried(store, clock, "суд source:wire country:KG")).hits == 1
    assert (await tried(store, clock, "суд source:elsewhere")).hits == 0


async def test_a_query_that_cannot_be_read_is_refused(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    with pytest.raises(QueryError):
        await tried(store, clock, "выслать (")


async def test_words_of_old_items_are_forgotten(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    async with store.write() as session:
        await analyses.forget_before(session, clock() - timedelta(days=2))
    assert (await tried(store, clock, "эмигрант")).items == 2


WORDS = [
    "эмигрант",
    "эмигранты",
    "выслали",
    "выслать",
    "активист",
    "суд",
    "exile",
    "deported",
    "экстрадицию",
    "не",
    "в",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
QUERIES = st.sampled_from(
    [
        "эмигрант",
        "выслать @exile",
        "эмигр* | deport",
        '"эмигранты выслали"',
        "суд NEAR/3 (активист | exile)",
        "выслать -активист",
        "title:суд source:wire",
        "lang:ru | -суд эмигрант",
    ]
)


@given(query=QUERIES, title=TEXTS, summary=TEXTS, language=st.sampled_from(["ru", "en", "kk"]))
def test_a_stored_item_is_judged_as_the_fresh_one_was(query: str, title: str, summary: str, language: str) -> None:
    item = Item("1", title, summary, "https://wire.example/1", "wire", language)
    document = analyse(item, LEXICON)
    index = RuleIndex([replace(SEND, queries=(("", query),))], [EXILE], LEXICON)
    reader = Reader()
    languages, terms = written(document)
    passed = Sieve(index, reader).lets_through(languages, terms)
    again = passed and bool(index.meets(reader.document(item, languages, terms)))
    assert again == bool(index.match(document))


def test_words_are_written_alike_when_what_was_written_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [analyse(Item("1", title, summary, language="ru"), LEXICON) for title, summary in NEWS]
    before = [written(document) for document in documents]
    monkeypatch.setattr(_Spelled, "MOST", 2)
    _SPELLED.clear()
    assert [written(document) for document in documents] == before
    assert len(_SPELLED) <= 2
    assert before[0][1].startswith("эмигранта|эмигрант ")


def test_why_an_item_matched_is_one_line() -> None:
    item = Item("1", "Эмигранта выслали", "Он активист.")
    match = Match("sent-home", 3, Topic.DEPORTATION, RuleState.AUTO, (("title", 0, 9), ("summary", 3, 11)))
    assert explain(item, match) == "sent-home version 3 (deportation, auto): “Эмигранта”, “активист”"


async def test_a_backtest_reads_as_text(store: Store, clock: Clock) -> None:
    await stored(store, clock)
    text = readout(await tried(store, clock, "эмигрант"))
    assert text.startswith("2 of 5 items since 2026-02-05; on the 2 days with any, 1.0 a day.")
    assert "wire | [Эмигранты] отметили праздник" in text
    assert "Lost by this version (2):" in text


def test_the_difference_of_an_import_reads_as_text() -> None:
    changed = replace(SEND, state=RuleState.REVIEW, queries=(("", "выслать @exile"),))
    added = Group("courts", (("", "суд"),))
    text = difference(compare(Pack((SEND,), (EXILE,)), Pack((changed,), (added,))))
    assert text.splitlines() == [
        "+ @courts",
        "~ sent-home (deportation, review)",
        "    state: auto → review",
        "    query: (выслать | deport) @exile",
        "      → выслать @exile",
        "- @exile",
    ]
