"""`nabat demo`: the story, told by the real service to two chats over real HTTP on loopback."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from pydantic import SecretStr
from rich.console import Console

from bot.alerts import message as alerts
from bot.demo import botapi, feedhost
from bot.demo.story import COUNTRY, LANGUAGE, OUTLETS, SCENES, Scene
from bot.preview import show
from bot.service import Service
from bot.settings import Settings

READ_AFTER = timedelta(minutes=4)
"""A scene is polled so long after it was published."""


class StoryClock:
    """The time of the story: it jumps from scene to scene, and runs in between."""

    def __init__(self, start: datetime) -> None:
        self._story, self._real = start, datetime.now(UTC)

    def __call__(self) -> datetime:
        return self._story + (datetime.now(UTC) - self._real)

    def jump(self, moment: datetime) -> None:
        self._story, self._real = moment, datetime.now(UTC)


@dataclass
class Stage:
    """Everything on loopback, and the two chats in the stalls. `seen` counts what of a chat was shown already."""

    host: feedhost.FeedHost
    service: Service
    clock: StoryClock
    chats: dict[str, botapi.Chat]
    feeds: dict[str, feedhost.PublishedFeed]
    console: Console

    def __post_init__(self) -> None:
        self.seen: dict[tuple[str, int], int] = {}
        self.counts = {name: [0, 0] for name in self.chats}

    async def play(self, scene: Scene) -> None:
        """Publish one item, have it polled, wait until everything decided has been sent, show what came."""
        self.clock.jump(scene.published + READ_AFTER)
        feed = self.feeds[scene.outlet]
        feed.publish(feedhost.FeedItem(scene.title, scene.summary, published=scene.published))
        name = next(outlet.name for outlet in OUTLETS if outlet.id == scene.outlet)
        self.console.print(f"[bold]{scene.published:%d %B %Y}[/]  {name}: {scene.title}")
        await self.service.poll_now(self.host.url(feed.path))
        await self.service.drained()
        if not self.show_news():
            self.console.print("    nobody was told", style="dim")

    def show_news(self) -> int:
        """Print what each chat received or saw change since the last time."""
        shown = 0
        for name, chat in self.chats.items():
            for message in chat.received:
                before = self.seen.get((name, message.id))
                if before == len(message.edits):
                    continue
                self.seen[name, message.id] = len(message.edits)
                edited = before is not None
                self.counts[name][edited] += 1
                note = "edited in place, silently" if edited else "a reply" if message.reply_to else ""
                show(_plain(message), name, note, self.console)
                shown += 1
        return shown


async def play() -> None:
    """Set the stage, play every scene, and say what came of it."""
    console = Console(highlight=False)
    console.print("Nabat's demo: invented outlets retell June to October 2023, on loopback, sent to two chats.\n")
    async with _stage(console) as stage:
        for scene in SCENES:
            await stage.play(scene)
        relevant = sum(scene.relevant for scene in SCENES)
        console.print(f"\n{len(SCENES)} items of {len(OUTLETS)} outlets, {relevant} of them worth an alert.")
        for name, (new, edited) in stage.counts.items():
            console.print(f"{name}: messages {new}, silent edits {edited}.")


@contextlib.asynccontextmanager
async def _stage(console: Console) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nabat-demo-")))
        host = await stack.enter_async_context(feedhost.FeedHost())
        api = await stack.enter_async_context(botapi.FakeBotAPI("nabat_demo_bot"))
        feeds = {outlet.id: host.feed(outlet.id, title=outlet.name, language=LANGUAGE[outlet.id]) for outlet in OUTLETS}
        clock = StoryClock(SCENES[0].published - timedelta(hours=1))
        settings = _settings(folder, api, _write_feeds(folder, host))
        service = await stack.enter_async_context(Service(settings, clock=clock, polling=False))
        chats = {
            "Бишкек, по-русски": await _subscribe(api, 1001, "ru", "KG"),
            "Almaty, in English": await _subscribe(api, 1002, "en", "KZ"),
        }
        stage = Stage(host, service, clock, chats, feeds, console)
        # Every feed is polled empty first: the first poll of a feed is backlog, the story is news.
        for feed in feeds.values():
            await service.poll_now(host.url(feed.path))
        stage.seen = {(name, m.id): len(m.edits) for name, chat in chats.items() for m in chat.received}
        yield stage


def _settings(folder: Path, api: botapi.FakeBotAPI, feeds_file: Path) -> Settings:
    return Settings(
        telegram_token=SecretStr(api.token),
        telegram_api_url=api.url,
        data_dir=folder,
        feeds_file=feeds_file,
        allow_hosts=("127.0.0.1",),
        console_address="127.0.0.1:0",
        poll_every=86_400,
    )


def _write_feeds(folder: Path, host: feedhost.FeedHost) -> Path:
    """feeds.yaml of the invented outlets, in the format of the real one."""
    outlets = [
        {
            "id": outlet.id,
            "name": outlet.name,
            "home": outlet.home,
            "status": [{"jurisdiction": s.jurisdiction, "label": s.label, "since": s.since} for s in outlet.status],
            "feeds": [
                {"url": host.url(f"/{outlet.id}.xml"), "language": LANGUAGE[outlet.id]}
                | ({"country": COUNTRY[outlet.id]} if outlet.id in COUNTRY else {})
            ],
        }
        for outlet in OUTLETS
    ]
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump({"outlets": outlets}, allow_unicode=True), encoding="utf-8")
    return path


async def _subscribe(api: botapi.FakeBotAPI, user: int, language: str, country: str) -> botapi.Chat:
    """Somebody finds the bot, says /start and taps three times: language, a country, done."""
    chat = api.private(api.user(user, language_code=language))
    await chat.says("/start")
    await chat.wait_for()
    for wanted in (f":{language}:", f":{country}:"):
        press = await chat.press(lambda button, wanted=wanted: wanted in f"{button.data}:")  # type: ignore[misc]
        await press.answer()
    return chat


def _plain(message: botapi.Message) -> alerts.Message:
    """A message of the fake Bot API as the alerts room writes them."""
    buttons = tuple(tuple(alerts.Button(b.text, b.url, b.data) for b in row) for row in message.buttons)
    entities = tuple(alerts.Entity(e.type, e.offset, e.length) for e in message.entities)
    return replace(alerts.Message(message.text), entities=entities, buttons=buttons)
