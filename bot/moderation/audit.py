"""What the audit log calls a moderator's acts, and how it reads."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.locales import translation
from bot.model import Rule
from bot.store.audit import Entry


class Act(StrEnum):
    ADD_RULE = "rule.add"
    CHANGE_RULE = "rule.change"
    CHANGE_STATE = "rule.state"
    REMOVE_RULE = "rule.remove"
    UNDO_RULE = "rule.undo"
    UNDO_GROUP = "group.undo"
    IMPORT = "keywords.import"
    MERGE_EVENTS = "event.merge"
    PART_EVENTS = "event.part"
    SPLIT_ITEM = "event.split"
    SET_STATUS = "event.status"
    STOP_ALERT = "alert.stop"
    ADD_OFFICIAL = "official.add"
    REMOVE_OFFICIAL = "official.remove"
    USE_ADDRESS = "feed.address"
    KEEP_ADDRESS = "feed.keep"
    UNDO_ADDRESS = "feed.undo"


def of_rule(rule: Rule) -> dict[str, Any]:
    """A rule as the log keeps it: all that is needed to make it again."""
    return {
        "topic": rule.topic.value,
        "state": rule.state.value,
        "queries": dict(rule.queries),
        "comment": rule.comment,
        "version": rule.version,
    }


def line(entry: Entry, language: str) -> str:
    """One act in one line: when (UTC), who, what, on what."""
    return f"{_moment(entry.at)} {entry.actor}: {_named(entry.action, language)} {entry.subject}"


def _named(action: str, language: str) -> str:
    _ = translation(language).gettext
    known = {
        Act.ADD_RULE: _("added the rule"),
        Act.CHANGE_RULE: _("changed the rule"),
        Act.CHANGE_STATE: _("changed the state of the rule"),
        Act.REMOVE_RULE: _("removed the rule"),
        Act.UNDO_RULE: _("took back a change of the rule"),
        Act.UNDO_GROUP: _("took back a change of the group"),
        Act.IMPORT: _("brought rules and groups in from"),
        Act.MERGE_EVENTS: _("merged another event into event"),
        Act.PART_EVENTS: _("parted from another one the event"),
        Act.SPLIT_ITEM: _("made an event of its own of item"),
        Act.SET_STATUS: _("set the status of event"),
        Act.STOP_ALERT: _("stopped alert"),
        Act.ADD_OFFICIAL: _("put on the list of officials"),
        Act.REMOVE_OFFICIAL: _("took off the list of officials"),
        Act.USE_ADDRESS: _("accepted the new address of feed"),
        Act.KEEP_ADDRESS: _("kept the old address of feed"),
        Act.UNDO_ADDRESS: _("took back a decision on the address of feed"),
    }
    return {act.value: words for act, words in known.items()}.get(action, action)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
