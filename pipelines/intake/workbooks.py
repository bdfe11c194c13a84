"""Workbooks (XLSX, XLS) to grids of text, one for each sheet (工作簿).

What belongs here: cells as text as a person sees them, numbers at 15 significant digits and
marked as floats, error cells and formulas without a result as text. What does not: headers and
meaning. Formulas are never run: what was saved as their result is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.intake.containers import Limits, Refused
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.floats import float_text
from pipelines.intake.periods import day_of_serial
from pipelines.intake.sheet_xml import SheetDetails, sheet_details

_DATE = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]{2}(?: |$)")
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


def read_sheets(path: Path, limits: Limits) -> Iterator[Sheet]:
    """The sheets of a workbook in order. Raises Refused where it cannot be opened, or where a sheet
    reaches too far to be laid out in memory."""
    try:
        reader = fastexcel.read_excel(_openable(path))
    except fastexcel.FastExcelError as error:
        raise Refused(_why(error), _first_line(error)) from error
    for name in reader.sheet_names:
        try:
            yield _read(reader, name, path, limits)
        except fastexcel.FastExcelError as error:
            raise Refused("damaged", f"{name}: {_first_line(error)}") from error


def _openable(path: Path) -> Path | bytes:
    """The path, or the bytes where its name has another ending than its content: the reader
    believes names."""
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    honest = {".xlsx", ".xlsm"} if is_archive else {".xls"}
    return path if path.suffix.lower() in honest else path.read_bytes()


def _why(error: Exception) -> str:
    return "encrypted" if "password" in str(error).lower() else "damaged"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _read(reader: fastexcel.ExcelReader, name: str, path: Path, limits: Limits) -> Sheet:
    details = sheet_details(path, name, limits.cells)
    rows, columns = details.reach
    if rows * columns > limits.cells:
        raise Refused("too_large", f"{name}: {rows} × {columns}", limit=f"{limits.cells:,}")
    # The reader gives one type a column; asked three times, its answers tell a number from a
    # text that looks like one: only numbers and booleans have a truth value.
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    hidden = str(sheet.visible) != "visible"
    texts, errors = _with_errors(sheet)
    if hidden or texts.width == 0 or texts.height == 0:
        return Sheet(name, _empty_grid(), hidden)
    cells = [pl.Series(ROW_NO, range(1, texts.height + 1), pl.Int64)]
    numbers = _numbers(reader, name, texts)
    for index in range(texts.width):
        cells += _column(index, texts.to_series(index), numbers.get(index), details)
    grid = _put(pl.DataFrame(cells), errors | details.formulas)
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


def _numbers(reader: fastexcel.ExcelReader, name: str, texts: pl.DataFrame) -> dict[int, pl.Series]:
    """Column → its numbers, NULL for other cells; columns without any are left out."""
    truths = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="boolean").to_polars()
    marks = {at: _is_number(truth, texts.to_series(at)) for at, truth in enumerate(truths)}
    marks = {at: mark for at, mark in marks.items() if mark.any()}
    if not marks:
        return {}
    floats = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="float").to_polars()
    nothing = pl.Series([None], dtype=pl.Float64)
    return {at: floats.to_series(at).zip_with(mark, nothing) for at, mark in marks.items()}


def _is_number(truth: pl.Series, text: pl.Series) -> pl.Series:
    return truth.is_not_null() & ~text.is_in(["true", "false"]).fill_null(False)


def _column(
    index: int, text: pl.Series, number: pl.Series | None, details: SheetDetails
) -> list[pl.Series]:
    months, percents = details.months.get(index, ()), details.percents.get(index, ())
    if number is None:
        return [_shown(text, months, text.is_not_null(), _month).alias(column(index))]
    is_number = number.is_not_null()
    result = _shown(float_text(number).zip_with(is_number, text), percents, is_number, _percent)
    result = _shown(result, months, result.is_not_null(), _month)
    return [result.alias(column(index)), is_number.alias(flag(index))]


def _shown(
    texts: pl.Series, rows: Sequence[int], where: pl.Series, show: Callable[[str], str]
) -> pl.Series:
    """The texts with those of `rows` (1-based) put as a person sees them, where `where` holds."""
    if not rows:
        return texts
    places = pl.Series([row - 1 for row in rows if row <= len(texts)], dtype=pl.UInt32)
    places = places.filter(where.gather(places))
    return texts.scatter(places, [show(text) for text in texts.gather(places)])


def _percent(text: str) -> str:
    """What the person sees of a fraction shown as a percentage: 0.98 → 98%."""
    try:
        return f"{(Decimal(text) * 100).normalize():f}%"
    except ArithmeticError:
        return text


def _month(text: str) -> str:
    """What the person sees of a date shown without its day: 2025-03-01 → 2025-03. Formats of
    Chinese spreadsheets that have a number only come from the reader as a day's serial number."""
    date = _DATE.match(text)
    day = day_of_serial(text.partition(".")[0])
    return date[1] if date else f"{day:%Y-%m}" if day else text


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
