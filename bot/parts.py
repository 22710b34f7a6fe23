"""The parts that polling is made of, built from settings: shared by the service, `nabat poll` and the demo."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.analyst import Analyst, Judge
from bot.chronicle import Alerted, Chronicle
from bot.keywords import pack as packs
from bot.language.html import plain
from bot.mending import Mender
from bot.mentions import Mentions
from bot.model import Group, Rule
from bot.news import catalogue as catalogues
from bot.news.addresses import Addresses
from bot.news.catalogue import Catalogue
from bot.news.ledger import Ledger
from bot.news.poll import OnHealth, Poller, ignore_health
from bot.news.routes import Routes
from bot.news.schedule import Pace
from bot.news.workers import ParserPool
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.addresses import decisions
from bot.store.crypto import load_keyring
from bot.store.follows import anybody_follows
from bot.store.keywords import active, seed
from bot.store.migrate import upgrade
from bot.store.news import FeedState, listed_feeds, save_catalogue
from bot.store.session import Store

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything between a feed and the outbox, open and ready."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    analyst: Analyst
    pipeline: Pipeline
    mender: Mender
    poller: Poller
    feeds: tuple[FeedState, ...]
    clock: Clock
    routes: Routes
    addresses: Addresses


def pace_of(settings: Settings) -> Pace:
    """Feeds follow their own rhythm unless the operator set NABAT_POLL_EVERY."""
    return Pace(settings.poll_every, learned="poll_every" not in settings.model_fields_set)


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The database, migrated to this version."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database, load_keyring(settings.key_path))
    try:
        await upgrade(store)
        yield store
    finally:
        await store.close()


FIRST_RUN = 20
"""Feeds that were never polled, from which a start is worth the dictionaries in one process more for a while."""


@contextlib.asynccontextmanager
async def open_parts(
    settings: Settings,
    on_alert: Callable[[Alerted], None],
    clock: Clock = utc_now,
    on_health: OnHealth = ignore_health,
) -> AsyncIterator[Parts]:
    """Read the files, open the database, load the rules. Raises ConfigurationError before anything is changed."""
    catalogue = catalogues.load(settings.feeds_path)
    pack = packs.load(settings.keywords_path)
    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings))
        async with store.write() as session:
            await save_catalogue(session, catalogue.outlets, catalogue.feeds)
            await seed(session, pack, clock())
            rules, groups = await active(session)
            feeds = await listed_feeds(session)
            addresses = Addresses(await decisions(session))
            followed = await anybody_follows(session)
        analyst = Analyst(rules, groups)
        stack.callback(analyst.close)
        routes = await stack.enter_async_context(
            Routes(settings.user_agent, catalogue.outlets, allow=settings.allow_hosts, proxy=proxy)
        )
        parsers = await stack.enter_async_context(_parsers(feeds, rules, groups))
        fresh = timedelta(hours=settings.fresh_hours)
        chronicle, mentions = Chronicle(store.keyring, catalogue), Mentions(store.keyring, catalogue)
        pipeline = Pipeline(store, analyst, chronicle, mentions, clock, fresh, on_alert, followed=followed)
        mender = Mender(store, chronicle, clock, on_alert)
        stack.push_async_callback(pipeline.close)
        ledger = Ledger(store, feeds)
        stack.push_async_callback(ledger.close)
        poller = Poller(
            store,
            routes,
            parsers,
            pipeline.take,
            clock,
            ledger,
            pace=pace_of(settings),
            on_health=on_health,
            addresses=addresses,
        )
        # What is loaded by now stays: without this, each look for garbage would stop everything to look through it.
        gc.freeze()
        stack.callback(gc.unfreeze)
        yield Parts(settings, store, catalogue, analyst, pipeline, mender, poller, feeds, clock, routes, addresses)


def _parsers(feeds: Sequence[FeedState], rules: Iterable[Rule], groups: Iterable[Group]) -> ParserPool:
    """In a first run the parsers judge backlogs too; about when it is over, their process is replaced."""
    new = sum(state.polled_at is None for state in feeds)
    if new < FIRST_RUN:
        return ParserPool(plain)
    return ParserPool(plain, Judge(rules, groups), recycle=new)
