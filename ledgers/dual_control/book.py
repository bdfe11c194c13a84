"""Everything that a month of dual control rests on, read once (双控计算底稿).

What belongs here: reading ledger lines, budgets, GDP, figures, register and rule sets as they stood
at one commit. What does not: what is made of them (`readings`, `board`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from factors.units import multiplier
from ledgers import journal
from ledgers.dual_control.budgets import Budget, applying, budgets
from ledgers.dual_control.figures import Figures
from ledgers.dual_control.gdp import Outputs
from ledgers.dual_control.imports import standing
from ledgers.dual_control.lines import COMPONENTS, Lines, Matrix, Membership, read_lines
from ledgers.dual_control.rules import Basis, Rules, read_rules
from ledgers.emissions.books import head_at
from ledgers.emissions.parties import synthetic
from ledgers.emissions.spans import Span
from ledgers.reference import AsOf, catalogue, districts, enterprise_history
from ledgers.reference.rows import as_of_commit
from warehouse.connect import Connection

YEARS_BACK = 6
"""Years before that of the month that are read: five for the seasons, one more to compare them."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """tce per MWh, and where it is printed."""

    value: Fraction
    source: str


@dataclass(frozen=True)
class Book:
    """The ground of one or more months."""

    head: journal.Head
    lines: Lines
    members: Membership
    budgets: tuple[Budget, ...]
    outputs: Outputs
    figures: Figures
    rules: Rules
    names: Mapping[Place, str]
    synthetic: bool
    certificate_coefficient: Coefficient | None
    closed: frozenset[str]
    memory: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What is asked for again: who lies where in a month, seasons of single enterprises."""

    @cached_property
    def cumulative(self) -> Mapping[str, Matrix]:
        """Component → matrix of sums from January to each month, by year."""
        years = [month[:4] for month in self.lines.months]
        found = {}
        for name in COMPONENTS:
            held = self.lines.components[name]
            _check_size(held)
            total = held.copy()
            for at in range(1, held.shape[1]):
                if years[at] == years[at - 1]:
                    total[:, at] += total[:, at - 1]
            found[name] = total
        return found

    def basis(self, year: int) -> Basis:
        """How the ledger is read in a year."""
        return self.rules.basis(date(year, 12, 31))

    def groups(self, month: str) -> Mapping[Place, list[int]]:
        """Who lies where at the end of a month."""
        year, number = int(month[:4]), int(month[5:])
        day = date(year, number, monthrange(year, number)[1])
        since = self.members.since(day)
        if since not in self.memory:
            self.memory[since] = self.members.on(day, self.lines.enterprises)
        held: Mapping[Place, list[int]] = self.memory[since]
        return held

    def applying(self, year: int) -> Mapping[Place, list[Budget]]:
        """The budgets that a month of `year` is held against, by place."""
        if ("applying", year) not in self.memory:
            self.memory["applying", year] = applying(self.budgets, year)
        held: Mapping[Place, list[Budget]] = self.memory["applying", year]
        return held

    def name(self, place: Place) -> str:
        """The name of a place, else its code."""
        return self.names.get(place, place[1])

    def to_month(self, component: str, rows: Sequence[int], year: int, month: int) -> int | None:
        """Grams of some enterprises from January to `month`; None outside the months read."""
        column = self._column(year, month)
        if column is None:
            return None
        if len(rows) == 1:
            return int(self.cumulative[component][rows[0], column])
        return int(self.cumulative[component][np.asarray(rows, dtype=np.int64), column].sum())

    def booked(self, rows: Sequence[int], year: int, month: int) -> int:
        """How many months from January to `month` have anything booked by these enterprises."""
        last, first = self._column(year, month), self._column(year, 1)
        if last is None or first is None:
            return 0
        held = self.lines.present[np.asarray(rows, dtype=np.int64), first : last + 1]
        return int(held.any(axis=0).sum())

    def values(self, rows: Sequence[int], year: int, month: int) -> Mapping[str, int]:
        """Every component from January to `month`; zeros outside the months read."""
        return {name: self.to_month(name, rows, year, month) or 0 for name in COMPONENTS}

    def release(self, year: int, month: int) -> str:
        """D16 of the ledger: final when every month from January on is closed, else flash."""
        months = (f"{year}-{number:02d}" for number in range(1, month + 1))
        return "final" if all(name in self.closed for name in months) else "flash"

    @property
    def first_year(self) -> int:
        """The first year of the months that were read."""
        return int(self.lines.months[0][:4]) if self.lines.months else 9999

    def year_columns(self, year: int) -> slice | None:
        """The columns of the twelve months of a year; None where they were not all read."""
        first, last = self._column(year, 1), self._column(year, 12)
        return None if first is None or last is None else slice(first, last + 1)

    def _column(self, year: int, month: int) -> int | None:
        return self._columns.get(f"{year}-{month:02d}")

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return {month: place for place, month in enumerate(self.lines.months)}


def _check_size(held: Matrix) -> None:
    """Sums over a year and over all enterprises stay within 64 bits."""
    if held.size and max(abs(int(held.max())), abs(int(held.min()))) * held.size >= 2**62:
        raise OverflowError("a sum of grams would leave 64 bits")


def read_book(
    con: Connection, last_month: str, *, first_year: int | None = None, as_of: AsOf = None
) -> Book:
    """The ground of the months up to `last_month`, as the ledger stood at `as_of`. `first_year` is
    the first year whose months are wanted, by default that of `last_month`."""
    commit_no = as_of_commit(con, as_of)
    year = first_year or int(last_month[:4])
    held = budgets(con, as_of)
    bases = [item.base_year for item in held if item.base_year and item.year >= year]
    start = min([year - YEARS_BACK, *(base for base in bases if base >= year - 15)])
    first = max(f"{start}-01", _first_year(con) + "-01")
    span = Span(min(first, last_month), f"{last_month[:4]}-12")
    history = enterprise_history(con, as_of)
    figures = standing(con, "dual_control_figure", as_of)
    names: dict[Place, str] = {
        ("district", code): each.name for code, each in districts(con, as_of).items()
    }
    names |= {("enterprise", item.enterprise_id): item.name for item in history}
    return Book(
        head=head_at(con, commit_no),
        lines=read_lines(con, span, commit_no),
        members=Membership(history),
        budgets=held,
        outputs=Outputs(standing(con, "gdp", as_of)),
        figures=Figures(figures),
        rules=read_rules(con, as_of),
        names=names,
        synthetic=synthetic(
            *(item.name for item in history),
            *(item.document for item in held),
            *(str(row["document"]) for row in figures),
        ),
        certificate_coefficient=_coefficient(con, figures, as_of),
        closed=frozenset(journal.closed_months(con)),
    )


def _first_year(con: Connection) -> str:
    ((first,),) = con.execute("SELECT min(month) FROM emissions.entry").fetchall()
    return str(first)[:4] if first else "9999"


def _coefficient(
    con: Connection, figures: Sequence[Mapping[str, object]], as_of: AsOf
) -> Coefficient | None:
    """tce per MWh of electricity as the latest edition of GB/T 2589 that is held prints it, where
    green certificates are declared."""
    if not any(row["indicator"] == "green_certificate" for row in figures):
        return None
    printed = [
        factor
        for factor in catalogue(con, as_of).factors
        if factor.edition.startswith("gbt2589-")
        and factor.carrier == "electricity"
        and factor.parameter == "tce_coefficient"
    ]
    if not printed:
        return None
    last = max(printed, key=lambda factor: factor.edition)
    value = Fraction(last.value) * multiplier(last.unit, "tce/MWh")
    return Coefficient(value, f"{last.edition} {last.value} {last.unit}")
