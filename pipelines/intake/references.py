"""Files of reference data (名录、因子、人员) to rows for the book of reference data.

What belongs here: reading register and factor files of any form that intake reads, to rows of
text under canonical names with their place in the file. What does not: what a cell may hold and
what an import changes (`ledgers.reference`). These files are small and are read whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from factors.errors import DataFault, UsageFault
from pipelines.intake.faults import Fault
from pipelines.intake.furniture import is_example_text, is_total_text
from pipelines.intake.headers import SEARCHED_ROWS, Header, find_header, missing, read_header
from pipelines.intake.names import DUAL_CONTROL_KINDS, REFERENCE_KINDS, columns_of
from pipelines.intake.staging import Staged, Table, grid_rows, stage_in
from pipelines.intake.tables import is_unit
from pipelines.intake.wording import sentence


class ReferenceFault(DataFault, ValueError):
    """A reference file cannot be read at all; the facts are those of the fault of the file."""

    def text(self, lang: str = "zh") -> str:
        """The fault in words."""
        return "\n".join(
            sentence(record, lang, file=self.facts["file"]) for record in self.facts["faults"]
        )


class UnknownKind(UsageFault, LookupError):
    """There is no such kind of reference file; facts: kind, allowed."""


@dataclass(frozen=True)
class ReferenceRow:
    """One row: canonical name → text ('' for an empty cell), and where it stands."""

    values: Mapping[str, str]
    sheet: str
    row_no: int

    def mapping(self) -> dict[str, str | int]:
        """The values with `row_no`, as imports of `ledgers.reference` take them."""
        return {**self.values, "row_no": self.row_no}


@dataclass(frozen=True)
class ReferenceRows:
    """A file's rows in order, the rows that are not data (sheet, row, reason), and headers that
    mean nothing to us."""

    kind: str
    name: str
    sha256: str
    rows: tuple[ReferenceRow, ...]
    skipped: tuple[tuple[str, int, str], ...]
    spare: tuple[str, ...]


def read_reference(path: Path, kind: str) -> ReferenceRows:
    """The rows of a reference file. Raises UnknownKind, and ReferenceFault where the file cannot
    be read, no sheet has a header of this kind, or a required column is missing."""
    kinds = (*REFERENCE_KINDS, *DUAL_CONTROL_KINDS)
    if kind not in kinds:
        allowed = ", ".join(kinds)
        raise UnknownKind("intake.kind", kind=kind, allowed=allowed)
    with tempfile.TemporaryDirectory(prefix="tanzhang-reference-") as folder:
        staged = stage_in(Path(folder), path)
        if staged.refusal is not None:
            raise _fault(staged, [staged.refusal.record(staged.sha256)])
        return _rows(staged, kind)


def _fault(staged: Staged, records: list[dict[str, object]]) -> ReferenceFault:
    return ReferenceFault("fault.IN-01", file=staged.name, faults=records)


def _rows(staged: Staged, kind: str) -> ReferenceRows:
    rows: list[ReferenceRow] = []
    skipped: list[tuple[str, int, str]] = []
    headers = {table: _header(staged, table, kind) for table in staged.tables if not table.hidden}
    complete = {table for table, found in headers.items() if found and not missing(found, kind)}
    if not any(headers.values()):
        raise _fault(staged, [_record(staged, "none", kind, "")])
    if not complete:
        raise _fault(staged, list(_lacking(staged, headers, kind)))
    for table in staged.tables:
        header = headers.get(table)
        if header is None or table not in complete:
            skipped.append((table.sheet, 0, "hidden" if table.hidden else "no_header"))
        else:
            _read(staged, table, header, rows, skipped)
    spare = tuple(
        text for table in complete if (found := headers[table]) for text in found.spare.values()
    )
    return ReferenceRows(kind, staged.name, staged.sha256, tuple(rows), tuple(skipped), spare)


def _header(staged: Staged, table: Table, kind: str) -> Header | None:
    if table.names:
        return read_header(table.names, kind, is_unit=is_unit, row_no=0)
    return find_header(grid_rows(staged, table, SEARCHED_ROWS), kind, is_unit=is_unit)


def _lacking(
    staged: Staged, headers: Mapping[Table, Header | None], kind: str
) -> Iterator[dict[str, object]]:
    for table, header in headers.items():
        for name in missing(header, kind) if header else ():
            yield _record(staged, "missing", kind, name, table.sheet, header.row_no)


def _record(
    staged: Staged, why: str, kind: str, name: str, sheet: str = "", row: int = 0
) -> dict[str, object]:
    known = columns_of(kind)
    wanted = "、".join(item.zh[0] for item in known.values() if item.required)
    shown = f"{known[name].zh[0]} ({name})" if name else ""
    facts = {"why": why, "wanted": wanted, "rows": SEARCHED_ROWS, "column": shown, "row": row}
    fault = Fault("IN-02", sheet, 0, name, "", {**facts, "header": shown, "file": staged.name})
    return fault.record(staged.sha256)


def _read(
    staged: Staged,
    table: Table,
    header: Header,
    rows: list[ReferenceRow],
    skipped: list[tuple[str, int, str]],
) -> None:
    grid = grid_rows(staged, table, table.rows)
    for row_no, cells in enumerate(grid, start=1):
        if row_no <= header.row_no:
            continue
        texts = [(cell or "").strip() for cell in cells]
        reason = _furniture(texts)
        if reason:
            skipped.append((table.sheet, row_no, reason))
            continue
        values = {name: texts[at] for name, at in header.columns.items()}
        rows.append(ReferenceRow(values, table.sheet, row_no))


def _furniture(texts: list[str]) -> str:
    """Why a row is not data, or ''. A row of one cell is a remark below the table."""
    filled = [text for text in texts if text]
    if not filled:
        return "blank"
    if any(is_example_text(text) for text in filled):
        return "example"
    if is_total_text(filled[0]):
        return "total"
    return "note" if len(filled) == 1 else ""
