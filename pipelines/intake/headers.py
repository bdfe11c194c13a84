"""Finding the header row (表头) by its names, and what the rows above it declare.

What belongs here: from the first rows of a grid to a Header: which grid column is which
canonical column, units that stand in header cells, and facts written above the table
(统一社会信用代码：… in a title row). What does not: cells below, and feeds' files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ledgers.emissions.activity import MEASURED
from pipelines.intake.names import ACTIVITY, BARE_UNIT, clean, columns_of, split_unit, vocabulary

SEARCHED_ROWS = 30
_FEWEST = 2
"""Known names that make a row a header."""

_PAIR = re.compile(r"^\s*([^:：]{1,20})\s*[:：]\s*(\S.*?)\s*$")
_VALUED = ("quantity", *MEASURED)
_ABOVE = ("enterprise_id", "enterprise_name", "facility", "period", "unit")

Row = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """A header as found: `row_no` 1-based as the person sees it (0: the file has none of its
    own, as Parquet), `columns` canonical name → grid column, `texts` canonical → as written,
    `units` canonical unit column → unit that a header cell carries, `declared` canonical → value
    written above the table, `spare` headers that mean nothing to us, by grid column."""

    row_no: int
    columns: Mapping[str, int]
    texts: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    spare: Mapping[int, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    """Canonical columns that more than one header cell claims."""


def find_header(
    rows: Sequence[Row], kind: str, *, is_unit: Callable[[str], bool], first_row: int = 1
) -> Header | None:
    """The header among `rows` (at most SEARCHED_ROWS): the row with most known names, the first
    of equals; None where no row has two. `is_unit` says whether a text in parentheses is a unit."""
    names = vocabulary(kind)
    counts = [_known_names(row, names) for row in rows[:SEARCHED_ROWS]]
    best = max(counts, default=0)
    if best < _FEWEST:
        return None
    at = counts.index(best)
    found = read_header(rows[at], kind, is_unit=is_unit, row_no=at + first_row)
    if best == _FEWEST and "quantity" not in found.columns and kind == ACTIVITY:
        return None  # a line of contacts, or of explanations
    return _with_declared(found, rows[:at], kind)


def read_header(row: Row, kind: str, *, is_unit: Callable[[str], bool], row_no: int) -> Header:
    """The header that one row is, whatever it is missing."""
    claims = [_claim(cell, vocabulary(kind)) for cell in row]
    if kind == ACTIVITY:
        claims = _bare_units(row, claims)
    columns, twice = _winners(row, claims, kind)
    texts = {name: (row[index] or "").strip() for name, index in columns.items()}
    units = {
        "unit" if name == "quantity" else f"{name}_unit": claims[index][1]
        for name, index in columns.items()
        if name in _VALUED and claims[index][1] and is_unit(claims[index][1])
    }
    spare = {
        index: cell.strip()
        for index, cell in enumerate(row)
        if cell and cell.strip() and index not in columns.values()
    }
    cells = tuple((cell or "").strip() for cell in row)
    return Header(row_no, columns, texts, units, {}, spare, cells, twice)


def _winners(
    row: Row, claims: Sequence[tuple[str, str]], kind: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Canonical name → grid column, the better known header where two claim it; and which
    names two claim."""
    columns: dict[str, int] = {}
    twice: list[str] = []
    for index, (name, _) in enumerate(claims):
        if not name:
            continue
        if name in columns:
            twice.append(name)
            if _rank(name, row[columns[name]], kind) <= _rank(name, row[index], kind):
                continue
        columns[name] = index
    return columns, tuple(dict.fromkeys(twice))


def _rank(name: str, cell: str | None, kind: str) -> int:
    known = columns_of(kind)[name]
    words = [clean(word) for word in (name, *known.zh, *known.en)]
    for text in (cell, split_unit(cell)[0]):
        if clean(text) in words:
            return words.index(clean(text))
    return len(words)


def missing(header: Header, kind: str, given: Sequence[str] = ()) -> tuple[str, ...]:
    """Required columns that neither header, title rows nor `given` (a feed's constants) have."""
    have = {*header.columns, *header.units, *header.declared, *given}
    if {"period_start", "period_end"} <= have:
        have.add("period")
    return tuple(
        name for name, known in columns_of(kind).items() if known.required and name not in have
    )


def _known_names(row: Row, names: Mapping[str, str]) -> int:
    found = {_claim(cell, names)[0] for cell in row} - {""}
    bare = BARE_UNIT not in names and any(clean(cell) == BARE_UNIT for cell in row)
    return len(found) + bare


def _claim(cell: str | None, names: Mapping[str, str]) -> tuple[str, str]:
    """(canonical name or '', unit in parentheses or '') of one header cell: the whole cell
    first, then the part before the parentheses."""
    whole = names.get(clean(cell))
    if whole:
        return whole, ""
    name, inside = split_unit(cell)
    return (names.get(clean(name), ""), inside) if inside else ("", "")


def _bare_units(row: Row, claims: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Gives each 单位 its meaning: the unit of the value left of it, else of a quantity right of
    it, else the organisation."""
    result = list(claims)
    taken = {name for name, _ in claims}
    for index, cell in enumerate(row):
        if clean(cell) != BARE_UNIT:
            continue
        name = _beside(index, claims, taken)
        if name and name not in taken:
            result[index] = (name, "")
            taken.add(name)
    return result


def _beside(index: int, claims: Sequence[tuple[str, str]], taken: set[str]) -> str:
    left = claims[index - 1][0] if index else ""
    right = claims[index + 1][0] if index + 1 < len(claims) else ""
    if left in MEASURED and f"{left}_unit" not in taken:
        return f"{left}_unit"
    if "quantity" in (left, right) and "unit" not in taken:
        return "unit"
    return "enterprise_name"


def _with_declared(header: Header, above: Sequence[Row], kind: str) -> Header:
    if kind != ACTIVITY:
        return header
    declared: dict[str, str] = {}
    for row in above:
        for name, value in _pairs(row, vocabulary(kind)):
            if name in _ABOVE and name not in header.columns:
                declared.setdefault(name, value)
    return replace(header, declared=declared)


def _pairs(row: Row, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """`name：value` in one cell, or `name：` with the value in the next cell."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    found = []
    for cell, following in pairwise([*cells, ""]):
        pair = _PAIR.match(cell)
        if pair and clean(pair[1]) in names:
            found.append((names[clean(pair[1])], pair[2]))
        elif cell.endswith((":", "：")) and clean(cell) in names and following:
            found.append((names[clean(cell)], following))
    return found
