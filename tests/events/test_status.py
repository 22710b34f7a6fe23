"""Where a case stands: what a report says of it, and how a case may go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events.status import NEXT, advance, overrule, status_of
from bot.model import Status, Topic

STATUSES = st.sampled_from(list(Status))


@pytest.mark.parametrize(
    ("title", "topic", "status"),
    [
        ("Activist detained in Almaty", Topic.DETENTION, Status.DETAINED),
        ("Активиста задержали в Алматы", Topic.DETENTION, Status.DETAINED),
        ("Активісти затримали у Варшаві", Topic.DETENTION, Status.DETAINED),
        ("Белсенді Алматыда ұсталды", Topic.DETENTION, Status.DETAINED),
        ("Активист Бишкекте кармалды", Topic.DETENTION, Status.DETAINED),
        ("Russia seeks the extradition of a poet", Topic.EXTRADITION, Status.EXTRADITION_SOUGHT),
        ("Поэту грозит выдача в Россию", Topic.EXTRADITION, Status.EXTRADITION_SOUGHT),
        ("Court approves extradition of a poet", Topic.EXTRADITION, Status.EXTRADITION_APPROVED),
        ("Суд разрешил экстрадицию поэта", Topic.EXTRADITION, Status.EXTRADITION_APPROVED),
        ("Serbia refuses to extradite a poet", Topic.EXTRADITION, Status.EXTRADITION_REFUSED),
        ("Сербия не выдаст поэта", Topic.EXTRADITION, Status.EXTRADITION_REFUSED),
        ("Kyrgyzstan extradites poet to Russia", Topic.EXTRADITION, Status.HANDED_OVER),
        ("Поэта экстрадировали в Россию", Topic.EXTRADITION, Status.HANDED_OVER),
        ("Turkey deported a poet to Tashkent", Topic.DEPORTATION, Status.EXPELLED),
        ("Поэта выдворили из Турции", Topic.DEPORTATION, Status.EXPELLED),
        ("Poet abducted in Istanbul", Topic.ABDUCTION, Status.DISAPPEARED),
        ("Поэта похитили в Стамбуле", Topic.ABDUCTION, Status.DISAPPEARED),
        ("Poet released in Yerevan", Topic.RELEASE, Status.RELEASED),
        ("Поэта освободили в Ереване", Topic.RELEASE, Status.RELEASED),
    ],
)
def test_a_headline_says_where_the_case_stands(title: str, topic: Topic, status: Status) -> None:
    assert status_of([topic], title) is status


def test_the_headline_is_believed_before_the_summary() -> None:
    said = status_of([Topic.DETENTION, Topic.RELEASE], "Poet released in Yerevan", "He was arrested on Monday.")
    assert said is Status.RELEASED


def test_topics_decide_where_the_words_do_not() -> None:
    assert status_of([Topic.DETENTION], "What we know of the poet") is Status.DETAINED


def test_a_law_is_nobodys_case() -> None:
    assert status_of([Topic.LAW], "A law on how to extradite") is Status.UNKNOWN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Status.UNKNOWN, Status.DETAINED),
        (Status.DETAINED, Status.EXTRADITION_SOUGHT),
        (Status.EXTRADITION_SOUGHT, Status.EXTRADITION_APPROVED),
        (Status.EXTRADITION_APPROVED, Status.HANDED_OVER),
        (Status.EXTRADITION_REFUSED, Status.EXTRADITION_APPROVED),
        (Status.HANDED_OVER, Status.RELEASED),
        (Status.DISAPPEARED, Status.DETAINED),
        (Status.RELEASED, Status.DETAINED),
    ],
)
def test_a_case_goes_on(old: Status, new: Status) -> None:
    assert advance(old, new) is new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Status.EXTRADITION_SOUGHT, Status.DETAINED),
        (Status.HANDED_OVER, Status.EXTRADITION_SOUGHT),
        (Status.HANDED_OVER, Status.DETAINED),
        (Status.EXPELLED, Status.EXTRADITION_SOUGHT),
    ],
)
def test_a_late_report_does_not_take_a_case_back(old: Status, new: Status) -> None:
    assert advance(old, new) is old


@given(STATUSES, STATUSES)
def test_a_report_without_a_status_changes_nothing_and_a_moderator_changes_anything(old: Status, new: Status) -> None:
    assert advance(old, Status.UNKNOWN) is old
    assert advance(old, old) is old
    assert overrule(old, new) is (old if new is Status.UNKNOWN else new)


@given(st.lists(STATUSES, max_size=8))
def test_no_row_of_reports_leads_back_to_unknown(reports: list[Status]) -> None:
    status = Status.DETAINED
    for new in reports:
        status = advance(status, new)
    assert status is not Status.UNKNOWN


def test_every_status_has_its_successors() -> None:
    assert set(NEXT) == set(Status)
    assert all(status not in following and Status.UNKNOWN not in following for status, following in NEXT.items())
