"""The surrender status of an account (清缴状态), as published registries state it.

What belongs here: A and B from what was emitted and surrendered so far, and why an account has
neither. What does not: obligations, deadlines and fines of a market (the compliance rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledgers.allowances.feeds import ComplianceRow, Reported

MET, SHORT = "A", "B"


@dataclass(frozen=True)
class SurrenderStatus:
    """`balance`: A when as much was surrendered as emitted so far, else B. `reason`: '' when the
    account owes a report of the year and gave it, else why the balance says nothing of the year:
    not_started, ended, missing, excluded."""

    balance: str
    reason: str

    def explains(self, published: str) -> bool:
        """Whether a published status is this one. A blank is published for operators that ended;
        a registry may still state A or B for them."""
        if published in (MET, SHORT):
            return self.balance == published and self.reason in ("", "ended")
        return _PUBLISHED.get(self.reason) == published


_PUBLISHED: Mapping[str, str] = {
    "not_started": "NOT_APPLICABLE",
    "ended": "",
    "missing": "C",
    "excluded": "EXCLUDED",
}


def surrender_status(row: ComplianceRow, year: int, surrendered: int) -> SurrenderStatus:
    """The status of an account for `year`, given what the registry shows as surrendered so far.

    Source of the rule: the field descriptions in the UK registry's own report. Excluded means
    that no year has emissions; one excluded year among others does not take the balance away.
    """
    return SurrenderStatus(
        MET if surrendered >= row.emitted else SHORT, _reason(row, year, row.emissions[year])
    )


def _reason(row: ComplianceRow, year: int, reported: Reported) -> str:
    if row.first_year is not None and row.first_year > year:
        return "not_started"
    if row.last_year is not None and row.last_year < year:
        return "ended"
    if reported is None:
        return "missing"
    never = all(emitted in ("excluded", None) for emitted in row.emissions.values())
    return "excluded" if never and not row.emitted else ""
