"""The moderators' audit log: rows are added and read, and the database itself refuses to change or remove one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import AuditRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `actor` is `Keyring.pseudonym`, never an account's id; `subject` is what was acted on."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


async def record(
    session: AsyncSession, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> None:
    """Add an act, in the transaction that carries it out: neither is there without the other.

    `actor` comes from `Keyring.pseudonym`; `detail` is plain JSON and holds nothing about readers.
    """
    session.add(AuditRow(at=at, actor=actor, action=action, subject=subject, detail=dict(detail)))
    await session.flush()


async def entries(session: AsyncSession, *, limit: int, before: int | None = None) -> list[Entry]:
    """Acts, newest first; `before` is an entry's id to go on from."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.id < before)
    rows = await session.scalars(query)
    return [Entry(row.id, row.at, row.actor, row.action, row.subject, row.detail) for row in rows]


def guard(dialect: str) -> tuple[str, ...]:
    """SQL for a migration, a statement each: audit rows can be neither changed nor removed.

    `dialect` is "sqlite" or "postgresql".
    """
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def unguard(dialect: str) -> tuple[str, ...]:
    """SQL for a migration's way back."""
    if dialect == "sqlite":
        return tuple(f"DROP TRIGGER IF EXISTS {name}" for name in ("audit_kept", "audit_unchanged", "audit_unreplaced"))
    return (
        "DROP TRIGGER IF EXISTS audit_kept ON audit",
        "DROP TRIGGER IF EXISTS audit_never_emptied ON audit",
        "DROP FUNCTION IF EXISTS refuse_audit_change()",
    )


_REFUSED = "the audit log is append-only"
_TAKEN = "NEW.id IN (SELECT id FROM audit)"

_SQLITE = (
    f"CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    f"CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    # INSERT OR REPLACE removes the old row without firing a delete trigger (sqlite.org/lang_conflict.html).
    f"CREATE TRIGGER audit_unreplaced BEFORE INSERT ON audit WHEN {_TAKEN} "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
    "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
    "CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
)
