"""What an import of reference data answers with, whatever it brought.

What belongs here: the record of one import (导入回执): rows read, accepted, rejected with reasons,
what changed from what to what, and what would have to be sent to undo it; and the reading of
rows into values with all their faults. What does not: the decision what a row changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ledgers.journal import Commit
from ledgers.reference.columns import CellFault, Column, cell_text

if TYPE_CHECKING:
    from factors.plausibility import Finding


@dataclass(frozen=True, slots=True)
class Rejected:
    """One fault of one row: row as the person counts it, column ('' = the row), code and facts."""

    row_no: int
    column: str
    fault: CellFault

    def text(self, lang: str = "zh") -> str:
        """The fault in words."""
        return self.fault.text(lang)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record: what it held before ('' where there was no record) and now."""

    key: tuple[str, ...]
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one import did.

    `undo` are the rows to send, as a file of the same kind, to undo it: for an edition as a new
    version, where none is left a file without rows. `findings` are what a person should look at
    in the values of an edition; they reject nothing. `seen_before`: the same file had been taken.
    """

    kind: str
    sha256: str
    rows_read: int
    accepted: int
    unchanged: int
    rejected: tuple[Rejected, ...] = ()
    changes: tuple[Change, ...] = ()
    undo: tuple[Mapping[str, str], ...] = ()
    commit: Commit | None = None
    findings: tuple[Finding, ...] = ()
    seen_before: bool = False

    @property
    def rejected_rows(self) -> int:
        """How many rows were rejected; a row with three faults counts once."""
        return len({item.row_no for item in self.rejected})

    def reasons(self) -> Mapping[str, int]:
        """Code → number of faults, most frequent first."""
        return dict(Counter(item.fault.code for item in self.rejected).most_common())


@dataclass(slots=True)
class Reading:
    """Rows read so far: values of the good ones by row number, all faults of the others."""

    good: dict[int, dict[str, Any]] = field(default_factory=dict)
    faults: list[Rejected] = field(default_factory=list)

    def reject(self, row_no: int, column: str, code: str, **facts: object) -> None:
        """Set one row aside with a further reason."""
        self.faults.append(Rejected(row_no, column, CellFault(code, **facts)))
        self.good.pop(row_no, None)


def read_rows(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Reading:
    """Rows with canonical or Chinese headers, read cell by cell; all faults of a row together.

    A mapping may carry `row_no`, the row number in the file as the person sees it; without it
    the position counts, from 1.
    """
    names = {header: column.name for column in columns for header in column.headers}
    reading = Reading()
    for position, row in enumerate(rows, start=1):
        row_no = int(row.get("row_no") or position)
        cells = {names.get(str(name).strip(), str(name).strip()): row[name] for name in row}
        values, faults = _read_row(columns, cells)
        if faults:
            reading.faults.extend(Rejected(row_no, name, fault) for name, fault in faults)
        else:
            reading.good[row_no] = values
    return reading


def _read_row(
    columns: Sequence[Column], cells: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, CellFault]]]:
    values: dict[str, Any] = {}
    faults: list[tuple[str, CellFault]] = []
    for column in columns:
        cell = cell_text(cells.get(column.name))
        if column.required and not cell:
            header = column.headers[0]
            fault = CellFault("reference.required", column=column.name, header=header)
            faults.append((column.name, fault))
            continue
        try:
            values[column.name] = column.read(cell)
        except CellFault as fault:
            faults.append((column.name, fault))
    return values, faults


def shown(value: object) -> str:
    """A stored value as it would be written in a file: 是/否, ISO days, plain decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
