"""The invariants of the registry as a check (登记簿核验)."""

import dagster as dg

from ledgers.allowances.verification import verify
from pipelines.assets.book import Book
from pipelines.assets.registry import allowance_registry
from pipelines.assets.words import figures, listing, said


@dg.asset_check(asset=allowance_registry, blocking=True, description=said("registry_holds"))
def registry_holds(book: dg.ResourceParam[Book]) -> dg.AssetCheckResult:
    """Nothing was created, lost or held twice, worked out from the moves alone."""
    found = verify(book.con)
    rows = [{"place": item.place, "found": item.text("zh")} for item in found.findings]
    return dg.AssetCheckResult(
        passed=found.good,
        metadata=figures(
            transactions=found.transactions,
            root=found.root,
            findings=listing(rows) if rows else None,
        ),
    )
