"""Which topics an item has, by the rules it met."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import Match, RuleState, Topic


def topics_of(matches: Iterable[Match]) -> tuple[Topic, ...]:
    """The topics of the rules that alert by themselves; those of rules for review only where no other matched.

    Rules for review cast wide nets, so that nothing is missed: what they take an item for is worth a moderator's
    look, but not a word beside a rule that knows. In the order of `Topic`.
    """
    found = list(matches)
    sure = {match.topic for match in found if match.state is RuleState.AUTO}
    told = sure or {match.topic for match in found}
    return tuple(topic for topic in Topic if topic in told)
