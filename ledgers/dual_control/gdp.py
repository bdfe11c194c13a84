"""GDP and value added at constant prices (不变价地区生产总值): levels, chains, flash and final.

What belongs here: from the rows that were imported to one comparable pair of figures. What does
not: importing them (`imports`), and intensities (`indicators`).

Base years are never mixed: two years are compared in prices of one base year, or the later one is
chained on with real growth, G_t = G_{t−1}(1 + growth) (D4). A final figure goes before a flash one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from ledgers.dual_control.checks import share_of
from ledgers.dual_control.vocabulary import MONEY

WHOLE_YEAR = 12


class Point(NamedTuple):
    """One place to the end of a month of a year, of one kind (gdp, value_added)."""

    level: str
    code: str
    year: int
    month: int = WHOLE_YEAR
    kind: str = "gdp"


@dataclass(frozen=True, slots=True)
class Output:
    """A level at constant prices in 10⁴ CNY with its base year; `release` flash if any part of it
    is flash; `chained` are the years that were linked with growth rates."""

    value: Fraction
    base_year: int
    release: str
    document: str
    chained: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NoOutput:
    """Why there is no comparable figure: code and facts of a message."""

    code: str
    facts: Mapping[str, Any]


class Outputs:
    """All GDP rows of a ledger, answered by point."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._levels: dict[Point, dict[int, Output]] = {}
        self._growth: dict[Point, tuple[Fraction, str, str]] = {}
        self._bases: dict[Point, set[int]] = {}
        # Flash first, so that a final row takes its place.
        for row in sorted(rows, key=lambda item: item["release"] == "final"):
            self._take(row)

    def _take(self, row: Mapping[str, Any]) -> None:
        point = Point(row["level"], row["code"], row["year"], row["month"], row["kind"])
        if row["form"] == "level":
            value = Fraction(row["value"]) * MONEY[row["unit"]]
            found = Output(value, row["base_year"], row["release"], row["document"])
            self._levels.setdefault(point, {})[row["base_year"]] = found
            self._bases.setdefault(point._replace(year=0), set()).add(row["base_year"])
        else:
            rate = growth_of(row["value"], row["unit"])
            self._growth[point] = (rate, row["release"], row["document"])

    def level(self, point: Point, base_year: int) -> Output | None:
        """The level in prices of `base_year`, printed or chained on from an earlier year; a
        growth rate of months is chained on to the same months of the year before."""
        printed = self._levels.get(point, {}).get(base_year)
        if printed is not None:
            return printed
        growth = self._growth.get(point)
        if growth is None or point.year < base_year:
            return None
        before = self.level(point._replace(year=point.year - 1), base_year)
        if before is None:
            return None
        rate, release, document = growth
        weakest = "flash" if "flash" in (release, before.release) else "final"
        chained = (*before.chained, point.year)
        return Output(chain(before.value, rate), base_year, weakest, document, chained)

    def base_years(self, point: Point) -> tuple[int, ...]:
        """The base years in whose prices a level can be had, latest first."""
        bases = self._bases.get(point._replace(year=0), ())
        return tuple(sorted((b for b in bases if self.level(point, b)), reverse=True))

    def pair(self, point: Point, base: Point) -> tuple[Output, Output] | NoOutput:
        """Both levels in prices of one base year, the latest that both have; else why not."""
        own, other = self.base_years(point), self.base_years(base)
        for missing, bases in ((point, own), (base, other)):
            if not bases:
                return NoOutput("dual.na.no_gdp", {"year": missing.year, "month": missing.month})
        shared = [year for year in own if year in other]
        if not shared:
            facts = {"own": _listed(own), "other": _listed(other)}
            return NoOutput("dual.na.base_years", facts)
        now, before = self.level(point, shared[0]), self.level(base, shared[0])
        assert now is not None
        assert before is not None
        for output, place in ((now, point), (before, base)):
            if output.value <= 0:
                return NoOutput("dual.na.gdp_not_positive", {"year": place.year})
        return now, before

    def last_month(self, point: Point, earlier: int) -> int:
        """The latest month up to `point.month` for which this year and the year `earlier` both
        have a level; 0 where there is none."""
        for month in range(point.month, 0, -1):
            now = point._replace(month=month)
            found = self.pair(now, now._replace(year=earlier))
            if not isinstance(found, NoOutput):
                return month
        return 0


def growth_of(value: str, unit: str) -> Fraction:
    """A real growth rate as a share; the unit as the book holds it."""
    return stored_share(value, unit)


def stored_share(value: str, unit: str) -> Fraction:
    """A share as the book holds it; `%!` is a percent that the cell itself wrote."""
    return Fraction(value) / 100 if unit == "%!" else share_of(value, unit)


def chain(before: Fraction, growth: Fraction) -> Fraction:
    """D4: G_t = G_{t−1}(1 + real growth)."""
    return before * (1 + growth)


def _listed(years: Iterable[int]) -> str:
    return "、".join(str(year) for year in years)
