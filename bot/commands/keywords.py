"""`nabat keywords …`: the rules in the database, and keywords.yaml as their seed and export."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.model import Group, Rule
    from bot.settings import Settings
    from bot.store.difference import Difference
    from bot.store.session import Store

app = typer.Typer(help="Rules and groups: the database, and keywords.yaml.", no_args_is_help=True)

ACTOR = "command line"


def _with_store(work: Callable[[Settings, Store], Awaitable[None]]) -> None:
    """Do something with the database of the settings, which holds at least the seed."""
    from bot.keywords import pack
    from bot.parts import open_store, utc_now
    from bot.settings import load
    from bot.store.keywords import seed

    async def run() -> None:
        settings = load()
        async with open_store(settings) as store:
            async with store.write() as session:
                await seed(session, pack.load(settings.keywords_path), utc_now())
            await work(settings, store)

    asyncio.run(run())


@app.command("list")
def list_() -> None:
    """Every rule that is in the database: its id, topic, state and comment."""
    from bot.store.keywords import whole

    async def work(_settings: Settings, store: Store) -> None:
        async with store.read() as session:
            pack = await whole(session)
        for rule in pack.rules:
            typer.echo(f"{rule.id}  {rule.topic.value}  {rule.state.value}  v{rule.version}  {rule.comment}")
        typer.echo(f"{len(pack.rules)} rules, {len(pack.groups)} groups.")

    _with_store(work)


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A keywords.yaml; the configured one where none is named.")
    ] = None,
) -> None:
    """Read keywords.yaml and say what is wrong with it, or odd about it, by line and column."""
    from bot.keywords import pack
    from bot.moderation.curate import check as cautions
    from bot.settings import load

    path = file or load().keywords_path
    found = pack.load(path)
    for rule in found.rules:
        for caution in cautions(rule, found.groups):
            typer.echo(f"{rule.id}: {caution}")
    typer.echo(f"{path}: {len(found.rules)} rules and {len(found.groups)} groups, no mistakes.")


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(help="A keywords.yaml; the configured one where none is named.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the difference; change nothing.")] = False,
) -> None:
    """Make the database hold what the file holds, and print the difference. What is replaced stays as a version."""
    from bot.keywords import pack
    from bot.parts import utc_now
    from bot.store.keywords import import_pack

    async def work(settings: Settings, store: Store) -> None:
        new = pack.load(file or settings.keywords_path)
        async with store.write() as session:
            found = await import_pack(session, new, ACTOR, utc_now(), dry_run=dry_run)
        _print_difference(found)
        if dry_run:
            typer.echo("Nothing was changed.")

    _with_store(work)


@app.command()
def export() -> None:
    """The rules and groups of the database as keywords.yaml, on standard output."""
    from bot.keywords import pack
    from bot.store.keywords import whole

    async def work(_settings: Settings, store: Store) -> None:
        async with store.read() as session:
            typer.echo(pack.dump(await whole(session)), nl=False)

    _with_store(work)


def _print_difference(found: Difference) -> None:
    for thing in found.added:
        typer.echo(f"+ {_name(thing)}: {_queries(thing)}")
    for was, now in found.changed:
        typer.echo(f"- {_name(was)}: {_queries(was)}")
        typer.echo(f"+ {_name(now)}: {_queries(now)}")
    for thing in found.removed:
        typer.echo(f"- {_name(thing)}: {_queries(thing)}")
    if not found:
        typer.echo("No difference.")


def _name(thing: Rule | Group) -> str:
    from bot.model import Rule

    if isinstance(thing, Rule):
        return f"rule {thing.id} ({thing.topic.value}, {thing.state.value})"
    return f"group @{thing.name}"


def _queries(thing: Rule | Group) -> str:
    return "; ".join(f"{language or 'all'}: {' '.join(text.split())}" for language, text in thing.queries)
