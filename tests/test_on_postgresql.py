"""The main job on PostgreSQL: the same service, from a feed to a chat."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import SecretStr

from bot.demo.botapi import FakeBotAPI
from bot.demo.feedhost import FeedHost, FeedItem
from bot.service import Service
from bot.settings import Settings


async def test_the_service_runs_on_postgresql(postgres: str, tmp_path: Path) -> None:
    async with FakeBotAPI() as api, FeedHost() as host:
        feed = host.feed("wire", language="en")
        outlet = {"id": "wire", "name": "Wire", "home": "https://wire.example"}
        entry = outlet | {"feeds": [{"url": host.url("/wire.xml"), "language": "en", "country": "KG"}]}
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"outlets": [entry]}))
        settings = Settings(
            telegram_token=SecretStr(api.token),
            telegram_api_url=api.url,
            database_url=SecretStr(postgres),
            data_dir=tmp_path,
            feeds_file=tmp_path / "feeds.yaml",
            allow_hosts=("127.0.0.1",),
        )
        async with Service(settings, polling=False) as service:
            await service.poll_now(host.url("/wire.xml"))
            chat = api.private(api.user(4242, language_code="en"))
            await chat.says("/start")
            await chat.wait_for(timeout=20)
            feed.publish(FeedItem("Russian activist detained in Bishkek at Moscow's request", "Friends say so."))
            await service.poll_now(host.url("/wire.xml"))
            message = await chat.wait_for(lambda m: "activist detained" in m.text, 20)
            await service.drained()
            feed.publish("Bazaar reopens in Karakol")
            await service.poll_now(host.url("/wire.xml"))
            await service.drained()
            await (await chat.press(lambda button: (button.data or "").startswith("more:"), message)).answer()
            more = await chat.wait_for(lambda m: m.reply_to == message.id, 20)
            await chat.says("/stop")
            await chat.wait_for(lambda m: "erased" in m.text.lower(), 20)
    assert "Wire" in more.text
    assert sum("activist detained" in m.text and m.reply_to is None for m in chat.received) == 1
