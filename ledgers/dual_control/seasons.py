"""Months of a total and their season (逐月用量与季节性): what of a cap is due by a month.

What belongs here: the grams of each month of a place, controlled energy without what is deducted
(D3), and the part of a year that its first months take. What does not: colours (`readings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ledgers.dual_control.book import Book, Place
from ledgers.dual_control.lines import GRAMS, carbon_of
from ledgers.dual_control.rules import Basis

PAST = 5
"""Past years whose seasons are used."""
DEDUCTED = ("feedstock", "non_fossil")


@dataclass(frozen=True, slots=True)
class Season:
    """One total of one place in one year: `used` are the sums from January to each month, `part` of
    `whole` what past years together had used by then, `past` their months for estimates."""

    used: Sequence[int]
    part: Sequence[int]
    whole: int
    past: NDArray[np.float64]
    years: int
    begins: int
    """The first month of the year with anything booked; 13 where there is none."""

    def due(self, month: int) -> tuple[int, int]:
        """The part of a cap that is due by the end of a month, an exact fraction; twelfths where
        past years say nothing. The last month is the whole."""
        if month == 12:
            return 1, 1
        part = self.part[month - 1]
        return (part, self.whole) if 0 < part <= self.whole else (month, 12)


def season(
    book: Book, place: Place, about: str, rows: Sequence[int], year: int, basis: Basis
) -> Season:
    """The season of a total; of an enterprise it is made once."""
    key = (place, about, year)
    alone = place[0] == "enterprise" and len(rows) == 1
    if alone and key in book.memory:
        known: Season = book.memory[key]
        return known
    if alone and not book.figures.has(place):
        book.memory[key] = _enterprises(book, about, year, basis).season(rows[0])
        return season(book, place, about, rows, year, basis)
    past = [
        months
        for before in range(max(year - PAST, book.first_year), year)
        if (months := monthly(book, place, about, rows, before, basis, whole=True))
    ]
    now = monthly(book, place, about, rows, year, basis)
    table = np.full((PAST, 12), np.nan)
    for at, months in enumerate(past):
        table[at] = months
    booked = (month for month in range(1, 13) if rows and book.booked(rows, year, month))
    begins = next(booked, 13)
    sums = [sum(column) for column in zip(*past, strict=True)] if past else [0] * 12
    parts = list(accumulate(sums))
    found = Season(list(accumulate(now)), parts, parts[-1], table, len(past), begins)
    if alone:
        book.memory[key] = found
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """The seasons of every enterprise, made at once: the same figures as one by one."""

    used: list[list[int]]
    part: list[list[int]]
    whole: list[int]
    past: NDArray[np.float64]
    years: list[int]
    begins: list[int]

    def season(self, row: int) -> Season:
        """The season of one enterprise."""
        used, part, whole = self.used[row], self.part[row], self.whole[row]
        return Season(used, part, whole, self.past[row], self.years[row], self.begins[row])


def _enterprises(book: Book, about: str, year: int, basis: Basis) -> _Table:
    key = ("enterprises", about, year)
    if key not in book.memory:
        book.memory[key] = _table(book, about, year, basis)
    found: _Table = book.memory[key]
    return found


def _table(book: Book, about: str, year: int, basis: Basis) -> _Table:
    count = len(book.lines.enterprises)
    sums = np.zeros((count, 12), dtype=np.int64)
    past = np.full((count, PAST, 12), np.nan)
    years = np.zeros(count, dtype=np.int64)
    for before in range(max(year - PAST, book.first_year), year):
        columns = book.year_columns(before)
        if columns is None:
            continue
        whole = book.lines.present[:, columns].all(axis=1)
        months = _matrix(book, about, before, basis)
        sums[whole] += months[whole]
        rows = np.flatnonzero(whole)
        past[rows, years[rows]] = months[rows]
        years += whole
    now = _matrix(book, about, year, basis)
    parts = sums.cumsum(axis=1)
    return _Table(
        now.cumsum(axis=1).tolist(),
        parts.tolist(),
        parts[:, -1].tolist(),
        past,
        years.tolist(),
        _begins(book, year),
    )


def _begins(book: Book, year: int) -> list[int]:
    columns = book.year_columns(year)
    if columns is None:
        return [13] * len(book.lines.enterprises)
    held = book.lines.present[:, columns]
    found: list[int] = np.where(held.any(axis=1), held.argmax(axis=1) + 1, 13).tolist()
    return found


def _matrix(book: Book, about: str, year: int, basis: Basis) -> NDArray[np.int64]:
    """Grams of each enterprise and month of a year, as `monthly` gives them one by one."""
    columns = book.year_columns(year)
    held = book.lines.components
    if columns is None:
        return np.zeros((len(book.lines.enterprises), 12), dtype=np.int64)
    if about == "carbon":
        parts = {name: held[name][:, columns] for name in ("direct", "purchased", "supply")}
        found: NDArray[np.int64] = carbon_of(parts, basis.carbon_party)
        return found
    months = held[about][:, columns]
    if about == "energy" and year >= basis.adjust_from:
        months = months - held["feedstock"][:, columns] - held["non_fossil"][:, columns]
    return months


def monthly(
    book: Book,
    place: Place,
    about: str,
    rows: Sequence[int],
    year: int,
    basis: Basis,
    *,
    whole: bool = False,
) -> list[int]:
    """Grams of the twelve months of a year; of a year that must be `whole` none where a month is
    missing. From `adjust_from` on energy is without feedstock and non-fossil energy (D3)."""
    columns = book.year_columns(year)
    if columns is None or not rows:
        return [] if whole else [0] * 12
    if whole and book.booked(rows, year, 12) < 12:
        return []
    index: Any = rows[0] if len(rows) == 1 else np.asarray(rows, dtype=np.int64)

    def total(name: str) -> NDArray[np.int64]:
        held = book.lines.components[name][index, columns]
        return held if held.ndim == 1 else held.sum(axis=0)

    if about == "carbon":
        parts = {name: total(name) for name in ("direct", "purchased", "supply")}
        return [int(value) for value in carbon_of(parts, carbon_rule(place, basis))]
    found = [int(value) for value in total(about)]
    if about == "energy" and year >= basis.adjust_from:
        for name in DEDUCTED:
            taken = _deducted(book, place, name, year, [int(v) for v in total(name)])
            found = [value - part for value, part in zip(found, taken, strict=True)]
    return found


def carbon_rule(place: Place, basis: Basis) -> str:
    """How the carbon of a place is counted."""
    return basis.carbon_party if place[0] in ("sector", "enterprise") else basis.carbon_area


def _deducted(book: Book, place: Place, name: str, year: int, ledger: list[int]) -> list[int]:
    """Grams to be deducted in each month: what was declared of the month, else what the ledger
    holds. A declaration of the whole year is met in December, so that the year is right."""
    if not book.figures.has(place):
        return ledger
    found = list(ledger)
    declared = False
    for month in range(1, 13):
        period = f"{year}-{month:02d}"
        figure = book.figures.at(place, name, period)
        if figure is not None:
            found[month - 1], declared = round(figure.value * GRAMS), True
        bought = book.figures.at(place, "green_certificate", period)
        if name == "non_fossil" and bought and book.certificate_coefficient:
            found[month - 1] += round(bought.value * book.certificate_coefficient.value * GRAMS)
    yearly = book.figures.at(place, name, str(year))
    if yearly is not None and not declared:
        found[11] += round(yearly.value * GRAMS) - sum(found)
    return found
