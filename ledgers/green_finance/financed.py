"""Financed emissions (融资排放): two families of methods that never share a total.

What belongs here: attribution by PCAF (2nd edition, 2022) and by the PBoC technical guide (trial,
2021), weighted scores, coverage, and totals that refuse to mix. What does not: where emissions of a
borrower come from (`borrowers`). The PBoC formulas stand as recalled: no text was read for them.

Removals, retired and generated credits are columns of their own and are never netted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

from factors.errors import DataFault
from factors.quantities import Exact, exact
from factors.taxonomies import rows_of

Method = Literal["pcaf", "pboc"]

STANDINGS: Mapping[str, str] = {"pcaf": "transcribed", "pboc": "memory"}
"""Method → how its formulas were read."""


class MixedMethods(DataFault, ValueError):
    """A total over positions of different methods (FE-01); facts: seen."""


class NoCoverage(DataFault, ValueError):
    """A total without what it covers, or without a weighted score (FE-05)."""


class BadAttribution(DataFault, ValueError):
    """An attribution outside 0 to 1 (FE-02); facts: seen, denominator."""


@cache
def options() -> Mapping[tuple[str, str], int]:
    """(asset class, option) → data-quality score."""
    return {
        (row["asset_class"], row["option"]): int(row["score"])
        for row in rows_of("pcaf_options_2022.csv")
    }


def evic(equity: Exact, debt: Exact, cash: Exact = 0) -> Fraction:
    """Enterprise value including cash: cash is named and not deducted."""
    del cash
    return exact(equity) + exact(debt)


def attribution(outstanding: Exact, denominator: Exact) -> Fraction:
    """outstanding / denominator, 0 to 1. Raises BadAttribution."""
    below = exact(denominator)
    if below <= 0 or not 0 <= exact(outstanding) <= below:
        raise BadAttribution("finance.rule.FE-02", seen=outstanding, denominator=denominator)
    return exact(outstanding) / below


@dataclass(frozen=True, slots=True)
class Financed:
    """One position: what it finances, by one method. Emissions in tCO2e, None where nothing is
    known; `score` 1 (best) to 5. `source`: ledger, reported, sector."""

    method: Method
    business_no: str
    group: str
    outstanding: Fraction
    attribution: Fraction | None
    emissions: Fraction | None
    score: int | None = None
    scope3: Fraction | None = None
    scope3_score: int | None = None
    removals: Fraction = Fraction(0)
    retired: Fraction = Fraction(0)
    generated: Fraction = Fraction(0)
    source: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A total of one method: with what it covers and its weighted score, always both. Scope 3 has
    a score of its own; removals and credits stand apart."""

    method: Method
    emissions: Fraction
    coverage: Fraction
    score: Fraction | None
    scope3: Fraction
    scope3_score: Fraction | None
    removals: Fraction
    retired: Fraction
    generated: Fraction
    positions: int
    covered: int

    def __post_init__(self) -> None:
        if self.method not in STANDINGS:
            raise MixedMethods("finance.rule.FE-01", seen=self.method)
        unscored = self.method == "pcaf" and self.covered > 0 and self.score is None
        if not 0 <= self.coverage <= 1 or unscored:
            raise NoCoverage("finance.rule.FE-05", seen="")


def total(found: Iterable[Financed]) -> Total:
    """The total of positions of one method. Raises MixedMethods, and NoCoverage where a position
    with emissions of PCAF has no score."""
    held = list(found)
    methods = sorted({each.method for each in held})
    if len(methods) != 1:
        raise MixedMethods("finance.rule.FE-01", seen=", ".join(methods) or "-")
    known = [each for each in held if each.emissions is not None]
    if methods[0] == "pcaf" and any(each.score is None for each in known):
        raise NoCoverage("finance.rule.FE-05", seen="")
    whole = sum((each.outstanding for each in held), Fraction(0))
    covered = sum((each.outstanding for each in known), Fraction(0))
    return Total(
        method=held[0].method,
        emissions=sum((each.emissions or Fraction(0) for each in known), Fraction(0)),
        coverage=covered / whole if whole else Fraction(0),
        score=weighted_score((each.outstanding, each.score) for each in known),
        scope3=sum((each.scope3 or Fraction(0) for each in held), Fraction(0)),
        scope3_score=weighted_score(
            (each.outstanding, each.scope3_score) for each in held if each.scope3 is not None
        ),
        removals=sum((each.removals for each in held), Fraction(0)),
        retired=sum((each.retired for each in held), Fraction(0)),
        generated=sum((each.generated for each in held), Fraction(0)),
        positions=len(held),
        covered=len(known),
    )


def by_group(found: Sequence[Financed]) -> Mapping[str, Total]:
    """Group → total, each of one method."""
    groups = sorted({each.group for each in found})
    return {group: total(each for each in found if each.group == group) for group in groups}


def weighted_score(pairs: Iterable[tuple[Exact, int | None]]) -> Fraction | None:
    """sum(outstanding × score) / sum(outstanding); None without any."""
    held = [(exact(weight), score) for weight, score in pairs if score is not None]
    whole = sum((weight for weight, _ in held), Fraction(0))
    if not whole:
        return None
    return sum((weight * score for weight, score in held), Fraction(0)) / whole


def pboc_project(
    emissions: Exact, average_loan: Exact, investment: Exact, days: int = 1, of_days: int = 1
) -> Fraction:
    """E_project × V_loan / V_investment × T_loan / T_period (the last when shorter)."""
    if not 0 <= days <= of_days:
        raise BadAttribution("finance.rule.FE-02", seen=days, denominator=of_days)
    return exact(emissions) * attribution(average_loan, investment) * Fraction(days, of_days)


def pboc_company(emissions: Exact, average_loan: Exact, revenue: Exact) -> Fraction:
    """E_entity × V_loan / V_revenue. The denominator is a flow: the ratio may pass 1."""
    below = exact(revenue)
    if below <= 0 or exact(average_loan) < 0:
        raise BadAttribution("finance.rule.FE-02", seen=average_loan, denominator=revenue)
    return exact(emissions) * exact(average_loan) / below


def waci(issuers: Iterable[tuple[Exact, Exact, Exact]]) -> Fraction:
    """Weighted average carbon intensity of (exposure, emissions, revenue)."""
    held = [(exact(weight), exact(tonnes), exact(money)) for weight, tonnes, money in issuers]
    whole = sum((weight for weight, _, _ in held), Fraction(0))
    return sum((weight / whole * tonnes / money for weight, tonnes, money in held), Fraction(0))
