"""The ledger against the statistics (台账与统计核对): what each covers, and what only one knows.

What belongs here: comparing ledger and balance by group, scope and carrier, and the remainder of
the statistics (统计余量) that the ledger does not cover. What does not: reading either (`rollup`,
`balance_book`) and totals (`city`).

The two never mix: a cell is the ledger's or the statistics' remainder, and says which. Quantities
are compared in the balance's unit; where that cannot be (steam in tonnes against heat, a table in
standard coal), the emissions of CO2 are. Where the ledger holds more than the statistics, the
ledger stands and the excess is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal

from factors.quantities import round_quanta
from factors.units import UnitError, multiplier, parse_unit
from ledgers.inventory.balance import Balance
from ledgers.inventory.balance_book import Kept
from ledgers.inventory.rollup import Cell, Key, Quantity, add_up
from ledgers.inventory.sectors import GROUPS, data_rows
from ledgers.inventory.statistics import Estimate

Origin = Literal["ledger", "statistics"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of the inventory with where it comes from: the ledger, or the statistics' remainder;
    of a remainder also the line of the balance and the share of the line that it is."""

    cell: Cell
    origin: Origin
    line: str = ""
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Match:
    """One group, scope and carrier of both books. Quantities are in `unit`, the balance's; the
    ledger's is None where nothing of it can be brought to that unit. `by` says what was compared.
    CO2 in grams. `derived`: the statistics know it and count its carbon elsewhere."""

    group: str
    scope: str
    carrier: str
    unit: str
    ledger: Fraction | None
    statistics: Fraction | None
    ledger_co2: int
    statistics_co2: int
    remainder_co2: int
    by: Literal["quantity", "emission", ""]
    other_units: tuple[Quantity, ...] = ()
    derived: bool = False

    @property
    def only(self) -> str:
        """Which book alone has it; '' where both do."""
        if self.statistics is None:
            return "ledger"
        return "statistics" if not self.ledger_co2 and not self.ledger else ""

    @property
    def coverage(self) -> Fraction | None:
        """What of the statistics the ledger covers, as a share; above 1 it holds more. None where
        the statistics have nothing to cover."""
        if self.by == "quantity" and self.statistics:
            return (self.ledger or Fraction(0)) / self.statistics
        return Fraction(self.ledger_co2, self.statistics_co2) if self.statistics_co2 else None

    @property
    def exceeds(self) -> bool:
        """Whether the ledger holds more than the statistics."""
        return self.coverage is not None and self.coverage > 1


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The comparison, and the pieces of which the inventory consists."""

    matches: tuple[Match, ...]
    pieces: tuple[Piece, ...]


def reconcile(cells: Sequence[Cell], kept: Kept | None) -> Reconciled:
    """Compare the cells of the ledger with the balance that stands; without one, all is ledger."""
    pieces = [Piece(cell, "ledger") for cell in cells]
    if kept is None:
        return Reconciled((), tuple(pieces))
    columns = frozenset(kept.balance.carriers)
    mine: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        if cell.key.group:
            column = column_of(cell.key.carrier, columns)
            mine.setdefault((cell.key.group, cell.key.scope, column), []).append(cell)
    theirs: dict[tuple[str, str, str], list[Estimate]] = {}
    for each in kept.estimates:
        if each.treatment == "counted":
            key = each.sector_group, each.scope, each.carrier
            theirs.setdefault(key, []).append(each)
    derived = {
        (each.sector_group, "1", each.carrier)
        for each in kept.estimates
        if each.treatment == "derived"
    }
    matches = []
    for key in sorted({*mine, *theirs}, key=_listed):
        match, rest = _match(key, mine.get(key, []), theirs.get(key, []), kept.balance)
        matches.append(replace(match, derived=key in derived))
        pieces.extend(rest)
    return Reconciled(tuple(matches), tuple(pieces))


def column_of(carrier: str, columns: frozenset[str]) -> str:
    """The column of a balance that holds a carrier of the ledger; its own code where none does."""
    if carrier in columns:
        return carrier
    return next((column for column in _kin().get(carrier, ()) if column in columns), carrier)


@cache
def _kin() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in data_rows("kin.csv"):
        found[row["carrier"]] = (*found.get(row["carrier"], ()), row["column"])
    return found


def _listed(key: tuple[str, str, str]) -> tuple[int, str, str]:
    group, scope, carrier = key
    return (GROUPS.index(group), scope, carrier)


def _match(
    key: tuple[str, str, str],
    cells: Sequence[Cell],
    estimates: Sequence[Estimate],
    balance: Balance,
) -> tuple[Match, tuple[Piece, ...]]:
    """One comparison, and the remainder line by line."""
    ledger_co2 = add_up(cells).get("CO2", 0)
    co2 = [each for each in estimates if each.measure == "CO2"]
    stated = sum((Fraction(each.quantity) for each in co2), Fraction(0))
    statistics_co2 = sum(each.value for each in co2)
    unit = estimates[0].unit if estimates else ""
    held, others = _in_unit(cells, unit, balance.condition(key[2])) if unit else (None, ())
    by: Literal["quantity", "emission", ""] = "" if not estimates else "quantity"
    if estimates and others:
        by = "emission"
    if by == "emission":
        missing = 1 - Fraction(ledger_co2, statistics_co2) if statistics_co2 else Fraction(1)
    else:
        missing = 1 - (held or Fraction(0)) / stated if stated else Fraction(1)
    share = max(Fraction(0), missing)
    pieces = tuple(_remainder(estimates, share)) if share else ()
    match = Match(
        *key,
        unit=unit or _only_unit(cells),
        ledger=held if unit else _only_quantity(cells),
        statistics=stated if estimates else None,
        ledger_co2=ledger_co2,
        statistics_co2=statistics_co2,
        remainder_co2=sum(piece.cell.quanta.get("CO2", 0) for piece in pieces),
        by=by,
        other_units=others,
    )
    return match, pieces


def _in_unit(
    cells: Iterable[Cell], unit: str, condition: str
) -> tuple[Fraction | None, tuple[Quantity, ...]]:
    """What of the ledger's quantities is so much of `unit`, and what cannot be brought to it."""
    target = parse_unit(unit, condition=condition)
    held: Fraction | None = None
    others: list[Quantity] = []
    for cell in cells:
        for each in cell.quantities:
            try:
                written = parse_unit(each.unit, condition=each.condition)
                size = multiplier(written, target)
            except UnitError:
                others.append(each)
                continue
            held = (held or Fraction(0)) + Fraction(each.value) * size
    return held, tuple(others)


def _only_unit(cells: Sequence[Cell]) -> str:
    units = {each.unit for cell in cells for each in cell.quantities}
    return units.pop() if len(units) == 1 else ""


def _only_quantity(cells: Sequence[Cell]) -> Fraction | None:
    if not _only_unit(cells):
        return None
    return sum((Fraction(q.value) for cell in cells for q in cell.quantities), Fraction(0))


def _remainder(estimates: Sequence[Estimate], share: Fraction) -> Iterable[Piece]:
    """What the ledger does not cover: that share of every line, rounded once for each measure."""
    lines: dict[tuple[str, str], list[Estimate]] = {}
    for each in estimates:
        lines.setdefault((each.line, each.category), []).append(each)
    for (line, category), found in lines.items():
        first = found[0]
        quanta = {}
        for each in found:
            exact = each.constant * Fraction(each.quantity) * share
            quanta[each.measure] = round_quanta(exact.numerator, exact.denominator)
        place = first.sub_sector, first.sector_group, first.scope
        cell = Cell(Key(*place, category, first.carrier), quanta, (), 0, (first.method_edition,))
        yield Piece(cell, "statistics", line, share)
