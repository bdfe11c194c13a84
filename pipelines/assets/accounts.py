"""The account of a month's rows (行数账): what was read, and what the ledger says became of it.

What belongs here: counting both sides, over all runs of the month. What does not: the account
that posting gives in each commit, which is one of the two sides; what must hold (`checks`).
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from pipelines.intake.typed import Typed
from warehouse.connect import Connection, sql


@dataclass(frozen=True, slots=True)
class Account:
    """One file's rows of a month: `read` are those that were typed or were to be typed and could
    not; the next six are what became of them, `in_refused_file` those of a file that was refused
    whole. `doubled` rows were posted more than once. `elsewhere` are rows of other months."""

    source: str
    read: int
    posted: int
    rejected: int
    waiting: int
    unchanged: int
    held: int
    in_refused_file: int
    doubled: int
    elsewhere: int

    @property
    def lost(self) -> int:
        """Rows of which the ledger says nothing; below zero: rows that it counts twice."""
        found = self.posted + self.rejected + self.waiting + self.unchanged
        missing = self.read - found - self.held - self.in_refused_file
        if missing >= 0:
            return missing
        # A row that was rejected, tried again and then found unchanged is in both counts.
        return min(missing + min(self.unchanged, self.rejected), 0)

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
