"""The deadline of a month (月度期限): last month's figures are there in time.

What belongs here: the bureau's calendar and the check of it. What does not: starting the work
(`pipelines.automation`). A freshness policy of Dagster is about an asset as a whole; a month that
nobody ran would not be missed while others are run again.
"""

from dataclasses import dataclass
from datetime import date

import dagster as dg

from pipelines.assets.book import Book
from pipelines.assets.ledger import posted_entries
from pipelines.assets.months import last_month
from pipelines.assets.words import figures, said
from warehouse.connect import Connection

DEADLINE_DAY = 10
"""Last month is posted by the end of this day of the month: a working rule of the bureau. The
schedule posts on the fifth; five days are left to get rejected rows back from their senders."""


@dataclass(frozen=True, slots=True)
class Due:
    """How the month that is due stands: files posted of it, and whether it is late."""

    month: str
    deadline: date
    files: int
    late: bool


def due(con: Connection, day: date) -> Due:
    """How the month before that of `day` stands on `day`, whoever posted it."""
    month, deadline = last_month(day), day.replace(day=DEADLINE_DAY)
    row = con.execute(
        "SELECT count(DISTINCT source) FROM emissions.source WHERE month = ? AND rows_posted > 0",
        [month],
    ).fetchone()
    assert row is not None
    return Due(month, deadline, int(row[0]), row[0] == 0 and day > deadline)


@dg.asset_check(asset=posted_entries, description=said("last_month_on_time", day=DEADLINE_DAY))
def last_month_on_time(book: dg.ResourceParam[Book]) -> dg.AssetCheckResult:
    """Something of last month is posted, or its deadline has not passed."""
    found = due(book.con, book.day)
    return dg.AssetCheckResult(
        passed=not found.late,
        description=said("late", month=found.month, day=found.deadline) if found.late else None,
        metadata=figures(month=found.month, deadline=str(found.deadline), files=found.files),
    )
