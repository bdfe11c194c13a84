"""From typed rows to rows that can be posted (入账准备).

What belongs here: which rows a run takes, bills split by days, readings summed to days, months
that are closed. What does not: reading files (`pipelines.intake`), what a row comes to (`cases`,
`calculation`), and what an earlier file says of the same stream (`resubmission`).

The work is a chain of temporary views over the Parquet files, so that ten million ordinary rows
are read where they lie; only bills across months and readings finer than a day are copied.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from factors.errors import UsageFault
from ledgers import journal
from warehouse.connect import Connection, sql

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class MonthFault(UsageFault, ValueError):
    """Not a month written YYYY-MM; facts: seen."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a run holds: rows in all, whole rows, bills that begin in an earlier month, readings
    finer than a day, the first day of any. `dense`: every row of the files is a whole row."""

    rows: int
    whole: int
    bills: int
    readings: int
    first_day: date
    dense: bool


def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM. Raises MonthFault."""
    match = _MONTH.fullmatch(month)
    if match is None:
        raise MonthFault("emissions.month", seen=month)
    year, number = int(match[1]), int(match[2])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def months_of(con: Connection, typed: Sequence[Path]) -> tuple[str, ...]:
    """The months whose runs take rows of these files: a row belongs to the month it ends in."""
    if not typed:
        return ()
    set_variable(con, "typed_paths", [str(path) for path in typed])
    con.execute(statement("view_typed.sql"))
    found = con.execute(
        "SELECT DISTINCT strftime(period_end, '%Y-%m') FROM typed ORDER BY 1"
    ).fetchall()
    return tuple(month for (month,) in found)


def open_run(con: Connection, month: str, typed: Sequence[Path]) -> None:
    """Set up the views of a run over `typed`; nothing is refused yet."""
    first, last = month_days(month)
    for name, value in (("month", month), ("first_day", first), ("last_day", last)):
        set_variable(con, name, value)
    set_variable(con, "typed_paths", [str(path) for path in typed])
    con.execute(statement("view_typed.sql"))
    set_variable(con, "corrections", False)
    refuse_none(con)
    con.execute(statement("view_taken.sql"))
    con.execute(statement("view_kept.sql"))


def refuse_none(con: Connection) -> None:
    """Empty the lists of what the run leaves out: single rows and whole files."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refused_row (source VARCHAR, sheet VARCHAR, row_no BIGINT)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE refused_source (source VARCHAR)")


def prepare(con: Connection) -> Survey:
    """Bring up the view `prepared` over what is kept, and `prepared_open`, its open months."""
    row = con.execute(statement("survey.sql")).fetchone()
    assert row is not None
    rows, whole, bills, readings, first_day = row
    con.execute(statement("table_special.sql"))
    if bills:
        con.execute(statement("bill_parts.sql"))
    if readings:
        con.execute(statement("day_sums.sql"))
    con.execute(statement("view_prepared.sql"))
    mark_closed(con)
    return Survey(rows, whole, bills, readings, first_day, whole == _all_rows(con))


def mark_closed(con: Connection) -> None:
    """The table of closed months, and the view `prepared_open` that leaves them out."""
    con.execute("CREATE OR REPLACE TEMP TABLE closed_month (month VARCHAR)")
    fill(con, "closed_month", [journal.closed_months(con)])
    con.execute(statement("view_open.sql"))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW open_month AS SELECT DISTINCT month FROM emissions.activity "
        "ANTI JOIN closed_month USING (month)"
    )


def fill(con: Connection, table: str, columns: Sequence[Iterable[object]]) -> None:
    """Append columns of equal length to one of this book's temporary tables."""
    lists = [list(column) for column in columns]
    if lists[0]:
        marks = ", ".join("unnest(?)" for _ in lists)
        con.execute(f"INSERT INTO {table} SELECT {marks}", lists)


def set_variable(con: Connection, name: str, value: object) -> None:
    """Bind a value that the run's views read; a view cannot hold a parameter."""
    con.execute(f"SET VARIABLE {name} = ?", [value])


def statement(name: str) -> str:
    """A statement of this book."""
    return sql("ledgers.emissions.sql", name)


def _all_rows(con: Connection) -> int:
    row = con.execute("SELECT count(*) FROM typed").fetchone()
    assert row is not None
    return int(row[0])
