"""The rules over typed Parquet files (类型化数据文件的校验).

What belongs here: laying files as the view `typed`, and the faults of a run as a Parquet file.
What does not: the rules and their order (`finding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ledgers.emissions.activity import TYPED_COLUMNS
from ledgers.emissions.rules.finding import faults_table, find_faults
from ledgers.emissions.rules.grounds import Ground, Window
from warehouse.connect import Connection, sql


def read_typed(con: Connection, paths: Sequence[Path]) -> None:
    """Lay the temporary view `typed` over typed Parquet files, in the order of their arrival;
    without files it is empty."""
    con.execute("SET VARIABLE rule_paths = ?", [[str(path) for path in paths]])
    con.execute(
        "CREATE OR REPLACE TEMP VIEW typed AS FROM read_parquet(getvariable('rule_paths'))"
        if paths
        else f"CREATE OR REPLACE TEMP VIEW typed AS {_NOTHING}"
    )
    if paths:
        con.execute(sql(__package__, "sql/arrival.sql"))


def write_faults(
    con: Connection,
    paths: Sequence[Path],
    ground: Ground,
    window: Window,
    target: Path,
    *,
    midnight_declared: Iterable[str] = (),
) -> None:
    """Write the faults of the rows of `paths` to `target`, a Parquet file of FAULT_COLUMNS."""
    read_typed(con, paths)
    faults_table(con)
    find_faults(con, ground, window, midnight_declared=midnight_declared)
    con.execute("COPY faults TO $target (FORMAT parquet)", {"target": str(target)})
    con.execute("DROP TABLE faults")
    con.execute("DROP VIEW typed")


_NOTHING = (
    "SELECT "
    + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in TYPED_COLUMNS.items())
    + " LIMIT 0"
)
