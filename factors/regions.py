"""Regions of factors (地区): their names, and which lies in which.

What belongs here: one spelling for each region and the way from a city up to the nation. What does
not: which factor of which region serves a case (`catalogue.py`), and the register's districts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from factors.carriers import data_rows
from factors.vocabulary import nation_name

NATION = "CN"
GLOBAL = "global"

LEVELS = ("global", "nation", "grid", "province", "city")
"""From the most general to the most specific."""

_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "电网", "省", "市", "区域")


@dataclass(frozen=True, slots=True)
class Region:
    """A region with the one that it lies in ('' for a nation) and its level."""

    name: str
    parent: str
    level: str


@cache
def regions() -> Mapping[str, Region]:
    """Name → region, from `data/regions.csv`."""
    rows = data_rows("regions.csv")
    return MappingProxyType(
        {row["region"]: Region(row["region"], row["parent"], row["level"]) for row in rows}
    )


def region_name(text: str) -> str:
    """The one spelling of a region: 全国 is CN, 辽宁省 is 辽宁; others stay as written."""
    name = text.strip()
    if (nation := nation_name(name)) is not None:
        return nation
    for ending in _ENDINGS:
        if (short := name.removesuffix(ending)) in regions() and short != name:
            return short
    return name


@cache
def region_chain(text: str) -> tuple[tuple[str, str], ...]:
    """(name, level) from `text` up to its nation and 'global'; '' is the nation.

    A region that is not known lies directly in the world: a factor of the nation never serves it
    by guess.
    """
    chain: list[tuple[str, str]] = []
    name = region_name(text) or NATION
    known = regions()
    while name and name != GLOBAL:
        region = known.get(name, Region(name, "", "province"))
        chain.append((name, region.level))
        name = region.parent
    return (*chain, (GLOBAL, "global"))
