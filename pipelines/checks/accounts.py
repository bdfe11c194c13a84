"""The account of a month's rows (行数平衡): every row that was sent is somewhere, once.

What belongs here: counting what was read beside what the ledger says of it. What does not: the
account that posting itself gives in its commit, which is one of the two sides here.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import dagster as dg

from pipelines.assets.book import Book
from pipelines.assets.ledger import posted_entries
from pipelines.assets.words import figures, listing, said
from pipelines.intake.typed import Typed
from warehouse.connect import Connection, sql

REJECTED_SHARE = 0.05
"""Of a month's rows: above this the fault is rarely the senders'. A changed export, a register
that was not imported or a new supplier's columns reject rows by the hundred; single slips of the
pen stay well below."""


@dataclass(frozen=True, slots=True)
class Account:
    """One file's rows of a month: `read` are those that were typed or were to be typed and could
    not; the others are what became of them; `doubled` rows were posted more than once."""

    source: str
    read: int
    posted: int
    rejected: int
    waiting: int
    unchanged: int
    held: int
    refused: int
    doubled: int

    @property
    def lost(self) -> int:
        """Rows of which the ledger says nothing; below zero: rows that it counts twice."""
        found = self.posted + self.rejected + self.waiting + self.held + self.refused
        missing = self.read - found - self.unchanged
        # A row that was rejected, sent again and then found unchanged is in both counts.
        excused = -min(self.unchanged, self.rejected)
        return missing if missing > 0 else min(missing - excused, 0)

    @property
    def balanced(self) -> bool:
        """Every row is in one place."""
        return self.lost == 0 and self.doubled == 0


def accounts(con: Connection, received: Sequence[Typed], month: str) -> tuple[Account, ...]:
    """The account of each file with rows of `month`, from the typed files and the ledger."""
    year, number = (int(part) for part in month.split("-"))
    each = {typed.staged.sha256: typed for typed in received}
    if not each:
        return ()
    rows = con.execute(
        sql(__package__, "accounts.sql"),
        {
            "month": month,
            "first_day": date(year, number, 1),
            "last_day": date(year, number, calendar.monthrange(year, number)[1]),
            "paths": [str(typed.typed_path) for typed in each.values()],
            "sources": list(each),
            "faulty": [typed.rows_faulty for typed in each.values()],
        },
    ).fetchall()
    return tuple(Account(*row) for row in rows)


def totals(found: Sequence[Account]) -> dict[str, int]:
    """The sum of each column over all files."""
    names = [item.name for item in fields(Account) if item.name != "source"]
    return {name: sum(getattr(account, name) for account in found) for name in names}


@dg.asset_check(asset=posted_entries, blocking=True, description=said("rows_conserved"))
def rows_conserved(
    context: dg.AssetCheckExecutionContext, book: dg.ResourceParam[Book]
) -> dg.AssetCheckResult:
    """read = posted + rejected + waiting + unchanged + held (+ refused with its file)."""
    month = context.partition_key
    received = book.received(month)
    found = accounts(book.con, received, month)
    names = {typed.staged.sha256: typed.staged.name for typed in received}
    wrong: list[dict[str, Any]] = [
        {"file": names[item.source], "read": item.read, "lost": item.lost, "doubled": item.doubled}
        for item in found
        if not item.balanced
    ]
    skipped = sum(sum(typed.skipped_counts.values()) for typed in received)
    return dg.AssetCheckResult(
        passed=not wrong,
        description=said("rows_unbalanced", files=len(wrong)) if wrong else None,
        metadata=figures(
            **totals(found), skipped=skipped, listing=listing(wrong) if wrong else None
        ),
    )


@dg.asset_check(
    asset=posted_entries,
    description=said("rejected_share", limit=f"{REJECTED_SHARE:.0%}"),
)
def rejected_share(
    context: dg.AssetCheckExecutionContext, book: dg.ResourceParam[Book]
) -> dg.AssetCheckResult:
    """The share of a month's rows that was rejected; a warning, for it stops nothing."""
    month = context.partition_key
    found = totals(accounts(book.con, book.received(month), month))
    share = found["rejected"] / found["read"] if found["read"] else 0.0
    return dg.AssetCheckResult(
        passed=share <= REJECTED_SHARE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=figures(
            rows=found["read"], rejected=found["rejected"], share=round(share * 100, 2)
        ),
    )
