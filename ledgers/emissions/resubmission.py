"""What comes in the place of what stands (重报与更正).

What belongs here: streams that an open month already has from another file, accruals whose real
value came, rows that correct a named row; which activities they withdraw. What does not: the
reversal of entries itself (`reversal`), and writing the new rows (`posting`).

All rows of one file for a stream are one set. The same multiset of quantities, units and measured
values is unchanged and has no effect; any other replaces the whole set. Only enterprises that an
open month already knows from other files are compared, so a first file costs one look.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledgers.emissions.preparation import statement
from warehouse.connect import Connection

TABLES = {
    "withdrawn": (
        "activity_commit BIGINT, activity_ordinal BIGINT, cause VARCHAR, from_source VARCHAR, "
        "by_source VARCHAR"
    ),
    "replacing_row": "source VARCHAR, sheet VARCHAR, row_no BIGINT, cause VARCHAR",
}
"""Temporary tables of a batch that this module fills: what is withdrawn, what comes instead."""


def compare_streams(con: Connection, sources: Sequence[str]) -> None:
    """Fill `withdrawn`, `replacing_row` and (for unchanged rows) `left_out` from the view
    `prepared_open`, whose rows come from the files `sources`."""
    given = {"sources": list(sources)}
    con.execute(statement("overlap.sql"), given)
    if _any(con, "overlap"):
        con.execute(statement("stream_rows.sql"), given)
        for name in ("shared_streams", "withdrawn_streams", "unchanged_rows", "replacing_rows"):
            con.execute(statement(f"{name}.sql"))


def follow_corrections(con: Connection) -> None:
    """Fill `withdrawn` and `replacing_row` from correcting rows in `prepared_open`."""
    con.execute(statement("corrected_activities.sql"))
    con.execute(statement("correcting_rows.sql"))


def _any(con: Connection, table: str) -> bool:
    return con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None
