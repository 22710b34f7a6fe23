"""What an analyst in the parser's process leaves to do, and what it must not change."""

from __future__ import annotations

import pickle

from bot.analyst import Analyst, Judge
from bot.model import Item, Rule, RuleState, Topic

RULES = [Rule("raids", Topic.DETENTION, RuleState.AUTO, (("", "обыск"),))]
WANTED = Item("1", "Обыски у активиста Сергея Новосёлова", language="ru")
OTHER = Item("2", "Поэт Сергей Новосёлов выступил в Оше", "Фото: Иван Земцов", language="ru")


async def test_items_judged_elsewhere_read_as_if_they_were_read_here() -> None:
    judge: Judge = pickle.loads(pickle.dumps(Judge(RULES, [])))
    words = [judge(WANTED), judge(OTHER)]
    assert words[0] is None
    assert words[1] is not None
    analyst = Analyst(RULES, [])
    for names in (False, True):
        for told, read in zip(
            await analyst.read_all([WANTED, OTHER], names=names, words=words),
            await analyst.read_all([WANTED, OTHER], names=names),
            strict=True,
        ):
            assert (told.matches, told.description, told.words) == (read.matches, read.description, read.words)
            assert (told.people, told.named) == (read.people, read.named)
            assert told.document.languages == read.document.languages
    (again,) = await analyst.name_all(await analyst.read_all([OTHER], names=False, words=words[1:]))
    assert [person.name for person in again.people] == ["Сергей Новосёлов"]
    analyst.close()
