"""Several alerts in one message: all of them told, in the reader's language, with a way to each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.content import Reader, Source
from bot.alerts.message import LIMIT, Entity, Message, units
from bot.delivery.claims import LINES
from bot.delivery.fold import gather
from bot.delivery.when import Fold
from bot.model import LegalStatus, Status
from tests.delivery.house import content

LABEL = LegalStatus("RU", "undesirable", "2024-02-20")
RU, EN = Reader("ru", ("RU",), time_zone="Asia/Bishkek"), Reader("en", (), time_zone="Asia/Bishkek")


def gathered(count: int, reader: Reader = RU, fold: Fold = Fold.QUIET, headline: str = "Новость") -> Message:
    contents = [content(f"{headline} {number}") for number in range(1, count + 1)]
    return gather(contents, reader, fold=fold, alert_ids=range(101, 101 + count))


def test_a_russian_reader_sees_what_waited_and_why_on_their_own_clock() -> None:
    told = replace(content("Его ищут в Москве"), status=Status.EXTRADITION_SOUGHT)
    message = gather([content(), told], RU, fold=Fold.QUIET, alert_ids=(7, 9))
    assert message.text == (
        "За тихие часы: 2 сообщения\n\n"
        "1. 🔴 Задержание · Кыргызстан\nАктивиста задержали в Бишкеке\nKloop, 2 мар., 18:00\n\n"
        "2. 🔴 Задержание · Кыргызстан · требуют выдачи\nЕго ищут в Москве\nKloop, 2 мар., 18:00"
    )
    assert message.entities == (Entity("bold", 0, units("За тихие часы: 2 сообщения")),)
    assert [(button.text, button.data) for row in message.buttons for button in row] == [
        ("1", "more:7"),
        ("2", "more:9"),
    ]


def test_an_english_reader_sees_it_in_english() -> None:
    assert gathered(1, EN, Fold.DIGEST).text == (
        "Digest: 1 alert\n\n🔴 Detention · Kyrgyzstan\nНовость 1\nKloop, 2 Mar, 18:00"
    )
    assert [button.text for row in gathered(1, EN).buttons for button in row] == ["More"]


@pytest.mark.parametrize(
    ("fold", "titles"),
    [
        (Fold.DIGEST, ["Сводка: 1 сообщение", "Сводка: 2 сообщения", "Сводка: 5 сообщений"]),
        (Fold.QUIET, ["За тихие часы: 1 сообщение", "За тихие часы: 2 сообщения", "За тихие часы: 5 сообщений"]),
        (
            Fold.PAUSE,
            ["За время паузы: 1 сообщение", "За время паузы: 2 сообщения", "За время паузы: 5 сообщений"],
        ),
        (
            Fold.LATE,
            [f"С опозданием больше суток: {told}" for told in ("1 сообщение", "2 сообщения", "5 сообщений")],
        ),
    ],
)
def test_every_title_counts_as_russian_does(fold: Fold, titles: list[str]) -> None:
    assert [gathered(count, fold=fold).text.partition("\n")[0] for count in (1, 2, 5)] == titles


def test_a_discreet_reader_sees_a_neutral_line_and_opens_the_rest() -> None:
    message = gathered(3, replace(RU, discreet=True))
    first, _, rest = message.text.partition("\n")
    assert first == "3 новые заметки"
    assert message.entities == (Entity("spoiler", units(first) + 1, units(rest)),)
    assert (message.silent, message.protect) == (True, True)
    assert [button.text for row in message.buttons for button in row] == ["1", "2", "3"]


def test_readers_of_a_channel_get_links_because_nobody_may_ask_before_all_of_them() -> None:
    contents = [content(), replace(content(), sources=()), content()]
    message = gather(contents, RU, fold=Fold.LATE, alert_ids=None)
    assert [(button.text, button.url, button.data) for row in message.buttons for button in row] == [
        ("1", "https://example.org/1", None),
        ("3", "https://example.org/1", None),
    ]
    alone = gather(contents[:1], RU, fold=Fold.LATE, alert_ids=None)
    assert [button.text for row in alone.buttons for button in row] == ["Открыть"]


def test_a_label_is_told_once_and_only_to_readers_whom_it_concerns() -> None:
    labelled = replace(content(), sources=(Source("Azattyk", "https://example.org/2", None, (LABEL,)),))
    shown = gather([labelled, labelled], RU, fold=Fold.DIGEST, alert_ids=(1, 2)).text
    assert shown.count("«нежелательная организация»") == 1
    assert shown.splitlines()[-1].startswith("Россия: «нежелательная организация» — Azattyk")
    assert "undesirable" not in gather([labelled], EN, fold=Fold.DIGEST, alert_ids=(1,)).text


@given(
    count=st.integers(1, LINES),
    headline=st.one_of(st.text(max_size=300), st.sampled_from(["Слово " * 40, "😱" * 250, "\n\n🔴 Подделка\n"])),
    outlet=st.text(max_size=100),
    discreet=st.booleans(),
    published=st.sampled_from([None, datetime(2026, 3, 2, tzinfo=UTC)]),
)
def test_no_alert_is_left_out_however_long_they_are(
    count: int, headline: str, outlet: str, discreet: bool, published: datetime | None
) -> None:
    one = replace(
        content(headline),
        countries=("CF", "VC", "BA", "TT"),
        published=published,
        sources=(Source(outlet, None, None),),
    )
    message = gather([one] * count, replace(RU, discreet=discreet), fold=Fold.PAUSE, alert_ids=range(count))
    assert 0 < units(message.text) <= LIMIT
    numbered = [line for line in message.text.split("\n") if line.partition(". ")[2].startswith("🔴")]
    assert len(numbered) == (count if count > 1 else 0)
    assert message.text.count("\n") <= 5 * count + 1
    assert [button.data for row in message.buttons for button in row] == [f"more:{number}" for number in range(count)]
    assert all(len(row) <= 8 for row in message.buttons)
