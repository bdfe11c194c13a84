"""Figures that came as files (双控统计数据), looked up by place and period.

What belongs here: exact amounts of the figures that stand, flash beside final. What does not:
importing them (`imports`), and what is made of them (`assessment`, `environment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ledgers.dual_control.vocabulary import FIGURES, canonical


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in the book's own unit, with its release and document."""

    value: Fraction
    release: str
    document: str


Place = tuple[str, str]
_Held = dict[tuple[str, str], dict[tuple[str, str], dict[str, Figure]]]


class Figures:
    """All figures of a ledger. A final one goes before a flash one of the same period."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._held: _Held = {}
        for row in sorted(rows, key=lambda item: item["release"] == "final"):
            value = canonical(Fraction(row["value"]), row["unit"], FIGURES[row["indicator"]])
            found = Figure(value, row["release"], row["document"])
            place = (row["level"], row["code"])
            kind = (row["indicator"], row["item"])
            self._held.setdefault(place, {}).setdefault(kind, {})[row["period"]] = found

    def codes(self, level: str) -> tuple[str, ...]:
        """The codes of a level that have any figure."""
        return tuple(sorted(code for held, code in self._held if held == level))

    def has(self, place: Place) -> bool:
        """Whether there is any figure of a place."""
        return place in self._held

    def items(self, place: Place, indicator: str) -> tuple[str, ...]:
        """The items (products) of an indicator of a place."""
        return tuple(sorted(item for name, item in self._held.get(place, {}) if name == indicator))

    def to_month(
        self, place: Place, indicator: str, year: int, month: int, item: str = ""
    ) -> Figure | None:
        """The amount from January to `month`: the sum of monthly figures, which must be without a
        gap; of a whole year else its yearly figure. None where neither is there."""
        held = self._held.get(place, {}).get((indicator, item), {})
        months = [held.get(f"{year}-{number:02d}") for number in range(1, month + 1)]
        found = [each for each in months if each is not None]
        if found and len(found) == month:
            release = "flash" if any(each.release == "flash" for each in found) else "final"
            return Figure(sum((f.value for f in found), Fraction(0)), release, found[-1].document)
        return held.get(str(year)) if month == 12 else None

    def at(self, place: Place, indicator: str, period: str, item: str = "") -> Figure | None:
        """The figure of exactly this period."""
        return self._held.get(place, {}).get((indicator, item), {}).get(period)
