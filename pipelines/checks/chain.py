"""The chain of commits as a check (哈希链核验): blocks reports of a ledger that was altered."""

import dagster as dg

from ledgers.journal import verify_chain
from pipelines.assets.book import Book
from pipelines.assets.ledger import posted_entries
from pipelines.assets.words import figures, head_figures, listing, said
from warehouse.heads import listed


@dg.asset_check(asset=posted_entries, blocking=True, description=said("chain_verified"))
def chain_verified(book: dg.ResourceParam[Book]) -> dg.AssetCheckResult:
    """All rows hash to what their commits say, and every head of `heads.txt` is in the chain."""
    findings = verify_chain(book.con, listed=listed(book.home.heads))
    found = [
        {"commit": each.commit_no or "", "table": each.table, "found": each.text("zh")}
        for each in findings.findings
    ]
    return dg.AssetCheckResult(
        passed=findings.good,
        description=f"{findings.text('zh')}\n\n{findings.text('en')}",
        metadata={
            **figures(commits=findings.commits, rows=findings.rows),
            **figures(findings=listing(found) if found else None),
            **head_figures(findings.head),
        },
    )
