"""Budgets that can be judged (双控检查): no part beyond its whole, no city budget without inputs.

What belongs here: the check of the month's board. What does not: faults of files, which the book
refuses when they are imported (`ledgers.dual_control.checks`).
"""

import dagster as dg

from ledgers import dual_control as book_of
from ledgers.dual_control.budgets import sums
from pipelines.assets.book import Book
from pipelines.assets.dual_control import dual_control_board
from pipelines.assets.words import figures, listing, said


@dg.asset_check(asset=dual_control_board, description=said("budgets_judged"))
def budgets_judged(
    context: dg.AssetCheckExecutionContext, book: dg.ResourceParam[Book]
) -> dg.AssetCheckResult:
    """Every budget of the city has a level in this month, and no parts exceed their whole."""
    month = context.partition_key
    ground = book_of.read_book(book.con, month)
    found = book_of.readings(ground, month, levels=("city",))
    without = [item for item in found if not item.colour]
    over = [item for item in sums(ground.budgets, int(month[:4]), ground.members) if item.over > 0]
    rows = [
        {"place": item.place[1], "indicator": item.budget.indicator, "why": item.absent.code}
        for item in without
        if item.absent is not None
    ]
    rows += [{"place": each.code, "indicator": each.indicator, "why": "over"} for each in over]
    return dg.AssetCheckResult(
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=figures(rows=len(rows), listing=listing(rows)),
    )
