"""One event, one alert: what chats finally show of it, in the words that readers see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.botapi import Chat, Message
from tests.readers import Newsroom, newsroom

DETAINED = "В Бишкеке задержали российского активиста Сергея Новосёлова"
MORE = "Активиста увезли сотрудники ГКНБ по запросу России, ему грозит экстрадиция."
IN_ENGLISH = "Russian activist Sergei Novosyolov detained in Bishkek"
MORE_IN_ENGLISH = "Security officers took the activist at Russia's request, his friends say."
OTHER = "В Бишкеке задержали российского активиста Петра Гусева"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path) as opened:
        yield opened


def alerts(chat: Chat) -> list[Message]:
    """The alerts that a chat shows, the first first: they alone have a "More" button."""
    return [
        m for m in chat.received if any((button.data or "").startswith("more:") for row in m.buttons for button in row)
    ]


def lines(message: Message) -> list[str]:
    """A message's lines without empty ones; of the line of sources the names alone."""
    return [re.sub(r", \d+ \w+, \d\d:\d\d .*", "", line) for line in message.text.split("\n") if line]


async def test_further_outlets_are_added_without_a_sound_and_the_doubt_goes(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chronicle.EDIT_EVERY", timedelta(seconds=4))
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    assert lines(alerts(russian)[0])[-2:] == ["Chui", "Пока один источник."]
    assert lines(alerts(english)[0])[-2:] == ["Chui", "One source so far."]
    await room.comes("wire", IN_ENGLISH, MORE_IN_ENGLISH)
    assert lines(alerts(russian)[0]) == ["🔴 Задержание · Кыргызстан", DETAINED, MORE, "Chui · Wire"]
    assert lines(alerts(english)[0]) == ["🔴 Detention · Kyrgyzstan", IN_ENGLISH, MORE_IN_ENGLISH, "Chui · Wire"]
    for outlet in ("third", "fourth"):
        await room.comes(outlet, DETAINED, MORE, seconds=0)
        assert lines(alerts(russian)[0])[-1] == "Chui · Wire", "no second edit within that time"
    await russian.wait_until(lambda: lines(alerts(russian)[0])[-1] == "Chui · Wire · Third · Fourth", 10)
    for chat in (russian, english):
        (message,) = alerts(chat)
        assert len(message.edits) == 2, "the two that came together are one edit"


async def test_after_two_days_a_message_stays_as_it_is(room: Newsroom) -> None:
    chat = await room.reader(1)
    await room.comes("chui", DETAINED, MORE)
    await room.comes("third", DETAINED, MORE, hours=47)
    await room.comes("wire", IN_ENGLISH, MORE_IN_ENGLISH, hours=2)
    (message,) = alerts(chat)
    assert lines(message)[-1] == "Chui · Third"


async def test_two_people_are_both_named_whichever_outlet_names_them(room: Newsroom) -> None:
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    both = "Russian activists Sergei Novosyolov and Pyotr Gusev detained in Bishkek"
    await room.comes("wire", both, MORE_IN_ENGLISH)
    assert lines(alerts(russian)[0])[3:] == ["Названы также: Pyotr Gusev", "Chui · Wire"]
    assert lines(alerts(english)[0])[1:] == [both, MORE_IN_ENGLISH, "Chui · Wire"]
    await room.comes("third", OTHER, MORE)
    assert lines(alerts(russian)[0])[3:] == ["Названы также: Pyotr Gusev", "Chui · Wire · Third"]
    assert [len(alerts(chat)) for chat in (russian, english)] == [1, 1]


async def test_after_a_merge_each_message_names_both_people_and_every_later_outlet(room: Newsroom) -> None:
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    await room.comes("third", OTHER, MORE)
    await room.orders("/events merge 1 2")
    first, second = alerts(russian)
    assert lines(first)[1:] == [DETAINED, MORE, "Названы также: Пётр Гусев", "Chui · Third"]
    assert lines(second)[1:] == [OTHER, MORE, "Названы также: Сергей Новосёлов", "Third · Chui"]
    await room.comes("wire", IN_ENGLISH, MORE_IN_ENGLISH)
    first, second = alerts(russian)
    assert [lines(first)[-1], lines(second)[-1]] == ["Chui · Third · Wire", "Third · Chui · Wire"]
    first, second = alerts(english)
    assert lines(first)[1:] == [IN_ENGLISH, MORE_IN_ENGLISH, "Also named: Пётр Гусев", "Chui · Third · Wire"]
    assert lines(second)[1:3] == [OTHER, MORE], "the words of one person's arrest replace nobody else's"
    opens = first.buttons[0][0]
    assert (opens.text, opens.url) == ("Open: Wire", room.host.feed("wire").items[-1].link)


async def test_after_a_split_each_message_is_again_of_one_person_and_one_source(room: Newsroom) -> None:
    chat = await room.reader(1)
    await room.comes("chui", DETAINED, MORE)
    await room.comes("third", OTHER, MORE)
    await room.orders("/events merge 1 2")
    await room.orders("/events split 2")
    first, second = alerts(chat)
    assert lines(first)[1:] == [DETAINED, MORE, "Chui", "Пока один источник."]
    assert lines(second)[1:] == [OTHER, MORE, "Third", "Пока один источник."]
    await room.comes("wire", IN_ENGLISH, MORE_IN_ENGLISH)
    await room.comes("fourth", OTHER, MORE)
    first, second = alerts(chat)
    assert [lines(first)[-1], lines(second)[-1]] == ["Chui · Wire", "Third · Fourth"]


async def test_a_person_whom_a_split_uncovers_gets_an_alert_of_their_own(room: Newsroom) -> None:
    chat = await room.reader(1)
    await room.comes("chui", DETAINED, MORE)
    both = "В Бишкеке задержали российских активистов Сергея Новосёлова и Петра Гусева"
    await room.comes("third", both, MORE)
    assert lines(alerts(chat)[0])[3] == "Названы также: Пётр Гусев"
    await room.orders("/events split 2")
    first, second = alerts(chat)
    assert lines(first)[1:] == [DETAINED, MORE, "Chui", "Пока один источник."]
    assert lines(second)[1:] == [both, MORE, "Third", "Пока один источник."]
    assert second.reply_to is None


async def test_each_change_of_status_answers_the_first_message_of_the_case(room: Newsroom) -> None:
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    await room.comes("wire", "Bishkek court approves extradition of activist Sergei Novosyolov to Russia", days=5)
    late = await room.reader(3)
    await room.comes("third", "Активиста Сергея Новосёлова выдали России", "Его вывезли в Москву.", days=4)
    for chat in (russian, english):
        first, *answers = alerts(chat)
        assert [message.reply_to for message in answers] == [first.id, first.id]
        assert not any(message.silent for message in answers)
    assert lines(alerts(russian)[1])[0] == "🔴 Экстрадиция · Кыргызстан · выдача одобрена"
    assert [message.reply_to for message in alerts(late)] == [None], "who joined later gets it by itself"
    # An outlet that told of the arrest confirms the hand-over: its name stands with that.
    await room.comes("chui", "Киргизия выдала России активиста Сергея Новосёлова", hours=3)
    assert lines(alerts(russian)[2])[-1] == "Third · Chui"


async def test_a_list_of_cases_changes_no_message_and_answers_none(room: Newsroom) -> None:
    chat = await room.reader(1)
    await room.comes("chui", DETAINED, MORE)
    await room.comes("chui", "Активиста Сергея Новосёлова выдали России", "Его вывезли в Москву.", days=6)
    before = alerts(chat)
    names = "Сергей Новосёлов, Лев Скорякин, Алёна Крылова и Алексей Рожков"
    await room.comes("third", f"Россия: кого из активистов выдала Киргизия в этом году: {names}", days=1)
    assert alerts(chat)[: len(before)] == before
    assert [message.reply_to for message in alerts(chat)[len(before) :]] in ([], [None])


async def test_a_moderators_status_is_shown_at_once_and_the_first_outlet_that_confirms_it_is_news(
    room: Newsroom,
) -> None:
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    await room.orders("/events status 1 handed_over")
    (message,) = alerts(russian)
    assert lines(message)[0] == "🔴 Экстрадиция · Кыргызстан · выдан"
    assert lines(message)[-2:] == ["Пока один источник.", "Статус указан модератором."]
    assert lines(alerts(english)[0])[-1] == "The status is a moderator's."
    await room.comes("wire", "Kyrgyzstan extradites Russian activist Sergei Novosyolov", "He is in Moscow.")
    for chat in (russian, english):
        first, second = alerts(chat)
        assert second.reply_to == first.id
        assert not second.silent
    await room.comes("third", "Активиста Сергея Новосёлова выдали России", "Его вывезли в Москву.")
    assert lines(alerts(russian)[1])[-1] == "Wire · Third"
    assert len(alerts(russian)) == 2


async def test_a_false_status_is_corrected_in_the_message_that_told_it(room: Newsroom) -> None:
    chat = await room.reader(1)
    await room.comes("chui", DETAINED, MORE)
    await room.comes("third", "Активиста Сергея Новосёлова выдали России", "Его вывезли в Москву.", minutes=30)
    assert lines(alerts(chat)[1])[0] == "🔴 Экстрадиция · Кыргызстан · выдан", "not Russia: where it happened is known"
    await room.orders("/events status 1 detained")
    first, second = alerts(chat)
    assert lines(first)[0] == lines(second)[0] == "🔴 Задержание · Кыргызстан"
    assert lines(second)[-1] == "Статус указан модератором."
    assert "модератором" not in first.text
    await room.comes("fourth", DETAINED, MORE)
    assert len(alerts(chat)) == 2, "what readers were told before is no news again"


async def test_latest_and_more_show_how_the_case_went_in_the_readers_language(room: Newsroom) -> None:
    russian, english = await room.reader(1), await room.reader(2, "en")
    await room.comes("chui", DETAINED, MORE)
    await room.comes("wire", IN_ENGLISH, MORE_IN_ENGLISH)
    await room.comes("wire", "Bishkek court approves extradition of activist Sergei Novosyolov to Russia", days=5)
    await room.comes("third", "Активиста Сергея Новосёлова выдали России", "Его вывезли в Москву.", days=4)
    for chat, head, before in (
        (russian, "🔴 Экстрадиция · Кыргызстан · выдан", "Раньше: под стражей (2 марта), выдача одобрена (7 марта)"),
        (
            english,
            "🔴 Extradition · Kyrgyzstan · handed over",
            "Before: detained (2 March), extradition approved (7 March)",
        ),
    ):
        had = len(alerts(chat))
        await room.ask(chat, "/latest")
        (shown,) = alerts(chat)[had:]
        assert (lines(shown)[0], lines(shown)[-1]) == (head, before)
    first = alerts(english)[0]
    await (await english.press("More", first)).answer()
    more = await english.wait_for(lambda m: m.reply_to == first.id and "Why: " in m.text, after=first.id)
    told = lines(more)
    assert told[:3] == ["🔴 Detention · Kyrgyzstan · handed over", IN_ENGLISH, MORE_IN_ENGLISH]
    timeline = [line.split(" · ", 1)[1] for line in more.text.split("\n") if " UTC+06 · " in line]
    assert timeline == [
        f"Chui: {DETAINED}",
        f"Wire: {IN_ENGLISH}",
        "Wire: Bishkek court approves extradition of activist Sergei Novosyolov to Russia",
        "Third: Активиста Сергея Новосёлова выдали России",
    ]


@pytest.mark.parametrize(
    ("typed", "outlet", "title"),
    [
        ("Skoryakin", "chui", "Лев Скорякин рассказал о книгах, которые прочёл за год"),
        ("Скорякин Лев", "wire", "Lev Skoryakin answers questions from readers"),
        ("lev skoriakin", "fourth", "Лев Скорякін відповів на запитання читачів"),
    ],
)
async def test_a_followed_name_comes_in_any_script_whatever_else_the_chat_chose(
    room: Newsroom, typed: str, outlet: str, title: str
) -> None:
    chat = await room.reader(1, country="RS")
    bystander = await room.reader(2, country="RS")
    await room.ask(chat, f"/follow {typed}")
    await room.comes(outlet, title)
    (message,) = alerts(chat)
    assert lines(message)[:2] == ["🔵 Имя, за которым вы следите", title]
    assert alerts(bystander) == []
