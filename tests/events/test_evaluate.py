"""The rates of countries, people and events, by hand-made rows."""

from __future__ import annotations

from typing import Any

from bot.events.evaluate import Row, rate_countries, rate_events, rate_people, rate_people_in_text, report, wrong_merges


def row(number: int, label: str = "relevant", **gold: Any) -> dict[str, Any]:
    return {"id": str(number), "title": f"item {number}", "label": label} | gold


def test_countries_count_over_relevant_items_and_maybe_counts_neither_way() -> None:
    rows: list[tuple[Row, Row]] = [
        (row(1, countries=["KG"], maybe_countries=["RU"]), {"countries": ["KG", "RU", "UZ"]}),
        (row(2, countries=["AM"], maybe_countries=[]), {"countries": []}),
        (row(3, "irrelevant", countries=["AM"]), {"countries": ["DE"]}),
        (row(4, "borderline", countries=["AM"]), {"countries": ["DE"]}),
    ]
    rate = rate_countries(rows)
    assert (rate.right, rate.wrong, rate.missed) == (1, 1, 1)


def test_people_meet_by_key_and_each_only_once() -> None:
    rows: list[tuple[Row, Row]] = [
        (
            row(1, persons=["Пётр Ромашкин", "Нина Василькова"]),
            {"persons": ["Romashkin", "Petr Romashkin", "Oleg Pionov"]},
        ),
        (row(2, "irrelevant", persons=["Пётр Ромашкин"]), {"persons": []}),
    ]
    rate = rate_people(rows)
    assert (rate.right, rate.wrong, rate.missed) == (1, 2, 1)


def test_people_who_stand_in_the_text_are_rated_beside_those_whom_only_the_article_names() -> None:
    texts = {"title": "Суд в Гюмри отпустил Ромашкина", "summary": "He had waited with Nina Vasilkova."}
    gold = row(1, persons=["Pyotr Romashkin", "Нина Василькова", "Oleg Pionov"]) | texts
    rows: list[tuple[Row, Row]] = [(gold, {"persons": ["Ромашкин"]})]
    assert rate_people(rows).missed == 2
    rate = rate_people_in_text(rows)
    assert (rate.right, rate.wrong, rate.missed) == (1, 0, 1)


def test_events_are_rated_by_pairs_and_an_item_without_one_is_its_own() -> None:
    rows = [
        (row(1, event_id="a"), {"event": "x"}),
        (row(2, "borderline", event_id="a"), {"event": "x"}),
        (row(3, event_id="a"), {"event": "y"}),
        (row(4, event_id=None), {"event": "y"}),
        (row(5, event_id=None), {}),
        (row(6, "irrelevant", event_id="a"), {"event": "x"}),
    ]
    rate = rate_events(rows)
    assert (rate.right, rate.wrong, rate.missed) == (1, 1, 2)
    assert [merge["items"] for merge in wrong_merges(rows)] == [["3", "4"]]
    assert wrong_merges(rows)[0]["titles"] == ["item 3", "item 4"]


def test_the_report_has_the_keys_of_the_contract() -> None:
    rates = report([(row(1, countries=["KG"], persons=[], event_id=None), {"countries": ["KG"], "persons": []})])
    assert rates["countries"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert set(rates) == {"countries", "persons", "persons_in_text", "events"}
    assert rates["events"]["wrong_merges"] == []
