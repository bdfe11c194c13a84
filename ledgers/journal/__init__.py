"""The journal that every book shares (总账日志).

What belongs here: commits and their hash chain, idempotency, periods, statement leaves, the
check of the whole chain. What does not: what the rows of a book mean.

    with journal.transaction(con):
        number = journal.next_commit_no(con)
        ...insert rows with commit_no = number and ordinal = 0..n-1...
        made = journal.commit(con, book=..., kind=..., key=..., body_sha256=..., person=...,
                              facts={...}, tables=["emissions.entry"])
"""

from ledgers.journal.commits import (
    AlreadyCommitted,
    BackDated,
    Commit,
    KeyReused,
    NoTransaction,
    body_digest,
    check_key,
    commit,
    commits,
    find_commit,
    next_commit_no,
    transaction,
)
from ledgers.journal.periods import (
    BadMonth,
    PeriodClosed,
    PeriodOpen,
    close_month,
    closed_months,
    period_state,
    reopen_month,
    require_open,
)
from ledgers.journal.requests import (
    Request,
    RequestDecided,
    RequestUnknown,
    SamePersonDecides,
)
from ledgers.journal.statements import (
    NoStatement,
    StatementProof,
    check_inclusion,
    inclusion_proof,
    statement_leaf,
    statement_proof,
)
from ledgers.journal.verification import BadHead, Finding, Findings, verify_chain
from ledgers.journal.years import (
    BadYear,
    YearOpen,
    YearSeal,
    YearSealed,
    months_of_year,
    seal_year,
    year_seals,
)
from warehouse.heads import Head
from warehouse.heads import read_head as head
from warehouse.merkle import canonical_json

__all__ = [
    "AlreadyCommitted",
    "BackDated",
    "BadHead",
    "BadMonth",
    "BadYear",
    "Commit",
    "Finding",
    "Findings",
    "Head",
    "KeyReused",
    "NoStatement",
    "NoTransaction",
    "PeriodClosed",
    "PeriodOpen",
    "Request",
    "RequestDecided",
    "RequestUnknown",
    "SamePersonDecides",
    "StatementProof",
    "YearOpen",
    "YearSeal",
    "YearSealed",
    "body_digest",
    "canonical_json",
    "check_inclusion",
    "check_key",
    "close_month",
    "closed_months",
    "commit",
    "commits",
    "find_commit",
    "head",
    "inclusion_proof",
    "months_of_year",
    "next_commit_no",
    "period_state",
    "reopen_month",
    "require_open",
    "seal_year",
    "statement_leaf",
    "statement_proof",
    "transaction",
    "verify_chain",
    "year_seals",
]
