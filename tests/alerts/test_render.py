from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.content import Content, Reader, Source, Wording
from bot.alerts.message import LIMIT, Message, units
from bot.alerts.render import render
from bot.model import LegalStatus, Status, Topic

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
STEPPE = Source("Степной телеграф", "https://steppe.example/1", NOW, (LegalStatus("RU", "undesirable", "2023-01-26"),))
CONTENT = Content(
    topic=Topic.DETENTION,
    headline="В Бишкеке задержали активиста",
    excerpt="Сотрудники ГКНБ задержали активиста.",
    bold=(("summary", 16, 25),),
    countries=("KG",),
    status=Status.DETAINED,
    sources=(STEPPE,),
    published=NOW,
    one_source=True,
)


def shown(message: Message, kind: str) -> list[str]:
    """The stretches of a message that carry an entity, cut out as Telegram cuts: by UTF-16 units."""
    encoded = message.text.encode("utf-16-le", "surrogatepass")
    return [
        encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "surrogatepass")
        for entity in message.entities
        if entity.kind == kind
    ]


def test_a_russian_reader_sees_what_where_who_and_the_label() -> None:
    text = render(CONTENT, Reader("ru", time_zone="Asia/Bishkek"), now=NOW).text
    assert text.splitlines()[0] == "🔴 Задержание · Кыргызстан"
    assert "Степной телеграф, 9 июня, 18:00 UTC+06" in text
    assert "«нежелательная организация»" in text
    assert "26.01.2023" in text


def test_an_english_reader_sees_it_in_english_with_the_quote_as_printed() -> None:
    text = render(CONTENT, Reader("en"), now=NOW).text
    assert text.splitlines()[0] == "🔴 Detention · Kyrgyzstan"
    assert "Сотрудники ГКНБ задержали активиста." in text
    assert "One source so far." in text


IN_ENGLISH = Wording("en", "Activist detained in Bishkek", "Officers <took> him.", (), "Wire", "https://wire.example/1")


def test_each_reader_gets_the_outlets_own_words_in_their_language_where_there_are_any() -> None:
    both = replace(CONTENT, language="ru").also(IN_ENGLISH)
    for language, headline, excerpt, link in (
        ("ru", CONTENT.headline, CONTENT.excerpt, "https://steppe.example/1"),
        ("en", IN_ENGLISH.headline, IN_ENGLISH.excerpt, "https://wire.example/1"),
        ("kk", CONTENT.headline, CONTENT.excerpt, "https://steppe.example/1"),
    ):
        message = render(both, Reader(language), now=NOW)
        assert message.text.splitlines()[1] == headline
        assert excerpt in message.text
        assert message.buttons[0][0].url == link


def test_of_two_outlets_in_one_language_the_first_is_quoted() -> None:
    second = replace(IN_ENGLISH, headline="Kyrgyzstan holds activist", outlet="Observer")
    again = replace(CONTENT, language="ru").also(IN_ENGLISH).also(second).also(replace(second, language="ru"))
    assert again.wordings == (IN_ENGLISH,)
    assert Content.from_json(again.to_json()) == again


def test_an_alert_stored_before_languages_were_kept_reads_as_it_did() -> None:
    old = {key: value for key, value in CONTENT.to_json().items() if key not in ("language", "wordings")}
    assert Content.from_json(old) == CONTENT
    assert CONTENT.also(IN_ENGLISH) == CONTENT


def test_what_matched_is_bold() -> None:
    bold = shown(render(CONTENT, Reader("ru"), now=NOW), "bold")
    assert bold == ["В Бишкеке задержали активиста", "задержали"]


def test_a_label_is_shown_only_for_the_reader_s_own_jurisdictions() -> None:
    assert "нежелательн" not in render(CONTENT, Reader("ru", jurisdictions=("KG",)), now=NOW).text


def test_the_link_stands_behind_a_button_and_not_in_the_text() -> None:
    message = render(CONTENT, Reader("ru"), now=NOW, alert_id=7)
    assert "http" not in message.text
    assert [(b.url, b.data) for row in message.buttons for b in row] == [(STEPPE.url, None), (None, "more:7")]


def test_a_second_outlet_lifts_the_mark_of_one_source() -> None:
    wire = Source("Tian Shan Wire", "https://wire.example/1", NOW)
    text = render(replace(CONTENT, sources=(STEPPE, wire)), Reader("en"), now=NOW).text
    assert "One source" not in text
    assert "Степной телеграф · Tian Shan Wire" in text


def test_a_late_alert_says_so() -> None:
    assert "Late:" in render(CONTENT, Reader("en"), now=NOW, late=True).text


def test_discreet_mode_hides_everything_under_a_neutral_line() -> None:
    message = render(CONTENT, Reader("ru", discreet=True), now=NOW)
    first, _, rest = message.text.partition("\n")
    assert "адерж" not in first
    assert message.silent
    assert message.protect
    assert shown(message, "spoiler")[0].strip() == rest.strip()
    assert all("Степной" not in button.text for row in message.buttons for button in row)


HOSTILE = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["<b>x</b>", "</b><a href='tg://user?id=1'>y</a>", "*_[x](http://evil)", "\n\n🔴 Forged · alert\n", "😱" * 50]
    ),
)


@given(HOSTILE, HOSTILE, st.booleans())
def test_a_hostile_text_can_neither_break_nor_forge_a_message(title: str, excerpt: str, discreet: bool) -> None:
    honest = render(replace(CONTENT, bold=()), Reader("en", discreet=discreet), now=NOW)
    hostile = replace(CONTENT, headline=title, excerpt=excerpt, bold=())
    message = render(hostile, Reader("en", discreet=discreet), now=NOW)
    # A feed's text is one line however it is written, so it can add neither a heading nor a source of its own.
    expected = len(honest.text.splitlines()) - (0 if excerpt else 2)
    assert message.text.count("\n") + 1 == expected
    assert units(message.text) <= LIMIT
    assert all(e.offset >= 0 and e.offset + e.length <= units(message.text) + 1 for e in message.entities)
    assert {button.url for row in message.buttons for button in row} == {STEPPE.url}


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("status", list(Status))
def test_every_topic_and_status_has_words_in_russian(topic: Topic, status: Status) -> None:
    head = render(replace(CONTENT, topic=topic, status=status), Reader("ru"), now=NOW).text.splitlines()[0]
    assert not any("a" <= letter <= "z" for letter in head.lower())


def test_content_survives_the_store() -> None:
    assert Content.from_json(CONTENT.to_json()) == CONTENT
