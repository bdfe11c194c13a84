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

from ledgers.emissions.workspace import filled, insert, run
from warehouse.connect import Connection


def compare_streams(con: Connection, sources: Sequence[str], *, beside: bool = False) -> None:
    """Fill `withdrawn`, `replacing_row` and (for unchanged rows) `left_out` from the view
    `prepared_open`, whose rows come from the files `sources`. `beside`: they are booked beside
    what stands; only accruals give way to them."""
    run(con, "overlap", sources=list(sources))
    if filled(con, "overlap"):
        run(con, "stream_rows", sources=list(sources))
        insert(con, "withdrawn", "withdrawn_accruals")
        insert(con, "replacing_row", "real_rows")
        if not beside:
            run(con, "shared_streams")
            insert(con, "withdrawn", "withdrawn_streams")
            insert(con, "left_out", "unchanged_rows")
            insert(con, "replacing_row", "replacing_rows")


def follow_corrections(con: Connection) -> None:
    """Fill `withdrawn` and `replacing_row` from correcting rows in `prepared_open`."""
    insert(con, "withdrawn", "corrected_activities")
    insert(con, "replacing_row", "correcting_rows")
