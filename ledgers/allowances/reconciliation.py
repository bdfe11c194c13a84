"""The reconciliation report (对账报告): what was issued, where it is, and whether the book agrees.

What belongs here: the figures of one market by unit, beside the check. What does not: the check
itself (`verification`). It runs in one process on one connection; while that holds the ledger
nothing can execute.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledgers.allowances.verification import RegistryFinding, verify
from warehouse.connect import Connection, sql


@dataclass(frozen=True)
class UnitTotal:
    """A unit of a market: cap (None: none recorded), issued, held by participants, in custody or
    reserve, pledged, frozen, surrendered, cancelled, expired; `difference` is issued less all."""

    unit: str
    cap: int | None
    issued: int
    participants: int
    authority: int
    pledged: int
    frozen: int
    surrendered: int
    cancelled: int
    expired: int
    elsewhere: int

    @property
    def difference(self) -> int:
        """0 where every issued unit is somewhere."""
        placed = self.participants + self.authority + self.surrendered + self.cancelled
        return self.issued - placed - self.expired - self.elsewhere


@dataclass(frozen=True)
class Reconciliation:
    """The report; `pledged` and `frozen` are parts of what participants hold."""

    market: str
    transactions: int
    root: str
    units: tuple[UnitTotal, ...]
    findings: tuple[RegistryFinding, ...]

    @property
    def good(self) -> bool:
        """True when nothing differs."""
        return not self.findings and not any(unit.difference for unit in self.units)


def reconcile(con: Connection, market: str) -> Reconciliation:
    """Checks the registry and adds up one market by unit."""
    checked = verify(con)
    rows = con.execute(sql("ledgers.allowances.sql", "unit_totals.sql"), [market]).fetchall()
    units = tuple(UnitTotal(*row) for row in rows)
    return Reconciliation(market, checked.transactions, checked.root, units, checked.findings)
