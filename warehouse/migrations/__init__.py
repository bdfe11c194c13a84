"""The shape of the database, forward only (数据库迁移).

What belongs here: the runner, and one `NNNN_book.sql` for each step. What does not: reference
data and derived read models. Each file runs in one transaction with its record, so a kill in
the middle leaves the step wholly undone. A file that has run is never changed: the record keeps
its SHA-256 and a difference is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from factors.errors import OurFault, UsageFault
from warehouse.engine import Connection, sql

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True)
class Migration:
    """One step: its number, name, statements and the SHA-256 of the file."""

    number: int
    name: str
    statements: str
    sha256: str


class MigrationChanged(OurFault):
    """A file that has run on this database has other contents now; facts: name."""


class DatabaseNewer(UsageFault):
    """The database has steps that this software does not know; facts: names."""


@cache
def shipped() -> tuple[Migration, ...]:
    """All steps of this software in order. Two files with one number are refused."""
    found = []
    for entry in files(__package__).iterdir():
        match = _NAME.fullmatch(entry.name)
        if match:
            text = entry.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            found.append(Migration(int(match[1]), match[2], text, digest))
    found.sort(key=lambda step: step.number)
    numbers = [step.number for step in found]
    if len(set(numbers)) != len(numbers):
        raise OurFault("migration.same_number", numbers=", ".join(map(str, numbers)))
    return tuple(found)


def pending(con: Connection, steps: Sequence[Migration] | None = None) -> tuple[Migration, ...]:
    """Steps that have not run here. Raises MigrationChanged or DatabaseNewer."""
    known = {step.number: step for step in (shipped() if steps is None else steps)}
    applied = _applied(con)
    newer = [name for number, name, _ in applied if number not in known]
    if newer:
        raise DatabaseNewer("migration.newer", names=", ".join(newer))
    for number, name, digest in applied:
        if known[number].sha256 != digest:
            raise MigrationChanged("migration.changed", name=f"{number:04d}_{name}.sql")
    done = {number for number, _, _ in applied}
    return tuple(step for number, step in sorted(known.items()) if number not in done)


def migrate(con: Connection, steps: Sequence[Migration] | None = None) -> tuple[str, ...]:
    """Runs what is pending and returns the names. Safe to repeat; a failed step leaves no trace."""
    todo = pending(con, steps)
    if todo:
        con.execute("CREATE SCHEMA IF NOT EXISTS journal")
        con.execute(sql(__package__, "record.sql"))
    for step in todo:
        _run(con, step)
    return tuple(step.name for step in todo)


def _run(con: Connection, step: Migration) -> None:
    con.execute("BEGIN")
    try:
        con.execute(step.statements)
        con.execute(
            "INSERT INTO journal.migration (number, name, sha256) VALUES (?, ?, ?)",
            [step.number, step.name, step.sha256],
        )
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def _applied(con: Connection) -> list[tuple[int, str, str]]:
    exists = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() "
        "AND schema_name = 'journal' AND table_name = 'migration'"
    ).fetchone()
    if exists is None or not exists[0]:
        return []
    return con.execute("SELECT number, name, sha256 FROM journal.migration ORDER BY 1").fetchall()
