"""The carbon-reduction-loan disclosure (碳减排贷款信息披露): quarter, year to date, since start.

What belongs here: the lines of that table, adding and taking away, and what follows from a printed
one. What does not: reading the loans (`statistics`). Amounts are in 10 000 CNY as printed, rates in
percent and weighted by amount, reductions in tCO2e a year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from factors.quantities import Exact, exact


@dataclass(frozen=True, slots=True)
class Line:
    """One line: number of projects, amount, amount-weighted rate, reduction a year."""

    projects: int
    amount: Fraction
    rate: Fraction | None
    reduction: Fraction

    @property
    def tonnes_per_10k(self) -> Fraction | None:
        """tCO2e a year for each 10 000 CNY."""
        return self.reduction / self.amount if self.amount else None


def line(projects: int, amount: Exact, rate: Exact, reduction: Exact) -> Line:
    """A line from printed figures."""
    return Line(projects, exact(amount), exact(rate), exact(reduction))


def added(lines: Iterable[Line], projects: int | None = None) -> Line:
    """Lines together; `projects` where one project is in several."""
    held = list(lines)
    amount = sum((each.amount for each in held), Fraction(0))
    weighed = sum((each.amount * each.rate for each in held if each.rate is not None), Fraction(0))
    return Line(
        sum(each.projects for each in held) if projects is None else projects,
        amount,
        weighed / amount if amount else None,
        sum((each.reduction for each in held), Fraction(0)),
    )


def before(year_to_date: Line, quarter: Line) -> Line:
    """What the earlier quarters of the year must have been: a check only where nothing was repaid
    or stated anew between the quarters. The rate is the one that both weighted rates imply."""
    amount = year_to_date.amount - quarter.amount
    rate = None
    if amount and year_to_date.rate is not None and quarter.rate is not None:
        rate = year_to_date.amount * year_to_date.rate - quarter.amount * quarter.rate
        rate = rate / amount
    return Line(
        year_to_date.projects - quarter.projects,
        amount,
        rate,
        year_to_date.reduction - quarter.reduction,
    )


def plausible(found: Line) -> bool:
    """Whether an implied rate can be one (2 to 7 percent) and amounts are not negative."""
    rate = found.rate
    return found.amount >= 0 and (rate is None or 2 <= rate <= 7)


def ratio(co2: Exact, energy: Exact) -> Fraction:
    """Tonnes of CO2 for each tonne of standard coal of an impact statement."""
    return exact(co2) / exact(energy)


def per_million(co2_tonnes: Exact, amount_yuan: Exact) -> Fraction:
    """Tonnes of CO2 a year for each million CNY."""
    return exact(co2_tonnes) * 1_000_000 / exact(amount_yuan)
