"""Checking a file without a trace (报送前自查): what the month would say of it, writing nothing.

What belongs here: reading one activity file and running the declared rules on it, with the ledger
of the home beside it where there is one. What does not: the rules and the reading themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ledgers.emissions import rules
from ledgers.emissions.rules.files import read_typed
from pipelines.intake.feeds import Feed
from pipelines.intake.staging import staged_temporarily
from pipelines.intake.typed import Typed, type_rows
from warehouse.connect import Connection, reader, scratch
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file. `faults` are records of FAULT_COLUMNS in the order of rows;
    `registered` says whether there was a register to compare with."""

    name: str
    sha256: str
    rows_read: int
    rows_good: int
    rows_rejected: int
    skipped: Mapping[str, int]
    months: tuple[str, ...]
    faults: tuple[Mapping[str, Any], ...]
    registered: bool

    @property
    def good(self) -> bool:
        """True when no row and not the file itself would be rejected."""
        return not any(fault["severity"] == "E" for fault in self.faults)


def check_file(home: Home, path: Path, feed: Feed | None = None) -> Checked:
    """Says of each row of an activity file what is wrong with it; writes nothing anywhere.

    Without a ledger in the home, rules that need the register or earlier months are silent.
    """
    with staged_temporarily(path, feed) as staged:
        typed = type_rows(staged, feed)
        with _book(home) as (con, has_ledger):
            ground = rules.ground_of(con) if has_ledger else rules.shipped_ground()
            today = date.today()
            month = max(typed.months, default=f"{today:%Y-%m}")
            window = rules.window_of(ground.policy, month, today)
            read_typed(con, [typed.typed_path])
            rules.faults_table(con)
            con.execute("INSERT INTO faults BY NAME FROM read_parquet(?)", [str(typed.faults_path)])
            declared = [typed.staged.sha256] if typed.stamps_declared else []
            rules.find_faults(con, ground, window, midnight_declared=declared)
            return _checked(con, typed, has_ledger)


@contextmanager
def _book(home: Home) -> Iterator[tuple[Connection, bool]]:
    if home.ledger.exists():
        with reader(home, purpose="check") as reading:
            yield reading.con, True
        return
    con = scratch()
    try:
        yield con, False
    finally:
        con.close()


def _checked(con: Connection, typed: Typed, registered: bool) -> Checked:
    cursor = con.execute("FROM faults ORDER BY sheet, row_no, severity, rule, column_name, seen")
    names = [column[0] for column in cursor.description or ()]
    faults = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    bad = {(f["sheet"], f["row_no"]) for f in faults if f["severity"] == "E" and f["row_no"]}
    return Checked(
        typed.staged.name,
        typed.staged.sha256,
        typed.rows_read,
        typed.rows_typed + typed.rows_faulty - len(bad),
        len(bad),
        typed.skipped_counts,
        typed.months,
        faults,
        registered,
    )
