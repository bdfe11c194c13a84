"""Rows of journalled reference tables: adding them to a commit, reading them as of a moment.

What belongs here: the two movements that every table of this book shares. What does not: what
the rows mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pyarrow as pa

from warehouse.connect import Connection, sql

LATEST = 2**63 - 1
"""The commit number that reads everything there is."""

LOCAL = timezone(timedelta(hours=8))
"""The city's clock (北京时间): a recording day ends at its midnight."""

AsOf = date | datetime | None
"""A moment of recording; a plain date is the end of that day by the city's clock."""


def as_of_commit(con: Connection, as_of: AsOf) -> int:
    """The last commit recorded by `as_of` (0 when there was none); None reads everything."""
    if as_of is None:
        return LATEST
    if not isinstance(as_of, datetime):
        as_of = datetime.combine(as_of, time.max, tzinfo=LOCAL)
    moment = as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
    found = con.execute(
        "SELECT coalesce(max(commit_no), 0) FROM journal.commit WHERE recorded_at <= ?", [moment]
    ).fetchone()
    return int(found[0]) if found else 0


def add(con: Connection, table: str, commit_no: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add `rows` to a journalled table under `commit_no`, numbered from 0 in the given order."""
    if not rows:
        return
    numbered = [
        {"commit_no": commit_no, "ordinal": ordinal, **row} for ordinal, row in enumerate(rows)
    ]
    # One Arrow hand-over: row by row an edition of 2,000 factors took ten times as long.
    con.register("incoming_rows", pa.Table.from_pylist(numbered))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming_rows")
    con.unregister("incoming_rows")


def read(con: Connection, statement: str, *parameters: object) -> list[dict[str, Any]]:
    """The rows of one of this book's statements (`sql/<statement>.sql`) as mappings."""
    cursor = con.execute(sql("ledgers.reference.sql", f"{statement}.sql"), list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
