"""What is controlled, at which levels, in which units (双控指标、层级与单位).

What belongs here: the codes of levels and indicators and the exact conversion of a value with its
unit to the book's own unit. What does not: reading cells (`columns`) and arithmetic (`indicators`).

The book's own units: tce, tCO2, t, 10⁴ CNY (万元), GJ, MWh, shares of one; intensities per 10⁴ CNY.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from factors.quantities import half_up
from factors.units import UnitError, multiplier, parse_unit
from ledgers.reference.columns import CellFault

LEVELS = ("city", "district", "zone", "sector", "enterprise")
NETWORK = "network"
CITY = "210100"
"""The city's code (GB/T 2260); its line is the sum of every enterprise."""

MONEY: Mapping[str, Fraction] = {
    "万元": Fraction(1),
    "元": Fraction(1, 10_000),
    "千元": Fraction(1, 10),
    "百万元": Fraction(100),
    "千万元": Fraction(1000),
    "亿元": Fraction(10_000),
}
SHARE: Mapping[str, Fraction] = {"%": Fraction(1, 100), "％": Fraction(1, 100), "1": Fraction(1)}

UNIT_OF: Mapping[str, str] = {
    "energy": "tce",
    "carbon": "tCO2",
    "mass": "t",
    "money": "万元",
    "heat": "GJ",
    "power": "MWh",
    "share": "1",
    "energy_intensity": "tce/万元",
    "carbon_intensity": "tCO2/万元",
}
"""Family of quantities → the book's own unit."""

_PHYSICAL: Mapping[str, tuple[str, str]] = {
    "energy": ("tce", "tce"),
    "carbon": ("tCO2", "CO2"),
    "mass": ("t", "material"),
    "heat": ("GJ", "material"),
    "power": ("MWh", "material"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of budget: its family of quantities, how it is judged (a cap on a total, a floor
    under a share, a reduction of an intensity) and which total of the ledger it is about."""

    code: str
    family: str
    rule: str
    about: str


TARGETS: Mapping[str, Target] = {
    item.code: item
    for item in (
        Target("energy_total", "energy", "cap", "energy"),
        Target("energy_intensity", "energy_intensity", "cap", "energy"),
        Target("energy_intensity_reduction", "share", "reduction", "energy"),
        Target("carbon_total", "carbon", "cap", "carbon"),
        Target("carbon_intensity", "carbon_intensity", "cap", "carbon"),
        Target("carbon_intensity_reduction", "share", "reduction", "carbon"),
        Target("coal_total", "energy", "cap", "coal"),
        Target("oil_total", "energy", "cap", "oil"),
        Target("non_fossil_share", "share", "floor", "non_fossil"),
    )
}
"""What a budget may be about; names stand in the messages under dual.indicator.*."""

ADDITIVE = ("energy_total", "carbon_total", "coal_total", "oil_total")
"""Targets whose parts must not exceed the whole."""

FIGURES: Mapping[str, str] = {
    "energy_total": "energy",
    "energy_equal": "energy",
    "carbon_total": "carbon",
    "coal_total": "energy",
    "oil_total": "energy",
    "feedstock": "energy",
    "non_fossil": "energy",
    "green_certificate": "power",
    "so2": "mass",
    "nox": "mass",
    "particulates": "mass",
    "vocs": "mass",
    "resource_input": "mass",
    "waste_generated": "mass",
    "waste_reused": "mass",
    "output_value": "money",
    "product_output": "product",
    "heat_supplied": "heat",
    "heat_non_fossil": "heat",
    "heat_carbon": "carbon",
}
"""Figures that come as files: indicator → family."""

POLLUTANTS = ("so2", "nox", "particulates", "vocs")
NEEDS_ITEM = frozenset({"product_output"})


def canonical(value: Fraction, unit: str, family: str) -> Fraction:
    """`value` of `unit` in the book's own unit, exactly. Raises CellFault for another unit."""
    return value * _multiplier(unit.strip(), family)


@lru_cache(maxsize=512)
def _multiplier(unit: str, family: str) -> Fraction:
    if family == "money":
        return _named(MONEY, unit, family)
    if family == "share":
        return _named(SHARE, unit, family)
    if family in ("energy_intensity", "carbon_intensity"):
        above, slash, below = unit.rpartition("/")
        if not slash:
            raise CellFault("dual.unit", seen=unit, allowed=f"{UNIT_OF[family]} …")
        part = _multiplier(above.strip(), family.removesuffix("_intensity"))
        return part / _named(MONEY, below.strip(), family)
    if family == "product":
        with suppress(CellFault):
            return _multiplier(unit, "power")
        return _multiplier(unit, "mass")
    own, substance = _PHYSICAL[family]
    try:
        # A bare tonne is no tonne of standard coal; of carbon and mass columns it can only be one.
        bare = "material" if family == "energy" else substance
        found: Fraction = multiplier(parse_unit(unit, substance=bare), own)
    except UnitError as error:
        raise CellFault("dual.unit", seen=unit, allowed=_allowed(family)) from error
    return found


def _named(names: Mapping[str, Fraction], unit: str, family: str) -> Fraction:
    if unit not in names:
        raise CellFault("dual.unit", seen=unit or "—", allowed=_allowed(family))
    return names[unit]


def _allowed(family: str) -> str:
    if family == "money":
        return "、".join(MONEY)
    if family == "share":
        return "%、1"
    more = {"energy": "、万吨标准煤", "carbon": "、万吨CO2", "mass": "、万吨"}
    return UNIT_OF[family] + more.get(family, "")


def plain(value: Decimal | Fraction | int) -> str:
    """A number as people write it, without trailing zeros; a fraction that does not end as a
    decimal is cut to six digits for display."""
    if isinstance(value, Fraction):
        value = half_up(value, 12 if _ends(value.denominator) else 6)
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ends(denominator: int) -> bool:
    """Whether a fraction ends as a decimal of at most twelve places."""
    return 10**12 % denominator == 0
