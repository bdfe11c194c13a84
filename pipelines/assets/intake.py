"""From the inbox to checked rows (收件与校验).

What belongs here: the assets before the ledger. What does not: reading and judging themselves.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.assets.book import Book
from pipelines.assets.months import MONTHS
from pipelines.assets.words import figures, listing, said
from pipelines.intake.typed import Typed
from warehouse.connect import Connection, sql

GROUP = "month"


@dg.asset(
    partitions_def=MONTHS, group_name=GROUP, kinds={"xlsx", "csv"}, description=said("received")
)
def received_files(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """Files kept by their hash, staged and typed."""
    received = book.received(context.partition_key)
    return dg.MaterializeResult(
        metadata=figures(
            files=len(received),
            read=sum(typed.rows_read for typed in received),
            skipped=sum(sum(typed.skipped_counts.values()) for typed in received),
            unreadable=sum(typed.staged.refusal is not None for typed in received),
            listing=listing([_file(typed) for typed in received]),
        )
    )


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[received_files],
    kinds={"duckdb"},
    description=said("checked"),
)
def checked_rows(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """The faults of the declared rules, beside those of reading."""
    month = context.partition_key
    received, faults = book.received(month), book.faults(month)
    found = fault_counts(book.con, faults)
    return dg.MaterializeResult(
        metadata=figures(
            rows=sum(typed.rows_typed + typed.rows_faulty for typed in received),
            rejected=rows_with(book.con, faults, "E"),
            warned=rows_with(book.con, faults, "W"),
            listing=listing(found),
        )
    )


def fault_counts(con: Connection, faults: Sequence[Path]) -> list[Mapping[str, Any]]:
    """Rule, severity, rows and files of the faults, most rows first."""
    given = {"faults": [str(path) for path in faults]}
    cursor = con.execute(sql(__package__, "fault_counts.sql"), given)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def rows_with(con: Connection, faults: Sequence[Path], severity: str) -> int:
    """How many rows (a whole file counts once) have a fault of this severity."""
    row = con.execute(
        "SELECT count(DISTINCT (source, sheet, row_no)) FROM read_parquet($faults::VARCHAR[]) "
        "WHERE severity = $severity",
        {"faults": [str(path) for path in faults], "severity": severity},
    ).fetchone()
    assert row is not None
    return int(row[0])


def _file(typed: Typed) -> Mapping[str, Any]:
    return {
        "file": typed.staged.name,
        "rows": typed.rows_read,
        "typed": typed.rows_typed,
        "faulty": typed.rows_faulty,
        "skipped": sum(typed.skipped_counts.values()),
        "months": " ".join(typed.months),
        "sha256": typed.staged.sha256[:12],
    }
