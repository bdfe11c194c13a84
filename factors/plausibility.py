"""Checks of factors at import (因子合理性检查): errors that public software and documents carry.

What belongs here: findings on the values of an edition, by bands, by the coefficients in use, and
by the pattern of a whole table. What does not: whether rows can be read (`editions.py`), and
checks of activity rows (`ledgers.emissions.rules`). A finding never changes a value: a person
looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from statistics import median_low
from types import MappingProxyType
from typing import Any

from factors.carriers import CARBON_BAND, CARRIERS
from factors.catalogue import SUBSTANCE, Factor
from factors.editions import shipped_catalogue
from factors.messages import text as message
from factors.quantities import display
from factors.units import UnitError, multiplier, parse_unit

TCE_TOLERANCE: Mapping[str, Fraction] = MappingProxyType(
    {"oil": Fraction(2, 100), "gas": Fraction(15, 100), "coke": Fraction(10, 100)}
)
"""How far a standard-coal coefficient may lie from the one in use, by kind of carrier: refined oils
vary little, gases with their source. Policy of this product. Coal has no such check: its
coefficient follows each delivery's heating value."""

ELECTRICITY_TCE = (Decimal("0.1228"), Decimal("0.5"))
"""kgce/kWh: at equivalent value 3600/29307.6, at equal value never a plant worse than 25 %."""

LARGEST_ENTHALPY = Decimal(4200)
"""kJ/kg: steam at 800 °C has less; policy of this product."""

SHIFTED_ROWS = 3
"""So many neighbours' values in one table are no accident."""

ONE_REGION = 4
"""So many provinces with one grid factor in one year are no accident."""

_IMPOSSIBLE = frozenset({"check.carbon_band", "check.oxidation", "check.enthalpy"})
_SAME = Fraction(1, 200)
_OTHER = Fraction(1, 40)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at: which factors, and why."""

    code: str
    factors: tuple[Factor, ...]
    facts: Mapping[str, Any]

    @property
    def severity(self) -> str:
        """'E' for what cannot be, and an import refuses; 'W' for what a person should look at."""
        return "E" if self.code in _IMPOSSIBLE else "W"

    def text(self, lang: str = "zh") -> str:
        """What was seen, what is plausible, what to do."""
        return message(self.code, lang, self.facts)


def check_factors(rows: Iterable[Factor]) -> tuple[Finding, ...]:
    """Every finding on the factors of an edition, row by row and then on the table as a whole.

    The comparison is with the shipped editions. Rows that are marked suspect already are looked at
    too.
    """
    factors = tuple(rows)
    single = (
        finding for factor in factors for finding in _CHECKS.get(factor.parameter, _nothing)(factor)
    )
    return (*single, *_shifted(factors), *_one_region(factors))


def _nothing(factor: Factor) -> Iterator[Finding]:
    yield from ()


def _finding(code: str, factor: Factor, **facts: object) -> Finding:
    return Finding(code, (factor,), {"label": factor.label(), **facts})


def in_unit(factor: Factor, unit: str, condition: str = "0C") -> Fraction | None:
    """The value in another unit; None where the dimension differs. A bare m³ is read at 0 °C."""
    substance = SUBSTANCE.get(factor.parameter, "material")
    try:
        source = parse_unit(factor.unit, substance=substance, condition=condition)
        return Fraction(factor.value) * multiplier(source, parse_unit(unit))
    except UnitError:
        return None


def _carbon(factor: Factor) -> Iterator[Finding]:
    value = in_unit(factor, "tC/GJ")
    carrier = CARRIERS.get(factor.carrier)
    if value is None:
        return
    lower, upper = CARBON_BAND
    # Of waste only the fossil part is stated, which may be little.
    if not lower <= value <= upper and not (carrier and carrier.kind == "waste"):
        yield _finding("check.carbon_band", factor, value=_text(value), lower=lower, upper=upper)
    else:
        yield from _banded(factor, "carbon_content")


def _heating_value(factor: Factor) -> Iterator[Finding]:
    yield from _banded(factor, "ncv")


def _banded(factor: Factor, parameter: str) -> Iterator[Finding]:
    carrier = CARRIERS.get(factor.carrier)
    for band in carrier.bands_of(parameter) if carrier else ():
        value = in_unit(factor, band.unit)
        if value is not None and not band.lower <= value <= band.upper:
            facts = {"value": _text(value), "lower": band.lower, "upper": band.upper}
            yield _finding("check.carrier_band", factor, unit=band.unit, **facts)


def _oxidation(factor: Factor) -> Iterator[Finding]:
    value = in_unit(factor, "1")
    if value is not None and not 0 < value <= 1:
        yield _finding("check.oxidation", factor, value=_text(value))


def _enthalpy(factor: Factor) -> Iterator[Finding]:
    value = in_unit(factor, "kJ/kg")
    if value is not None and not -1 <= value <= LARGEST_ENTHALPY:
        yield _finding("check.enthalpy", factor, value=_text(value), upper=LARGEST_ENTHALPY)


def _standard_coal(factor: Factor) -> Iterator[Finding]:
    carrier = CARRIERS.get(factor.carrier)
    if factor.carrier == "electricity":
        value = in_unit(factor, "kgce/kWh")
        lower, upper = ELECTRICITY_TCE
        if value is not None and not lower <= value <= upper:
            facts = {"value": _text(value), "lower": lower, "upper": upper}
            yield _finding("check.equal_value", factor, **facts)
        return
    tolerance = TCE_TOLERANCE.get(carrier.kind) if carrier else None
    for unit in ("kgce/kg", "kgce/Nm3"):
        value, usual = in_unit(factor, unit), _usual_coefficient(factor.carrier, unit)
        if value is None or usual is None or tolerance is None:
            continue
        if abs(value / usual - 1) > tolerance:
            yield _finding(
                "check.tce",
                factor,
                value=_text(value),
                unit=unit,
                reference=_text(usual),
                percent=_text(abs(value / usual - 1) * 100, 1),
                allowed=_text(tolerance * 100, 1),
            )


def _grid(factor: Factor) -> Iterator[Finding]:
    """The same factor of the editions, or the one of another year of the same series."""
    if factor.valid_from is None or factor.enterprise_id:
        return
    value = in_unit(factor, "tCO2/MWh")
    years = _grid_years(factor.series, factor.region)
    held = years.get(factor.valid_from.year)
    if value is None or held is None or in_unit(held, "tCO2/MWh") == value:
        return
    facts = {"reference": f"{held.value} {held.unit}", "document": held.document}
    for year, other in years.items():
        if in_unit(other, "tCO2/MWh") == value:
            yield _finding("check.other_year", factor, year=year, **facts)
            return
    yield _finding("check.differs", factor, **facts)


_CHECKS: Mapping[str, Callable[[Factor], Iterator[Finding]]] = MappingProxyType(
    {
        "carbon_content_per_heat": _carbon,
        "NCV": _heating_value,
        "oxidation_rate": _oxidation,
        "enthalpy": _enthalpy,
        "tce_coefficient": _standard_coal,
        "grid_EF": _grid,
    }
)


def _shifted(factors: Sequence[Factor]) -> Iterator[Finding]:
    """Rows that hold the value in use for the row before or after them, and not their own.

    The neighbour is looked for among the carriers of the same rows, so that the order in which a
    table prints them does not matter.
    """
    rows = [
        (factor, value)
        for factor in factors
        if factor.parameter == "carbon_content_per_heat"
        and (value := in_unit(factor, "tC/GJ")) is not None
        and _usual_carbon(factor.carrier) is not None
    ]
    for step in (-1, 1):
        moved = [
            factor
            for place, (factor, value) in enumerate(rows)
            if 0 <= place + step < len(rows)
            and _off(value, factor.carrier) > _OTHER
            and _off(value, rows[place + step][0].carrier) <= _SAME
        ]
        if len(moved) >= SHIFTED_ROWS:
            shown = "; ".join(f"{f.carrier} {f.value} {f.unit}" for f in moved)
            yield Finding("check.shifted", tuple(moved), {"rows": shown})


def _off(value: Fraction, carrier: str) -> Fraction:
    """By what share a value differs from the one in use for a carrier."""
    usual = _usual_carbon(carrier)
    assert usual is not None, "rows without a usual value are left out"
    return abs(value / usual - 1)


def _one_region(factors: Sequence[Factor]) -> Iterator[Finding]:
    groups: dict[tuple[object, ...], list[Factor]] = {}
    for factor in factors:
        if factor.parameter == "grid_EF" and factor.series == "provincial_average":
            groups.setdefault((factor.valid_from, in_unit(factor, "tCO2/MWh")), []).append(factor)
    for rows in groups.values():
        if len({row.region for row in rows}) >= ONE_REGION:
            year = rows[0].valid_from.year if rows[0].valid_from else "-"
            regions = ", ".join(sorted(row.region for row in rows))
            facts = {"count": len(rows), "value": rows[0].value, "regions": regions, "year": year}
            yield Finding("check.one_region", tuple(rows), facts)


@cache
def _usual_carbon(carrier: str) -> Fraction | None:
    """The middle one of the usable values of the shipped tables, in tC/GJ."""
    rows = shipped_catalogue().find(carrier, "carbon_content_per_heat")
    values = [in_unit(row, "tC/GJ") for row in rows if row.usable]
    return median_low([value for value in values if value is not None]) if values else None


@cache
def _usual_coefficient(carrier: str, unit: str) -> Fraction | None:
    rows = shipped_catalogue().find(carrier, "tce_coefficient")
    values = [in_unit(row, unit) for row in rows if row.usable]
    found = [value for value in values if value is not None]
    return median_low(found) if found else None


@cache
def _grid_years(series: str, region: str) -> Mapping[int, Factor]:
    rows = shipped_catalogue().find("electricity", "grid_EF")
    return {
        row.valid_from.year: row
        for row in rows
        if row.table == "grid" and (row.series, row.region) == (series, region) and row.valid_from
    }


def _text(value: Fraction, digits: int = 6) -> str:
    return display(value, digits).rstrip("0").rstrip(".")
