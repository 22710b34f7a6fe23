"""An editor's change, or another person's story under the same address."""

from __future__ import annotations

import pytest

from bot.alerts.rewording import Version, is_another_story, is_spelling
from bot.events.describe import describe_text

LONG = "Активиста увезли сотрудники ГКНБ по запросу России, ему грозит экстрадиция."
FIRST = "В Бишкеке задержали российского активиста Сергея Новосёлова"


def version(title: str, summary: str = LONG, language: str = "ru") -> Version:
    return Version(title, summary, describe_text(title, summary, language, ()))


EDITORS = {
    "spelling": "В Бишкеке задержали российского активиста Сергея Новоселова",
    "patronymic": "В Бишкеке задержали российского активиста Сергея Петровича Новосёлова",
    "initial": "В Бишкеке задержали российского активиста С. Новосёлова",
    "surname": "В Бишкеке задержали активиста Новосёлова",
    "turned": "Новосёлов Сергей, российский активист, задержан в Бишкеке",
    "second": "В Бишкеке задержали российских активистов Сергея Новосёлова и Петра Гусева",
    "slip": "В Бишкеке задрежали росийского активиста Сергея Новосёлова",
    "slip in the name": "В Бишкеке задержали российского активиста Сергея Новсёлова",
    "no name": "В Бишкеке задержали российского активиста, которого ищет Москва",
    "lawyer": "Адвокат Анна Гусева рассказала о задержании Сергея Новосёлова в Бишкеке",
    "lawyer alone": "«Его могут выдать»: адвокат Анна Гусева — о задержании активиста в Бишкеке",
    "case": "Сергею Новосёлову, задержанному в Бишкеке, грозит выдача",
}
OTHERS = {
    "other": "В Бишкеке задержали российского активиста Петра Гусева",
    "surname": "В Бишкеке задержали активиста Гусева",
    "namesake": "В Бишкеке задержали российскую активистку Анну Новосёлову",
    "given name": "В Бишкеке задержали российского активиста Сергея Гусева",
    "two": "В Бишкеке задержали активистов Петра Гусева и Анну Романову",
    "other story": "Пётр Гусев получил премию в Бишкеке",
}


@pytest.mark.parametrize("change", EDITORS)
@pytest.mark.parametrize("back", [False, True])
def test_an_editors_change_is_the_same_story(change: str, *, back: bool) -> None:
    versions = [version(FIRST), version(EDITORS[change])]
    assert not is_another_story(*(reversed(versions) if back else versions))


@pytest.mark.parametrize("change", OTHERS)
@pytest.mark.parametrize("back", [False, True])
def test_others_than_before_are_another_story(change: str, *, back: bool) -> None:
    versions = [version(FIRST), version(OTHERS[change])]
    assert is_another_story(*(reversed(versions) if back else versions))


def test_a_text_that_goes_on_naming_the_first_does_not_hide_the_second() -> None:
    after = version(OTHERS["other"], f"{LONG} Накануне там же задержали Сергея Новосёлова.")
    assert is_another_story(version(FIRST), after)


def test_whom_the_text_or_another_report_named_was_told_of() -> None:
    before = version(FIRST, f"{LONG} Вместе с ним задержан Пётр Гусев.")
    assert not is_another_story(before, version(OTHERS["other"]))
    assert not is_another_story(version(FIRST), version(OTHERS["other"]), ["Pyotr Gusev"])


def test_whose_name_changes_in_the_text_alone_is_another() -> None:
    title = "В Бишкеке задержали российского активиста"
    before = version(title, "Сергея Новосёлова увезли сотрудники ГКНБ.")
    after = version(f"{title}: что известно", "Петра Гусева увезли сотрудники ГКНБ.")
    assert is_another_story(before, after)


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ("Activist Sergei Novosyolov detained in Bishkek", "Activist Pyotr Gusev detained in Bishkek", True),
        ("Activist Sergei Novosyolov detained in Bishkek", "Activist Sergey Novosyolov detained in Bishkek", False),
        ("Activist Sergei Novosyolov detained in Bishkek", "Activist Sergei Novoselov held in Bishkek", False),
        ("Activist Sergei Novosyolov detained in Bishkek", "Activist held in Bishkek at Moscow's request", False),
    ],
)
def test_english_headlines(before: str, after: str, *, another: bool) -> None:
    assert is_another_story(version(before, "", "en"), version(after, "", "en")) is another


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Сергей Новосёлов", "Новосёлов Сергей Петрович", True),
        ("Mikalai Statkevich", "Николай Статкевич", True),
        ("Сергей Новосёлов", "Сергей Новосёлво", True),
        ("Сергей Новосёлов", "Сегрей Новосёлов", True),
        ("Марина Иванова", "Карина Иванова", False),
        ("Анна Петрова", "Иван Петров", False),
        ("Иван Ким", "Иван Цим", False),
        ("Иван Петров", "Иван Павлов", False),
    ],
)
def test_spellings_of_one_name(one: str, other: str, *, same: bool) -> None:
    assert is_spelling(one, other) is is_spelling(other, one) is same
