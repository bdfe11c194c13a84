"""Small files made on the spot, and what intake makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipelines.intake.feeds import Feed
from pipelines.intake.staging import stage_in
from pipelines.intake.typed import Typed, type_rows

CODE = "91210100HCT0000192"
HEADER = ("统一社会信用代码", "企业名称", "能源品种", "月份", "数量", "计量单位")


class Reading:
    """A file after intake: typed rows, faults and skipped rows as lists of mappings."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.rows = pl.read_parquet(typed.typed_path).to_dicts()
        self.faults = pl.read_parquet(typed.faults_path).to_dicts()
        self.skipped = [(row.row_no, row.reason) for row in typed.skipped]

    def rules(self) -> list[tuple[int, str, str]]:
        return sorted((f["row_no"], f["column_name"], f["rule"]) for f in self.faults)

    def facts(self) -> dict[str, Any]:
        (fault,) = self.faults
        return json.loads(fault["facts"])


def lines(*rows: Sequence[object], header: Sequence[str] = HEADER) -> str:
    return "\n".join(",".join(str(cell) for cell in row) for row in (header, *rows)) + "\n"


def row(**cells: str) -> tuple[str, ...]:
    """A good row of HEADER with some of its cells replaced."""
    good = {
        "统一社会信用代码": CODE,
        "企业名称": "示例企业",
        "能源品种": "烟煤",
        "月份": "2025-03",
        "数量": "10",
        "计量单位": "吨",
    }
    return tuple((good | cells)[name] for name in HEADER)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Reads text, bytes or a path as intake does, in a folder of its own."""
    count = iter(range(1000))

    def read_it(
        content: str | bytes | Path, feed: Feed | None = None, name: str = "a.csv"
    ) -> Reading:
        folder = tmp_path / f"read{next(count)}"
        folder.mkdir()
        if isinstance(content, Path):
            path = content
        else:
            path = folder / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Reading(type_rows(stage_in(folder, path, feed=feed), feed))

    return read_it


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes sheets of rows to an XLSX and returns its path."""

    def write(name: str = "a.xlsx", **sheets: Sequence[Sequence[object]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for cells in rows:
                sheet.append(list(cells))
        path = tmp_path / name
        book.save(path)
        return path

    return write
