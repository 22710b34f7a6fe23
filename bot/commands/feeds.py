"""`nabat feeds …`: what feeds.yaml says, and how its feeds are."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from bot.news import catalogue
from bot.parts import open_store
from bot.settings import load
from bot.store.news import FeedState, listed_feeds, save_catalogue

app = typer.Typer(help="Feeds: the file and their state.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Read feeds.yaml and say what is wrong with it, by line and field."""
    path = load().feeds_path
    found = catalogue.load(path)
    typer.echo(f"{path}: {len(found.feeds)} feeds of {len(found.outlets)} outlets, no mistakes.")


@app.command("list")
def list_() -> None:
    """Every feed, and how its last poll went."""

    async def work() -> tuple[FeedState, ...]:
        settings = load()
        found = catalogue.load(settings.feeds_path)
        async with open_store(settings) as store, store.write() as session:
            await save_catalogue(session, found.outlets, found.feeds)
            return await listed_feeds(session)

    table = Table("outlet", "language", "country", "last good poll", "last news", "trouble", "address")
    for state in asyncio.run(work()):
        table.add_row(
            state.feed.outlet,
            state.feed.language,
            state.feed.country or "",
            f"{state.succeeded_at:%F %H:%M}" if state.succeeded_at else "never",
            f"{state.new_item_at:%F %H:%M}" if state.new_item_at else "",
            state.trouble or "",
            state.feed.url,
        )
    Console(soft_wrap=True, width=None).print(table)
