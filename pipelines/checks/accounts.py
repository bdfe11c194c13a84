"""The account of a month's rows as checks (行数平衡): every row that was sent is somewhere, once.

What belongs here: what must hold of the account. What does not: the account
(`pipelines.assets.accounts`).
"""

from typing import Any

import dagster as dg

from pipelines.assets.accounts import accounts, totals
from pipelines.assets.book import Book
from pipelines.assets.ledger import posted_entries
from pipelines.assets.words import figures, listing, said

REJECTED_SHARE = 0.05
"""Of a month's rows: above this the fault is rarely the senders'. A changed export, a register
that was not imported or a new supplier's columns reject rows by the hundred; single slips of the
pen stay well below."""


@dg.asset_check(asset=posted_entries, blocking=True, description=said("rows_conserved"))
def rows_conserved(
    context: dg.AssetCheckExecutionContext, book: dg.ResourceParam[Book]
) -> dg.AssetCheckResult:
    """read = posted + rejected + waiting + unchanged + held, or refused with its file."""
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
