"""The "More" button from outside: the service as a process, a feed, a fake Telegram, and texts that mean harm."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.alerts.content import Content, Reader, Source
from bot.alerts.message import LIMIT, units
from bot.alerts.more import Fuller, Line, Why, render_more, why
from bot.demo.botapi import Chat, Message
from bot.demo.feedhost import FeedItem
from bot.model import LegalStatus, Status, Topic
from tests.test_outside import ARREST, PATIENCE, Outside, alert, outside, subscribe

__all__ = ["outside"]

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = FeedItem("Russian activist detained in Bishkek, his friends say", "The court sits on Monday.")
HOSTILE = "😀 <b>x</b> &amp; \u202e\u0000 [link](https://evil.example) " * 250


async def more_of(chat: Chat, message: Message) -> Message:
    before = chat.received[-1].id
    await (await chat.press("More", message)).answer(PATIENCE)
    return await chat.wait_for(lambda m: m.reply_to == message.id, PATIENCE, after=before)


async def test_more_shows_the_events_timeline_and_why_it_matched(outside: Outside) -> None:
    async with outside.running():
        chat = await subscribe(outside.api)
        outside.feed.publish(ARREST)
        shown = await chat.wait_for(lambda m: alert(m.text), PATIENCE)
        outside.feed.publish(SECOND)
        await outside.polled(3)
        told = await more_of(chat, shown)
    assert "Russia seeks his extradition." in told.text
    lines = [line for line in told.text.split("\n") if "Tian Shan Wire:" in line]
    assert len(lines) == 2, "both reports of the event stand in its timeline"
    (reason,) = [line for line in told.text.split("\n") if line.startswith("Why: ")]
    assert re.fullmatch(r"Why: [a-z0-9-]+ \(.+\): .*detained.*", reason)
    assert told.silent


async def test_more_of_a_hostile_item_fits_and_stays_plain_in_discreet_mode(outside: Outside) -> None:
    async with outside.running():
        chat = await subscribe(outside.api)
        await chat.says("/settings")
        await chat.wait_for(lambda m: "Discreet" in "".join(m.labels), PATIENCE)
        await (await chat.press("m:di")).answer(PATIENCE)
        await (await chat.press("m:di:1")).answer(PATIENCE)
        outside.feed.publish(FeedItem(f"{ARREST.title} {HOSTILE}", f"{ARREST.summary} {HOSTILE}"))
        shown = await chat.wait_for(lambda m: alert(m.text), PATIENCE)
        told = await more_of(chat, shown)
    assert units(told.text) <= LIMIT
    assert "evil.example" in told.text
    assert told.spans("spoiler") == (told.text,)
    assert told.protected
    assert told.silent
    assert not [label for label in told.labels if "Wire" in label]


CONTENT = Content(
    Topic.DETENTION, "Headline", "", (), ("KG",), Status.DETAINED, (Source("Wire", "https://wire.example", NOW),), NOW
)


@pytest.mark.parametrize("text", ["😀" * 10_000, "а" * 10_000, "a b " * 2_500, "\n" * 10_000, "\u200f" * 10_000, ""])
@pytest.mark.parametrize("discreet", [False, True])
def test_no_text_makes_it_too_long(text: str, discreet: bool) -> None:
    labelled = tuple(
        Source(f"{number} {text[:100]}", None, NOW, (LegalStatus("RU", "undesirable", "2024-02-20"),))
        for number in range(40)
    )
    content = Content(Topic.LAW, text[:120], text[:450], (), ("KG",), Status.UNKNOWN, labelled, NOW)
    timeline = tuple(Line(text or "Wire", text, NOW, f"https://x.example/{text}") for _ in range(50))
    fuller = Fuller(text, timeline, (Why("rule", text, (text, text, text)),))
    message = render_more(content, fuller, Reader("ru", discreet=discreet), NOW)
    assert 0 < units(message.text) <= LIMIT
    assert all(entity.offset + entity.length <= units(message.text) for entity in message.entities)
    assert all(entity.length > 0 for entity in message.entities)


def test_the_whole_text_gives_way_before_the_timeline_does() -> None:
    timeline = tuple(Line("Wire", "😀" * 90, NOW, None) for _ in range(10))
    message = render_more(CONTENT, Fuller("слово " * 2_000, timeline, (Why("the-rule"),)), Reader("en"), NOW)
    assert message.text.count("Wire: ") == 10
    assert message.text.endswith("Why: the-rule")
    assert "слово" in message.text


def test_a_link_that_no_browser_opens_is_no_button() -> None:
    urls = (
        "javascript:alert(1)",
        "tg://resolve?domain=x",
        "https://a.example/" + "x" * 2_000,
        "https://good.example/1",
    )
    timeline = tuple(Line(f"Wire {number}", "Title", NOW, url) for number, url in enumerate(urls))
    message = render_more(CONTENT, Fuller("", timeline, ()), Reader("en"), NOW)
    assert [button.url for row in message.buttons for button in row] == ["https://good.example/1"]


@pytest.mark.parametrize(
    ("reasons", "answer"),
    [
        ((), ""),
        ((Why("raids"),), "Why: raids"),
        ((Why("raids", "Raids on exiles."),), "Why: raids (Raids on exiles.)"),
        ((Why("raids", "", ("Raid", "raid", "exiles")), Why("law")), "Why: raids: Raid, exiles +1"),
        ((Why("raids", "two\nlines", ("a\nb",)),), "Why: raids (two lines): a b"),
    ],
)
def test_why_is_one_line(reasons: tuple[Why, ...], answer: str) -> None:
    assert why(Fuller("", (), reasons), Reader("en")) == answer


def test_a_followed_name_is_reason_enough() -> None:
    said = why(Fuller("", (), (Why("raids"),), followed=True), Reader("ru"))
    assert said == "Почему: названо имя, за которым следит этот чат"
