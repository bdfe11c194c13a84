"""Rule rows of green finance (规则行): days and weights that a text may move.

What belongs here: reading the rule set `green-finance` with the values that hold where nobody
imported any. What does not: what a value is used for.
"""

from __future__ import annotations

from datetime import date

from factors.applicable_editions import Days
from factors.errors import DataFault
from ledgers.reference import rule_set
from warehouse.connect import Connection

RULE_SET = "green-finance"
LOANS_FROM = "historical_loan_lists_from"


def days_of(con: Connection, on: date | None = None) -> Days:
    """The days of the table of editions. The first day of the loan lists of 2019 and 2020 is a rule
    row: the texts say 2019 to 2020, and 2020-01-01 holds where no row says otherwise."""
    row = rule_set(con, RULE_SET, on or date.today()).get(LOANS_FROM)
    if row is None:
        return Days()
    try:
        return Days(loans=date.fromisoformat(row.value))
    except ValueError as fault:
        facts = {"key": LOANS_FROM, "seen": row.value}
        raise DataFault("finance.rule_row_day", **facts) from fault
