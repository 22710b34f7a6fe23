"""What a poll leaves on its feed: the state before and the answer come in, the state after comes out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import NabatError
from bot.news.entry import ParsedFeed
from bot.news.failures import HttpStatus
from bot.news.fetch import Fetched, NotModified
from bot.news.health import Health, HealthChange, Standing, Verdict, judge, of_answer, of_failure, of_fault
from bot.news.rhythm import Rhythm, learn
from bot.news.schedule import Pace, Signs, asked, next_wait
from bot.store.news import FeedState


@dataclass(frozen=True, slots=True)
class After:
    """`wait` is in seconds, until the next poll; `change` is set where the feed's health changed."""

    state: FeedState
    wait: float
    change: HealthChange | None = None


def after_unchanged(
    state: FeedState, answer: NotModified | Fetched, now: datetime, pace: Pace, *, pushed: bool = False
) -> After:
    """The document is the one that was stored last."""
    rhythm = Rhythm.from_json(state.rhythm)
    verdict = of_answer(
        rhythm, now, empty=state.entries == 0, polled_since=state.first_stored_at, moved_to=answer.moved_to
    )
    done = _answered(state, answer, now, empty=state.entries == 0)
    return _scheduled(
        done, verdict, now, pace, Signs(rhythm.gap, ttl=state.ttl, fresh_for=answer.fresh_for, pushed=pushed)
    )


def after_document(
    state: FeedState,
    answer: Fetched,
    digest: bytes,
    parsed: ParsedFeed,
    came: Iterable[datetime | None],
    now: datetime,
    pace: Pace,
    *,
    pushed: bool = False,
) -> After:
    """A document that was not seen before; `came` are the times of the items in it that are new."""
    rhythm = learn(Rhythm.from_json(state.rhythm), came, now)
    done = replace(
        _answered(state, answer, now, empty=not parsed.entries),
        body_hash=digest,
        first_stored_at=state.first_stored_at or now,
        entries=len(parsed.entries),
        ttl=parsed.ttl,
        rhythm=rhythm.to_json(),
        hub=parsed.hub,
        topic=parsed.own_url or state.feed.url,
    )
    verdict = of_answer(
        rhythm, now, empty=not parsed.entries, polled_since=done.first_stored_at, moved_to=answer.moved_to
    )
    return _scheduled(
        done, verdict, now, pace, Signs(rhythm.gap, ttl=parsed.ttl, fresh_for=answer.fresh_for, pushed=pushed)
    )


def after_failure(state: FeedState, error: NabatError, now: datetime, pace: Pace, *, lost: bool = False) -> After:
    """Nothing could be read; the validators stay as they are. `lost`: nobody else can be reached either."""
    verdict = of_failure(error)
    retry_after = error.retry_after if isinstance(error, HttpStatus) else None
    done = replace(state, polled_at=now, failures=state.failures + 1, trouble=verdict.why)
    gap = Rhythm.from_json(state.rhythm).gap
    window = gap * state.entries if gap and state.entries else None
    signs = Signs(gap, window, state.ttl, retry_after=retry_after, failures=done.failures, lost=lost)
    return _scheduled(done, verdict, now, pace, signs)


def after_fault(state: FeedState, error: Exception, now: datetime, pace: Pace) -> After:
    """A fault of ours kept the poll from its end. Its server did nothing wrong; and what ails us, a full disk perhaps,
    may be over soon, so that even a slow feed is asked as often as one whose rhythm is not known."""
    verdict, signs = of_fault(error), Signs(ttl=state.ttl)
    after = _scheduled(replace(state, polled_at=now, trouble=verdict.why), verdict, now, pace, signs)
    return replace(after, wait=max(pace.every, asked(state.feed, signs)))


def _answered(state: FeedState, answer: NotModified | Fetched, now: datetime, *, empty: bool) -> FeedState:
    """The validators are the answer's, also where its document is the old one: those before are not known any more.

    An empty document is no success but the first: what its outlet publishes meanwhile is news once the feed shows it.
    """
    return replace(
        state,
        etag=answer.etag,
        last_modified=answer.last_modified,
        polled_at=now,
        succeeded_at=(state.succeeded_at or now) if empty else now,
        failures=0,
        trouble=None,
        moved_to=answer.moved_to,
    )


def _scheduled(state: FeedState, verdict: Verdict, now: datetime, pace: Pace, signs: Signs) -> After:
    patience = asked(state.feed, signs)
    state = replace(state, not_before=now + timedelta(seconds=patience) if patience else None)
    before = standing(state)
    found, told = judge(before, verdict, now)
    change = _change(state, before, found) if told else None
    return After(_standing_as(state, found), next_wait(state.feed, pace, signs), change)


def _change(state: FeedState, before: Standing, found: Standing) -> HealthChange:
    assert found.since is not None
    lasted = None if before.since is None else (found.since - before.since).total_seconds()
    return HealthChange(state.feed.url, state.feed.outlet, before.health, found.health, found.since, found.why, lasted)


def standing(state: FeedState) -> Standing:
    """How a feed stands, as the store keeps it."""
    return Standing(
        Health(state.health),
        state.health_since,
        state.health_why or "",
        Health(state.suspect) if state.suspect else None,
        state.suspect_since,
        state.suspect_polls,
    )


def _standing_as(state: FeedState, found: Standing) -> FeedState:
    return replace(
        state,
        health=found.health.value,
        health_since=found.since,
        health_why=found.why or None,
        suspect=found.suspect.value if found.suspect else None,
        suspect_since=found.suspect_since,
        suspect_polls=found.polls,
    )
