"""Units as written, proven once for each combination (单位与量纲校验).

What belongs here: whether the units of a row fit its carrier and columns, which gas condition
they rest on, and the plausible bands turned exactly into those units. What does not: rows, of
which there may be millions for one combination, and the proof of a method's formula.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from factors.carriers import CARRIERS, Carrier
from factors.plausibility import LARGEST_ENTHALPY
from factors.units import Unit, UnitError, multiplier, parse_unit, same_dimension
from ledgers.emissions.activity import MEASURED
from ledgers.reference import Band

Bands = Mapping[tuple[str, str, str], Band]

QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "mass": ("t",),
    "energy": ("GJ", "kWh_gross"),
    "gas_volume": ("Nm3", "scf"),
    "volume": ("m3",),
    "area": ("m2",),
    "count": ("piece",),
    "weight_case": ("weight_case",),
}
"""Kind of quantity that a carrier may be reported in → units of its dimensions. An energy that says
that it is gross, and the gas volume of American tables, are dimensions of their own."""

_PER_QUANTITY: Mapping[str, tuple[str, ...]] = {
    "ncv": ("GJ/t", "GJ/Nm3", "GJ/m3"),
    "elemental_carbon": ("tC/t", "tC/Nm3", "tC/m3"),
}
_FIXED: Mapping[str, str] = {
    "carbon_content": "tC/GJ",
    "oxidation_rate": "1",
    "moisture": "1",
    "pressure": "MPa",
    "temperature": "degC",
    "enthalpy": "kJ/kg",
}
_NAMES_ZH: Mapping[str, str] = {
    "unit": "计量单位",
    "ncv_unit": "低位发热量单位",
    "carbon_content_unit": "单位热值含碳量单位",
    "elemental_carbon_unit": "元素碳含量单位",
    "oxidation_rate_unit": "碳氧化率单位",
    "moisture_unit": "水分单位",
    "pressure_unit": "压力单位",
    "temperature_unit": "温度单位",
    "enthalpy_unit": "焓值单位",
}
_SUBSTANCE: Mapping[str, str] = {"carbon_content": "C", "elemental_carbon": "C"}
_BANDED = (
    *("ncv", "carbon_content", "elemental_carbon", "oxidation_rate", "moisture"),
    "enthalpy",
)
_LEAST_ENTHALPY = "83.74"
_SMALLEST = Fraction(1, 10**12)
_LARGEST = 10**38 - 1
_LARGEST_LIMIT = 10**30 - 1

SHAPE_COLUMNS: Mapping[str, str] = {
    "units_fit": "BOOLEAN",
    "condition_known": "BOOLEAN",
    "condition_assumed": "BOOLEAN",
    "quantity_most": "DECIMAL(30, 12)",
    **{f"{name}_{end}": "DECIMAL(38, 12)" for name in _BANDED for end in ("least", "most")},
}
"""What a combination adds to its rows: `least` and `most` are bounds in the row's own unit."""

WORD_COLUMNS: Mapping[str, str] = {
    "carrier_name": "VARCHAR",
    "quantity_limit": "VARCHAR",
    **{f"{name}_{end}": "VARCHAR" for name in _BANDED for end in ("lower", "upper")},
}
"""The same bounds in words, with their unit; joined only to rows that fail."""

UNIT_FAULT_COLUMNS: Mapping[str, str] = {
    "shape_id": "BIGINT",
    "rule": "VARCHAR",
    "severity": "VARCHAR",
    "column_name": "VARCHAR",
    "seen": "VARCHAR",
    "facts": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class UnitFault:
    """A fault that every row of one combination of units has."""

    rule: str
    severity: str
    column: str
    seen: str
    facts: Mapping[str, str]

    def row(self, shape_id: int) -> dict[str, Any]:
        """The fault as a row of UNIT_FAULT_COLUMNS."""
        return {
            "shape_id": shape_id,
            "rule": self.rule,
            "severity": self.severity,
            "column_name": self.column,
            "seen": self.seen,
            "facts": json.dumps(dict(self.facts), ensure_ascii=False, sort_keys=True),
        }


@dataclass(slots=True)
class Shape:
    """One combination as proven: the columns and words that it adds, and its faults."""

    columns: dict[str, Any]
    words: dict[str, str]
    faults: list[UnitFault] = field(default_factory=list)


def prove_shape(shape: Mapping[str, Any], bands: Bands, assume_condition: bool) -> Shape:
    """Prove one row of `shapes.sql`; `bands` are keyed by (carrier, parameter, unit)."""
    code = str(shape["carrier"])
    carrier = CARRIERS.get(code)
    proven = Shape(dict.fromkeys(SHAPE_COLUMNS), dict.fromkeys(WORD_COLUMNS, ""))
    proven.words["carrier_name"] = carrier.name_zh if carrier else code
    proven.columns |= {
        "units_fit": True,
        "condition_known": True,
        "condition_assumed": False,
    }
    if carrier is None:
        # A carrier that a user's own edition brought: its factors say what fits it.
        return proven
    _Proof(carrier, shape, bands, assume_condition, proven).run()
    return proven


@dataclass(slots=True)
class _Proof:
    """The proof of one combination: collects faults and bounds into `proven`."""

    carrier: Carrier
    shape: Mapping[str, Any]
    bands: Bands
    assume_condition: bool
    proven: Shape

    def run(self) -> None:
        quantity = self._unit("unit", "material", self._quantity_units())
        if quantity is not None:
            self._limit(quantity)
        for name in MEASURED:
            if self.shape[f"has_{name}"]:
                self._measured(name, quantity)

    def _quantity_units(self) -> tuple[str, ...]:
        kinds = self.carrier.quantities
        if self.carrier.phase == "gas":
            # A bare volume is read under its condition; it is never a quantity of gas by itself.
            kinds = tuple(kind for kind in kinds if kind != "volume")
        return tuple(unit for kind in kinds for unit in QUANTITIES[kind])

    def _measured(self, name: str, quantity: Unit | None) -> None:
        column = f"{name}_unit"
        unit = self._unit(column, _SUBSTANCE.get(name, "material"), _fitting(name, quantity))
        if unit is not None and name in _BANDED:
            self._bounds(name, unit)

    def _unit(self, column: str, substance: str, allowed: tuple[str, ...]) -> Unit | None:
        """The unit in `column` if its dimension is one of `allowed`; else None and a fault."""
        text = str(self.shape[column])
        condition = str(self.shape["gas_condition"])
        unit: Unit | None
        try:
            unit = _parsed(text, column, substance, condition)
            if self.carrier.phase == "gas" and not condition:
                unit = self._with_condition(column, text, substance, unit)
        except UnitError:
            unit, text = None, text or "—"
        if unit is None:
            if not self._condition_missing(column):
                self._fault("UN-01", "E", column, text, allowed=_listed(allowed))
            return None
        electric = column == "unit" and self._is_electric(unit)
        if electric or (allowed and not any(_same(unit, other) for other in allowed)):
            self._fault("UN-01", "E", column, text, allowed=_listed(allowed))
            return None
        return unit

    def _is_electric(self, unit: Unit) -> bool:
        """Whether a solid or liquid is counted in kWh: an energy, but of another row's meter."""
        return self.carrier.phase in ("solid", "liquid") and unit.expression.endswith("Wh")

    def _with_condition(self, column: str, text: str, substance: str, bare: Unit) -> Unit | None:
        """The unit under the carrier's own condition where it holds a bare volume of gas."""
        stated = _parsed(text, column, substance, "0C")
        if stated.dimension == bare.dimension:
            return bare
        condition = self.carrier.gas_condition if self.assume_condition else ""
        if not condition:
            self._fault("UN-02", "E", column, text, allowed="0C、20C")
            return None
        if not self.proven.columns["condition_assumed"]:
            facts = {"condition": condition, "because": self.carrier.condition_source}
            self._fault("UN-03", "W", column, text, **facts)
        return _parsed(text, column, substance, condition)

    def _condition_missing(self, column: str) -> bool:
        return any(f.rule == "UN-02" and f.column == column for f in self.proven.faults)

    def _fault(self, rule: str, severity: str, column: str, seen: str, **facts: str) -> None:
        flags = {"UN-01": "units_fit", "UN-02": "condition_known", "UN-03": "condition_assumed"}
        self.proven.columns[flags[rule]] = rule == "UN-03"
        facts |= {"carrier": self.carrier.name_zh, "unit": seen}
        facts |= {"column": column, "column_zh": _NAMES_ZH[column]}
        self.proven.faults.append(UnitFault(rule, severity, column, seen, facts))

    def _limit(self, unit: Unit) -> None:
        for band in self._bands("monthly_quantity", unit):
            if band.most is not None:
                most = math.floor(_own(band.most, band, unit) / _SMALLEST)
                self.proven.columns["quantity_most"] = _scaled(min(most, _LARGEST_LIMIT))
                self.proven.words["quantity_limit"] = f"{band.upper} {band.unit}"

    def _bounds(self, name: str, unit: Unit) -> None:
        lower: tuple[Fraction, str] | None = None
        upper: tuple[Fraction, str] | None = None
        for band in (*self._bands(name, unit), *_shares(name)):
            if band.least is not None:
                own = (_own(band.least, band, unit), _words(band.lower, band.unit))
                lower = own if lower is None or own[0] > lower[0] else lower
            if band.most is not None:
                own = (_own(band.most, band, unit), _words(band.upper, band.unit))
                upper = own if upper is None or own[0] < upper[0] else upper
        columns, words = self.proven.columns, self.proven.words
        if lower is not None:
            least = math.ceil(lower[0] / _SMALLEST) + (name == "oxidation_rate")
            columns[f"{name}_least"], words[f"{name}_lower"] = _scaled(least), lower[1]
        if upper is not None:
            exact = upper[0] / _SMALLEST
            most = math.ceil(exact) - 1 if name == "moisture" else math.floor(exact)
            columns[f"{name}_most"], words[f"{name}_upper"] = _scaled(most), upper[1]

    def _bands(self, parameter: str, unit: Unit) -> Iterator[Band]:
        for (carrier, name, band_unit), band in self.bands.items():
            if (
                name == parameter
                and carrier in ("", self.carrier.code)
                and _same(unit, band_unit, _SUBSTANCE.get(parameter, "material"))
            ):
                yield band


def _listed(units: tuple[str, ...]) -> str:
    """Units for a message: those that a sender here would use."""
    foreign = {unit for _, *others in QUANTITIES.values() for unit in others}
    return "、".join(unit for unit in units if unit not in foreign)


def _shares(name: str) -> tuple[Band, ...]:
    """Oxidation lies in (0, 1], moisture in [0, 1): no policy can move that. An enthalpy is more
    than that of water at 20 °C, which is taken off, and less than steam has at 800 °C."""
    if name in ("oxidation_rate", "moisture"):
        return (Band("", name, "0", "1", "1", "definition"),)
    if name == "enthalpy":
        return (Band("", name, _LEAST_ENTHALPY, str(LARGEST_ENTHALPY), "kJ/kg", "policy"),)
    return ()


def _fitting(name: str, quantity: Unit | None) -> tuple[str, ...]:
    """Units that a measured value may have; a heating value per what was counted."""
    if name in _FIXED:
        return (_FIXED[name],)
    fitting = zip(("t", "Nm3", "m3"), _PER_QUANTITY[name], strict=True)
    counted = tuple(own for per, own in fitting if quantity and _same(quantity, per))
    return counted or _PER_QUANTITY[name]


def _own(bound: Fraction, band: Band, unit: Unit) -> Fraction:
    """A bound of `band` in `unit`, exactly."""
    substance = _SUBSTANCE.get(band.parameter, "material")
    return bound * multiplier(_parsed(band.unit, "", substance, ""), unit)


def _words(bound: str, unit: str) -> str:
    return bound if unit == "1" else f"{bound} {unit}"


def _scaled(trillionths: int) -> Decimal:
    """An integer of 10⁻¹² as a decimal that DECIMAL(38,12) can hold."""
    held = max(-_LARGEST, min(_LARGEST, trillionths))
    # Through text: scaling in the default context would round to 28 digits.
    return Decimal(f"{held}e-12")


def _same(unit: Unit, other: str, substance: str = "material") -> bool:
    try:
        return same_dimension(unit, _parsed(other, "", substance, ""))
    except UnitError:
        return False


@lru_cache(maxsize=4096)
def _parsed(text: str, column: str, substance: str, condition: str) -> Unit:
    """A unit; a share may go without one."""
    if not text and column in ("oxidation_rate_unit", "moisture_unit"):
        text = "1"
    return parse_unit(text, substance=substance, condition=condition)


@lru_cache(maxsize=4096)
def scale_of(code: str, text: str, condition: str) -> tuple[Fraction, str] | None:
    """Multiplier and unit in which quantities of a carrier are compared; None where they cannot."""
    carrier = CARRIERS.get(code)
    try:
        default = carrier.gas_condition if carrier and carrier.phase == "gas" else ""
        unit = parse_unit(text, condition=condition or default)
        known = (other for units in QUANTITIES.values() for other in units)
        for target in (carrier.limit_unit if carrier else "", *known):
            if target and _same(unit, target):
                return multiplier(unit, target), target
    except UnitError:
        return None
    return None
