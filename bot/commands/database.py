"""`nabat db …`: the schema of the database."""

from __future__ import annotations

import asyncio

import typer

from bot.parts import open_store
from bot.settings import load
from bot.store import migrate
from bot.store.crypto import load_keyring
from bot.store.session import Store

app = typer.Typer(help="The schema of the database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to the version of this Nabat; `nabat run` does so by itself."""

    async def work() -> None:
        async with open_store(load()) as store:
            typer.echo(f"The database is at revision {await migrate.current(store)}.")

    asyncio.run(work())


@app.command()
def current() -> None:
    """The revision of the database, and the one that this Nabat needs."""

    async def work() -> None:
        settings = load()
        store = Store(settings.database, load_keyring(settings.key_path))
        try:
            typer.echo(f"{await migrate.current(store) or 'empty'} (this Nabat needs {migrate.head()})")
        finally:
            await store.close()

    asyncio.run(work())
