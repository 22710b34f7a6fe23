from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.message import Entity, Message, units
from bot.console.bubble import runs
from bot.console.words import accepted, moment, span
from bot.locales import UI_LANGUAGES

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("de-DE,de;q=0.9,ru;q=0.8,en;q=0.7", "ru"),
        ("en;q=0.5, ru;q=0.7", "ru"),
        ("uk", "ru"),
        ("fr", "en"),
        ("ru;q=0", "en"),
        ("ru;q=x", "en"),
    ],
)
def test_the_most_wanted_language_that_we_have_is_served(header: str, language: str) -> None:
    assert accepted(header) == language


@given(st.text())
def test_any_header_gets_a_language(header: str) -> None:
    assert accepted(header) in UI_LANGUAGES


def test_times_are_told_from_now_and_in_utc() -> None:
    found = moment(NOW - timedelta(minutes=3), NOW, "ru")
    assert found is not None
    assert (found.ago, found.text, found.iso) == (
        "3 минуты назад",
        "2 мар. 2026, 11:57 UTC",
        "2026-03-02T11:57:00+00:00",
    )
    assert moment(None, NOW, "en") is None
    assert span(7200, "en") == "2 hours"


@given(st.text("aб😀\n ", max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_a_message_cut_into_runs_is_whole_and_each_run_lies_under_its_entities(
    text: str, spans: list[tuple[int, int]]
) -> None:
    bounds = [0]
    for char in text:
        bounds.append(bounds[-1] + units(char))
    entities = tuple(
        Entity("bold", bounds[begin], bounds[end] - bounds[begin])
        for begin, end in (sorted((a % len(bounds), b % len(bounds))) for a, b in spans)
    )
    found = runs(Message(text, entities))
    assert "".join(run.text for run in found) == text
    bold = sum(units(run.text) for run in found if "bold" in run.kinds)
    assert bold == len({place for e in entities for place in range(e.offset, e.offset + e.length)})
