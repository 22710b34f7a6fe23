"""What a moderator is shown of rules, trials and acts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.alerts.message import Button, Message
from bot.alerts.render import Page, topic_name
from bot.chat.view import fitting
from bot.errors import UserMistake
from bot.keywords.backtest import Backtest, Sample
from bot.keywords.cautions import Caution
from bot.keywords.mistakes import QueryError
from bot.locales import translation
from bot.model import Group, Rule, RuleState, Topic
from bot.moderation import audit
from bot.moderation.curate import TRIED, Kept, UnknownGroup, UnknownRule, WrongAddition
from bot.store.audit import Entry

PRESS = "kw"
RULES_A_PAGE = 20
SAMPLES = 5
CHANGED = 3
"""Samples of what a change gains, and as many of what it loses."""
WORDS, FORMS = 10, 6
"""Words of a query, and forms of each, that are shown."""
WINDOW = 34
"""Characters of monospaced text that a narrow phone shows in one line; a caret under a wrapped line points nowhere."""
DATA_LIMIT = 64
"""Bytes of a button's data (core.telegram.org/bots/api#inlinekeyboardbutton)."""


def usage(language: str) -> Message:
    _ = translation(language).gettext
    page = Page()
    lines = (
        ("/keywords", _("all rules")),
        ("/keywords test QUERY", _("what a query finds in the items of the last 30 days")),
        ("/keywords add NAME TOPIC QUERY", _("a new rule; it waits for review, unless AUTO stands before the query")
         .replace("AUTO", "auto")),
        ("/keywords change NAME QUERY", _("other words for a rule; test NAME QUERY tells before what that changes")),
        ("/keywords show NAME", _("a rule with its queries")),
        ("/keywords auto NAME", _("its matches alert by themselves")),
        ("/keywords review NAME", _("its matches wait for a moderator")),
        ("/keywords off NAME", _("it rests")),
        ("/keywords remove NAME", _("take it out")),
        ("/keywords undo NAME", _("take back the last change")),
        ("/keywords log", _("who did what")),
    )  # fmt: skip
    for command, does in lines:
        page.add(command, "code")
        page.line(f" – {does}")
    page.line()
    page.line(_("Topics: {topics}").format(topics=", ".join(Topic)))
    page.line(_("A query for each language: on lines of its own, “ru: …”, “en: …”."))
    return fitting(page)


def rules(found: Sequence[Rule], number: int, language: str) -> Message:
    """A page of the list, counted from 0; by topic."""
    _ = translation(language).gettext
    last = max((len(found) - 1) // RULES_A_PAGE, 0)
    number = min(number, last)
    page = Page()
    if not found:
        page.line(_("There are no rules yet."))
    topic = None
    for rule in found[number * RULES_A_PAGE : (number + 1) * RULES_A_PAGE]:
        if rule.topic is not topic:
            topic = rule.topic
            page.line(topic_name(topic, language), "bold")
        page.add(rule.id, "code")
        page.line(f" – {state_name(rule.state, language)}")
    page.line()
    page.line(_("One in full: /keywords show NAME. Everything else: /keywords help"))
    around = [(n, sign) for n, sign in ((number - 1, "←"), (number + 1, "→")) if 0 <= n <= last]
    turns = tuple(Button(f"{sign} {n + 1}/{last + 1}", data=f"{PRESS}:list:{n}") for n, sign in around)
    return fitting(page, (turns,) if turns else ())


def rule(shown: Rule, language: str) -> Message:
    page = Page()
    page.line(shown.id, "bold")
    page.line(f"{topic_name(shown.topic, language)} · {state_name(shown.state, language)} · v{shown.version}")
    if shown.comment:
        page.line(shown.comment, "italic")
    for tongue, query in shown.queries:
        page.line()
        page.add(f"{tongue}: " if tongue else "")
        page.line(query, "code")
    return fitting(page, _acts_on(shown, language))


def group(shown: Group, users: Sequence[str], language: str) -> Message:
    """A group with its lists, and the rules that name it."""
    _ = translation(language).gettext
    page = Page()
    page.line(f"@{shown.name}", "bold")
    page.line(_("Rules that name it: {rules}").format(rules=", ".join(users) or "–"))
    for tongue, query in shown.queries:
        page.line()
        page.add(f"{tongue}: " if tongue else "")
        page.line(query, "code")
    return fitting(page)


def _acts_on(shown: Rule, language: str) -> tuple[tuple[Button, ...], ...]:
    _ = translation(language).gettext
    states = tuple(
        _button(
            f"✓ {state_name(state, language)}" if state is shown.state else state_name(state, language), state, shown
        )
        for state in RuleState
    )
    rows = (states, (_button(_("Remove"), "remove", shown),))
    # A rule with a very long name is changed by typing: its buttons' data would not fit.
    fits = all(len((button.data or "").encode()) <= DATA_LIMIT for row in rows for button in row)
    return rows if fits else ()


def _button(label: str, verb: str, shown: Rule) -> Button:
    return Button(label, data=f"{PRESS}:{verb}:{shown.id}")


def state_name(state: RuleState, language: str) -> str:
    _ = translation(language).gettext
    return {RuleState.AUTO: _("alerts by itself"), RuleState.REVIEW: _("waits for review"), RuleState.OFF: _("rests")}[
        state
    ]


def kept(saved: Kept, language: str) -> Message:
    _ = translation(language).gettext
    shown = rule(saved.rule, language)
    page = Page()
    page.line(_("Saved. It works from the next item on."))
    _cautions(page, saved.cautions, language)
    if saved.replaced is not None:
        page.line()
        who = saved.replaced.actor
        page.line(_("It replaces what another moderator ({who}) made of the rule just before:").format(who=who))
        page.line(
            "\n".join(f"{tongue}: {query}" if tongue else query for tongue, query in saved.replaced.what.queries), "pre"
        )
        page.line(f"/keywords undo {saved.rule.id}", "code")
    page.line()
    moved = [type(e)(e.kind, e.offset + page.units, e.length) for e in shown.entities]
    page.add(shown.text)
    page.entities.extend(moved)
    return fitting(page, shown.buttons)


def removed(rule_id: str, language: str) -> Message:
    _ = translation(language).gettext
    page = Page()
    page.line(_("Removed: {rule}. If that was a slip:").format(rule=rule_id))
    page.line(f"/keywords undo {rule_id}", "code")
    return fitting(page)


def trial(found: Backtest | None, cautions: Sequence[Caution], language: str) -> Message:
    """How much a query finds, what that changes, and the newest of it with what matched in bold."""
    _, ngettext = translation(language).gettext, translation(language).ngettext
    page = Page()
    if found is None:
        page.line(_("The query can be read. There is nothing here to try it on."))
    else:
        page.line(ngettext("{n} item", "{n} items", found.hits).format(n=found.hits), "bold")
        page.line(
            _("of {all} in the last {days} days, {rate} a day").format(
                all=found.items, days=TRIED.days, rate=f"{found.hits / TRIED.days:.1f}"
            )
        )
        if found.gained or found.lost:
            page.line(_("Against the saved rule: +{gained}, −{lost}").format(gained=found.gained, lost=found.lost))
        _samples(page, found.samples)
        for sign, some in (("+", found.gained_samples), ("−", found.lost_samples)):
            _samples(page, some[:CHANGED], sign)
        _forms(page, found.forms, language)
    _cautions(page, cautions, language)
    return fitting(page)


def _samples(page: Page, samples: Sequence[Sample], sign: str = "") -> None:
    for sample in samples[:SAMPLES]:
        page.line()
        page.add(f"{sign} " if sign else "")
        page.quoted(sample.item.title, tuple(place for place in sample.places if place[0] == "title"))
        page.line(f"{sample.item.outlet}, {sample.seen_at:%Y-%m-%d}", "italic")


def _forms(page: Page, forms: Sequence[tuple[str, tuple[str, ...]]], language: str) -> None:
    """The forms each word was met in; a word met in none may be misspelt."""
    _ = translation(language).gettext
    page.line()
    for word, met in forms[:WORDS]:
        more = "…" if len(met) > FORMS else ""
        page.line(f"{word}: {', '.join(met[:FORMS])}{more}" if met else _("{word}: not once").format(word=word))


def acts(entries: Sequence[Entry], language: str) -> Message:
    _ = translation(language).gettext
    page = Page()
    page.line(_("The last acts (UTC)"), "bold")
    for entry in entries:
        page.line(audit.line(entry, language))
    if not entries:
        page.line(_("Nothing yet."))
    return fitting(page)


def mistake(wrong: UserMistake, language: str) -> Message:
    """What cannot be used, and how to mend it; in a query, with a caret under the place."""
    _ = translation(language).gettext
    page = Page()
    match wrong:
        case QueryError():
            page.line(wrong.pointed(WINDOW), "pre")
            page.line(wrong.explain(language).rsplit("\n", 1)[-1])
        case UnknownRule():
            page.line(_("There is no rule with that name; /keywords shows them all."))
        case UnknownGroup():
            page.line(_("There is no group with that name; rules name theirs with an @."))
        case WrongAddition():
            page.line(_missing(wrong, language))
        case _:
            page.line(str(wrong))
    return fitting(page)


def _missing(wrong: WrongAddition, language: str) -> str:
    _ = translation(language).gettext
    example = "/keywords add raids-on-exiles detention облава & эмигрант"
    sentences = {
        "name": _("A rule begins with its name: small Latin letters, digits and dashes."),
        "topic": _("After the name comes a topic, one of: {topics}.").format(topics=", ".join(Topic)),
        "query": _("The query is missing; it comes last."),
        "taken": _("There is a rule “{name}” already; choose another name or remove that one.").format(name=wrong.said),
    }
    return sentences[wrong.part] + ("" if wrong.part == "taken" else "\n" + _("For example: {example}").format(
        example=example))  # fmt: skip


def _cautions(page: Page, cautions: Sequence[Caution], language: str) -> None:
    for caution in cautions:
        page.line(f"⚠️ {caution.explain(language)}")
