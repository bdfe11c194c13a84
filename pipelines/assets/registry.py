"""The registry of allowances each night (登记簿对账).

What belongs here: the asset that adds the registry up, on Dagster's page. What does not: adding up
(`ledgers.allowances.reconciliation`), and what must hold (`pipelines.checks.registry`). It has no
months: it is of the registry as it stands.
"""

from dataclasses import asdict

import dagster as dg

from ledgers.allowances.reconciliation import reconcile
from pipelines.assets.book import Book
from pipelines.assets.words import figures, listing, said

GROUP = "registry"


@dg.asset(group_name=GROUP, kinds={"duckdb"}, description=said("allowance_registry"))
def allowance_registry(book: dg.ResourceParam[Book]) -> dg.MaterializeResult[None]:
    """What was issued in each market and where it is; nothing is written."""
    query = "SELECT DISTINCT market FROM allowances.market ORDER BY market"
    markets = [reconcile(book.con, market) for (market,) in book.con.execute(query).fetchall()]
    units = [
        {"market": found.market, **asdict(unit), "difference": unit.difference}
        for found in markets
        for unit in found.units
    ]
    return dg.MaterializeResult(
        metadata=figures(
            transactions=max((found.transactions for found in markets), default=0),
            root=markets[-1].root if markets else None,
            units=listing(units),
        )
    )
