"""What people read of a month (报表与发布副本).

What belongs here: the assets after the ledger. What does not: reports and copies themselves.
"""

import dagster as dg

from ledgers import journal
from pipelines import month as steps
from pipelines.assets.book import Book
from pipelines.assets.dual_control import dual_control_board
from pipelines.assets.intake import GROUP
from pipelines.assets.ledger import posted_entries
from pipelines.assets.months import MONTHS
from pipelines.assets.words import figures, head_figures, links, said
from pipelines.period import publish_copy


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[posted_entries],
    kinds={"xlsx"},
    description=said("returned"),
)
def returned_workbooks(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """Workbooks of rejected rows, to be mailed back; after posting, which refuses rows too."""
    month = context.partition_key
    received, faults = book.received(month), book.faults(month)
    written = steps.give_back(book.con, book.home, month, received, faults)
    return dg.MaterializeResult(metadata=figures(files=len(written), links=links(written)))


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[posted_entries],
    kinds={"html", "pdf"},
    description=said("reports"),
)
def month_reports(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """The bulletin of the month and a statement for each enterprise."""
    month, lang = context.partition_key, book.settings.language
    written = steps.report(book.con, book.home, month, lang=lang)
    return dg.MaterializeResult(
        metadata={
            **figures(files=len(written), links=links(written)),
            **head_figures(journal.head(book.con)),
        }
    )


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[month_reports, dual_control_board],
    kinds={"duckdb"},
    description=said("published"),
)
def published_copy(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """A read-only copy of the whole ledger as it stands after the month."""
    made = publish_copy(book.con, book.home)
    return dg.MaterializeResult(
        metadata={
            **figures(size=made.path.stat().st_size, links=links([made.path])),
            **head_figures(made.head),
        }
    )
