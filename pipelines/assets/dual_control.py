"""The month beside its budgets (双控资产): warnings posted, the board written.

What belongs here: the asset of dual control. What does not: the work (`pipelines.dual_control`).
"""

import dagster as dg

from ledgers import journal
from pipelines import dual_control
from pipelines.assets.book import Book
from pipelines.assets.intake import GROUP
from pipelines.assets.ledger import posted_entries
from pipelines.assets.months import MONTHS
from pipelines.assets.words import figures, head_figures, links, listing, said


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[posted_entries],
    kinds={"html", "pdf"},
    description=said("dual_control"),
)
def dual_control_board(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """Warnings of the month and its board; nothing where the ledger has no budgets."""
    month, lang = context.partition_key, book.settings.language
    found = dual_control.run_month(book.con, book.home, month, person=book.person, lang=lang)
    if found is None:
        return dg.MaterializeResult(metadata=figures(files=0))
    rows = [{"figure": name, "value": value} for name, value in found.figures]
    return dg.MaterializeResult(
        metadata={
            **figures(
                warned=found.issued.issued,
                files=len(found.reports),
                links=links(found.reports),
                listing=listing(rows),
            ),
            **head_figures(journal.head(book.con)),
        }
    )
