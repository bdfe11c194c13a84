"""Targets, path and projection of one indicator, beside what the books say (目标与走势).

What belongs here: putting the three side by side for a report. What does not: each of them
(`targets`, `paths`, `projection`).

The projection is of the ledger alone, whose years are complete; the path is of the whole city. What
the ledger does not cover is brought in by one stated assumption: it stands to the ledger as it did
in the year of the inventory (`scale`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledgers.inventory.city import Inventory
from ledgers.inventory.paths import Method, Path, PathFault, path
from ledgers.inventory.projection import NotEnough, Projection, project
from ledgers.inventory.rollup import Totals, booked_months, roll_up, totals
from ledgers.inventory.targets import Set, targets
from warehouse.connect import Connection

CARBON: Mapping[str, str] = {"carbon_total": "induced", "carbon_territorial": "territorial"}
"""Indicator → the total of the inventory that it is about."""

AHEAD = 10
"""Years that a projection goes beyond the last of the books where no target goes further."""


@dataclass(frozen=True, slots=True)
class LedgerYear:
    """A year of the ledger alone: tonnes of CO2e, the months booked, and how many enterprises there
    were in the month with the fewest and with the most."""

    year: int
    value: Fraction
    months: int
    fewest: int
    most: int


@dataclass(frozen=True)
class Outlook:
    """One indicator: the targets that stand, the path through them (or why there is none), the
    ledger's years, the projection of them, and the scale from ledger to inventory in its year."""

    indicator: str
    targets: tuple[Set, ...]
    path: Path | None
    no_path: PathFault | None
    ledger: tuple[LedgerYear, ...]
    projection: Projection | NotEnough
    scale: Fraction | None
    now: Fraction

    @property
    def uneven(self) -> bool:
        """Whether the number of enterprises in the ledger moved by more than a twentieth: then a
        trend of the ledger is partly one of who reports."""
        full = [each for each in self.ledger if each.months == 12]
        fewest, most = (
            min((each.fewest for each in full), default=0),
            max((each.most for each in full), default=0),
        )
        return 20 * (most - fewest) > most


def outlook(
    con: Connection, inventory: Inventory, indicator: str, *, method: Method = "compound"
) -> Outlook:
    """The outlook of `carbon_total` or `carbon_territorial` around an inventory."""
    which = CARBON[indicator]
    commit_no = inventory.head.commit_no
    held = tuple(
        each
        for each in targets(con, commit_no)
        if each.target.indicator == indicator and each.target.code == inventory.region
    )
    found: Path | None = None
    fault: PathFault | None = None
    try:
        found = path([each.target for each in held], method)
    except PathFault as error:
        fault = error
    monthly, years = _ledger(con, inventory, which)
    last = max((each.year for each in years), default=inventory.year)
    until = max([last + 1, *(each.target.year for each in held)])
    until = until if held else last + AHEAD
    now, own = _total(inventory.totals, which), _total(inventory.ledger_totals, which)
    return Outlook(
        indicator=indicator,
        targets=held,
        path=found,
        no_path=fault,
        ledger=years,
        projection=project(monthly, until),
        scale=now / own if own else None,
        now=now,
    )


def _total(found: Totals, which: str) -> Fraction:
    return found.induced if which == "induced" else found.territorial


def _ledger(
    con: Connection, inventory: Inventory, which: str
) -> tuple[Mapping[str, Fraction], tuple[LedgerYear, ...]]:
    """Monthly totals of the ledger, and its years."""
    commit_no = inventory.head.commit_no
    booked = dict(booked_months(con, commit_no))
    rolled = roll_up(con, sorted(booked), commit_no)
    monthly = {
        month: _total(totals(cells, inventory.gwp), which)
        for month, cells in rolled.by_month.items()
    }
    years = tuple(
        LedgerYear(year, _sum(monthly, found), len(found), *_spread(booked, found))
        for year in sorted({int(month[:4]) for month in monthly})
        if (found := [month for month in sorted(monthly) if int(month[:4]) == year])
    )
    return monthly, years


def _sum(monthly: Mapping[str, Fraction], months: list[str]) -> Fraction:
    return sum((monthly[month] for month in months), Fraction(0))


def _spread(booked: Mapping[str, int], months: list[str]) -> tuple[int, int]:
    counts = [booked[month] for month in months]
    return min(counts), max(counts)
