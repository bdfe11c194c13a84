"""Plausibility limits of power plants (发电设施合理性校核), CETS-VG-01.01-V02-2026.

What belongs here: what the verification guide of 2026 holds a plant's monthly figures against. The
guide says of its typical ranges that they are for a person to look at and no limit to pass or
fail; so every finding is a warning. What does not: checks of rows (`ledgers.emissions.rules`) and
of factors (`plausibility.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from factors.messages import text as message
from factors.quantities import display

CONDENSING, COGENERATING = Fraction(46, 100), Fraction(1)
"""表15: efficiency of a condensing unit below 46 %, of a cogenerating one below 1."""

GJ_PER_MWH = Fraction(36, 10)

DAYS_TO_TEST = 40
"""表8: days from sampling to the test of carbon (30 in the guide of 2021)."""


@dataclass(frozen=True, slots=True)
class Range:
    """A typical range with its clause; both ends included."""

    lower: Fraction
    upper: Fraction
    unit: str
    clause: str


TYPICAL: Mapping[tuple[str, str], Range] = MappingProxyType(
    {
        ("lignite", "carbon_daf"): Range(Fraction(60), Fraction(77), "%", "表8"),
        ("bituminous", "carbon_daf"): Range(Fraction(74), Fraction(92), "%", "表8"),
        ("anthracite", "carbon_daf"): Range(Fraction(90), Fraction(98), "%", "表8"),
        ("natural_gas", "elemental_carbon"): Range(
            Fraction("4.37"), Fraction("6.10"), "tC/1e4Nm3", "表11"
        ),
        ("natural_gas", "ncv"): Range(Fraction("285.0"), Fraction("398.3"), "GJ/1e4Nm3", "表12"),
        ("gangue", "ncv"): Range(Fraction(4500), Fraction(12550), "kJ/kg", "表3"),
        ("coal_slime", "ncv"): Range(Fraction(8360), Fraction(16720), "kJ/kg", "表3"),
        ("coal_slime", "moisture"): Range(Fraction(25), Fraction(70), "%", "表3"),
    }
)
"""(carrier, column) → typical range, as printed."""


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """A generating unit in a period: electricity generated [MWh], heat supplied [GJ], heat of the
    fuel [GJ], hours of operation, rated capacity [MW], load as a share of it."""

    generated: Fraction
    fuel_heat: Fraction
    heat_supplied: Fraction = Fraction(0)
    hours: Fraction | None = None
    capacity: Fraction | None = None
    load: Fraction | None = None

    @property
    def efficiency(self) -> Fraction:
        """(MWh × 3.6 + heat) / Σ(fuel × NCV); the heat of a condensing unit is nought."""
        return (self.generated * GJ_PER_MWH + self.heat_supplied) / self.fuel_heat

    @property
    def utilisation(self) -> Fraction | None:
        """Utilisation hours: what was generated over the rated capacity."""
        return self.generated / self.capacity if self.capacity else None


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure that is not plausible: its code and facts; the words are in the catalogue."""

    code: str
    facts: Mapping[str, str]

    def text(self, lang: str = "zh") -> str:
        """What was seen, what is plausible, what to do."""
        return message(self.code, lang, self.facts)


def check_unit(unit: UnitMonth, tolerance: Fraction = Fraction(1, 100)) -> tuple[Limit, ...]:
    """Every limit that the figures of a unit break, compared unrounded.

    `tolerance` is by what share MWh may differ from capacity × hours × load; the guide names none,
    so it is policy of this product.
    """
    return (*_efficiency(unit), *_hours(unit), *_load(unit, tolerance))


def _efficiency(unit: UnitMonth) -> Iterator[Limit]:
    limit, name = (COGENERATING, "chp") if unit.heat_supplied else (CONDENSING, "condensing")
    if unit.fuel_heat <= 0:
        yield Limit("power.no_fuel", {"generated": display(unit.generated, 3)})
    elif unit.efficiency >= limit:
        facts = {"value": display(unit.efficiency * 100, 2), "limit": display(limit * 100, 0)}
        yield Limit(f"power.{name}", facts)


def _hours(unit: UnitMonth) -> Iterator[Limit]:
    used = unit.utilisation
    if used is not None and unit.hours is not None and used >= unit.hours:
        facts = {"utilisation": display(used, 2), "hours": display(unit.hours, 2)}
        yield Limit("power.hours", facts)


def _load(unit: UnitMonth, tolerance: Fraction) -> Iterator[Limit]:
    if unit.capacity is None or unit.hours is None or unit.load is None:
        return
    expected = unit.capacity * unit.hours * unit.load
    if abs(unit.generated - expected) > tolerance * expected:
        facts = {"generated": display(unit.generated, 3), "expected": display(expected, 3)}
        yield Limit("power.load", facts)


def check_test(sampled: date, tested: date) -> tuple[Limit, ...]:
    """A carbon test later than 40 days after its sample, or before it."""
    days = (tested - sampled).days
    if 0 <= days <= DAYS_TO_TEST:
        return ()
    facts = {"sampled": sampled.isoformat(), "tested": tested.isoformat(), "days": str(days)}
    return (Limit("power.test", facts | {"limit": str(DAYS_TO_TEST)}),)


def check_typical(carrier: str, column: str, value: Fraction) -> tuple[Limit, ...]:
    """A value outside the typical range of its carrier, in the unit of the range."""
    usual = TYPICAL.get((carrier, column))
    if usual is None or usual.lower <= value <= usual.upper:
        return ()
    facts = {"carrier": carrier, "column": column, "value": display(value, 4), "unit": usual.unit}
    facts |= {"lower": str(usual.lower), "upper": str(usual.upper), "clause": usual.clause}
    return (Limit("power.typical", facts),)
