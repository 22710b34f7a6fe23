"""`nabat keywords …`: the rules in the database, and keywords.yaml as their seed and export."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
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


@app.command("test")
def try_query(
    query: Annotated[str, typer.Argument(help="A query in the keyword language.")],
    since: Annotated[str, typer.Option("--since", help="How far back: 30d, 12h.")] = "30d",
    language: Annotated[str, typer.Option("--lang", help="The language whose items are tried; all by default.")] = "",
    name: Annotated[str, typer.Option("--rule", help="A saved rule: what would the query change of it?")] = "",
) -> None:
    """Try a query on the stored items: hits a day, samples with what matched in brackets, the forms each word met."""
    from bot.errors import UserMistake
    from bot.keywords.backtest import backtest, fill
    from bot.keywords.query import QueryError
    from bot.keywords.readout import readout
    from bot.language.lexicon import Lexicon
    from bot.locales import terminal_language
    from bot.model import LANGUAGES, Rule, RuleState, Topic
    from bot.moderation.curate import check
    from bot.parts import utc_now
    from bot.store.keywords import whole

    span = _span(since)
    if language and language not in LANGUAGES:
        raise UserMistake(f"--lang takes one of {', '.join(LANGUAGES)}, not “{language}”.")

    async def work(_settings: Settings, store: Store) -> None:
        async with store.read() as session:
            pack = await whole(session)
        if name and all(rule.id != name for rule in pack.rules):
            raise UserMistake(f"There is no rule “{name}”; `nabat keywords list` names them all.")
        # Without a name it is nobody's: no saved rule has an empty one.
        rule = Rule(name, Topic.LAW, RuleState.OFF, ((language, query),))
        try:
            for caution in check(rule, pack.groups):
                typer.echo(caution.explain(terminal_language()), err=True)
            lexicon = Lexicon()
            while await fill(store, lexicon):
                pass
            found = await backtest(store, rule, since=utc_now() - span, lexicon=lexicon)
        except QueryError as error:
            raise UserMistake(error.explain(terminal_language())) from None
        typer.echo(readout(found))

    _with_store(work)


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(help="A keywords.yaml; the configured one where none is named.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the difference; change nothing.")] = False,
) -> None:
    """Make the database hold what the file holds, and print the difference. What is replaced stays as a version."""
    from bot.keywords import pack
    from bot.keywords.readout import difference
    from bot.moderation.audit import Act
    from bot.parts import utc_now
    from bot.store import audit
    from bot.store.keywords import SEED, import_pack

    async def work(settings: Settings, store: Store) -> None:
        new = pack.load(file or settings.keywords_path)
        async with store.write() as session:
            found = await import_pack(session, new, ACTOR, utc_now(), dry_run=dry_run)
            if found and not dry_run:
                counts = {"added": len(found.added), "changed": len(found.changed), "removed": len(found.removed)}
                await audit.record(session, ACTOR, Act.IMPORT, SEED, counts, utc_now())
        typer.echo(difference(found) or "No difference.")
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


def _span(text: str) -> timedelta:
    """ "30d" or "12h" as a time span. Raises UserMistake."""
    from bot.errors import UserMistake

    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in ("d", "h") or not 0 < int(number) <= 3650:
        raise UserMistake(f"--since takes days or hours such as 30d or 12h, not “{text}”.")
    return timedelta(days=int(number)) if unit == "d" else timedelta(hours=int(number))
