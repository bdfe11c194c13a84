"""The temporary tables of a batch, and inserting without a trap of the engine (工作区).

What belongs here: which temporary tables there are, making and filling them, the statements of
this book. What does not: what the tables mean, which the modules that fill them say.

DuckDB 2.0 loses sight of rows: after an INSERT ... SELECT that gave no row, a larger one (from a
row group on) into the same table in the same transaction cannot be read, until the file is opened
again or for good in memory. A CREATE TABLE AS that gave no row does the same. So a temporary table
that is still empty after an insert is made anew, and a table of the ledger is inserted into only
when there is something to insert. `tests/ledgers/emissions/test_workspace.py` holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledgers.emissions.activity import FAULT_COLUMNS, TYPED_COLUMNS
from warehouse.connect import Connection, sql

_PREPARED = {
    "month": "VARCHAR",
    "row_last": "BIGINT",
    "row_count": "INTEGER",
    "bill_start": "DATE",
    "bill_end": "DATE",
    "bill_quantity": "DECIMAL(38, 12)",
}
_ROW = {"source": "VARCHAR", "sheet": "VARCHAR", "row_no": "BIGINT"}
_ACTIVITY = {"activity_commit": "BIGINT", "activity_ordinal": "BIGINT"}

TABLES: Mapping[str, Mapping[str, str]] = {
    "refused_row": _ROW,
    "refused_source": {"source": "VARCHAR"},
    "closed_month": {"month": "VARCHAR"},
    "special": {**TYPED_COLUMNS, **_PREPARED},
    "profile": {
        "enterprise_id": "VARCHAR",
        "valid_from": "DATE",
        "valid_to": "DATE",
        "profile_id": "INTEGER",
        "own_facilities": "VARCHAR[]",
    },
    "new_fault": FAULT_COLUMNS,
    "case_fault": {
        **_ROW,
        "rows": "BIGINT",
        "column_name": "VARCHAR",
        "rule": "VARCHAR",
        "seen": "VARCHAR",
        "facts": "VARCHAR",
    },
    "left_out": {**_ROW, "rows": "BIGINT", "why": "VARCHAR"},
    "held_source": {"source": "VARCHAR", "rows": "BIGINT"},
    "withdrawn": {
        **_ACTIVITY,
        "cause": "VARCHAR",
        "from_source": "VARCHAR",
        "by_source": "VARCHAR",
    },
    "replacing_row": {**_ROW, "cause": "VARCHAR"},
    "to_reverse": {"commit_no": "BIGINT", "ordinal": "BIGINT", "cause": "VARCHAR"},
    "recalculated": {
        **_ACTIVITY,
        "month": "VARCHAR",
        "resolution_id": "INTEGER",
        "proof_id": "INTEGER",
        "value": "BIGINT",
        "tier": "TINYINT",
    },
    "made_resolution": {
        "resolution_id": "INTEGER",
        "method_edition": "VARCHAR",
        "method": "VARCHAR",
        "measure": "VARCHAR",
        "scope": "VARCHAR",
        "category": "VARCHAR",
        "parameters": "VARCHAR",
        "boundary": "VARCHAR",
        "gwp_edition": "VARCHAR",
        "counted": "BOOLEAN",
    },
}
"""Temporary table → its columns."""

PER_COMMIT = (
    *("new_fault", "case_fault", "left_out", "held_source", "withdrawn", "replacing_row"),
    *("to_reverse", "recalculated"),
)
"""The temporary tables that begin empty for each commit."""


def statement(name: str) -> str:
    """A statement of this book: `sql/<name>.sql`."""
    return sql("ledgers.emissions.sql", f"{name}.sql")


def run(con: Connection, name: str, **given: object) -> None:
    """Run a statement that makes a temporary table, view or macro, or that updates."""
    con.execute(statement(name), given or None)


def rows(con: Connection, name: str, **given: object) -> list[tuple[Any, ...]]:
    """The rows of a query of this book."""
    return con.execute(statement(name), given or None).fetchall()


def row(con: Connection, name: str, **given: object) -> tuple[Any, ...]:
    """The only row of a query of this book."""
    found = con.execute(statement(name), given or None).fetchall()
    assert len(found) == 1, name
    return found[0]


def make(con: Connection, *tables: str) -> None:
    """Make temporary tables, or make them empty again."""
    for table in tables:
        columns = ", ".join(f"{name} {kind}" for name, kind in TABLES[table].items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")


def insert(con: Connection, table: str, name: str, **given: object) -> int:
    """Run an INSERT into a temporary table; answers how many rows it gave. See the module."""
    ((inserted,),) = con.execute(statement(name), given or None).fetchall()
    if not inserted and not filled(con, table):
        make(con, table)
    return int(inserted)


def fill(con: Connection, table: str, columns: Sequence[Iterable[object]]) -> None:
    """Append columns of equal length to a temporary table; no column at all is no row."""
    lists = [list(column) for column in columns]
    if lists and lists[0]:
        append(con, table, dict(zip(TABLES[table].items(), lists, strict=False)))


def append(
    con: Connection, table: str, columns: Mapping[tuple[str, str], Sequence[object]]
) -> None:
    """Append (name, type) → values of equal length to a table, column by column: rows inserted
    one by one cost about a millisecond each."""
    names = ", ".join(name for name, _ in columns)
    marks = ", ".join(f"unnest(?::{kind}[])" for _, kind in columns)
    con.execute(f"INSERT INTO {table} ({names}) SELECT {marks}", list(columns.values()))


def filled(con: Connection, relation: str) -> bool:
    """Whether a table or view has any row."""
    return bool(con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall())


def count(con: Connection, relation: str) -> int:
    """How many rows a table or view has."""
    ((found,),) = con.execute(f"SELECT count(*) FROM {relation}").fetchall()
    return int(found)


def set_variable(con: Connection, name: str, value: object) -> None:
    """Bind a value that the views of a run read; a view cannot hold a parameter."""
    con.execute(f"SET VARIABLE {name} = ?", [value])
