from __future__ import annotations

from bot.keywords.topics import topics_of
from bot.model import Match, RuleState, Topic


def match(topic: Topic, state: RuleState = RuleState.AUTO) -> Match:
    return Match(f"some-{topic}", 1, topic, state)


def test_topics_are_those_of_the_rules_in_one_order() -> None:
    assert topics_of([match(Topic.RELEASE), match(Topic.DETENTION)]) == (Topic.DETENTION, Topic.RELEASE)


def test_a_rule_for_review_adds_no_topic_to_a_sure_one() -> None:
    assert topics_of([match(Topic.LAW), match(Topic.SURVEILLANCE, RuleState.REVIEW)]) == (Topic.LAW,)


def test_rules_for_review_alone_give_their_topics() -> None:
    assert topics_of([match(Topic.SURVEILLANCE, RuleState.REVIEW)]) == (Topic.SURVEILLANCE,)
    assert topics_of([]) == ()
