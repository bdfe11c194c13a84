"""Air pollutants of the fuel in the ledger (大气污染物): SO2, NOx, PM beside CO2.

What belongs here: fuel by class of device, and its pollutants where a coefficient with a source
serves. What does not: greenhouse gases. The machinery is that of the ledger: resolution, proof and
kernel, one rounding to the gram.

A coefficient is for a class of device, and the class comes from the register's facility (设施类型,
炉型). Where the device is not known, or nothing with a source says what it gives, the cell is empty
and says why; nothing is guessed. SO2 needs the sulphur content of the fuel, which no column of the
activity data holds, and PM has no coefficient at all here. Figures are worked out when they are
read and are not entries of the ledger; they are never a part of CO2e.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from factors.carriers import CARRIERS
from factors.catalogue import Catalogue
from factors.methods import BASES, MethodEdition, load_edition
from factors.pollutants import POLLUTANTS
from factors.proof import kernel, prove
from factors.quantities import round_quanta
from factors.resolution import (
    Case,
    ResolutionError,
    Resolved,
    carrier_of,
    quantity_basis,
    resolve_method,
)
from factors.units import multiplier, parse_unit
from ledgers.emissions.preparation import month_days
from ledgers.inventory.city import Inventory, months_of
from ledgers.inventory.rollup import preferred
from ledgers.inventory.sectors import data_rows, place_of
from ledgers.reference import Facility, catalogue, facility_history
from warehouse.connect import Connection, sql

EMPTY = ("no_device", "no_factor", "no_sulphur", "no_coefficient")
"""Why a cell is empty: the class of the device is not known; no coefficient for the class and fuel;
no sulphur content; no coefficient of the pollutant at all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A pollutant of a row: whole grams and the coefficient, or why there is none."""

    pollutant: str
    grams: int | None
    why: str = ""
    factor: str = ""
    document: str = ""
    standing: str = ""

    @property
    def tonnes(self) -> Fraction | None:
        """Tonnes, exactly."""
        return None if self.grams is None else Fraction(self.grams, 10**6)


@dataclass(frozen=True, slots=True)
class Fuel:
    """So much of a fuel burned in devices of one class ('' not known) of one sub-sector; in t,
    Nm3 or GJ, exactly, else in the unit as written."""

    sub_sector: str
    carrier: str
    device: str
    unit: str
    quantity: Fraction
    figures: tuple[Figure, ...]


@cache
def method_edition() -> MethodEdition:
    """The methods, from `data/pollutants.toml`, proved as every method is."""
    path = files("ledgers.inventory") / "data" / "pollutants.toml"
    return load_edition(path.read_text(encoding="utf-8"))


def pollutants(con: Connection, inventory: Inventory) -> tuple[Fuel, ...]:
    """The fuel of the inventory's year in the ledger, with its pollutants."""
    commit_no = inventory.head.commit_no
    bases = [(edition, boundary) for edition, boundary, _ in inventory.rolled.bases]
    given = {
        "months": list(months_of(inventory.year)),
        "commit_no": commit_no,
        "preferred": list(preferred(bases)),
    }
    cursor = con.execute(sql("ledgers.inventory.sql", "fuel_by_facility.sql"), given)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    register = _by_facility(facility_history(con))
    groups: dict[tuple[str, ...], Fraction] = {}
    for row in rows:
        unit, size = _canonical(row["unit"], row["gas_condition"])
        key = (*_key(row, register), unit)
        groups[key] = groups.get(key, Fraction(0)) + Fraction(row["quantity"]) * size
    held = catalogue(con)
    return tuple(_fuel(key, groups[key], inventory.year, held) for key in sorted(groups))


def _by_facility(history: Iterable[Facility]) -> Mapping[tuple[str, str], Sequence[Facility]]:
    found: dict[tuple[str, str], list[Facility]] = {}
    for each in history:
        found.setdefault((each.enterprise_id, each.facility), []).append(each)
    return found


def _key(
    row: Mapping[str, Any], register: Mapping[tuple[str, str], Sequence[Facility]]
) -> tuple[str, ...]:
    place = place_of(row["industry"], "1", "combustion", row["flow"], row["carrier"])
    on, _ = month_days(row["month"])
    known = register.get((row["enterprise_id"], row["facility"]), ())
    found = [each for each in known if each.valid_from <= on <= each.until]
    device = device_of(row["carrier"], found)
    return place.sub_sector, row["carrier"], device


def _canonical(unit: str, condition: str) -> tuple[str, Fraction]:
    """The unit of a kind of quantity, and how many of it one unit as written is."""
    like = BASES.get(quantity_basis(unit, condition), "")
    if not like:
        return unit, Fraction(1)
    return like, multiplier(parse_unit(unit, condition=condition), like)


def device_of(carrier: str, found: Sequence[Facility]) -> str:
    """The class of the device of a facility for a fuel; '' where it is not known, or where the
    facility has devices of several classes."""
    known = CARRIERS.get(carrier)
    fuel = "coal" if known is not None and known.kind == "coal" else carrier
    classes = {_class(fuel, f"{each.boiler_type} {each.kind}") for each in found}
    return classes.pop() if len(classes) == 1 else ""


def _class(fuel: str, words: str) -> str:
    for row in data_rows("devices.csv"):
        if row["fuel"] == fuel and any(word in words for word in row["words"].split("|")):
            return row["device"]
    return ""


def _fuel(key: tuple[str, ...], quantity: Fraction, year: int, held: Catalogue) -> Fuel:
    sub_sector, carrier, device, unit = key
    case = Case(
        edition="pollutants",
        carrier=carrier,
        flow="consumption",
        period_start=date(year, 1, 1),
        period_end=date(year, 12, 31),
        recorded_on=date.max,
        basis=quantity_basis(unit),
    )
    figures = tuple(_figure(name, case, device, quantity, unit, held) for name in POLLUTANTS)
    return Fuel(sub_sector, carrier, device, unit, quantity, figures)


def _figure(
    pollutant: str, case: Case, device: str, quantity: Fraction, unit: str, held: Catalogue
) -> Figure:
    if pollutant != "NOx":
        return Figure(pollutant, None, "no_sulphur" if pollutant == "SO2" else "no_coefficient")
    if not device:
        return Figure(pollutant, None, "no_device")
    item = _resolved(case, device, held)
    if item is None:
        return Figure(pollutant, None, "no_factor")
    proof = prove(item, {"quantity": unit}, "", "", CARRIERS.get(case.carrier))
    exact = kernel(item, proof).constant * quantity
    factor = item.parameter("nox_factor").factor
    assert factor is not None, "the coefficient is a factor"
    grams = round_quanta(exact.numerator, exact.denominator)
    return Figure(pollutant, grams, "", factor.key, factor.document, factor.standing)


def _resolved(case: Case, device: str, held: Catalogue) -> Resolved | None:
    """The method for the class of device, with its coefficient; None where there is none."""
    edition = method_edition()
    for method in edition.methods:
        serves = method.applies_to(carrier_of(case), case.flow) and method.fits(
            frozenset(), case.basis
        )
        if serves and method.parameter("nox_factor").series == device:
            try:
                return resolve_method(method, case, edition, held)
            except ResolutionError:
                return None
    return None
