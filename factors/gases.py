"""Greenhouse gases, their warming potentials by edition, and the quantum each is counted in.

What belongs here: which gases there are, what people call them, GWP values with their standing
(`data/gwp.csv`), and the whole-number grain of the ledger. What does not: units (`units.py`), and
the choice of a GWP edition, which a method edition makes. CO2 equivalent comes only from a named
edition; no unit conversion leads there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from factors.errors import UsageFault
from factors.pollutants import PER_TONNE, POLLUTANTS

CO2E = "CO2e"
"""Not a gas: what is booked where the factor itself is in CO2 equivalent."""


class GwpEdition(StrEnum):
    """The IPCC assessment report whose 100-year warming potentials are used."""

    SAR = "SAR"
    AR4 = "AR4"
    AR5 = "AR5"
    AR6 = "AR6"


@dataclass(frozen=True, slots=True)
class Gas:
    """A greenhouse gas; `words` are spellings besides its name and its Chinese name."""

    name: str
    name_zh: str
    name_en: str
    family: str
    words: tuple[str, ...] = ()


_LIST = (
    Gas("CO2", "二氧化碳", "carbon dioxide", "CO2"),
    Gas("CH4", "甲烷", "methane", "CH4"),
    Gas("N2O", "氧化亚氮", "nitrous oxide", "N2O", ("一氧化二氮",)),
    Gas("SF6", "六氟化硫", "sulphur hexafluoride", "SF6"),
    Gas("NF3", "三氟化氮", "nitrogen trifluoride", "NF3"),
    Gas("CF4", "四氟化碳", "tetrafluoromethane", "PFC", ("PFC-14", "四氟甲烷")),
    Gas("C2F6", "六氟乙烷", "hexafluoroethane", "PFC", ("PFC-116", "六氟化二碳")),
    Gas("HFC-23", "三氟甲烷", "HFC-23", "HFC"),
    Gas("HFC-32", "二氟甲烷", "HFC-32", "HFC"),
    Gas("HFC-125", "五氟乙烷", "HFC-125", "HFC"),
    Gas("HFC-134a", "1,1,1,2-四氟乙烷", "HFC-134a", "HFC"),
    Gas("HFC-143a", "1,1,1-三氟乙烷", "HFC-143a", "HFC"),
    Gas("HFC-152a", "1,1-二氟乙烷", "HFC-152a", "HFC"),
)

GASES: Mapping[str, Gas] = MappingProxyType({gas.name: gas for gas in _LIST})
"""Gas name → gas, in the order in which they are listed on a statement."""


@dataclass(frozen=True, slots=True)
class Quantum:
    """The whole-number grain of a measure: `unit` is what one count is, `per_tonne` how many
    counts make a tonne (of the gas, or of standard coal)."""

    measure: str
    unit: str
    per_tonne: int

    def tonnes(self, quanta: int) -> Fraction:
        """`quanta` counts in tonnes, exactly."""
        return Fraction(quanta, self.per_tonne)


_GRAM, _MILLIGRAM, _MICROGRAM = ("g", 10**6), ("mg", 10**9), ("ug", 10**12)
_ENERGY_MEASURES = ("tce_equivalent", "tce_equal")


def _quanta() -> dict[str, Quantum]:
    grains = dict.fromkeys(GASES, _MICROGRAM) | {"CO2": _GRAM, CO2E: _GRAM, "CH4": _MILLIGRAM}
    quanta = {
        measure: Quantum(measure, size + measure.replace("-", ""), count)
        for measure, (size, count) in grains.items()
    }
    quanta |= {measure: Quantum(measure, "gce", 10**6) for measure in _ENERGY_MEASURES}
    return quanta | {name: Quantum(name, "g" + name, PER_TONNE) for name in POLLUTANTS}


QUANTUM: Mapping[str, Quantum] = MappingProxyType(_quanta())
"""Measure → quantum: CO2 and CO2e 1 g, CH4 1 mg, every other gas 1 µg; comprehensive energy at
equivalent value (当量值) and at equal value (等价值) 1 g of standard coal; pollutants 1 g."""


class GwpError(UsageFault, LookupError):
    """No warming potential stands for this edition, gas and origin."""


@dataclass(frozen=True, slots=True)
class GwpValue:
    """A warming potential in kg CO2e per kg of the gas, over 100 years.

    `origin` is '' where the report makes no difference, else 'fossil' or 'non-fossil'.
    """

    edition: GwpEdition
    gas: str
    origin: str
    value: Decimal
    standing: str
    source: str


@cache
def gwp_values() -> Mapping[tuple[str, str, str], GwpValue]:
    """(edition, gas, origin) → value, as shipped in `data/gwp.csv`."""
    text = (files("factors") / "data" / "gwp.csv").read_text(encoding="utf-8")
    rows = [_value(row) for row in csv.DictReader(text.splitlines())]
    return MappingProxyType({(row.edition.value, row.gas, row.origin): row for row in rows})


def _value(row: Mapping[str, str]) -> GwpValue:
    return GwpValue(
        edition=GwpEdition(row["edition"]),
        gas=row["gas"],
        origin=row["origin"],
        value=Decimal(row["value"]),
        standing=row["standing"],
        source=row["source"],
    )


def gwp_value(edition: GwpEdition | str, gas: str, origin: str = "") -> GwpValue:
    """The warming potential with standing and source; raises `GwpError` naming what there is.

    Editions before AR6 make no difference of origin: there, a stated origin finds the one value.
    """
    values = gwp_values()
    found = values.get((str(edition), gas, origin))
    if found is None and str(edition) != GwpEdition.AR6:
        found = values.get((str(edition), gas, ""))
    if found is None:
        raise _missing(str(edition), gas, origin)
    return found


def gwp(edition: GwpEdition | str, gas: str, origin: str = "") -> Decimal:
    """kg CO2e per kg of `gas` by `edition`; of methane in AR6 also by `origin`."""
    return gwp_value(edition, gas, origin).value


def co2e(edition: GwpEdition | str, gas: str, tonnes: Fraction, origin: str = "") -> Fraction:
    """Tonnes of CO2 equivalent of `tonnes` of a gas, exactly and unrounded.

    What was booked as CO2e stays as it is: its factor already chose a potential.
    """
    if gas == CO2E:
        return tonnes
    return tonnes * Fraction(gwp(edition, gas, origin))


def _missing(edition: str, gas: str, origin: str) -> GwpError:
    values = gwp_values().values()
    return GwpError(
        "gwp.missing",
        edition=edition,
        gas=f"{gas} ({origin})" if origin else gas,
        editions=", ".join(GwpEdition),
        gases=", ".join(dict.fromkeys(row.gas for row in values if row.edition == edition)) or "-",
    )
