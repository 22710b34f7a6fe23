"""`nabat …`: what people and machines call from outside. Each command is thin; the rooms do the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from bot import logs
from bot.commands import database, feeds, keywords, rating
from bot.errors import NabatError
from bot.settings import Settings, load

app = typer.Typer(
    name="nabat",
    help="Nabat, a Telegram alert service for people in political exile.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(feeds.app, name="feeds")
app.add_typer(keywords.app, name="keywords")
app.add_typer(database.app, name="db")
app.command("match")(rating.match)
app.command("evaluate")(rating.evaluate)


def started(work: Coroutine[Any, Any, Any], settings: Settings) -> Any:
    """Run a command's work with logging set up."""
    logs.configure(settings.log_format)
    return asyncio.run(work)


@app.command()
def run() -> None:
    """The whole service in one process. Without a token it runs in preview mode and prints its alerts."""
    from bot.service import serve

    settings = load()
    started(serve(settings), settings)


@app.command()
def poll(
    once: Annotated[bool, typer.Option("--once", help="Poll every feed once, then end.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be alerted; store nothing.")] = False,
) -> None:
    """Poll every feed and store what is new; `nabat run` sends what it decided."""
    from bot.commands.poll import poll_once

    if not once:
        raise NabatError("`nabat poll` polls once: call it as `nabat poll --once`. The service is `nabat run`.")
    settings = load()
    raise typer.Exit(started(poll_once(settings, dry_run=dry_run), settings))


@app.command()
def demo() -> None:
    """The story of Bishkek, June to October 2023, on loopback: no network, no token, under half a minute."""
    from bot.demo.play import play

    logs.configure("text", level=logging.WARNING)
    asyncio.run(play())


@app.command()
def health() -> None:
    """Ends with 0 if the service of this data folder is alive, else with 1 and the reason."""
    from datetime import UTC, datetime

    from bot.ops.health import DeadService, check

    try:
        heartbeat = check(load().data_dir, datetime.now(UTC))
    except DeadService as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Alive: {heartbeat.feeds} feeds, {heartbeat.failing} failing; up since {heartbeat.started:%F %T} UTC.")


def main() -> None:
    """The console script. A person's mistake is one sentence on standard error, never a traceback."""
    try:
        app()
    except NabatError as error:
        typer.echo(error, err=True)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
