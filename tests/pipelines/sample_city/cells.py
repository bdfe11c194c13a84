"""Reading cells back as a person sees them: row and column from 1, without any intake."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string

from pipelines.sample_city import FileRecord

Lines = list[list[Any]]


@cache
def lines(path: Path, sheet: str, encoding: str) -> Lines:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return [list(frame.columns), *map(list, frame.iter_rows())]
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding=encoding), newline="")))
    book = openpyxl.load_workbook(path)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def cell(folder: Path, record: FileRecord, sheet: str, place: str) -> Any:
    letters, row = coordinate_from_string(place)
    column = column_index_from_string(letters)
    return lines(folder / record.file, sheet, record.encoding)[row - 1][column - 1]


def row_of(folder: Path, record: FileRecord, sheet: str, row: int) -> dict[str, Any]:
    """Header text → cell of a 1-based row; the header is the last row that names the code."""
    found = lines(folder / record.file, sheet, record.encoding)
    names = {"enterprise_id", "统一社会信用代码", "信用代码", "客户信用代码"}
    header = next(line for line in found if names & {str(text) for text in line})
    return dict(zip(header, found[row - 1], strict=True))
