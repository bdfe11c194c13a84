"""What the year will end at (年终预测), with its band, from the months so far.

What belongs here: seasonality from past years, the estimate, its prediction interval, and what must
be saved a month to meet a cap. What does not: the months themselves (`lines`), colours (`colours`).

Estimates are statistics and no bookkeeping: they pass through binary floating point and are shown
as estimates. Of each complete past year the share of its months up to now gives one estimate of
this year's total; their mean is the estimate, and Student's t of their spread the band. With one
past year there is an estimate without a band; with none the months are taken as equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METHODS = ("whole", "seasonal", "one_year", "linear", "none")
"""How an estimate was made: the year is whole; past years' shares; one past year's; equal months;
nothing was booked."""


@dataclass(frozen=True, slots=True)
class Projection:
    """One estimate in the unit of its months: `low` and `high` None where there is no band."""

    estimate: float
    low: float | None
    high: float | None
    method: str
    past_years: int
    probability: float


@dataclass(frozen=True)
class Projections:
    """Estimates of many series; `low` and `high` are NaN where there is no band."""

    estimate: Floats
    low: Floats
    high: Floats
    past_years: NDArray[np.int64]
    months: int
    probability: float

    def one(self, at: int) -> Projection:
        """The estimate of one series."""
        low, high = float(self.low[at]), float(self.high[at])
        banded = not np.isnan(low)
        years = int(self.past_years[at])
        return Projection(
            float(self.estimate[at]),
            low if banded else None,
            high if banded else None,
            self._method(years, float(self.estimate[at])),
            years,
            self.probability,
        )

    def _method(self, years: int, estimate: float) -> str:
        if self.months == 12:
            return "whole"
        if estimate == 0:
            return "none"
        return "linear" if years == 0 else ("one_year" if years == 1 else "seasonal")


def project(past: Floats, so_far: Floats, months: int, probability: float = 0.8) -> Projections:
    """Estimates of many series at once.

    `past`: series × years × 12, NaN in a month without figures; a year counts when all its months
    are there and its total and its part are above zero. `so_far`: series, the sum of the first
    `months` months of this year. Raises ValueError for months outside 1..12.
    """
    if not 1 <= months <= 12:
        raise ValueError(months)
    count = so_far.shape[0]
    if months == 12:
        years = np.zeros(count, dtype=np.int64)
        return Projections(so_far, so_far, so_far, years, months, probability)
    total = past.sum(axis=2)
    part = past[:, :, :months].sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (total > 0) & (part > 0)
        guesses = np.where(usable, so_far[:, None] * total / part, np.nan)
    years = usable.sum(axis=1)
    filled = np.where(usable, guesses, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = filled.sum(axis=1) / years
        squares = np.where(usable, (guesses - mean[:, None]) ** 2, 0.0).sum(axis=1)
        spread = np.sqrt(squares / (years - 1)) * np.sqrt(1 + 1 / years)
    estimate = np.where(years > 0, mean, so_far * 12 / months)
    half = _quantile(years, probability) * spread
    banded = (years >= 2) & (so_far > 0)
    low = np.where(banded, np.maximum(estimate - half, so_far), np.nan)
    high = np.where(banded, estimate + half, np.nan)
    return Projections(estimate, low, high, years, months, probability)


def _quantile(years: NDArray[np.int64], probability: float) -> Floats:
    """Student's t for the two-sided probability, years − 1 degrees of freedom; NaN below two."""
    found = np.full(years.shape, np.nan)
    for count in np.unique(years[years >= 2]):
        found[years == count] = _student(int(count) - 1, probability)
    return found


def _student(freedom: int, probability: float) -> float:
    from scipy import stats  # type: ignore[import-untyped]

    return float(stats.t.ppf((1 + probability) / 2, freedom))


def saving(estimate: Fraction, cap: Fraction, months_left: int) -> Fraction | None:
    """What must be saved in each month left so that the year ends at its cap; None where nothing
    need be saved. With no month left it is all that the year is over."""
    over = estimate - cap
    if over <= 0:
        return None
    return over / months_left if months_left else over
