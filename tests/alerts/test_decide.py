from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.alerts.audience import audience, leading, priority, where
from bot.alerts.decide import EventView, Kind, cutoff, decide
from bot.model import Match, RuleState, Status, Topic

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
AUTO = (Match("r", 1, Topic.DETENTION, RuleState.AUTO),)
REVIEW = (Match("r", 1, Topic.DETENTION, RuleState.REVIEW),)


def kind(
    matches: tuple[Match, ...] = AUTO,
    published: datetime | None = NOW,
    first_poll: bool = False,
    last_success: datetime | None = NOW,
    event: EventView | None = None,
) -> Kind:
    limit = cutoff(NOW, last_success, DAY)
    return decide(matches, published, limit, first_poll, event or EventView(), NOW).kind


def test_a_matching_item_on_a_new_event_is_a_new_alert() -> None:
    assert kind() is Kind.NEW


def test_an_item_without_a_match_is_none() -> None:
    assert kind(matches=()) is Kind.NONE


def test_the_first_poll_s_backlog_makes_no_alert() -> None:
    assert kind(published=NOW - timedelta(hours=25), first_poll=True, last_success=None) is Kind.NONE
    assert kind(published=None, first_poll=True, last_success=None) is Kind.NONE


def test_the_first_poll_alerts_on_what_is_fresh() -> None:
    assert kind(published=NOW - timedelta(hours=23), first_poll=True, last_success=None) is Kind.NEW


def test_what_came_during_an_outage_is_still_news() -> None:
    assert kind(published=NOW - timedelta(days=3), last_success=NOW - timedelta(days=3)) is Kind.NEW
    assert kind(published=NOW - timedelta(days=3), last_success=NOW - timedelta(minutes=5)) is Kind.NONE


def test_after_half_a_year_of_silence_only_the_last_week_is_news() -> None:
    assert kind(published=NOW - timedelta(days=9), last_success=NOW - timedelta(days=180)) is Kind.NONE
    assert kind(published=NOW - timedelta(days=7), last_success=NOW - timedelta(days=180)) is Kind.NEW


def test_an_undated_item_of_a_known_feed_is_news() -> None:
    assert kind(published=None) is Kind.NEW


def test_rules_in_review_wait_for_a_moderator() -> None:
    assert kind(matches=REVIEW) is Kind.REVIEW
    assert kind(matches=REVIEW + AUTO) is Kind.NEW


def test_what_becomes_of_somebody_known_waits_for_nobody() -> None:
    assert kind(matches=REVIEW, event=EventView(told_before=True)) is Kind.NEW
    moved = EventView(known=True, alerted=True, alerted_at=NOW, status_changed=True, told_before=True)
    assert kind(matches=REVIEW, event=moved) is Kind.UPDATE


def test_a_change_of_status_is_an_update() -> None:
    known = EventView(known=True, alerted=True, alerted_at=NOW - timedelta(days=90), status_changed=True)
    assert kind(event=known) is Kind.UPDATE


def test_a_second_outlet_is_an_edit_while_the_message_is_young() -> None:
    young = EventView(known=True, alerted=True, alerted_at=NOW - timedelta(hours=47), new_outlet=True)
    old = EventView(known=True, alerted=True, alerted_at=NOW - timedelta(hours=49), new_outlet=True)
    assert kind(event=young) is Kind.EDIT
    assert kind(event=old) is Kind.NONE


def test_the_same_outlet_again_is_nothing() -> None:
    assert kind(event=EventView(known=True, alerted=True, alerted_at=NOW)) is Kind.NONE


def test_an_event_nobody_was_told_of_is_told_now() -> None:
    assert kind(event=EventView(known=True, alerted=False)) is Kind.NEW


def test_russia_alone_is_no_place_so_the_alert_goes_everywhere() -> None:
    assert audience([Topic.LAW], ("RU",)).everywhere
    assert audience([Topic.LAW], ()).everywhere
    assert audience([Topic.DETENTION], ("KG", "RU")).countries == ("KG",)
    assert not audience([Topic.DETENTION], ("KG", "RU")).everywhere


def test_an_outcome_that_names_russia_alone_happened_where_the_case_is() -> None:
    assert where(("RU",), Status.HANDED_OVER, ("KG",)) == where((), Status.HANDED_OVER, ("KG",)) == ("KG",)
    assert where(("AM", "RU"), Status.HANDED_OVER, ("KG",)) == ("AM", "RU")
    assert where(("RU",), Status.RELEASED, ("KG",)) == ("RU",), "somebody who was handed over is released there"
    assert where(("RU",), Status.HANDED_OVER, ()) == ("RU",)


def test_a_topic_mask_has_a_bit_for_each_topic() -> None:
    masks = {audience([topic], ()).topics for topic in Topic}
    assert len(masks) == 8
    assert audience(list(Topic), ()).topics == sum(masks)


def test_the_topic_that_says_where_the_case_stands_leads_else_the_gravest() -> None:
    three = [Topic.DETENTION, Topic.RELEASE, Topic.ABDUCTION]
    assert leading(three) is Topic.ABDUCTION
    assert leading(three, Status.DETAINED) is Topic.DETENTION
    assert leading(three, Status.RELEASED) is Topic.RELEASE
    assert leading(three, Status.HANDED_OVER) is Topic.ABDUCTION


def test_urgent_topics_go_first() -> None:
    assert priority([Topic.LAW, Topic.ABDUCTION]) > priority([Topic.LAW])
