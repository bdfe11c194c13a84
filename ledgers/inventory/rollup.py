"""The emission ledger as a city inventory (自下而上汇总): cells in whole quanta, gas by gas.

What belongs here: which method edition of an enterprise and month is taken, and the sums of what
stands by place, carrier, scope and measure. What does not: statistics (`statistics`), and putting
the two side by side (`reconciliation`).

An enterprise that is booked under several method editions is taken under one only, a whole month at
a time. Entries outside a method's total (`counted` false) are kept apart as memo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from factors.gases import GASES, QUANTUM, co2e
from ledgers.emissions.books import preferred
from ledgers.inventory.sectors import BOUNDARY, Place, place_of, sub_sectors
from warehouse.connect import Connection, sql

LEDGER_MEASURES = (*GASES, "CO2e")


class Key(NamedTuple):
    """What a cell of the inventory is about."""

    sub_sector: str
    group: str
    scope: str
    category: str
    carrier: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a carrier in a unit as written; `condition` is what a bare cubic metre meant."""

    value: Decimal
    unit: str
    condition: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: whole quanta of each measure, and the quantities that they rest on."""

    key: Key
    quanta: Mapping[str, int]
    quantities: tuple[Quantity, ...] = ()
    entries: int = 0
    editions: tuple[str, ...] = ()

    def co2e(self, gwp: str) -> Fraction:
        """Tonnes of CO2 equivalent by a named edition, exactly."""
        return equivalent(self.quanta, gwp)


@dataclass(frozen=True, slots=True)
class Rolled:
    """The ledger of some months: cells of the totals, memo cells, and the months booked.

    `bases` are the method editions and boundaries in the order in which they are preferred, with
    the number of enterprises booked under each; `enterprises` is of the month with most of them.
    """

    cells: tuple[Cell, ...]
    memo: tuple[Cell, ...]
    months: tuple[str, ...]
    bases: tuple[tuple[str, str, int], ...]
    by_month: Mapping[str, tuple[Cell, ...]]
    enterprises: int
    boundary: str = BOUNDARY


@dataclass(frozen=True, slots=True)
class Totals:
    """Two totals that are never added: what is emitted inside the city (territorial, scope 1 of all
    sub-sectors) and what the city's activity causes (city-induced in the manner of GPC BASIC: scope
    1 without energy generated for grid and heat networks, and scope 2). Tonnes of CO2e, exact."""

    territorial: Fraction
    induced: Fraction
    scope1: Fraction
    grid_supply: Fraction
    scope2: Fraction


def tonnes(measure: str, quanta: int) -> Fraction:
    """Quanta of a measure in tonnes, exactly."""
    return QUANTUM[measure].tonnes(quanta)


def equivalent(quanta: Mapping[str, int], gwp: str) -> Fraction:
    """Tonnes of CO2 equivalent of quanta by measure; CO2 needs no edition."""
    total = Fraction(0)
    for measure, value in quanta.items():
        amount = tonnes(measure, value)
        total += amount if measure == "CO2" else co2e(gwp, measure, amount)
    return total


def add_up(cells: Iterable[Cell]) -> dict[str, int]:
    """Quanta by measure over cells, in the order in which gases are listed."""
    found: dict[str, int] = {}
    for cell in cells:
        for measure, value in cell.quanta.items():
            found[measure] = found.get(measure, 0) + value
    return {measure: found[measure] for measure in LEDGER_MEASURES if measure in found}


def totals(cells: Sequence[Cell], gwp: str) -> Totals:
    """The two totals of cells. Scope 2 and the scope 1 of the plants that made it stand apart."""
    known = sub_sectors()
    basic = {code for code, each in known.items() if each.basic}
    one = [cell for cell in cells if cell.key.scope == "1"]
    two = [cell for cell in cells if cell.key.scope == "2"]
    inside = equivalent(add_up(c for c in one if c.key.sub_sector in basic), gwp)
    supply = equivalent(add_up(c for c in one if c.key.sub_sector not in basic), gwp)
    bought = equivalent(add_up(two), gwp)
    return Totals(inside + supply, inside + bought, inside, supply, bought)


def roll_up(con: Connection, months: Sequence[str], commit_no: int) -> Rolled:
    """The ledger of `months` as it stood at `commit_no`."""
    span = {"months": list(months), "commit_no": commit_no}
    bases = [(str(e), str(b), int(n)) for e, b, n in _rows(con, "bases.sql", span)]
    order = preferred((edition, boundary) for edition, boundary, _ in bases)
    found = _mappings(con, "roll_up.sql", {**span, "preferred": list(order)})
    by_month: dict[str, list[dict[str, Any]]] = {}
    senders = dict(booked_months(con, commit_no))
    for row in found:
        by_month.setdefault(row["month"], []).append(row)
    return Rolled(
        cells=_cells(row for row in found if row["counted"]),
        memo=_cells(row for row in found if not row["counted"]),
        months=tuple(sorted(by_month)),
        bases=tuple(sorted(bases, key=lambda item: order.index(f"{item[0]}|{item[1]}"))),
        by_month={
            month: _cells(row for row in rows if row["counted"]) for month, rows in by_month.items()
        },
        enterprises=max((senders.get(month, 0) for month in months), default=0),
    )


def booked_months(con: Connection, commit_no: int) -> tuple[tuple[str, int], ...]:
    """(month, enterprises) of every month with anything booked."""
    found = _rows(con, "months.sql", {"commit_no": commit_no})
    return tuple((str(month), int(count)) for month, count in found)


def _cells(rows: Iterable[Mapping[str, Any]]) -> tuple[Cell, ...]:
    groups: dict[Key, list[Mapping[str, Any]]] = {}
    for row in rows:
        place = _place(row)
        key = Key(*place, row["scope"], row["category"], row["carrier"])
        groups.setdefault(key, []).append(row)
    return tuple(_cell(key, groups[key]) for key in sorted(groups))


def _place(row: Mapping[str, Any]) -> Place:
    return place_of(row["industry"], row["scope"], row["category"], row["flow"], row["carrier"])


def _cell(key: Key, rows: Sequence[Mapping[str, Any]]) -> Cell:
    quanta: dict[str, int] = {}
    amounts: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        quanta[row["measure"]] = quanta.get(row["measure"], 0) + int(row["value"])
        if row["measure"] in ("CO2", "CO2e"):
            unit = row["unit"], row["gas_condition"]
            amounts[unit] = amounts.get(unit, Decimal(0)) + row["quantity"]
    return Cell(
        key=key,
        quanta={m: quanta[m] for m in LEDGER_MEASURES if m in quanta},
        quantities=tuple(Quantity(value, *unit) for unit, value in sorted(amounts.items())),
        entries=sum(row["entries"] for row in rows),
        editions=tuple(sorted({row["method_edition"] for row in rows})),
    )


def _rows(con: Connection, name: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
    return con.execute(sql("ledgers.inventory.sql", name), dict(given)).fetchall()


def _mappings(con: Connection, name: str, given: Mapping[str, object]) -> list[dict[str, Any]]:
    cursor = con.execute(sql("ledgers.inventory.sql", name), dict(given))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
