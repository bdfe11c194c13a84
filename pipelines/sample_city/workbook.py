"""Workbooks as enterprises send them: merged titles, borders, number formats, a page to print.

What belongs here: the look and the bytes of an XLSX. What does not: what stands in its lines
(`blocks`). Texts are always written as text, so that nothing a mistake puts in is ever a formula;
the only formulas are the sums of total lines, with their values beside them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.utility import xl_range

from pipelines.sample_city.blocks import Block
from pipelines.sample_city.documents import LABEL
from pipelines.sample_city.spelling import Cell, plain

CREATED = datetime(2023, 1, 1, 8, 0)
"""The day in every workbook's properties: a clock here would change the bytes on every run."""

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"},
    "line": {"align": "left", "valign": "vcenter"},
    "header": {
        "bold": True,
        "border": 1,
        "align": "center",
        "bg_color": "#DDEBF7",
        "text_wrap": True,
    },
    "text": {"border": 1},
    "day": {"border": 1, "num_format": "yyyy-mm-dd"},
    "stamp": {"border": 1, "num_format": "yyyy-mm-dd hh:mm"},
    "total": {"border": 1, "bold": True, "num_format": "#,##0.00##"},
}
_EXPLANATION = (
    "填报说明（合成数据）",
    "1. 本工作簿为合成数据（SYNTHETIC），企业、代码与数量均为虚构。",
    "2. 按实物量填报，计量单位见各表。",
    "3. 库存按月末盘点数填报。",
)


def workbook(title: str, blocks: Sequence[Block], *, explained: bool = False) -> bytes:
    """An XLSX with a sheet a block and, if `explained`, a page of words at the end."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"{title}（{LABEL}）",
                "author": "合成样例城市",
                "comments": f"{LABEL} SYNTHETIC",
                "created": CREATED,
            }
        )
        pen = _Pen(book)
        for found in blocks:
            pen.sheet(found)
        if explained:
            pen.explanation()
    return out.getvalue()


class _Pen:
    """Writes blocks into one workbook, keeping its formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._styles = {name: book.add_format(_FONT | look) for name, look in _STYLES.items()}

    def sheet(self, found: Block) -> None:
        """One block on one sheet."""
        sheet = self._book.add_worksheet(found.sheet)
        for n, title in enumerate(found.titles):
            if title:
                style = self._styles["title" if n == 0 else "line"]
                sheet.merge_range(n, 0, n, found.width - 1, title, style)
        if found.titles:
            sheet.set_row(0, 26)
        row = len(found.titles)
        sheet.write_row(row, 0, found.header, self._styles["header"])
        for cells in found.body:
            row += 1
            self._line(sheet, row, cells)
        if found.total is not None:
            row += 1
            self._total(sheet, row, found)
        for note in found.notes:
            row += 1
            sheet.merge_range(row, 0, row, found.width - 1, note, self._styles["line"])
        _page(sheet, found)

    def explanation(self) -> None:
        """A sheet of words without a table."""
        sheet = self._book.add_worksheet("填报说明")
        sheet.set_column(0, 0, 70)
        for n, line in enumerate(_EXPLANATION):
            sheet.write_string(n, 0, line, self._styles["title" if n == 0 else "line"])

    def _line(self, sheet: Any, row: int, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                sheet.write_number(row, column, float(cell), self._number(cell))
            elif isinstance(cell, datetime):
                sheet.write_datetime(row, column, cell, self._styles["stamp"])
            elif isinstance(cell, date):
                sheet.write_datetime(row, column, cell, self._styles["day"])
            elif cell:
                sheet.write_string(row, column, cell, self._styles["text"])
            else:
                sheet.write_blank(row, column, None, self._styles["text"])

    def _number(self, value: Decimal) -> Any:
        """A format that shows every decimal of the value."""
        decimals = len(plain(value).partition(".")[2])
        name = f"number {decimals}"
        if name not in self._styles:
            shown = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._styles[name] = self._book.add_format(_FONT | {"border": 1, "num_format": shown})
        return self._styles[name]

    def _total(self, sheet: Any, row: int, found: Block) -> None:
        style = self._styles["total"]
        for column in range(found.width):
            sheet.write_blank(row, column, None, style)
        sheet.write_string(row, 0, "合计", style)
        column = found.quantity_column
        if isinstance(found.total, Decimal) and _all_numbers(found):
            above = xl_range(found.first - 1, column, row - 1, column)
            sheet.write_formula(row, column, f"=SUM({above})", style, float(found.total))
        else:
            total = found.total
            shown = f"{total:,f}" if isinstance(total, Decimal) else str(total)
            sheet.write_string(row, column, shown, style)


_FONT = {"font_name": "宋体", "font_size": 11}


def _all_numbers(found: Block) -> bool:
    return all(isinstance(cells[found.quantity_column], Decimal) for cells in found.body)


def _page(sheet: Any, found: Block) -> None:
    """Column widths by the widest text, A4 landscape, the label in the footer."""
    for column in range(found.width):
        texts = [found.header[column], *(cells[column] for cells in found.body)]
        sheet.set_column(column, column, min(40, 2 + max(_width(text) for text in texts)))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&C{LABEL} SYNTHETIC  &P/&N")


def _width(cell: Cell) -> int:
    if isinstance(cell, date):
        return 11
    text = f"{cell:,f}" if isinstance(cell, Decimal) else cell or ""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
