"""Where an emission stands in a city inventory (清单部门): sub-sectors, and the groups in which
the ledger is compared with an energy balance.

What belongs here: the sub-sectors and the mapping from industry, scope, category, flow and carrier
to one. What does not: reading the ledger (`rollup`) or a balance (`balance`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from ledgers.emissions.books import CITY_INVENTORY

BOUNDARY = CITY_INVENTORY
"""The boundary (边界) of every total of this book."""

UNSPECIFIED = "I.6"
GRID_SUPPLY = "I.4.4"
GROUPS = (
    *("generation", "agriculture", "industry", "construction"),
    *("transport", "services", "residential", "unspecified"),
)
"""Groups of an energy balance, in its order; what no balance knows is compared with nothing."""


@dataclass(frozen=True, slots=True)
class SubSector:
    """One sub-sector; `basic` says whether its scope 1 is in the city-induced total."""

    code: str
    sector: str
    name_zh: str
    name_en: str
    basic: bool

    def name(self, lang: str = "zh") -> str:
        """The name in `lang`."""
        return self.name_en if lang == "en" else self.name_zh


class Place(NamedTuple):
    """Sub-sector, and the group of comparison ('' where a balance has no such line)."""

    sub_sector: str
    group: str


def data_rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV of this package; lines that begin with # are its header for people."""
    text = (files("ledgers.inventory") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def sub_sectors() -> Mapping[str, SubSector]:
    """Code → sub-sector, in the order in which an inventory lists them."""
    rows = data_rows("sub_sectors.csv")
    return MappingProxyType(
        {row["code"]: SubSector(**(row | {"basic": row["basic"] == "yes"})) for row in rows}  # type: ignore[arg-type]
    )


@cache
def _industries() -> Mapping[str, dict[str, str]]:
    return MappingProxyType({row["prefix"]: row for row in data_rows("industries.csv")})


def place_of(industry: str, scope: str, category: str, flow: str, carrier: str) -> Place:
    """The place of an entry of the emission ledger.

    `industry` is a code of GB/T 4754; what it does not name is non-specified. Power and heat made
    for an enterprise's own use (自备) stay in its sub-sector and are compared with the generation
    of the balance, which counts them there.
    """
    if category not in ("combustion", "electricity_location", "electricity_market", "heat"):
        return Place(_process(industry, category, carrier), "")
    figures = industry.strip().lstrip("ABCDEFGHIJKLMNOPQRST")
    for length in range(len(figures), 0, -1):
        row = _industries().get(figures[:length])
        if row is not None:
            break
    else:
        return Place(UNSPECIFIED, "unspecified")
    if scope != "1":
        return Place(row["other"], row["other_group"])
    group = "generation" if flow == "conversion_input" else row["burned_group"]
    return Place(row["burned"], group)


def _process(industry: str, category: str, carrier: str) -> str:
    if carrier == "wastewater_cod" or category == "wastewater":
        return "III.4"
    if category.startswith("waste"):
        return "III.1"
    if carrier.startswith("sf6") or category in ("fugitive", "product_use"):
        return "IV.2"
    return "IV.1" if category == "process" else UNSPECIFIED
