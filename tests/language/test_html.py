"""Markup to plain text, and what outlets print around their news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.html import MAX_MARKUP, _of_any_markup, _of_simple_markup, cut_boilerplate, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Rozhkov was <b>detained</b>.</p><p>He is held.</p>", "Rozhkov was detained.\nHe is held."),
        ("Бишкек&nbsp;&mdash; суд &laquo;отказал&raquo;", "Бишкек — суд «отказал»"),
        ("one<br/>two<br>three", "one\ntwo\nthree"),
        ("a  \t b\r\n c", "a b\nc"),
        ("<script>alert('x')</script><style>p{}</style>kept", "kept"),
        ("<p>a\nb</p>", "a b"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
        ("5 < 6 and R&D", "5 < 6 and R&D"),
        ("nul\x00 bell\x07 here", "nul bell here"),
        ("safe\u202eevil\u2066\u200b", "safeevil"),
        ("<![if !mso]>text", "text"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("", ""),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text())
def test_plain_text_of_anything_holds_no_controls_and_can_be_stored(markup: str) -> None:
    text = plain(markup)
    text.encode()
    assert not any(character in text for character in "\x00\x07\u202e\u2066\r\t")
    assert text == text.strip()


@given(st.text(alphabet="<>!-[]&;/=\"' abp\n", max_size=200))
def test_broken_markup_is_read_without_an_error(markup: str) -> None:
    assert "\t" not in plain(markup)


TAGS = (
    "<p>",
    "</p>",
    "<br/>",
    "<BR >",
    '<a href="x?a=1&amp;b=2">',
    "</a>",
    "<b>",
    "<i class='c'>",
    '<div\nid="d">',
    "<x1>",
)
ODD = ("<!-- c -->", "<script>", "</script>", "<textarea>", "<svg/>", "<title>", "<a b>", "<a b=c>", "<", ">", "<math>")
WORDS = (
    "one",
    " two",
    "\n",
    "\r\n",
    "\t",
    "&amp;",
    "&lt;b&gt;",
    "&#10;",
    "&nbsp;",
    "&am",
    "p;",
    "&",
    "&#x41",
    "\u200b",
    "\u00a0",
)


@given(st.lists(st.sampled_from(TAGS + WORDS), max_size=12), st.lists(st.sampled_from(ODD + TAGS + WORDS), max_size=4))
def test_simple_markup_reads_as_any_markup(simple: list[str], odd: list[str]) -> None:
    markup = "".join(simple + odd)
    found = _of_simple_markup(markup)
    assert found is None or found == _of_any_markup(markup)


def test_paragraphs_and_links_are_simple_markup() -> None:
    markup = '<p>He was <a href="https://a.example/1">held</a>&nbsp;there.</p>\n<p>Since then, he waits.</p>'
    assert _of_simple_markup(markup) == "\nHe was held\u00a0there.\n \nSince then, he waits.\n"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", "<![CDATA[", "<?x ", "</a ", '<a b="', "<![", "<", "&#x", "photo ....", "("]
)
@pytest.mark.parametrize("end", ["", ">"])
def test_markup_made_to_be_slow_is_read_in_good_time(piece: str, end: str) -> None:
    text = plain(piece * (200_000 // len(piece)) + end)
    assert len(cut_boilerplate(text)) <= len(text) <= MAX_MARKUP


NEWS = "Активиста Скорякина задержали в Бишкеке."


@pytest.mark.parametrize(
    "notice",
    [
        "If you are in Russia and hold a Russian passport, please note that you could face fines or imprisonment for "
        "sharing, liking, commenting on, or saving our content, or for contacting us.",
        "Если у вас российский паспорт, обратите внимание: за распространение, лайки или сохранение нашего контента "
        "вам может грозить штраф или тюремное заключение.",
        "Якщо ви маєте російський паспорт, зважайте: за поширення нашого контенту вам може загрожувати штраф або "
        "ув'язнення.",
        "Егер сізде Ресей паспорты болса, біздің материалдарды бөліскеніңіз үшін айыппұл немесе түрме күтуі мүмкін.",
        "Эгер сизде орус паспорту болсо, биздин материалдарды бөлүшкөнүңүз үчүн айып же түрмө күтүшү мүмкүн.",
        "ДАННОЕ СООБЩЕНИЕ (МАТЕРИАЛ) СОЗДАНО И (ИЛИ) РАСПРОСТРАНЕНО ИНОСТРАННЫМ СРЕДСТВОМ МАССОВОЙ ИНФОРМАЦИИ, "
        "ВЫПОЛНЯЮЩИМ ФУНКЦИИ ИНОСТРАННОГО АГЕНТА.",
        "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) ПРОИЗВЕДЕН И РАСПРОСТРАНЕН ИНОСТРАННЫМ АГЕНТОМ.",
        "Материал создан и распространён иностранным агентом.",
        "Цей матеріал створено та поширено іноземним агентом.",
        "THIS MATERIAL (INFORMATION) WAS PRODUCED, DISTRIBUTED AND (OR) SENT BY A FOREIGN AGENT.",
        "Бұл материалды шетелдік агент жасап, таратты.",
        "Бул материал чет элдик агент тарабынан жасалган жана таратылган.",
        "За репост нашего материала в России вам грозит штраф или тюремный срок.",
        "Если вы находитесь в России, не делитесь ссылкой на этот текст: это может стать поводом для преследования.",
        "Сотрудничество с нами в России грозит уголовным делом.",
        "If you are in Russia, you could face fines or imprisonment for sharing or liking this article.",
        "Читайте также: Двух активистов выдали России",
        "Read more: Two activists extradited to Russia",
        "The post Two activists extradited to Russia first appeared on Example.",
        "© Пример / Иван Петров",
        "Photo by Ivan Petrov",
        "Иллюстрация: арест активиста",
        "* Признан в России иностранным агентом.",
        "** организация запрещена на территории РФ",
        "Accessibility links",
        "XS SM MD LG",
        "Ссылки для упрощенного доступа",
        "The post Two men were extradited to Russia appeared first on Example News.",
        "Запись Двух активистов выдали России впервые появилась на Пример.",
        "Фото: задержание активиста, архив",
        "Photo: police detain an activist",
        "Сүрөт: активист кармалган учур",
        "No media source currently available",
    ],
)
def test_notices_credits_and_navigation_are_cut_and_the_news_is_kept(notice: str) -> None:
    assert cut_boilerplate(f"{NEWS}\n{notice}") == NEWS
    assert cut_boilerplate(f"{notice}\n{NEWS}") == NEWS


def test_a_notice_in_the_middle_of_a_paragraph_leaves_its_neighbours() -> None:
    notice = "You could face fines or imprisonment for sharing our content if you hold a Russian passport."
    assert cut_boilerplate(f"{NEWS} {notice} {NEWS}") == f"{NEWS} {NEWS}"


@pytest.mark.parametrize(
    "news",
    [
        "Russia declared The Moscow Times an undesirable organization.",
        "Минюст признал журналиста иностранным агентом.",
        "Прокуратура объявила издание нежелательной организацией, читателям грозит штраф.",
        "Активисту с российским паспортом грозит тюремный срок в Бишкеке.",
        "A man with a Russian passport was detained in Bishkek and faces imprisonment.",
        "Фото задержанного активиста показали родным.",
        "Минюст признал блогера иностранным агентом: он распространял материалы, созданные иностранными агентами.",
        "Материал о задержании снял журналист, которого объявили иностранным агентом.",
        "Его оштрафовали за репост материала нежелательной организации.",
        "Запись допроса активиста впервые показали родным.",
        "Radio Example has been declared an undesirable organization by Russia.",
        "Задержан (по запросу России) активист.",
    ],
)
def test_news_about_the_laws_behind_the_notices_is_kept(news: str) -> None:
    assert cut_boilerplate(news) == news


def test_what_leads_up_to_a_notice_goes_with_it() -> None:
    preface = 'Radio Example has been declared an "undesirable organization" by the Russian government.'
    notice = "If you are in Russia, you could face fines or imprisonment for sharing or saving our content."
    assert cut_boilerplate(f"{NEWS}\n{preface} {notice}") == NEWS
    assert cut_boilerplate(f"{preface}\n{notice}") == preface


@pytest.mark.parametrize(
    "label",
    ["(признан в РФ иноагентом)", "(иноагент)", "(СМИ-иноагент)", "[иностранный агент]", "(foreign agent)",
     "(Ресейде шетелдік агент деп танылған)", "(іноземний агент)"],
)  # fmt: skip
def test_a_label_in_brackets_beside_a_name_is_cut(label: str) -> None:
    assert cut_boilerplate(f"Журналист {label} уехал.") == "Журналист уехал."


def test_other_words_in_brackets_are_kept() -> None:
    assert cut_boilerplate("Журналиста (иноагента с 2021 года) задержали.").startswith("Журналиста (")
