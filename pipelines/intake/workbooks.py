"""Workbooks (XLSX, XLS) to grids of text, one for each sheet (工作簿).

What belongs here: cells as text as a person sees them, numbers at 15 significant digits and
marked as floats, error cells and formulas without a result as text. What does not: headers and
meaning. Formulas are never run: what was saved as their result is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.intake.containers import Refused
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.floats import float_text
from pipelines.intake.sheet_xml import SheetDetails, sheet_details

_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


@dataclass(frozen=True)
class Sheet:
    """One sheet as a grid: `row_no`, `c0` …, and `f<i>` (was a number) for columns that hold
    numbers. `merges`: (first row, last row, column) of cells merged over rows."""

    name: str
    grid: pl.DataFrame
    hidden: bool = False
    merges: tuple[tuple[int, int, int], ...] = field(default=())


def flag(index: int) -> str:
    """Name of the column that says whether grid column `index` held a number."""
    return f"f{index}"


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook in order. Raises Refused where it cannot be opened."""
    try:
        reader = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise Refused(_why(error), _first_line(error)) from error
    for name in reader.sheet_names:
        try:
            yield _read(reader, name, path)
        except fastexcel.FastExcelError as error:
            raise Refused("damaged", f"{name}: {_first_line(error)}") from error


def _why(error: Exception) -> str:
    return "encrypted" if "password" in str(error).lower() else "damaged"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _read(reader: fastexcel.ExcelReader, name: str, path: Path) -> Sheet:
    # The reader gives one type a column; asked three times, its answers tell a number from a
    # text that looks like one: only numbers and booleans have a truth value.
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    hidden = str(sheet.visible) != "visible"
    texts, errors = _with_errors(sheet)
    if hidden or texts.width == 0 or texts.height == 0:
        return Sheet(name, _empty_grid(), hidden)
    truths = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="boolean").to_polars()
    floats = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="float").to_polars()
    details = sheet_details(path, name)
    columns: list[pl.Series] = []
    for index in range(texts.width):
        columns += _column(index, texts, truths, floats, details)
    grid = pl.DataFrame([pl.Series(ROW_NO, range(1, texts.height + 1), pl.Int64), *columns])
    grid = _put(grid, errors | details.formulas)
    return Sheet(name, grid, hidden, tuple(details.merges))


def _empty_grid() -> pl.DataFrame:
    return pl.DataFrame(schema={ROW_NO: pl.Int64, column(0): pl.String})


def _with_errors(sheet: fastexcel.ExcelSheet) -> tuple[pl.DataFrame, dict[tuple[int, int], str]]:
    """The sheet as text, and its error cells by (row 1-based, column 0-based)."""
    if sheet.width == 0:
        return pl.DataFrame(), {}
    batch, found = sheet.to_arrow_with_errors()
    cells = {}
    for error in found.errors if found else ():
        kind = error.detail.partition("Error(")[2].rstrip("')\"")
        row, at = error.position
        cells[row + 1, at] = _ERRORS.get(kind, "#ERROR!")
    frame = pl.DataFrame(pl.from_arrow(batch))
    return frame, cells


def _column(
    index: int,
    texts: pl.DataFrame,
    truths: pl.DataFrame,
    floats: pl.DataFrame,
    details: SheetDetails,
) -> list[pl.Series]:
    text, number = texts.to_series(index), floats.to_series(index)
    number_like = truths.to_series(index).is_not_null() & number.is_not_null()
    is_number = number_like & ~text.is_in(["true", "false"]).fill_null(False)
    result = text.alias(column(index))
    if not is_number.any():
        return [result]
    spelled = float_text(number.zip_with(is_number, pl.Series([None], dtype=pl.Float64)))
    result = spelled.zip_with(is_number, text).alias(column(index))
    rows = [row - 1 for row, at in details.percents if at == index]
    rows = [row for row in rows if row < len(result) and is_number[row]]
    if rows:
        shown = [_percent(result[row]) for row in rows]
        result = result.scatter(rows, shown)
    return [result.alias(column(index)), is_number.alias(flag(index))]


def _percent(text: str) -> str:
    """What the person sees of a fraction shown as a percentage: 0.98 → 98%."""
    try:
        return f"{(Decimal(text) * 100).normalize():f}%"
    except ArithmeticError:
        return text


def _put(grid: pl.DataFrame, cells: dict[tuple[int, int], str]) -> pl.DataFrame:
    """Puts texts into cells that the reader left empty."""
    for index in sorted({at for _, at in cells}):
        name = column(index)
        if name not in grid.columns:
            continue
        chosen = {row: text for (row, at), text in cells.items() if at == index}
        rows = [row - 1 for row in chosen if row <= grid.height]
        texts = [chosen[row + 1] for row in rows]
        grid = grid.with_columns(grid[name].scatter(rows, texts))
    return grid
