"""Rows into the ledger (入账).

What belongs here: the one asset that writes entries. What does not: posting itself
(`ledgers.emissions`), and what must hold of the ledger afterwards (`pipelines.checks`).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from ledgers import journal
from ledgers.emissions.posting import Posted
from pipelines import month as steps
from pipelines.assets.accounts import Account, accounts, totals
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
    received = book.received(month)
    posted = steps.post(book.con, received, month, book.faults(month), person=book.person)
    tonnes = {basis: str(value) for basis, value in month_tonnes(book.con, month).items()}
    return dg.MaterializeResult(
        metadata={
            **figures(files=len(received), **_standing(accounts(book.con, received, month))),
            **figures(tonnes=dg.MetadataValue.json(tonnes)),
            **_new(posted),
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


def _standing(found: Sequence[Account]) -> dict[str, int]:
    """The month as it stands, whichever run brought it there."""
    shown = ("read", "posted", "rejected", "waiting", "unchanged", "held")
    return {name: value for name, value in totals(found).items() if name in shown}


def _new(posted: Posted) -> dict[str, Any]:
    """What this run added; nothing where the same files were posted before."""
    return figures(
        commits=len(posted.commits),
        entries=posted.entries,
        reversals=posted.reversals,
        listing=listing(_accounts(posted)),
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
