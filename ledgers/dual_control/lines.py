"""Energy and carbon of the ledger by enterprise and month (用能与碳排放明细), summed by level.

What belongs here: reading the emission ledger into whole grams, who belongs to which district,
zone and sector, and exact sums. What does not: targets and colours (`assessment`), budgets.

A line of a level is nothing but the sum of its enterprises' lines, gram by gram. The matrices are
64-bit integers, whose sums are proved not to overflow before they are made.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factors.carriers import CARRIERS
from factors.errors import OurFault
from ledgers.dual_control.vocabulary import CITY
from ledgers.emissions.books import preferred
from ledgers.emissions.spans import Span
from ledgers.inventory.sectors import GRID_SUPPLY, place_of
from ledgers.reference import Enterprise
from warehouse.connect import Connection, sql

COMPONENTS = (
    *("energy", "electricity", "electricity_equal", "without_equal"),
    *("coal", "oil", "non_fossil", "feedstock", "direct", "purchased", "supply"),
)
"""Columns of a line: gce, except `without_equal` (entries of electricity that have no equal value)
and the last three (g CO2)."""

GRAMS = 1_000_000
Matrix = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Component → matrix enterprises × months; a row an enterprise, a column a month."""

    enterprises: tuple[str, ...]
    months: tuple[str, ...]
    components: Mapping[str, Matrix]
    present: NDArray[np.bool_]

    @property
    def place(self) -> Mapping[str, int]:
        """Enterprise → row."""
        return {code: at for at, code in enumerate(self.enterprises)}

    def span(self, first: str, last: str) -> slice:
        """The columns of the months from `first` to `last`."""
        return slice(self.months.index(first), self.months.index(last) + 1)

    def total(self, component: str, rows: Sequence[int], columns: slice) -> int:
        """The sum of some enterprises over some months, exactly."""
        held = self.components[component][np.asarray(rows, dtype=np.int64), columns]
        return exact_sum(held)


def exact_sum(held: Matrix) -> int:
    """The sum of 64-bit integers as a Python integer; never wraps."""
    if held.size == 0:
        return 0
    largest = max(abs(int(held.max())), abs(int(held.min())))
    if largest * held.size >= 2**62:
        return sum(int(value) for value in held.flat)
    return int(held.sum())


@dataclass(frozen=True)
class Line:
    """One place over some months, in whole grams; `months` are those with anything booked."""

    level: str
    code: str
    first: str
    last: str
    values: Mapping[str, int]
    enterprises: int
    months: int

    def grams(self, about: str, carbon: str) -> int | None:
        """Grams of energy (at equivalent value), energy_equal, coal, oil, non_fossil, feedstock
        or carbon; carbon as `carbon` says: whole, induced or territorial. None where it is
        not known: energy at equal value while some electricity has none."""
        held = self.values
        if about == "carbon":
            found = carbon_of(held, carbon)
            return int(found)
        if about == "energy_equal":
            if held["without_equal"]:
                return None
            return held["energy"] - held["electricity"] + held["electricity_equal"]
        return held[about]

    def tonnes(self, about: str, carbon: str) -> Fraction | None:
        """The same in tonnes, exactly."""
        grams = self.grams(about, carbon)
        return None if grams is None else Fraction(grams, GRAMS)


def carbon_of(held: Mapping[str, Any], how: str) -> Any:
    """CO2 of a line: `territorial` scope 1, `whole` scopes 1 and 2, `induced` the same without
    what was burned to supply the grid and heat networks, which its consumers carry as scope 2."""
    if how == "territorial":
        return held["direct"]
    whole = held["direct"] + held["purchased"]
    return whole - held["supply"] if how == "induced" else whole


def read_lines(
    con: Connection, span: Span, commit_no: int, enterprise_id: str = "", facility: str = ""
) -> Lines:
    """What stands for `span` as the ledger stood at `commit_no`."""
    found = con.execute(
        sql("ledgers.dual_control.sql", "lines.sql"),
        {
            **_terms(con, commit_no),
            "first": span.first,
            "last": span.last,
            "commit_no": commit_no,
            "enterprise": enterprise_id,
            "facility": facility,
        },
    ).fetchnumpy()
    return _lines(found, span.months)


def _lines(found: Mapping[str, Any], months: tuple[str, ...]) -> Lines:
    at = np.asarray(found["place_of_enterprise"], dtype=np.int64)
    where = np.asarray(found["place_of_month"], dtype=np.int64) - _month_place(months[0])
    firsts = np.flatnonzero(np.diff(at, prepend=-1))
    codes = [str(code) for code in np.asarray(found["enterprise_id"])[firsts]]
    present = np.zeros((len(codes), len(months)), dtype=bool)
    present[at, where] = True
    components = {}
    for name in COMPONENTS:
        matrix = np.zeros((len(codes), len(months)), dtype=np.int64)
        matrix[at, where] = np.asarray(found[name], dtype=np.int64)
        components[name] = matrix
    return Lines(tuple(codes), months, components, present)


def _month_place(month: str) -> int:
    """A month counted from year 0, as the statement counts it."""
    return int(month[:4]) * 12 + int(month[5:])


def _terms(con: Connection, commit_no: int) -> dict[str, Any]:
    rows = con.execute(
        sql("ledgers.dual_control.sql", "bases.sql"), {"commit_no": commit_no}
    ).fetchall()
    industries = {str(code) for _, _, codes in rows for code in codes}
    return {
        "preferred": list(preferred((str(e), str(b)) for e, b, _ in rows)),
        "coal": _carriers("coal", "coke"),
        "oil": _carriers("oil"),
        "non_fossil": _carriers("biomass"),
        "supply": [code for code in sorted(industries) if _supplies(code)],
    }


def _carriers(*kinds: str) -> list[str]:
    return [code for code, carrier in CARRIERS.items() if carrier.kind in kinds]


def _supplies(industry: str) -> bool:
    place = place_of(industry, "1", "combustion", "consumption", "")
    return place.sub_sector == GRID_SUPPLY


class Membership:
    """Which enterprises lie in which district, zone and sector on a day."""

    def __init__(self, history: Iterable[Enterprise]) -> None:
        self._rows: dict[str, list[Enterprise]] = {}
        for item in history:
            self._rows.setdefault(item.enterprise_id, []).append(item)
        self._changes = sorted({row.valid_from for rows in self._rows.values() for row in rows})

    def since(self, day: date) -> date:
        """The day from which all lie where they lie on `day`."""
        at = bisect_right(self._changes, day)
        return self._changes[at - 1] if at else date.min

    def on(self, day: date, enterprises: Sequence[str]) -> Mapping[tuple[str, str], list[int]]:
        """(level, code) → places in `enterprises`. An enterprise that the register does not hold
        on that day counts where it was registered last before it, else first after it; one that
        it never held counts for the city alone."""
        groups: dict[tuple[str, str], list[int]] = {("city", CITY): []}
        for at, code in enumerate(enterprises):
            groups[("city", CITY)].append(at)
            groups[("enterprise", code)] = [at]
            found = self._at(code, day)
            if found is None:
                continue
            for level, name in _places(found):
                groups.setdefault((level, name), []).append(at)
        return groups

    def party(self, code: str, day: date) -> Enterprise | None:
        """The enterprise as registered on a day."""
        return self._at(code, day)

    def _at(self, code: str, day: date) -> Enterprise | None:
        chosen: Enterprise | None = None
        for item in self._rows.get(code, ()):
            if chosen is None or item.valid_from <= day:
                chosen = item
        return chosen


def sector_of(industry: str) -> str:
    """The sector under which an enterprise is counted: a division of GB/T 4754, of power, gas and
    water the group, since heating is one."""
    figures = industry.lstrip("ABCDEFGHIJKLMNOPQRST")
    return figures[:3] if figures[:2] in ("44", "45", "46") else figures[:2]


def _places(item: Enterprise) -> Iterable[tuple[str, str]]:
    if item.district:
        yield "district", item.district
    if item.zone:
        yield "zone", item.zone
    if sector_of(item.industry):
        yield "sector", sector_of(item.industry)


def line_of(
    lines: Lines, rows: Sequence[int], place: tuple[str, str], first: str, last: str
) -> Line:
    """The line of a place over the months from `first` to `last`."""
    columns = lines.span(first, last)
    values = {name: lines.total(name, rows, columns) for name in COMPONENTS}
    held = lines.present[np.asarray(rows, dtype=np.int64), columns]
    return Line(
        *place,
        first,
        last,
        values,
        enterprises=int(held.any(axis=1).sum()) if held.size else 0,
        months=int(held.any(axis=0).sum()) if held.size else 0,
    )


def add_lines(parts: Sequence[Line], place: tuple[str, str]) -> Line:
    """The sum of lines of the same months."""
    spans = {(part.first, part.last) for part in parts}
    if len(spans) != 1:
        raise OurFault("dual.spans", seen=str(sorted(spans)))
    ((first, last),) = spans
    values = {name: sum(part.values[name] for part in parts) for name in COMPONENTS}
    count = sum(part.enterprises for part in parts)
    return Line(*place, first, last, values, count, max(part.months for part in parts))


def grid_editions(con: Connection, span: Span, commit_no: int) -> tuple[str, ...]:
    """The grid factors behind the CO2 of bought electricity: edition, document and printed value,
    as named in the ledger's resolutions."""
    found = con.execute(
        sql("ledgers.dual_control.sql", "grid_factors.sql"),
        {"first": span.first, "last": span.last, "commit_no": commit_no},
    ).fetchall()
    names = {
        f"{part['edition']} · {part['document']} · {part['printed']} {part['unit']}"
        for (text,) in found
        for part in json.loads(text)
        if part["origin"] == "factor" and part["name"] == "grid_factor"
    }
    return tuple(sorted(names))
