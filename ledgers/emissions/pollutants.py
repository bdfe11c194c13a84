"""Air pollutants of the fuel in the ledger (大气污染物): SO2, NOx, PM beside CO2.

What belongs here: fuel by class of device, and its pollutants where a coefficient with a source
serves. What does not: greenhouse gases. The machinery is that of the ledger: resolution, proof and
kernel, one rounding to the gram for a facility's fuel of a month, so that months, enterprises and
the city add up.

A coefficient is for a class of device, and the class comes from the register's facility (设施类型,
炉型). Where the device is not known, or nothing with a source says what it gives, the cell is empty
and says why; nothing is guessed. SO2 needs the sulphur content of the fuel, which no column of the
activity data holds, and PM has no coefficient at all here. Figures are worked out when they are
read and are not entries of the ledger; they are never a part of CO2e and no seal holds them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from factors.carriers import CARRIERS
from factors.catalogue import Catalogue, Factor
from factors.methods import BASES, Method, MethodEdition, load_edition
from factors.pollutants import PER_TONNE, POLLUTANTS
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
from ledgers.emissions.books import AsOf, preferred, queried
from ledgers.emissions.lines import Parameter
from ledgers.emissions.preparation import month_days
from ledgers.reference import Facility, catalogue, facility_history
from warehouse.connect import Connection

EMPTY = ("no_device", "no_factor", "no_sulphur", "no_coefficient")
"""Why a cell is empty: the register does not tell the class of the device; no coefficient for the
fuel, its unit and the class; no sulphur content; no coefficient of the pollutant at all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A pollutant of a fuel: whole grams and the coefficient, or why there is none."""

    pollutant: str
    grams: int | None
    why: str = ""
    factor: str = ""
    document: str = ""
    standing: str = ""

    @property
    def tonnes(self) -> Fraction | None:
        """Tonnes, exactly."""
        return None if self.grams is None else Fraction(self.grams, PER_TONNE)


@dataclass(frozen=True, slots=True)
class Burned:
    """Fuel of one facility and month in a device of a class ('' not known), in t, Nm3 or GJ,
    exactly, else in the unit as written."""

    enterprise_id: str
    month: str
    industry: str
    flow: str
    carrier: str
    device: str
    unit: str
    quantity: Fraction
    figures: tuple[Figure, ...]
    sources: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class Fuel:
    """So much of a fuel burned in devices of one class, with one coefficient for each pollutant."""

    carrier: str
    device: str
    unit: str
    quantity: Fraction
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class PollutantTotal:
    """The cells of a pollutant that there are, in whole grams; None where there is none. `known` of
    `fuels` cells have a figure; `why` are the reasons of the others, each once."""

    pollutant: str
    grams: int | None
    known: int
    fuels: int
    why: tuple[str, ...]

    @property
    def tonnes(self) -> Fraction | None:
        """Tonnes, exactly."""
        return None if self.grams is None else Fraction(self.grams, PER_TONNE)


@dataclass(frozen=True, slots=True)
class Pollutants:
    """The pollutants of a report: fuels, and a total of each pollutant. `methods` is the SHA-256 of
    the methods' text, `notes` the footnote of each coefficient by its key."""

    fuels: tuple[Fuel, ...]
    totals: tuple[PollutantTotal, ...]
    methods: str
    notes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@cache
def method_edition() -> MethodEdition:
    """The methods, from `data/pollutants.toml`, proved as every method is."""
    path = files("ledgers.emissions") / "data" / "pollutants.toml"
    return load_edition(path.read_text(encoding="utf-8"))


def burned(
    con: Connection,
    months: Sequence[str],
    commit_no: int,
    bases: Iterable[tuple[str, str]],
    *,
    as_of: AsOf = None,
    enterprise_id: str = "",
) -> tuple[Burned, ...]:
    """The fuel of `months` as the ledger stood at `commit_no`.

    `bases`: method editions and boundaries under which the months are booked; a fuel that stands
    under several is there once. `as_of`: the moment of which register and catalogue are read.
    `enterprise_id`: '' is every one.
    """
    rows = queried(
        con,
        "fuel_by_facility.sql",
        months=list(months),
        commit_no=commit_no,
        preferred=list(preferred(bases)),
        enterprise=enterprise_id,
    )
    if not rows:
        return ()
    work = _Work(catalogue(con, as_of), _by_facility(facility_history(con, as_of)))
    return tuple(map(work.burned, rows))


def fuels(found: Iterable[Burned]) -> tuple[Fuel, ...]:
    """Fuels by carrier, class of device and unit, in this order."""
    groups: dict[tuple[Any, ...], list[Burned]] = {}
    for each in found:
        told = tuple((figure.factor, figure.why) for figure in each.figures)
        groups.setdefault((each.carrier, each.device, each.unit, told), []).append(each)
    return tuple(_fuel(groups[key]) for key in sorted(groups))


def pollutants(found: Sequence[Fuel], notes: Mapping[str, tuple[int, ...]]) -> Pollutants:
    """The fuels of a report with the totals of their pollutants."""
    return Pollutants(tuple(found), totals(found), method_edition().sha256, notes)


def totals(found: Iterable[Fuel]) -> tuple[PollutantTotal, ...]:
    """The total of each pollutant over the cells that there are; none at all is no zero."""
    cells: dict[str, list[Figure]] = {name: [] for name in POLLUTANTS}
    for fuel in found:
        for figure in fuel.figures:
            cells[figure.pollutant].append(figure)
    return tuple(_total(name, held) for name, held in cells.items())


def sources(found: Iterable[Burned]) -> tuple[tuple[str, Parameter], ...]:
    """(carrier, coefficient) behind the figures, each once, for footnotes."""
    held = {factor.key: factor for each in found for factor in each.sources}
    return tuple((held[key].carrier, _parameter(held[key])) for key in sorted(held))


def _total(name: str, cells: Sequence[Figure]) -> PollutantTotal:
    known = [each.grams for each in cells if each.grams is not None]
    why = {each.why for each in cells if each.grams is None}
    grams = sum(known) if known else None
    return PollutantTotal(
        name, grams, len(known), len(cells), tuple(each for each in EMPTY if each in why)
    )


def _fuel(group: Sequence[Burned]) -> Fuel:
    first = group[0]
    quantity = sum((each.quantity for each in group), Fraction(0))
    columns = zip(*(each.figures for each in group), strict=True)
    return Fuel(first.carrier, first.device, first.unit, quantity, tuple(map(_added, columns)))


def _added(cells: Sequence[Figure]) -> Figure:
    """Cells of one coefficient, or of one reason, as one."""
    first = cells[0]
    grams = None if first.why else sum(each.grams or 0 for each in cells)
    return Figure(first.pollutant, grams, first.why, first.factor, first.document, first.standing)


def _by_facility(history: Iterable[Facility]) -> Mapping[tuple[str, str], Sequence[Facility]]:
    found: dict[tuple[str, str], list[Facility]] = {}
    for each in history:
        found.setdefault((each.enterprise_id, each.facility), []).append(each)
    return found


_Coefficient = tuple[Fraction, Factor]


class _Work:
    """Rows of the ledger to fuel with pollutants; a coefficient is looked for once."""

    def __init__(
        self, held: Catalogue, register: Mapping[tuple[str, str], Sequence[Facility]]
    ) -> None:
        self._catalogue = held
        self._register = register
        self._nox: dict[tuple[str, str, str, str], _Coefficient | str] = {}

    def burned(self, row: Mapping[str, Any]) -> Burned:
        on, _ = month_days(row["month"])
        known = self._register.get((row["enterprise_id"], row["facility"]), ())
        device = device_of(
            row["carrier"], [each for each in known if each.valid_from <= on <= each.until]
        )
        unit, size = _canonical(row["unit"], row["gas_condition"])
        quantity = Fraction(row["quantity"]) * size
        nox = self._coefficient(row["carrier"], device, unit, row["month"])
        told = {
            "SO2": Figure("SO2", None, "no_sulphur"),
            "NOx": _figure("NOx", nox, quantity),
            "PM": Figure("PM", None, "no_coefficient"),
        }
        return Burned(
            **{name: row[name] for name in ("enterprise_id", "month", "industry", "flow")},
            carrier=row["carrier"],
            device=device,
            unit=unit,
            quantity=quantity,
            figures=tuple(told[name] for name in POLLUTANTS),
            sources=() if isinstance(nox, str) else (nox[1],),
        )

    def _coefficient(self, carrier: str, device: str, unit: str, month: str) -> _Coefficient | str:
        key = carrier, device, unit, month
        if key not in self._nox:
            self._nox[key] = self._found(*key)
        return self._nox[key]

    def _found(self, carrier: str, device: str, unit: str, month: str) -> _Coefficient | str:
        """Grams for one of the unit and the factor that says so, or why there is none."""
        first, last = month_days(month)
        case = Case(
            edition="pollutants",
            carrier=carrier,
            flow="consumption",
            period_start=first,
            period_end=last,
            recorded_on=last.max,
            basis=quantity_basis(unit),
        )
        serving = [method for method in method_edition().methods if _serves(method, case)]
        if serving and not device:
            return "no_device"
        item = _resolved(serving, case, device, self._catalogue)
        if item is None:
            return "no_factor"
        proof = prove(item, {"quantity": unit}, "", "", CARRIERS.get(carrier))
        factor = item.parameter("nox_factor").factor
        assert factor is not None, "the coefficient is a factor"
        return kernel(item, proof).constant, factor


def _figure(pollutant: str, found: _Coefficient | str, quantity: Fraction) -> Figure:
    if isinstance(found, str):
        return Figure(pollutant, None, found)
    constant, factor = found
    exact = constant * quantity
    grams = round_quanta(exact.numerator, exact.denominator)
    return Figure(pollutant, grams, "", factor.key, factor.document, factor.standing)


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
    for row in _devices():
        if row["fuel"] == fuel and any(word in words for word in row["words"].split("|")):
            return row["device"]
    return ""


@cache
def _devices() -> tuple[Mapping[str, str], ...]:
    text = (files("ledgers.emissions") / "data" / "devices.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(_lines(text)))


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if not line.startswith("#"))


def _serves(method: Method, case: Case) -> bool:
    """Whether a method is of the fuel and its unit, for whatever device."""
    return method.applies_to(carrier_of(case), case.flow) and method.fits(frozenset(), case.basis)


def _resolved(
    serving: Iterable[Method], case: Case, device: str, held: Catalogue
) -> Resolved | None:
    """The method for the class of device, with its coefficient; None where there is none."""
    for method in serving:
        if method.parameter("nox_factor").series == device:
            try:
                return resolve_method(method, case, method_edition(), held)
            except ResolutionError:
                return None
    return None


def _parameter(factor: Factor) -> Parameter:
    same = ("key", "edition", "publisher", "document", "table", "clause", "series", "region")
    return Parameter(
        name=factor.parameter,
        origin="factor",
        value=f"{factor.value:f}",
        unit=factor.unit,
        standing=factor.standing,
        **{name: getattr(factor, name) for name in same},
    )
