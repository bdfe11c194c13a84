"""A bond in life (债券存续期): use of proceeds, progress, benefits, management.

What belongs here: the values of an issuer's report on one bond. What does not: how it looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from factors.errors import UsageFault
from ledgers import journal
from ledgers.green_finance.catalogues import catalogues
from ledgers.green_finance.claims import claimed_by, positions
from ledgers.green_finance.columns import INDICATORS
from ledgers.green_finance.exposures import Exposure, exposures
from ledgers.green_finance.institutions import institutions
from ledgers.green_finance.tags import Tag, Warned, tags_of, warnings
from warehouse.connect import Connection, sql


@dataclass(frozen=True, slots=True)
class Use:
    """Where a part of the proceeds went, newest statement: to a project, or nowhere yet."""

    use: str
    project_no: str
    project_key: str
    name: str
    code: str
    operating_on: date | None
    as_of: date
    allocated: Decimal
    spent: Decimal
    layer: str
    package: str
    sheet: str
    row_no: int


@dataclass(frozen=True)
class BondReport:
    """One bond on a day. `benefits`: indicator → claimed of what the projects achieved; `expected`
    stands apart."""

    bond: Exposure
    issuer: str
    as_of: date
    head: journal.Head
    tags: tuple[Tag, ...]
    uses: tuple[Use, ...]
    benefits: Mapping[str, Fraction]
    expected: Mapping[str, Fraction]
    open: tuple[Warned, ...]
    editions: Mapping[str, str]
    synthetic: bool

    @property
    def placed(self) -> Decimal:
        """Allocated to projects."""
        return sum((each.allocated for each in self.uses if each.use == "project"), Decimal(0))

    @property
    def spent(self) -> Decimal:
        """Spent in projects; idle money is never spent."""
        return sum((each.spent for each in self.uses if each.use == "project"), Decimal(0))

    @property
    def idle(self) -> Decimal:
        """Proceeds that are not spent, wherever they lie."""
        return self.bond.amount - self.spent


def bond_report(con: Connection, institution: str, number: str, as_of: date) -> BondReport:
    """The report of one bond. Raises UsageFault for a number that is no bond of the institution."""
    held = exposures(con, as_of, institution)
    found = [e for e in held if e.business_no == number and e.kind in ("bond", "abs")]
    if not found:
        facts = {"seen": number, "institution": institution}
        raise UsageFault("finance.record_unknown", **facts)
    given = {"institution": institution, "number": number, "day": as_of}
    rows = con.execute(sql("ledgers.green_finance.sql", "bond_uses.sql"), given).fetchall()
    uses = tuple(Use(*row) for row in rows)
    projects = positions(con, as_of)
    claims = {phase: claimed_by(projects, phase=phase) for phase in ("achieved", "expected")}
    mine = {
        phase: {
            name: made[institution, number, name]
            for name in INDICATORS
            if (institution, number, name) in made
        }
        for phase, made in claims.items()
    }
    issuer = institutions(con)[institution]
    subjects = {number, *(each.project_no for each in uses)}
    editions = catalogues(con)
    tags = tags_of(con, institution, number)
    legal = sorted({tag.edition for tag in tags if tag.legal})
    return BondReport(
        bond=found[0],
        issuer=issuer.name,
        as_of=as_of,
        head=journal.head(con),
        tags=tags,
        uses=uses,
        benefits=mine["achieved"],
        expected=mine["expected"],
        open=tuple(w for w in warnings(con, institution=institution) if w.subject in subjects),
        editions={n: "" if editions[n].complete else editions[n].extent for n in legal},
        synthetic=issuer.synthetic,
    )
