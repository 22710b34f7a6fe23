from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.summary import EXCERPT, HEADLINE, quote, sentences, shorten

TITLE = "В Бишкеке задержали активиста"
SUMMARY = (
    "Сотрудники ГКНБ задержали активиста 8 июня. Об этом сообщил его адвокат А. Н. Иванов. "
    "Дело рассмотрит суд. Четвёртое предложение сюда не попадёт."
)


def test_an_excerpt_is_the_first_three_sentences() -> None:
    found = quote(TITLE, SUMMARY, (("summary", 16, 25),))
    assert found.headline == TITLE
    assert found.excerpt == SUMMARY[: SUMMARY.index(" Четвёртое")]
    assert [found.excerpt[begin:end] for _, begin, end in found.bold] == ["задержали"]


def test_initials_do_not_end_a_sentence() -> None:
    assert [SUMMARY[begin:end] for begin, end in sentences(SUMMARY)][1] == "Об этом сообщил его адвокат А. Н. Иванов."


def test_an_excerpt_begins_where_a_late_match_stands() -> None:
    text = "Один. Два. Три. Четыре. Задержали активиста. Шесть."
    begin = text.index("Задержали")
    found = quote("Итоги", text, (("summary", begin, begin + 9),))
    assert found.excerpt == "… Задержали активиста. Шесть."
    assert [found.excerpt[begin:end] for _, begin, end in found.bold] == ["Задержали"]


def test_a_summary_that_repeats_the_title_is_left_out() -> None:
    assert quote(TITLE, TITLE, ()).excerpt == ""


def test_a_long_title_is_cut_at_a_word() -> None:
    cut = shorten("слово " * 40, HEADLINE)
    assert len(cut) <= HEADLINE
    assert cut.endswith("слово…")


@given(st.text(max_size=900), st.data())
def test_bold_places_hold_the_matched_words_or_their_beginning(summary: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, max(0, len(summary) - 1)))
    end = data.draw(st.integers(begin, len(summary)))
    found = quote("Title", summary, (("summary", begin, end), ("title", 0, 5)))
    assert len(found.headline) <= HEADLINE
    assert len(found.excerpt) <= EXCERPT + 2
    for name, start, stop in found.bold:
        text = found.headline if name == "title" else found.excerpt
        assert 0 <= start < stop <= len(text)
        if name == "summary" and not text[start:stop].endswith("…"):
            assert summary[begin:end].startswith(text[start:stop])
