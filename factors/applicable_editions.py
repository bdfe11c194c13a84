"""Which edition of which catalogue applies to a product by its kind and dates (版本适用).

What belongs here: the ordered table of lines, first match wins, the table of historical editions,
and whether a person has to choose. What does not: the choice itself, which the ledger keeps with
its reason. The days are parameters: where a text is unclear about one it is a rule row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

LOANS = frozenset({"loan", "lease", "acceptance", "letter_of_credit"})
BONDS = frozenset({"bond", "bond_investment", "abs"})
CONTRACTS = frozenset({"insurance", "fund", "wealth"})
KINDS = (*sorted(LOANS), *sorted(BONDS), *sorted(CONTRACTS))

CBIRC_ONLY = frozenset({"acceptance", "letter_of_credit", "bond_investment"})
"""Kinds whose supervisors' formats have room for this one code only."""

CURRENT = "GFSPC-2025"


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which lists change. `pub` and `eff` are of the 2025 list; `bonds` is the first
    day of the 2021 list; `loans` that of the lists of 2019 and 2020, whose day is a rule row."""

    pub: date = date(2025, 7, 14)
    eff: date = date(2025, 10, 1)
    bonds: date = date(2021, 7, 1)
    loans: date = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a product, each None where it has none. `signed` is the contract or report date
    of insurance, funds and wealth products; for acceptances and letters of credit `disbursed` is
    the day of issue."""

    kind: str
    approved: date | None = None
    disbursed: date | None = None
    issued: date | None = None
    filed: date | None = None
    registered: date | None = None
    signed: date | None = None


Outcome = Literal["current", "historical", "issuer", "person"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `sql` says the condition again on columns of those names, with $pub
    and $eff, so that a million rows are decided by the same table; a test holds both together."""

    number: int
    kinds: frozenset[str] | None
    outcome: Outcome
    holds: Callable[[Dates, Days], bool]
    sql: str


@dataclass(frozen=True, slots=True)
class Applicable:
    """What the table answers. `editions` may be legal: one of them carries the legal tag. `chooser`
    is 'person' or 'issuer' where the text leaves it open; then `editions` are the candidates."""

    line: int
    editions: tuple[str, ...]
    chooser: str = ""

    @property
    def settled(self) -> bool:
        """Whether nobody has to choose."""
        return not self.chooser


def _before(day: date | None, limit: date) -> bool:
    return day is not None and day < limit


def _from(day: date | None, limit: date) -> bool:
    return day is not None and day >= limit


def _between(day: date | None, first: date, limit: date) -> bool:
    return day is not None and first <= day < limit


LINES: tuple[Line, ...] = (
    Line(1, LOANS, "historical", lambda d, k: _before(d.disbursed, k.eff), "disbursed < $eff"),
    Line(2, LOANS, "historical", lambda d, k: _before(d.approved, k.pub), "approved < $pub"),
    Line(3, LOANS, "current", lambda d, k: _from(d.approved, k.eff), "approved >= $eff"),
    Line(
        4,
        LOANS,
        "person",
        lambda d, k: _between(d.approved, k.pub, k.eff) and _from(d.disbursed, k.eff),
        "approved >= $pub AND approved < $eff AND disbursed >= $eff",
    ),
    Line(
        5,
        BONDS,
        "historical",
        lambda d, k: any(_before(day, k.pub) for day in (d.issued, d.approved, d.registered)),
        "(issued < $pub OR approved < $pub OR registered < $pub)",
    ),
    Line(6, BONDS, "issuer", lambda d, k: _before(d.filed, k.pub), "filed < $pub"),
    Line(
        7,
        BONDS,
        "person",
        lambda d, k: _between(d.filed, k.pub, k.eff),
        "filed >= $pub AND filed < $eff",
    ),
    Line(8, BONDS, "current", lambda d, k: _from(d.filed, k.eff), "filed >= $eff"),
    Line(9, CONTRACTS, "current", lambda d, k: _from(d.signed, k.eff), "signed >= $eff"),
    Line(10, CONTRACTS, "historical", lambda d, k: _before(d.signed, k.eff), "signed < $eff"),
    Line(11, None, "person", lambda d, k: True, "true"),
)
"""The table in its order; the first line that holds decides."""


def applicable(dates: Dates, days: Days | None = None) -> Applicable:
    """Which edition applies to a product, or who has to choose between which."""
    known = days or Days()
    line = next(each for each in LINES if _holds(each, dates, known))
    past = historical(dates, known)
    if line.outcome == "current":
        return Applicable(line.number, (CURRENT,))
    if line.outcome == "historical":
        return Applicable(line.number, past)
    return Applicable(line.number, (*past, CURRENT), line.outcome)


def _holds(line: Line, dates: Dates, days: Days) -> bool:
    return (line.kinds is None or dates.kind in line.kinds) and line.holds(dates, days)


def historical(dates: Dates, days: Days | None = None) -> tuple[str, ...]:
    """The historical edition or editions by the second table. Loans have two lists side by side;
    acceptances, letters of credit and bond holdings carry one code of them only. Insurance, funds
    and wealth products follow the line of loans, for the table names no other."""
    known = days or Days()
    if dates.kind in BONDS and dates.kind not in CBIRC_ONLY:
        day = dates.issued or dates.approved or dates.registered or dates.filed
        return ("GBEPC-2021",) if day is None or day >= known.bonds else ("GBEPC-2015",)
    day = dates.disbursed or dates.issued or dates.signed or dates.approved or dates.filed
    if day is not None and day < known.loans:
        return ("CBRC-GC-2013",)
    return ("CBIRC-GF-2020",) if dates.kind in CBIRC_ONLY else ("PBOC-GL-2019", "CBIRC-GF-2020")


def line_sql() -> str:
    """The table as one SQL expression: the number of the line that decides, from columns `kind`,
    approved, disbursed, issued, filed, registered, signed and parameters $pub, $eff."""
    parts = []
    for line in LINES[:-1]:
        kinds = ", ".join(f"'{kind}'" for kind in sorted(line.kinds or ()))
        parts.append(f"WHEN kind IN ({kinds}) AND {line.sql} THEN {line.number}")
    return "CASE " + " ".join(parts) + f" ELSE {LINES[-1].number} END"


def editions_sql() -> str:
    """`historical` and the current list as one SQL expression of VARCHAR[]: the editions that may
    carry the legal tag, or the candidates. Columns as in `line_sql` and `line`; further $bonds and
    $loans."""
    bonds = ", ".join(f"'{kind}'" for kind in sorted(BONDS - CBIRC_ONLY))
    single = ", ".join(f"'{kind}'" for kind in sorted(CBIRC_ONLY))
    bond_day = "coalesce(issued, approved, registered, filed)"
    loan_day = "coalesce(disbursed, issued, signed, approved, filed)"
    past = (
        f"CASE WHEN kind IN ({bonds}) THEN CASE WHEN {bond_day} < $bonds "
        "THEN ['GBEPC-2015'] ELSE ['GBEPC-2021'] END "
        f"WHEN {loan_day} < $loans THEN ['CBRC-GC-2013'] "
        f"WHEN kind IN ({single}) THEN ['CBIRC-GF-2020'] "
        "ELSE ['PBOC-GL-2019', 'CBIRC-GF-2020'] END"
    )
    now = _numbers("current")
    old = _numbers("historical")
    return (
        f"CASE WHEN line IN ({now}) THEN ['{CURRENT}'] WHEN line IN ({old}) THEN {past} "
        f"ELSE list_append({past}, '{CURRENT}') END"
    )


def _numbers(outcome: Outcome) -> str:
    return ", ".join(str(line.number) for line in LINES if line.outcome == outcome)
