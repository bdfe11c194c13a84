"""What a rule of bank records is (规则的形式), and what predicates share.

What belongs here: the record of a rule, the names of the tables that rules look at, SQL that
several groups use. What does not: the rules themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `table` of grounds, `column` where the fault is marked ('' = the row), `subject`,
    `predicate`, `seen` and `facts` as SQL on that table."""

    rule_id: str
    severity: Literal["E", "W"]
    table: str
    column: str
    predicate: str
    seen: str = "''"
    facts: Mapping[str, str] = field(default_factory=dict)
    subject: str = "business_no"
    scope: Literal["row", "total"] = "row"

    @property
    def message(self) -> str:
        """The code of its message."""
        return f"finance.rule.{self.rule_id}"


DAY = "getvariable('package_day')"
MESSAGE = "getvariable('message')"
OUTLIER = "20"
"""Tonnes of CO2 per 10 000 CNY of investment above which a benefit is asked about; the published
carbon-reduction loans that we know of lie between 2.5 and 7."""

INSTRUMENT, PROJECT, ALLOCATION, CODE = "r_instrument", "r_project", "r_allocation", "r_code"
BENEFIT, CELL, HOLDING, DELETION = "r_benefit", "r_statistics", "r_holding", "r_deletion"
FIRST = "project_no <> '' AND layer <> 'refinancing' AND kind IN ('loan', 'lease')"
LEGAL_OPEN = "line IN (4, 6, 7, 11)"


def text(column: str) -> str:
    """The column as text."""
    return f"CAST({column} AS VARCHAR)"
