"""Rejected rows as a workbook that can be mailed back (退回表), mended and sent again as it is.

What belongs here: one workbook for one source file: its own columns in their own order, the
faulty cells marked, the reasons in Chinese and English, and a sheet that says what to do. What
does not: deciding what is rejected. No cell is written as a formula.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from factors.messages import text as message
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.faults import FAULT_SCHEMA
from pipelines.intake.staging import Staged, Table
from pipelines.intake.typed import Typed
from pipelines.intake.wording import place, sentence
from pipelines.intake.workbooks import flag
from warehouse.connect import Home

SHEET_ROWS = 1_000_000
_NOTED_ROWS = 2_000
"""Rows whose cells carry a note too; the reasons stand in the columns on the right of every row."""

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "constant_memory": True,
}
_STEM_BYTES = 180
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True)
class Style:
    """The formats of one workbook."""

    header: Format
    text: Format
    wrong: Format
    reason: Format


def rejected_path(home: Home, month: str, staged: Staged) -> Path:
    """Where the rejected rows of one file go: rejected/<month>/<name>-<hash>.xlsx."""
    stem = _UNSAFE.sub("_", Path(staged.name).stem).strip(". ")
    # A file system counts bytes, of which a Chinese character has three.
    stem = stem.encode("utf-8", "replace")[:_STEM_BYTES].decode("utf-8", "ignore") or "file"
    return home.rejected / (month or "unknown") / f"{stem}-{staged.sha256[:8]}.xlsx"


Rejections = Mapping[str, pl.DataFrame]
"""Hash of a file → its faults that reject, in the order of rows."""


def rejections(faults: Sequence[Path]) -> Rejections:
    """What `faults`, Parquet files of FAULT_COLUMNS, reject: of intake and of the declared rules.
    Warnings are left aside."""
    if not faults:
        return {}
    rejecting = pl.scan_parquet(list(faults)).filter(pl.col("severity") == "E")
    found = rejecting.select(list(FAULT_SCHEMA)).collect().unique(maintain_order=True)
    parts = found.sort(ROW_NO, maintain_order=True).partition_by("source", as_dict=True)
    return {str(source): rows for (source,), rows in parts.items()}


def write_rejected(typed: Typed, rejected: Rejections, target: Path) -> Path | None:
    """Writes the rejected rows of one file to `target`, whole; None where nothing was rejected."""
    found = rejected.get(typed.staged.sha256)
    if found is None:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with xlsxwriter.Workbook(str(draft), _OPTIONS) as book:
        style = _styles(book)
        used: set[str] = set()
        for table in typed.staged.tables:
            rows = found.filter((pl.col("sheet") == table.sheet) & (pl.col(ROW_NO) > 0))
            if rows.height and table.sheet in typed.headers:
                _write_table(book, style, typed, table, rows, used)
        _write_help(book, style, typed, found, used)
    draft.replace(target)
    return target


def _styles(book: xlsxwriter.Workbook) -> Style:
    return Style(
        book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}),
        book.add_format({"num_format": "@"}),
        book.add_format({"bg_color": "#F8C9C4", "border": 1, "num_format": "@"}),
        book.add_format({"text_wrap": True, "font_color": "#9C1C14", "valign": "top"}),
    )


def _write_table(
    book: xlsxwriter.Workbook,
    style: Style,
    typed: Typed,
    table: Table,
    faults: pl.DataFrame,
    used: set[str],
) -> None:
    header = typed.headers[table.sheet]
    by_row = _by_row(faults)
    title = table.sheet or message("rejected.sheet", "zh", {})
    for part, numbers in enumerate(_parts(list(by_row))):
        name = _sheet_name(title, part, used)
        sheet = book.add_worksheet(name)
        _widths(sheet, table.width)
        at = _write_head(sheet, style, typed, table, header)
        for offset, row in enumerate(_grid_rows(typed, table, numbers)):
            reasons = by_row[row[ROW_NO]]
            _write_row(sheet, style, at + offset, row, table, header, reasons, offset)


def _by_row(faults: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    by_row: dict[int, list[dict[str, Any]]] = {}
    for fault in faults.iter_rows(named=True):
        by_row.setdefault(fault[ROW_NO], []).append(fault)
    return by_row


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), SHEET_ROWS):
        yield numbers[first : first + SHEET_ROWS]


def _sheet_name(title: str, part: int, used: set[str]) -> str:
    """A name that Excel takes, once in the workbook."""
    base = re.sub(r"[\[\]:*?/\\']", "_", title)[:25] or "Sheet"
    name, number = (base if part == 0 else f"{base} ({part + 1})"), part + 1
    while name.casefold() in used:
        number += 1
        name = f"{base} ({number})"
    used.add(name.casefold())
    return name


def _widths(sheet: Worksheet, width: int) -> None:
    sheet.set_column(0, max(width - 1, 0), 16)
    sheet.set_column(width, width, 10)
    sheet.set_column(width + 1, width + 2, 60)


def _write_head(
    sheet: Worksheet, style: Style, typed: Typed, table: Table, header: Mapping[str, Any]
) -> int:
    """The rows above the header as they were (they may declare the enterprise), and the header
    with the columns of reasons behind it; returns the first row below."""
    above = _grid_rows(typed, table, range(1, header["row_no"]))
    line = 0
    for line, row in enumerate(above, start=1):
        for index in range(table.width):
            text = row[column(index)]
            if text:
                sheet.write_string(line - 1, index, text)
    for index, cell in enumerate(header["cells"]):
        if cell:
            sheet.write_string(line, index, cell, style.header)
    reasons = (
        message("rejected.row", "zh", {}),
        *(message("rejected.reasons", lang, {}) for lang in ("zh", "en")),
    )
    for index, cell in enumerate(reasons):
        sheet.write_string(line, table.width + index, cell, style.header)
    sheet.freeze_panes(line + 1, 0)
    return line + 1


def _grid_rows(typed: Typed, table: Table, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    wanted = pl.DataFrame({ROW_NO: list(numbers)}, schema={ROW_NO: pl.Int64})
    rows = (
        pl.scan_parquet(typed.staged.path(table))
        .join(wanted.lazy(), on=ROW_NO, how="semi")
        .sort(ROW_NO)
        .collect(engine="streaming")
    )
    return rows.iter_rows(named=True)


def _write_row(
    sheet: Worksheet,
    style: Style,
    line: int,
    row: Mapping[str, Any],
    table: Table,
    header: Mapping[str, Any],
    faults: Sequence[Mapping[str, Any]],
    offset: int,
) -> None:
    wrong: dict[int, list[Mapping[str, Any]]] = {}
    for fault in faults:
        at = header["columns"].get(fault["column_name"])
        if at is not None:
            wrong.setdefault(at, []).append(fault)
    for index in range(table.width):
        text = row[column(index)] or ""
        form = style.wrong if index in wrong else style.text
        if row.get(flag(index)) and _PLAIN_NUMBER.fullmatch(text):
            # It was a number of a workbook; as text a date's serial number could not be read.
            sheet.write_number(line, index, float(text), style.wrong if index in wrong else None)
        elif text or index in wrong:
            sheet.write_string(line, index, text, form)
    if offset < _NOTED_ROWS:
        for index, reasons in wrong.items():
            sheet.write_comment(line, index, "\n".join(sentence(f) for f in reasons)[:2000])
    sheet.write_number(line, table.width, row[ROW_NO])
    for step, lang in enumerate(("zh", "en"), start=1):
        words = "\n".join(sentence(fault, lang) for fault in faults)
        sheet.write_string(line, table.width + step, words[:32_000], style.reason)


def _write_help(
    book: xlsxwriter.Workbook, style: Style, typed: Typed, faults: pl.DataFrame, used: set[str]
) -> None:
    sheet = book.add_worksheet(_sheet_name(message("rejected.help", "zh", {}), 0, used))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 80)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    line = 0
    for lang in ("zh", "en"):
        sheet.write_string(line, 0, message("rejected.help", lang, {}), style.header)
        sheet.write_string(line, 1, message("rejected.intro", lang, {}), wrap)
        line += 1
    whole = faults.filter(pl.col(ROW_NO) == 0)
    for fault in whole.iter_rows(named=True):
        sheet.write_string(line, 0, f"{place(fault)} / {place(fault, 'en')}", style.header)
        for step, lang in enumerate(("zh", "en"), start=1):
            words = sentence(fault, lang, file=typed.staged.name)
            sheet.write_string(line, step, words, style.reason)
        line += 1
