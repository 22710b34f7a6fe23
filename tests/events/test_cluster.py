"""Whether a second report is of the same event: the decision, without a store."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events.cluster import REMEMBERED, WINDOW, Kind, Links, decide, keys
from bot.events.describe import describe_text
from bot.events.follow import earlier_case
from bot.events.likeness import COMMON_NAME, features, rarity
from bot.events.officials import officials
from bot.events.report import Report, subjects
from bot.language.skeleton import key_of, skeleton
from bot.model import Description, Person, Status, Topic
from tests.events.stories import event, report

CORPUS = Path(__file__).parents[1] / "data/corpus/dev.jsonl"

ARREST = report("Police in Bishkek detain Russian activist Pyotr Romashkin", outlet="VOA")


def test_a_second_outlet_in_another_script_is_the_same_event() -> None:
    second = report("В Бишкеке задержали активиста Петра Ромашкина", language="ru", hours=3, outlet="Kloop")
    verdict = decide(second, [event(ARREST)])
    assert (verdict.kind, verdict.event) == (Kind.SAME, "first")
    assert any(reason.startswith("names +") for reason in verdict.reasons)


def test_another_person_in_the_same_city_on_the_same_day_is_another_event() -> None:
    other = report("Police in Bishkek detain Russian activist Nina Vasilkova", hours=1)
    verdict = decide(other, [event(ARREST)])
    assert verdict.kind is not Kind.SAME


def test_a_surname_that_the_finder_took_for_a_word_is_no_clash_and_joins() -> None:
    first = report("Суд в Бишкеке арестовал Жеребцова", language="ru", outlet="VOA")
    bare = replace(
        report("Жеребцов под стражей в Бишкеке", language="ru", hours=1),
        description=describe_text("Гвоздик: Жеребцов под стражей в Бишкеке", "", "ru", (Topic.DETENTION,)),
    )
    blind = replace(bare, description=replace(bare.description, people=(), capitals=frozenset({"zerebca"})))
    assert features(first, blind, {}).mentioned == 1.0
    assert decide(blind, [event(first)]).kind is Kind.SAME


@pytest.mark.parametrize(
    ("one", "other", "topic", "hours"),
    [
        (
            "В Бишкеке нашелся пропавший Мотыльков",
            "Pavel Motylkov, who disappeared in Bishkek, is held in Samara",
            Topic.ABDUCTION,
            20,
        ),
        (
            "Суд в Генуе не отдал скрипача Минску",
            "Judges in Italy decline to send a violinist to Minsk",
            Topic.EXTRADITION,
            5,
        ),
    ],
)
def test_hard_pairs_of_the_docs_are_one_event(one: str, other: str, topic: Topic, hours: float) -> None:
    first = report(one, language="ru", topics=(topic,))
    assert decide(report(other, topics=(topic,), hours=hours), [event(first)]).kind is Kind.SAME


def test_two_lists_of_the_same_week_are_two_where_russia_is_all_they_share() -> None:
    names = "Russia's justice ministry expanded its list on Thursday to 111 names, among them Nina Vasilkova."
    one = report("Pyotr Romashkin and satirist Pionov declared foreign agents", names, topics=(Topic.WANTED,))
    numbers = "The justice ministry named reporters of two papers on Friday; the register now has 85 entries."
    other = report("Russia adds nine journalists to foreign agents list", numbers, topics=(Topic.WANTED,), hours=34)
    assert decide(other, [event(one)]).kind is not Kind.SAME


def test_a_name_clash_never_merges_even_where_all_else_is_equal() -> None:
    twin = replace(
        ARREST, item="twin", description=replace(ARREST.description, people=(Person("Nina Vasilkova", "vasilkav.nn"),))
    )
    verdict = decide(twin, [event(ARREST)])
    assert verdict.kind is Kind.MAYBE
    assert verdict.event == "first"


def test_two_people_detained_together_are_one_event_for_a_report_that_names_both_and_one_that_names_one() -> None:
    both = report("Bishkek police detain Pyotr Romashkin and Nina Vasilkova, both Russian activists", hours=2)
    assert decide(both, [event(ARREST)]).kind is Kind.SAME


def test_news_of_the_same_person_weeks_later_is_a_new_event_that_follows_the_first() -> None:
    later = report(
        "Kyrgyzstan extradites activist Pyotr Romashkin to Russia", topics=(Topic.EXTRADITION,), hours=24 * 9
    )
    verdict = decide(later, [event(ARREST)])
    assert verdict.kind is not Kind.SAME
    assert verdict.follows == "first"


def test_an_event_takes_no_report_after_its_window() -> None:
    late = report(ARREST.title, hours=WINDOW.total_seconds() / 3600 + 1)
    assert decide(late, [event(ARREST)]).kind is Kind.NEW


def test_a_list_article_that_names_an_old_case_does_not_reopen_it() -> None:
    names = "Pyotr Romashkin, Nina Vasilkova, Oleg Pionov, Rustam Gvozdikov and Anvar Nartsissov"
    listing = report(f"Five who were handed over: {names}", topics=(Topic.EXTRADITION,), hours=24 * 6)
    assert decide(listing, [event(ARREST)]).kind is not Kind.SAME


@pytest.mark.parametrize("hours", [3, 26, 24 * 6])
def test_a_list_goes_on_from_none_of_its_cases_however_soon_it_comes(hours: float) -> None:
    handed_over = report("Kyrgyzstan extradites Russian activist Pyotr Romashkin", topics=(Topic.EXTRADITION,))
    names = "Pyotr Romashkin, Nina Vasilkova, Oleg Pionov and Rustam Gvozdikov"
    listing = report(f"Kyrgyzstan extradites Russian activists: {names}", topics=(Topic.EXTRADITION,), hours=hours)
    verdict = decide(listing, [event(handed_over)])
    assert verdict.kind is not Kind.SAME
    assert verdict.follows is None
    assert earlier_case(listing.description, [event(handed_over)], {}) is None
    late = replace(handed_over, item="late", at=listing.at)
    assert decide(late, [event(listing)]).kind is not Kind.SAME, "nor does a list take in the news of one of them"


def test_a_list_takes_in_what_names_as_many() -> None:
    names = "Pyotr Romashkin, Nina Vasilkova, Oleg Pionov and Rustam Gvozdikov"
    one = report(f"Bishkek police detain Russian activists {names}")
    other = report(f"Four Russian activists held in Bishkek: {names}", hours=2, outlet="VOA")
    assert decide(other, [event(one)]).kind is Kind.SAME


def test_an_official_who_is_in_every_story_joins_nothing() -> None:
    one = report("Lavrov speaks of the detained in Bishkek, Sergei Lavrov said in Osh")
    features_of = features(one, replace(one, item="other"), {})
    assert (features_of.names, features_of.voices) == (0.0, 0.0)


def test_a_name_that_is_in_many_events_weighs_nothing() -> None:
    assert rarity("romaskin.pt", {}) == rarity("romaskin.pt", {"romaskin.pt": 1}) == 1.0
    assert 0.0 < rarity("romaskin.pt", {"romaskin.pt": 3}) < 1.0
    assert rarity("romaskin.pt", {"romaskin.pt": COMMON_NAME}) == 0.0


def test_a_moderators_merge_is_obeyed_later() -> None:
    other = report("Somebody was seen in Osh", topics=(), item="7")
    links = Links(must=frozenset({frozenset({"7", "first"})}))
    assert decide(other, [event(ARREST)], links=links).event == "first"


def test_a_moderators_split_is_obeyed_later() -> None:
    second = report("В Бишкеке задержали активиста Петра Ромашкина", language="ru", hours=3, item="7")
    links = Links(cannot=frozenset({frozenset({"7", "first"})}))
    assert decide(second, [event(ARREST)], links=links).kind is Kind.NEW


def test_a_report_that_fits_two_events_which_a_moderator_parted_is_left_to_a_moderator() -> None:
    second = report("В Бишкеке задержали активиста Петра Ромашкина", language="ru", hours=3)
    parted = [event(ARREST, name="first"), event(replace(ARREST, item="b"), name="second")]
    links = Links(cannot=frozenset({frozenset({"first", "second"})}))
    assert decide(second, parted, links=links).kind is Kind.MAYBE
    assert decide(second, parted).kind is Kind.SAME


def test_an_event_remembers_its_first_report_and_its_latest() -> None:
    grown = event(ARREST)
    for hour in range(20):
        grown = grown.joined(report("Romashkin is still held", hours=hour))
    assert len(grown.reports) == REMEMBERED
    assert grown.reports[0] is ARREST
    assert grown.last > grown.opened


def test_nothing_known_is_new() -> None:
    assert decide(ARREST, []).kind is Kind.NEW


def test_reports_that_could_be_one_event_share_a_key() -> None:
    russian = describe_text("В Бишкеке задержали активиста Ромашкина", "", "ru", (Topic.DETENTION,))
    assert keys(ARREST.description) & keys(russian) >= {"n:" + skeleton("Romashkin")[:5], "c:KG:case"}
    assert "c:RU:case" not in keys(Description(topics=(Topic.DETENTION,), countries=("KG", "RU")))
    assert keys(Description(topics=(Topic.LAW,), countries=("RU",))) == {"c:RU:rule"}


def test_an_official_is_known_by_surname_alone_and_in_any_script() -> None:
    assert {key_of("Putin"), key_of("Vladimir Putin"), key_of("Путина")} <= officials()


def test_somebody_with_an_officials_surname_is_not_taken_for_the_official() -> None:
    one = report("Police in Bishkek detain activist Nina Putina")
    other = report("Police in Bishkek detain activist Pyotr Romashkin", hours=1)
    assert subjects(one.description, officials()) == [key_of("Nina Putina")]
    assert decide(other, [event(one)]).kind is not Kind.SAME


def corpus_reports() -> list[Report]:
    found = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["label"] != "irrelevant":
            topics = [Topic(topic) for topic in row["topics"]]
            description = describe_text(row["title"], row["summary"], row["lang"], topics)
            at = datetime.fromisoformat(row["published"])
            found.append(Report(row["id"], description, row["title"], row["outlet"], at))
    return found


REPORTS = corpus_reports()
KEYS = {found.item: keys(found.description) for found in REPORTS}


def within_days(one: Report, other: Report, hours: float) -> tuple[Report, Report]:
    """Two reports as if they had come within days of each other."""
    return replace(one, at=REPORTS[0].at), replace(other, at=REPORTS[0].at + timedelta(hours=hours))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(range(len(REPORTS))), st.integers(0, 200), st.sampled_from([0, 1, 30, 90]))
def test_merging_two_reports_does_not_depend_on_which_came_first(number: int, nth: int, hours: float) -> None:
    one = REPORTS[number]
    # Two that share no key are never compared, and most of the corpus shares none.
    near = [other for other in REPORTS if other is not one and KEYS[other.item] & KEYS[one.item]]
    if near:
        one, other = within_days(one, near[nth % len(near)], hours)
        there, back = decide(one, [event(other)]), decide(other, [event(one)])
        assert there.kind is back.kind
        assert there.score == pytest.approx(back.score)


def test_that_order_does_not_matter_is_shown_on_pairs_of_all_three_kinds() -> None:
    kinds = Counter[Kind]()
    for one, other in combinations(REPORTS, 2):
        if KEYS[one.item] & KEYS[other.item] and abs(one.at - other.at) < WINDOW:
            there, back = decide(one, [event(other)]), decide(other, [event(one)])
            assert there.kind is back.kind
            kinds[there.kind] += 1
    assert kinds[Kind.SAME] >= 50
    assert kinds[Kind.MAYBE] >= 10
    assert kinds[Kind.NEW] >= 25


def test_a_name_clash_never_merges_in_the_whole_corpus() -> None:
    moment = REPORTS[0].at
    together = [replace(found, at=moment) for found in REPORTS]
    clashes = 0
    for one, other in combinations(together, 2):
        if features(one, other, {}).clash:
            clashes += 1
            assert decide(one, [event(other)]).kind is not Kind.SAME
    assert clashes > 1000


def test_a_status_that_differs_speaks_against() -> None:
    freed = replace(ARREST, description=replace(ARREST.description, status=Status.RELEASED))
    assert decide(freed, [event(ARREST)]).score < decide(replace(ARREST, item="b"), [event(ARREST)]).score  # type: ignore[operator]
