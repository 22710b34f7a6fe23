"""Texts: HTML, entities, UTF-16 units, limits, and what Telegram marks by itself."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message as TelegramMessage

from bot.demo.botapi import Entity, Refusal
from bot.demo.botapi.entities import detected, formatted
from bot.demo.botapi.html import parse_html, units
from bot.demo.botapi.params import Params

plain_texts = st.text(st.characters(codec="utf-8"), max_size=60)
TAGS = ("b", "i", "u", "s", "code", "tg-spoiler", "blockquote")


@st.composite
def nested(draw: st.DrawFn, depth: int = 3) -> str:
    """HTML with balanced tags around escaped text."""
    parts = [html.escape(draw(plain_texts), quote=False)]
    if depth:
        tags = draw(st.lists(st.sampled_from(TAGS), max_size=2))
        parts += [f"<{tag}>{draw(nested(depth - 1))}</{tag}>" for tag in tags]
    return "".join(parts)


@given(plain_texts)
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@given(plain_texts)
def test_an_escaped_text_comes_back_unmarked(text: str) -> None:
    assert parse_html(html.escape(text)) == (text, ())


@given(nested())
def test_balanced_html_parses_to_entities_inside_the_text(source: str) -> None:
    text, entities = parse_html(source)
    assert all(e.offset >= 0 and e.length > 0 and e.offset + e.length <= units(text) for e in entities)
    assert parse_html(html.escape(text, quote=False)) == (text, ())


@given(plain_texts.filter(str.strip), plain_texts)
def test_python_telegram_bot_reads_the_marked_words(marked: str, lead: str) -> None:
    text, entities = parse_html(f"{html.escape(lead)}<b>{html.escape(marked)}</b>")
    wire: Any = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": text}
    wire["entities"] = [entity.wire() for entity in entities]
    message = TelegramMessage.de_json(wire, None)
    assert list(message.parse_entities(["bold"]).values()) == [marked]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("ё<script>x</script>", 'Unsupported start tag "script" at byte offset 2'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href>y</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_html_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        formatted(Params(text=source, parse_mode="HTML"))
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ('<a href="https://x.org/a?b=1&amp;c=2">go</a>', Entity("text_link", 0, 2, url="https://x.org/a?b=1&c=2")),
        ("<a href='x.org'>go</a>", Entity("text_link", 0, 2, url="http://x.org/")),
        ('<span class="tg-spoiler">go</span>', Entity("spoiler", 0, 2)),
        ("<blockquote expandable>go</blockquote>", Entity("expandable_blockquote", 0, 2)),
        ('<pre><code class="language-py">go</code></pre>', Entity("pre", 0, 2, language="py")),
        ("<STRONG>go</STRONG>", Entity("bold", 0, 2)),
    ],
)
def test_the_tags_of_telegrams_html(source: str, entity: Entity) -> None:
    assert parse_html(source) == ("go", (entity,))


def test_a_link_to_nothing_is_dropped_in_silence() -> None:
    assert parse_html('<a href="javascript:alert(1)">go</a>') == ("go", ())


def test_entities_count_utf_16_units_and_move_with_trimmed_space() -> None:
    sent = json.dumps([{"type": "bold", "offset": 3, "length": 2}])
    assert formatted(Params(text="  🔥ab \n", entities=sent)) == ("🔥ab", (Entity("bold", 1, 2),))


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ({"type": "bold", "offset": 9, "length": 1}, "entity begins after the end of the text"),
        ({"type": "bold", "offset": 1, "length": 9}, "entity ends after the end of the text"),
        ({"type": "loud", "offset": 0, "length": 1}, "Unsupported type"),
        ({"type": "text_link", "offset": 0, "length": 1, "url": "file:///etc/passwd"}, "Wrong HTTP URL"),
        ({"offset": 0, "length": 1}, 'Can\'t find field "type"'),
    ],
)
def test_wrong_entities_are_refused(entity: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        formatted(Params(text="abc", entities=json.dumps([entity])))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        (" \n\t", "text must be non-empty"),
        ("я" * 4097, "message is too long"),
        ("🔥" * 2049, "message is too long"),
    ],
)
def test_texts_of_a_wrong_length_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        formatted(Params(text=text))
    assert refused.value.description == f"Bad Request: {reason}"


def test_markup_does_not_count_towards_the_limit() -> None:
    text, _ = formatted(Params(text=f"<b>{'a' * 4096}</b>", parse_mode="HTML"))
    assert len(text) == 4096
    with pytest.raises(Refusal, match="message caption is too long"):
        formatted(Params(caption="a" * 1025), "caption")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("/start now", "bot_command", "/start"),
        ("see https://x.org/a, then", "url", "https://x.org/a"),
        ("see rferl.org.", "url", "rferl.org"),
        ("ask @nabat_bot", "mention", "@nabat_bot"),
        ("new #Бишкек", "hashtag", "#Бишкек"),
        ("write to a.b@x.org", "email", "a.b@x.org"),
    ],
)
def test_telegram_marks_links_and_names_by_itself(text: str, kind: str, words: str) -> None:
    (found,) = detected(f"🔥{text}")
    start = f"🔥{text}".index(words) + 1
    assert found == Entity(kind, start, len(words))


@pytest.mark.parametrize("text", ["1/2 and/or", "price #1", "a@b", "end.Start", "24.kg/"[:3]])
def test_telegram_leaves_ordinary_words_alone(text: str) -> None:
    assert detected(text) == ()
