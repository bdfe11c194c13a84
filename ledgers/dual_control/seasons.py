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
    """One total of one place in one year: `used` are the sums from January to each month, `due` the
    exact part of the year that past years used by then, `past` their months for estimates."""

    used: tuple[int, ...]
    due: tuple[tuple[int, int], ...]
    past: NDArray[np.float64]
    years: int


def season(
    book: Book, place: Place, about: str, rows: Sequence[int], year: int, basis: Basis
) -> Season:
    """The season of a total; of an enterprise it is made once."""
    key = (place, about, year)
    alone = place[0] == "enterprise"
    if alone and key in book.memory:
        known: Season = book.memory[key]
        return known
    past = [
        months
        for before in range(max(year - PAST, book.first_year), year)
        if (months := monthly(book, place, about, rows, before, basis, whole=True))
    ]
    now = monthly(book, place, about, rows, year, basis)
    table = np.full((PAST, 12), np.nan)
    for at, months in enumerate(past):
        table[at] = months
    found = Season(tuple(accumulate(now)), due_shares(past), table, len(past))
    if alone:
        book.memory[key] = found
    return found


def due_shares(past: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """For each month the part of a year that is used by its end, pooled over past years; twelfths
    where there are none or they say nothing. The last month is the whole."""
    sums = [sum(column) for column in zip(*past, strict=True)] if past else [0] * 12
    whole = sum(sums)
    found = []
    for month, part in enumerate(accumulate(sums), start=1):
        known = 0 < part <= whole
        found.append((part, whole) if known and month < 12 else (month, 12))
    return (*found[:-1], (1, 1))


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
