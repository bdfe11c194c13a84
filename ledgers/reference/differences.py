"""Two editions of factors side by side (版本对照): which rows moved, and from what to what.

What belongs here: naming an edition, one of its versions or a year of grid factors; pairing the
rows of two; what differs in a pair. What does not: what that does to figures
(`ledgers.emissions.effects`), and how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.catalogue import SERIES_LEVELS, SUBSTANCE, Factor, dimension_of
from factors.errors import UsageFault
from factors.units import multiplier, parse_unit
from ledgers.reference.editions import catalogue, edition_factors, edition_versions
from ledgers.reference.rows import AsOf
from warehouse.connect import Connection

GRID, GRID_TABLE = "grid_EF", "grid"
_YEAR = re.compile(r"(?:19|20)\d{2}")
_VERSIONED = re.compile(r"(.+):(\d{1,6})")


class SideUnknown(UsageFault, LookupError):
    """No edition, version or year of grid factors has this name; facts: seen, allowed."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two that are compared: how it was named and its rows. `whole`: they are all rows of
    their edition; a year of grid factors is not."""

    name: str
    rows: tuple[Factor, ...]
    whole: bool = True

    @property
    def editions(self) -> frozenset[str]:
        """The editions that the rows are of."""
        return frozenset(row.edition for row in self.rows)


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that moved. `fields` of a pair that differ, or 'added' or 'removed' alone; `percent`
    is the change of the value in per cent of the old one, in the old one's unit."""

    fields: tuple[str, ...]
    old: Factor | None
    new: Factor | None
    percent: Fraction | None = None

    @property
    def row(self) -> Factor:
        """The new row, or the old one where there is no new one."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def counts(self) -> bool:
        """Whether a figure can come out otherwise: a standing or a document moves none."""
        return bool({"added", "removed", "value", "validity"} & set(self.fields))


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sides: the pairs of rows that answer the same question, and those that moved."""

    old: Side
    new: Side
    pairs: tuple[tuple[Factor, Factor], ...]
    moved: tuple[Moved, ...]


def read_side(con: Connection, name: str, as_of: AsOf = None) -> Side:
    """The rows named by an edition (its newest version), by 'edition:version', or by a year: the
    grid factors of the statistics of that year. Raises SideUnknown."""
    versions = {(item.edition, item.version) for item in edition_versions(con, as_of)}
    newest = dict(sorted(versions))
    if name in newest:
        return Side(name, edition_factors(con, name, newest[name], as_of))
    match = _VERSIONED.fullmatch(name)
    if match and (match[1], int(match[2])) in versions:
        return Side(name, edition_factors(con, match[1], int(match[2]), as_of))
    rows = _grid_year(con, name, as_of) if _YEAR.fullmatch(name) else ()
    if not rows:
        allowed = "、".join(
            f"{edition}:1~{n}" if n > 1 else edition for edition, n in newest.items()
        )
        raise SideUnknown("diff.side", seen=name, allowed=allowed)
    return Side(name, rows, whole=False)


def difference(old: Side, new: Side) -> Difference:
    """The rows of two sides, paired and compared; what moved by carrier, parameter and place."""
    pairs, removed, added = _paired(old.rows, new.rows)
    moved = [found for pair in pairs if (found := _compared(*pair)).fields]
    moved += [Moved(("removed",), row, None) for row in removed]
    moved += [Moved(("added",), None, row) for row in added]
    return Difference(old, new, tuple(pairs), tuple(sorted(moved, key=_order)))


def question(factor: Factor) -> tuple[str, ...]:
    """What a row answers, whatever table, unit and year it stands in."""
    return (
        factor.carrier,
        factor.parameter,
        factor.region,
        factor.sector,
        factor.series,
        factor.enterprise_id,
        factor.facility,
        dimension_of(factor),
    )


def _grid_year(con: Connection, name: str, as_of: AsOf) -> tuple[Factor, ...]:
    return tuple(
        row
        for row in catalogue(con, as_of).factors
        if row.parameter == GRID
        and row.table == GRID_TABLE
        and row.series in SERIES_LEVELS
        and not row.enterprise_id
        and row.valid_from is not None
        and str(row.valid_from.year) == name
    )


def _paired(
    old: Sequence[Factor], new: Sequence[Factor]
) -> tuple[list[tuple[Factor, Factor]], list[Factor], list[Factor]]:
    """Pairs, rows of `old` alone, rows of `new` alone. Of several rows that answer the same those
    pair first that agree in table, days, clause and value."""
    waiting: dict[tuple[str, ...], list[Factor]] = {}
    for row in new:
        waiting.setdefault(question(row), []).append(row)
    asked: dict[tuple[str, ...], list[Factor]] = {}
    for row in old:
        asked.setdefault(question(row), []).append(row)
    pairs: list[tuple[Factor, Factor]] = []
    removed: list[Factor] = []
    for key, rows in asked.items():
        others = waiting.get(key, [])
        likeness = sorted(
            ((-_likeness(a, b), i, j) for i, a in enumerate(rows) for j, b in enumerate(others))
        )
        taken: dict[int, int] = {}
        for _, i, j in likeness:
            if i not in taken and j not in taken.values():
                taken[i] = j
        pairs += [(rows[i], others[j]) for i, j in sorted(taken.items())]
        removed += [row for i, row in enumerate(rows) if i not in taken]
        waiting[key] = [row for j, row in enumerate(others) if j not in taken.values()]
    return pairs, removed, [row for rows in waiting.values() for row in rows]


def _likeness(old: Factor, new: Factor) -> int:
    same = (
        old.table == new.table,
        old.valid_from == new.valid_from,
        old.clause == new.clause,
        old.value == new.value,
    )
    return sum(weight for weight, equal in zip((8, 4, 2, 1), same, strict=True) if equal)


def _compared(old: Factor, new: Factor) -> Moved:
    size = _in_unit_of(new, old)
    value = Fraction(new.value) * size
    held = Fraction(old.value)
    bounds = [
        (None if b is None else Fraction(b) * size) != (None if a is None else Fraction(a))
        for a, b in ((old.lower, new.lower), (old.upper, new.upper))
    ]
    differs = {
        "value": value != held,
        "unit": old.unit != new.unit,
        "bounds": any(bounds),
        "validity": (old.valid_from, old.valid_to) != (new.valid_from, new.valid_to),
        "known_from": old.known_from != new.known_from,
        "table": old.table != new.table,
        "standing": old.standing != new.standing,
        "document": (old.document, old.clause) != (new.document, new.clause),
    }
    fields = tuple(name for name, moved in differs.items() if moved)
    return Moved(fields, old, new, (value - held) / held * 100 if held else None)


def _in_unit_of(factor: Factor, other: Factor) -> Fraction:
    substance = SUBSTANCE.get(factor.parameter, "material")
    if factor.unit == other.unit:
        return Fraction(1)
    return multiplier(
        parse_unit(factor.unit, substance=substance), parse_unit(other.unit, substance=substance)
    )


def _order(item: Moved) -> tuple[str, ...]:
    row = item.row
    days = str(row.valid_from or "")
    return (row.carrier, row.parameter, row.series, row.region, row.sector, row.table, days)


def counting(moved: Sequence[Moved]) -> Iterator[Factor]:
    """The rows, old and new, of what can move a figure."""
    for item in moved:
        if item.counts or "known_from" in item.fields:
            yield from (row for row in (item.old, item.new) if row is not None)
