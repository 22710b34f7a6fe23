"""/keywords test with the real backtest on stored items, from the moderator's chat to the database and back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.keywords.backtest import backtest, fill
from bot.language.lexicon import Lexicon
from bot.moderation.curate import Curator
from bot.moderation.keywords import KeywordsTalk
from bot.store import migrate
from bot.store.crypto import Keyring
from bot.store.session import Store
from bot.store.tables import FeedRow, ItemRow, OutletRow
from tests.chat.conftest import open_house
from tests.moderation.conftest import NOW, OWNER

TITLES = (
    "В Бишкеке задержали двух активистов",
    "Задержан активист из Оша",
    "Погода в Бишкеке: дожди до пятницы",
    "Давно: задержан активист",
)


async def stored(folder: Path) -> Store:
    """A database with items of the last days and one of the month before last."""
    store = Store(f"sqlite+aiosqlite:///{folder / 'nabat.db'}", Keyring(((1, bytes(range(64))),)))
    await migrate.upgrade(store)
    async with store.write() as session:
        session.add(OutletRow(id="kloop", name="Kloop", home="https://kloop.example", mirrors=[], status=[]))
        await session.flush()
        feed = FeedRow(url="https://kloop.example/rss", outlet_id="kloop", language="ru")
        session.add(feed)
        await session.flush()
        for number, title in enumerate(TITLES):
            seen = NOW - timedelta(days=40 if title.startswith("Давно") else number)
            url = f"https://kloop.example/{number}"
            session.add(
                ItemRow(
                    feed_id=feed.id,
                    outlet_id="kloop",
                    identity=url,
                    url=url,
                    title=title,
                    summary="",
                    language="ru",
                    seen_at=seen,
                )
            )
    return store


async def test_a_query_is_tried_on_what_has_been_stored(tmp_path: Path) -> None:
    store, lexicon = await stored(tmp_path), Lexicon()
    assert await fill(store, lexicon) == len(TITLES)
    curator = Curator(store, lambda: NOW, bench=partial(backtest, store, lexicon=lexicon))
    async with open_house(tmp_path, KeywordsTalk(curator).staff(), owner_ids=frozenset({OWNER})) as house:
        chat = house.api.private(house.api.user(OWNER, language_code="ru"))
        said = await chat.says("/keywords test задержать активист -погода")
        answer = await chat.wait_for(after=said.id)
    await store.close()
    assert "2 новости" in answer.text
    assert "из 3 за последние 30 дней" in answer.text
    assert {"задержали", "активистов", "Задержан", "активист"} <= set(" ".join(answer.spans("bold")).split())
    assert "Погода" not in answer.text
    assert "Давно" not in answer.text
    assert "задержать: задержали, задержан" in answer.text
