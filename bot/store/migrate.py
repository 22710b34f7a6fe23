"""Migrations, run at start: the database is brought to the version of this code, or the start is refused."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import ConfigurationError
from bot.store.session import WRITE, Store
from bot.store.tables import Base

FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def upgrade(store: Store) -> None:
    """Bring the database to `head()`, in one transaction. Raises ConfigurationError for one from a newer Nabat."""
    async with store.engine.connect() as connection:
        connection = await connection.execution_options(**{WRITE: True})
        async with connection.begin():
            await connection.run_sync(_upgrade)


async def current(store: Store) -> str | None:
    async with store.engine.connect() as connection:
        return await connection.run_sync(_current)


async def differences(store: Store) -> list[object]:
    """What the tables in code and in the database differ in; empty when the migrations say all of it."""
    async with store.engine.connect() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    revision = _current(connection)
    if revision == head():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"The database was made by a newer Nabat (revision {revision}); install that version or restore a backup."
        )
    command.upgrade(_config(connection), "head")
