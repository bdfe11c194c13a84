"""What the ledger's past lets expect (趋势外推): yearly totals with a prediction interval.

What belongs here: the one stated model, its band, and the refusal where the past is too short. What
does not: targets and paths, and reading the ledger.

Model: ordinary least squares on monthly totals, y = a + b·t + s(month of the year) + e, twelve
months of season, errors independent with one variance. A year's value is the sum of its twelve
months; the band is the prediction interval of that sum, t distribution with n - 13 degrees of
freedom. It says what follows if nothing changes but what changed before, not what will be. Only
complete calendar years that follow one another up to the last one count, and fewer than three
of them give no line. Statistics, not bookkeeping: double precision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

NEEDED = 3
"""Complete years without which nothing is projected."""

LEVEL = 0.95
_SEASONS = 12


@dataclass(frozen=True, slots=True)
class NotEnough:
    """There is not enough data: the complete years that there are, and how many are needed."""

    years: tuple[int, ...]
    needed: int = NEEDED


@dataclass(frozen=True, slots=True)
class Expected:
    """A year's expected total with its prediction interval, in tonnes."""

    year: int
    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Projection:
    """The years fitted with their totals, the years to come, and how well the model holds.

    `trend` is tonnes per year of the line; `residual` the standard error of a month; `memory` the
    correlation of a month's error with the next: beyond 2/√n the errors are not independent and the
    band is too narrow, which `remembers` says.
    """

    past: tuple[tuple[int, Fraction], ...]
    years: tuple[Expected, ...]
    months: int
    level: float
    trend: float
    residual: float
    memory: float

    @property
    def remembers(self) -> bool:
        """Whether the errors of neighbouring months hang together."""
        return bool(abs(self.memory) > 2 / self.months**0.5)


def project(
    monthly: Mapping[str, Fraction], until: int, level: float = LEVEL
) -> Projection | NotEnough:
    """Project monthly totals (YYYY-MM → tonnes) to every year after the last complete one up to
    `until`."""
    years = complete_years(monthly)
    if len(years) < NEEDED:
        return NotEnough(years)
    months = [f"{year:04d}-{month:02d}" for year in years for month in range(1, 13)]
    fit = _fit([float(monthly[month]) for month in months], level)
    expected = [fit.year(year, years[0]) for year in range(years[-1] + 1, until + 1)]
    past = tuple(
        (year, sum((monthly[m] for m in months if m.startswith(f"{year:04d}-")), Fraction(0)))
        for year in years
    )
    return Projection(
        past, tuple(expected), len(months), level, fit.trend, fit.residual, fit.memory
    )


def complete_years(months: Mapping[str, object]) -> tuple[int, ...]:
    """The last run of calendar years all twelve months of which are there."""
    full = [
        year
        for year in sorted({int(month[:4]) for month in months})
        if all(f"{year:04d}-{month:02d}" in months for month in range(1, 13))
    ]
    run = full[-1:]
    for year in reversed(full[:-1]):
        if run[0] - year != 1:
            break
        run.insert(0, year)
    return tuple(run)


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: Any
    covariance: Any
    residual: float
    quantile: float
    memory: float

    @property
    def trend(self) -> float:
        """Tonnes by which a year is above the one before: twelve months, each by twelve steps."""
        return float(self.coefficients[0]) * _SEASONS * _SEASONS

    def year(self, year: int, first: int) -> Expected:
        """The sum of twelve months: their lines, and the errors of the fit and of the months."""
        import numpy as np

        start = (year - first) * _SEASONS
        row = _rows(range(start, start + _SEASONS)).sum(axis=0)
        value = float(row @ self.coefficients)
        variance = self.residual**2 * (_SEASONS + float(row @ self.covariance @ row))
        half = self.quantile * float(np.sqrt(variance))
        return Expected(year, value, value - half, value + half)


def _rows(steps: Sequence[int]) -> Any:
    """The model's rows of months: step, and which month of the year it is."""
    import numpy as np

    held = np.zeros((len(steps), 1 + _SEASONS))
    for place, step in enumerate(steps):
        held[place, 0] = step
        held[place, 1 + step % _SEASONS] = 1
    return held


def _fit(values: Sequence[float], level: float) -> _Fit:
    import numpy as np
    from scipy import stats  # type: ignore[import-untyped]

    rows, seen = _rows(range(len(values))), np.array(values)
    covariance = np.linalg.inv(rows.T @ rows)
    coefficients, *_ = np.linalg.lstsq(rows, seen, rcond=None)
    errors = seen - rows @ coefficients
    free = len(values) - rows.shape[1]
    squares = float(errors @ errors)
    # Errors that are only those of double precision have no memory worth telling.
    exact = squares <= 1e-18 * float(seen @ seen)
    memory = 0.0 if exact else float(errors[1:] @ errors[:-1]) / squares
    quantile = float(stats.t.ppf((1 + level) / 2, free))
    return _Fit(coefficients, covariance, float(np.sqrt(squares / free)), quantile, memory)
