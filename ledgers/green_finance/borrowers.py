"""Financed emissions of an institution or of all (融资主体排放): positions from the books.

What belongs here: joining instruments with the emissions of their borrowers: the emission ledger
first, by credit code, then what was reported, then the sector's intensity, each with the score that
it deserves. What does not: the arithmetic of the methods (`financed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.gases import QUANTUM, co2e
from ledgers import journal
from ledgers.emissions.books import preferred
from ledgers.green_finance.exposures import Exposure
from ledgers.green_finance.financed import Financed, Method, options
from warehouse.connect import Connection, sql

_SQL = "ledgers.green_finance.sql"
_COMPANY = "business_loans_and_unlisted_equity"
_AT_ORIGINATION = ("commercial_real_estate", "mortgages", "motor_vehicle_loans")
_LENT = ("loan", "lease", "bond_investment")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a borrower's emissions in a year: tCO2e of scopes 1 and 2, where from, and
    the PCAF option that this is."""

    emissions: Fraction
    source: str
    option: str
    months: int = 12


def financed(
    con: Connection, held: Sequence[Exposure], year: int, method: Method
) -> tuple[Financed, ...]:
    """The positions of one method; one whose borrower or denominator is not known is there without
    emissions, so that coverage says so."""
    lent = [each for each in held if each.kind in _LENT and each.balance > 0]
    finances = {
        row["credit_code"]: row for row in _rows(con, "latest_finances.sql", {"year": year})
    }
    codes = sorted({each.credit_code for each in lent if each.credit_code})
    own = ledger_emissions(con, codes, year)
    averages = {
        (row["institution_id"], row["business_no"]): Fraction(row["twelve"]) / 12
        for row in _rows(con, "average_balances.sql", {"year": year})
    }
    made = []
    for each in lent:
        row = finances.get(each.credit_code, {})
        known = own.get(each.credit_code) or _reported(row)
        average = averages.get((each.institution_id, each.business_no), Fraction(0))
        one = _pcaf(each, row, known) if method == "pcaf" else _pboc(each, row, known, average)
        made.append(one)
    return tuple(made)


def ledger_emissions(con: Connection, codes: Sequence[str], year: int) -> Mapping[str, Known]:
    """Credit code → what the emission ledger holds of the year. A year of which every booked month
    is closed counts as verified (option 1a), an open one as reported (1b)."""
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    bases = con.execute(
        "SELECT DISTINCT method_edition, boundary FROM emissions.resolution"
    ).fetchall()
    given = {"months": months, "enterprises": list(codes), "preferred": list(preferred(bases))}
    closed = set(journal.closed_months(con))
    tonnes: dict[str, Fraction] = {}
    booked: dict[str, int] = {}
    for row in _rows(con, "borrower_emissions.sql", given):
        measure = row["measure"]
        amount = QUANTUM[measure].tonnes(int(row["value"]))
        if measure not in ("CO2", "CO2e"):
            amount = co2e(row["gwp_edition"], measure, amount)
        code = row["enterprise_id"]
        tonnes[code] = tonnes.get(code, Fraction(0)) + amount
        booked[code] = max(booked.get(code, 0), int(row["months"]))
    sealed = {month for month in months if month in closed}
    return {
        code: Known(value, "ledger", "1a" if len(sealed) >= booked[code] else "1b", booked[code])
        for code, value in tonnes.items()
    }


def _reported(row: Mapping[str, Any]) -> Known | None:
    if row.get("emissions") is not None:
        return Known(Fraction(row["emissions"]), "reported", "1a" if row["verified"] else "1b")
    if row.get("sector_intensity") is not None and row.get("revenue") is not None:
        tonnes = Fraction(row["sector_intensity"]) * Fraction(row["revenue"]) / 1_000_000
        return Known(tonnes, "sector", "3a")
    return None


def _pcaf(each: Exposure, row: Mapping[str, Any], known: Known | None) -> Financed:
    asset_class = each.asset_class or _COMPANY
    below = _denominator(each, row, asset_class)
    share = Fraction(each.balance) / below if below else None
    if share is not None and share > 1:
        share = None  # FE-02 refuses it in a package; a record that stands so is not covered
    scored = options().get((asset_class, known.option)) if known else None
    covered = known is not None and share is not None and scored is not None
    scope3 = row.get("emissions_scope3")
    return Financed(
        "pcaf",
        each.business_no,
        each.industry[:2],
        Fraction(each.balance),
        share,
        known.emissions * share if covered and known and share is not None else None,
        scored if covered else None,
        Fraction(scope3) * share if scope3 is not None and share is not None else None,
        2 if scope3 is not None and share is not None else None,
        **_apart(row, share or Fraction(0)),
        source=known.source if covered and known else "",
        year=int(row["year"]) if row else None,
    )


def _pboc(
    each: Exposure, row: Mapping[str, Any], known: Known | None, average: Fraction
) -> Financed:
    revenue = row.get("revenue")
    share = average / Fraction(revenue) if revenue else None
    return Financed(
        "pboc",
        each.business_no,
        each.industry[:2],
        Fraction(each.balance),
        share,
        known.emissions * share if known and share is not None else None,
        source=known.source if known and share is not None else "",
        year=int(row["year"]) if row else None,
    )


def _apart(row: Mapping[str, Any], share: Fraction) -> dict[str, Fraction]:
    """Removals and credits of the borrower, attributed and apart."""
    return {
        name: Fraction(row[name]) * share if row else Fraction(0)
        for name in ("removals", "retired", "generated")
    }


def _denominator(each: Exposure, row: Mapping[str, Any], asset_class: str) -> Fraction | None:
    if asset_class == "project_finance":
        return Fraction(each.investment) or None
    if asset_class in _AT_ORIGINATION:
        return Fraction(each.origination_value) if each.origination_value else None
    if each.listed:
        return Fraction(row["evic"]) if row.get("evic") else None
    if row.get("equity") is None or row.get("debt") is None:
        return None
    return Fraction(row["equity"]) + Fraction(row["debt"])


def _rows(con: Connection, name: str, given: Mapping[str, object]) -> list[dict[str, Any]]:
    cursor = con.execute(sql(_SQL, name), dict(given))
    names = [item[0] for item in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
