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
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions.workspace import count, fill, make, row, run, set_variable
from warehouse.connect import Connection

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
    run(con, "view_typed")
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
    run(con, "view_typed")
    set_variable(con, "corrections", False)
    refuse_none(con)
    run(con, "view_taken")
    run(con, "view_kept")


def refuse_none(con: Connection) -> None:
    """Empty the lists of what the run leaves out: single rows and whole files."""
    make(con, "refused_row", "refused_source")


def prepare(con: Connection) -> Survey:
    """Bring up the view `prepared` over what is kept, and `prepared_open`, its open months."""
    rows, whole, bills, readings, first_day = row(con, "survey")
    make(con, "special")
    if bills:
        run(con, "bill_parts")
    if readings:
        run(con, "day_sums")
    run(con, "view_sum_rows")
    run(con, "view_prepared")
    mark_closed(con)
    return Survey(rows, whole, bills, readings, first_day, whole == count(con, "typed"))


def prepare_waiting(con: Connection) -> None:
    """Bring up the view `prepared` over what one commit kept waiting (variable waiting_commit)."""
    run(con, "view_waiting")
    con.execute(
        "CREATE OR REPLACE TEMP VIEW sum_row AS "
        "SELECT source, sheet, row_no, row_no AS first_row FROM emissions.waiting LIMIT 0"
    )
    mark_closed(con)


def mark_closed(con: Connection) -> None:
    """The table of closed months, and the view `prepared_open` that leaves them out."""
    make(con, "closed_month")
    fill(con, "closed_month", [journal.closed_months(con)])
    run(con, "view_open")
    run(con, "view_waits")
    con.execute(
        "CREATE OR REPLACE TEMP VIEW open_month AS SELECT DISTINCT month FROM emissions.activity "
        "ANTI JOIN closed_month USING (month)"
    )
