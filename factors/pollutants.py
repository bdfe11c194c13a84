"""Air pollutants beside greenhouse gases (大气污染物): which there are and the grain they count in.

What belongs here: names and quanta. What does not: factors (`catalogue.py`) and the methods that
use them. A pollutant has no warming potential and is never a part of CO2 equivalent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Pollutant:
    """A pollutant and its names."""

    name: str
    name_zh: str
    name_en: str

    def title(self, lang: str = "zh") -> str:
        """The name in `lang`."""
        return self.name_en if lang == "en" else self.name_zh


_LIST = (
    Pollutant("SO2", "二氧化硫", "sulphur dioxide"),
    Pollutant("NOx", "氮氧化物", "nitrogen oxides"),
    Pollutant("PM", "颗粒物", "particulate matter"),
)

POLLUTANTS: Mapping[str, Pollutant] = MappingProxyType({each.name: each for each in _LIST})
"""Name → pollutant, in the order in which they are listed."""

PER_TONNE = 10**6
"""Counts in a tonne: a pollutant is counted in whole grams."""
