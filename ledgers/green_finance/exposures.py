"""Instruments as they stood on a day (存量): the one reading that tables and boards are made from.

What belongs here: the record of an instrument with its obligor, project and legal tag. What does
not: sums of them (`disclosures`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warehouse.connect import Connection, sql


@dataclass(frozen=True, slots=True)
class Exposure:
    """One instrument on a day. `edition` and `code` are of the legal tag; `new_code` is what it
    carries under the list in force, legal or further; package, sheet and row say where it came
    from."""

    institution_id: str
    business_no: str
    kind: str
    green: bool
    transferred: bool
    balance: Decimal
    amount: Decimal
    risk_class: str
    overdue: Decimal
    rate: Decimal | None
    industry: str
    pledged: Decimal
    asset_class: str
    origination_value: Decimal | None
    matures_on: date
    issued_on: date | None
    credit_code: str
    customer: str
    listed: bool
    project_key: str
    investment: Decimal
    edition: str
    code: str
    new_code: str
    package: str
    sheet: str
    row_no: int


def exposures(con: Connection, as_of: date, institution: str = "") -> tuple[Exposure, ...]:
    """Every instrument that stands at the end of a day, of one institution or of all."""
    given = {"day": as_of, "institution": institution}
    rows = con.execute(sql("ledgers.green_finance.sql", "exposures.sql"), given).fetchall()
    return tuple(Exposure(*row) for row in rows)
