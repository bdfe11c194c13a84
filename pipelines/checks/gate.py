"""The gate as a check (期望检查): blocks posting when a refused row was not set aside."""

import dagster as dg

from pipelines.assets.book import Book
from pipelines.assets.intake import checked_rows
from pipelines.assets.ledger import gate_figures
from pipelines.assets.words import figures, links, said
from pipelines.expectations.docs import docs_index


@dg.asset_check(asset=checked_rows, blocking=True, description=said("expectations_hold"))
def expectations_hold(
    context: dg.AssetCheckExecutionContext, book: dg.ResourceParam[Book]
) -> dg.AssetCheckResult:
    """Every row that an expectation refuses is among the rows that were set aside."""
    judgement = book.judgement(context.partition_key)
    pages = [docs_index(book.home), *judgement.pages]
    return dg.AssetCheckResult(
        passed=judgement.passed,
        description=None if judgement.passed else said("gate_shut", rows=judgement.escaped),
        metadata={**gate_figures(judgement), **figures(links=links(pages))},
    )
