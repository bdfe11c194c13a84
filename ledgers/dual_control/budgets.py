"""Budgets and targets (预算与目标): what stands for a place and year, and parts beside the whole.

What belongs here: reading budgets with their exact value, which of them a month is held against,
and the sum of a level against the level above. What does not: importing (`imports`), colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ledgers.dual_control.gdp import stored_share
from ledgers.dual_control.imports import standing
from ledgers.dual_control.lines import Membership, sector_of
from ledgers.dual_control.vocabulary import ADDITIVE, TARGETS, Target, canonical
from ledgers.reference.rows import AsOf
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget: exact `value` in the book's own unit; a reduction from `base_year` to `year`."""

    level: str
    code: str
    year: int
    indicator: str
    base_year: int
    value: Fraction
    printed: str
    document: str
    clause: str
    standing: str

    @property
    def target(self) -> Target:
        """What kind of budget it is."""
        return TARGETS[self.indicator]

    @property
    def years(self) -> int:
        """How many years a reduction has."""
        return self.year - self.base_year


@dataclass(frozen=True, slots=True)
class Sum:
    """The budgets of the places below one place, added up: `over` is what they exceed it by (below
    zero: what is not yet distributed). `missing` are places below that have none."""

    level: str
    code: str
    below: str
    year: int
    indicator: str
    whole: Fraction
    parts: Fraction
    count: int

    @property
    def over(self) -> Fraction:
        """The parts less the whole."""
        return self.parts - self.whole


def budget_of(row: Mapping[str, Any]) -> Budget:
    """A budget from its row."""
    family = TARGETS[row["indicator"]].family
    if family == "share":
        value = stored_share(row["value"], row["unit"])
    else:
        value = canonical(Fraction(row["value"]), row["unit"], family)
    names = ("level", "code", "year", "indicator", "base_year", "document", "clause", "standing")
    unit = row["unit"].removesuffix("!")
    return Budget(
        value=value, printed=f"{row['value']} {unit}", **{name: row[name] for name in names}
    )


def budgets(con: Connection, as_of: AsOf = None) -> tuple[Budget, ...]:
    """Every budget in force as the book stood at `as_of`."""
    return tuple(budget_of(row) for row in standing(con, "budget", as_of))


def applying(held: Iterable[Budget], year: int) -> Mapping[tuple[str, str], list[Budget]]:
    """(level, code) → the budgets that a month of `year` is held against: those of the year, and
    of reductions over several years the one that ends next."""
    chosen: dict[tuple[str, str, str], Budget] = {}
    for item in held:
        spans = item.target.rule == "reduction" and item.base_year < year <= item.year
        if not spans and item.year != year:
            continue
        key = (item.level, item.code, item.indicator)
        if key not in chosen or item.year < chosen[key].year:
            chosen[key] = item
    found: dict[tuple[str, str], list[Budget]] = {}
    order = list(TARGETS)
    for (level, code, _), item in sorted(
        chosen.items(), key=lambda pair: (*pair[0][:2], order.index(pair[0][2]))
    ):
        found.setdefault((level, code), []).append(item)
    return found


def sums(held: Sequence[Budget], year: int, members: Membership) -> tuple[Sum, ...]:
    """Each total of a year beside the sum of the level below: the city's districts, zones, sectors
    and enterprises, and the enterprises of each district, zone and sector."""
    own = [item for item in held if item.year == year and item.indicator in ADDITIVE]
    found: list[Sum] = []
    for whole in own:
        if whole.level == "enterprise":
            continue
        parts: dict[str, list[Budget]] = {}
        for item in own:
            if item.indicator == whole.indicator and _below(whole, item, members):
                parts.setdefault(item.level, []).append(item)
        for below, items in sorted(parts.items()):
            total = sum((item.value for item in items), Fraction(0))
            head = (whole.level, whole.code, below, year, whole.indicator)
            found.append(Sum(*head, whole.value, total, len(items)))
    return tuple(found)


def _below(whole: Budget, item: Budget, members: Membership) -> bool:
    if whole.level == "city":
        return item.level != "city"
    if item.level != "enterprise":
        return False
    party = members.party(item.code, date(item.year, 12, 31))
    if party is None:
        return False
    places = {
        "district": party.district,
        "zone": party.zone,
        "sector": sector_of(party.industry),
    }
    return places[whole.level] == whole.code
