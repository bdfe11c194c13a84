"""The way from a base through the peak to a target (达峰路径): a value for every year between.

What belongs here: interpolation between the anchors that targets give. What does not: targets
(`targets`) and what is to be expected of the past (`projection`).

`linear`: the same step every year, exact. `compound`: the same rate every year, as the yearly share
of a reduction target, 1 - (1 - T)^(1/n), is defined; computed to 40 digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from factors.errors import DataFault
from ledgers.inventory.targets import ROLES, Target

METHODS = ("linear", "compound")
_DIGITS = 40

Method = Literal["linear", "compound"]


class PathFault(DataFault, ValueError):
    """No path can be drawn; the facts say what is missing."""


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a year; `role` is that of the anchor, '' between two."""

    year: int
    value: Fraction
    role: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A path of one indicator, year by year from the base to the last target."""

    indicator: str
    method: Method
    points: tuple[Point, ...]

    def at(self, year: int) -> Fraction | None:
        """The value of a year; None outside the path."""
        return next((point.value for point in self.points if point.year == year), None)


def path(found: Sequence[Target], method: Method = "compound") -> Path:
    """The path through the targets of one indicator.

    Raises PathFault: fewer than two anchors, no base, a reduction whose base year has no value, two
    values for one year, a value that is not above zero where the rate is compound.
    """
    indicator = found[0].indicator if found else "-"
    anchors = _anchors(found)
    if len(anchors) < 2 or anchors[0].role != "base":
        raise PathFault("inventory.path.anchors", indicator=indicator, count=len(anchors))
    if method == "compound" and any(point.value <= 0 for point in anchors):
        raise PathFault("inventory.path.zero", indicator=indicator)
    points = [anchors[0]]
    for one, other in pairwise(anchors):
        points.extend(_between(one, other, method))
        points.append(other)
    return Path(indicator, method, tuple(points))


def _anchors(found: Iterable[Target]) -> tuple[Point, ...]:
    """The targets as values, by year; a reduction is taken from the value of its base year."""
    held = sorted(found, key=lambda each: (each.year, ROLES.index(each.role)))
    values: dict[int, Point] = {}
    for each in held:
        value = each.amount
        if each.form == "reduction":
            base = values.get(each.base_year or 0)
            if base is None:
                facts = {"indicator": each.indicator, "year": each.year}
                raise PathFault("inventory.path.base", **facts, base_year=each.base_year)
            value = base.value * (1 - value)
        if each.year in values and values[each.year].value != value:
            raise PathFault("inventory.path.twice", indicator=each.indicator, year=each.year)
        values.setdefault(each.year, Point(each.year, value, each.role))
    return tuple(values[year] for year in sorted(values))


def _between(one: Point, other: Point, method: Method) -> Iterable[Point]:
    span = other.year - one.year
    for step in range(1, span):
        if method == "linear":
            value = one.value + (other.value - one.value) * Fraction(step, span)
        else:
            value = one.value * _power(other.value / one.value, Fraction(step, span))
        yield Point(one.year + step, value)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    """base^exponent to `_DIGITS` digits; the same rate every year is not rational."""
    with localcontext() as context:
        context.prec = _DIGITS
        number = Decimal(base.numerator) / Decimal(base.denominator)
        power = Decimal(exponent.numerator) / Decimal(exponent.denominator)
        return Fraction((number.ln() * power).exp())
