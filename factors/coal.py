"""Coal by basis and over time (煤的基准与加权): received, air-dried, dry; months and a year.

What belongs here: contents (mass shares such as elemental carbon) brought from one basis to
another by their moistures, and the means that the power guides ask for. What does not: heating
values, which lose the heat of evaporation too and take the coal's hydrogen to convert, and what a
row may send (`proof.py` takes a dry content with its total moisture and refuses the rest).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from factors.errors import DataFault

Basis = Literal["ar", "ad", "d"]


class CoalError(DataFault, ValueError):
    """A moisture that is needed and is not given or no share, or nothing to take a mean of."""


@dataclass(frozen=True, slots=True)
class Moistures:
    """Moistures as shares: `ar` total moisture as received, `ad` of the air-dried sample."""

    ar: Fraction | None = None
    ad: Fraction | None = None

    def dry_share(self, basis: Basis) -> Fraction:
        """How much of a tonne on the basis is dry coal. Raises `CoalError`."""
        if basis == "d":
            return Fraction(1)
        moisture = self.ar if basis == "ar" else self.ad
        if moisture is None or not 0 <= moisture < 1:
            raise CoalError("coal.moisture", basis=basis, seen=str(moisture))
        return 1 - moisture


def content(value: Fraction, source: Basis, target: Basis, moistures: Moistures) -> Fraction:
    """A content per tonne on `source` as one per tonne on `target`: the same dry coal in both."""
    if source == target:
        return value
    return value * moistures.dry_share(target) / moistures.dry_share(source)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Coal of a sample, day or month: tonnes, heating value [GJ/t], carbon per tonne [tC/t]."""

    tonnes: Fraction
    ncv: Fraction
    carbon: Fraction

    @property
    def carbon_per_heat(self) -> Fraction:
        """CC = C / NCV, tC/GJ."""
        return self.carbon / self.ncv


def mean_carbon(deliveries: Iterable[Delivery]) -> Fraction:
    """Carbon per tonne of a month, weighted by tonnes. Raises `CoalError` where there are none."""
    held = tuple(deliveries)
    return _mean((item.carbon, item.tonnes) for item in held)


def mean_ncv(deliveries: Iterable[Delivery]) -> Fraction:
    """Heating value of a year, weighted by tonnes."""
    return _mean((item.ncv, item.tonnes) for item in deliveries)


def mean_carbon_per_heat(deliveries: Iterable[Delivery]) -> Fraction:
    """Carbon per heat of a year, weighted by heat."""
    return _mean((item.carbon_per_heat, item.tonnes * item.ncv) for item in deliveries)


def _mean(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    total, weight = Fraction(0), Fraction(0)
    for value, by in pairs:
        total += value * by
        weight += by
    if not weight:
        raise CoalError("coal.nothing")
    return total / weight
