"""Rows into the ledger (入账).

What belongs here: the one asset that writes entries. What does not: posting itself
(`ledgers.emissions`), and what must hold of the ledger afterwards (`pipelines.checks`).
"""

from typing import Any

import dagster as dg

from ledgers import journal
from ledgers.emissions.posting import Posted
from pipelines import month as steps
from pipelines.assets.book import Book
from pipelines.assets.intake import GROUP, checked_rows
from pipelines.assets.months import MONTHS
from pipelines.assets.words import figures, head_figures, listing, said
from pipelines.expectations.gate import Judgement
from pipelines.run import month_tonnes


@dg.asset(
    partitions_def=MONTHS,
    group_name=GROUP,
    deps=[checked_rows],
    kinds={"duckdb"},
    description=said("posted"),
)
def posted_entries(
    context: dg.AssetExecutionContext, book: dg.ResourceParam[Book]
) -> dg.MaterializeResult[None]:
    """Entries of the month's rows, in one transaction. Raises dg.Failure with the gate shut."""
    month = context.partition_key
    # The check may not have run with this asset; the gate is asked, however the run was started.
    require_open(book.judgement(month))
    faults = book.faults(month)
    posted = steps.post(book.con, book.received(month), month, faults, person=book.person)
    tonnes = {basis: str(value) for basis, value in month_tonnes(book.con, month).items()}
    return dg.MaterializeResult(
        metadata={
            **_totals(posted),
            **figures(tonnes=dg.MetadataValue.json(tonnes), listing=listing(_accounts(posted))),
            **head_figures(journal.head(book.con)),
        }
    )


def require_open(judgement: Judgement) -> None:
    """Raise dg.Failure when a row that an expectation refuses would be posted."""
    if not judgement.passed:
        raise dg.Failure(
            said("gate_shut", rows=judgement.escaped), gate_figures(judgement), allow_retries=False
        )


def gate_figures(judgement: Judgement) -> dict[str, Any]:
    """What the gate saw: rows, what was refused by rule and column, what got past the rules."""
    refused = [
        {"rule": rule, "column": column, "rows": rows}
        for (rule, column), rows in judgement.refused.items()
        if rows
    ]
    escapes = [
        {"rule": each.rule, "file": each.file, "sheet": each.sheet, "row": each.row_no}
        for each in judgement.escapes
    ]
    return figures(
        rows=judgement.rows,
        refused=listing(refused),
        escaped=judgement.escaped,
        escapes=listing(escapes) if escapes else None,
    )


def _totals(posted: Posted) -> dict[str, Any]:
    files = posted.files
    return figures(
        files=len(files),
        rows=sum(file.read for file in files),
        posted=sum(file.posted for file in files),
        rejected=sum(file.rejected for file in files),
        waiting=sum(file.waiting for file in files),
        unchanged=sum(file.unchanged for file in files),
        held=sum(file.held for file in files),
        entries=posted.entries,
        reversals=posted.reversals,
        commits=len(posted.commits),
    )


def _accounts(posted: Posted) -> list[dict[str, Any]]:
    return [
        {
            "commit": file.commit_no,
            "file": file.name,
            "state": file.state,
            "rows": file.read,
            "posted": file.posted,
            "rejected": file.rejected,
            "waiting": file.waiting,
            "unchanged": file.unchanged,
        }
        for file in posted.files
    ]
