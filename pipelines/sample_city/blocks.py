"""A table as lines on paper: title rows, header, body, total, notes, and where each row stands.

What belongs here: the lines of a sheet in order, and row and column numbers as a person counts
them. What does not: how lines become CSV or a workbook (`rendering`, `workbook`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pipelines.sample_city.documents import LABEL, Document
from pipelines.sample_city.spelling import Cell, Row, Table, total_of

NO_TOTAL = "——"


@dataclass(frozen=True)
class Block:
    """The lines of one sheet. `first` is the 1-based number of the first body row.

    `total` is the sum below the body (None: no total line; NO_TOTAL: units differ).
    """

    sheet: str
    titles: tuple[str, ...]
    header: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    total: Decimal | str | None
    quantity_column: int
    notes: tuple[str, ...]

    @property
    def first(self) -> int:
        """The 1-based row of the first line of the body."""
        return len(self.titles) + 2

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.header)


def block(document: Document, table: Table) -> Block:
    """Lay out a table, and number its rows as the person who opens the file sees them."""
    layout = document.layout
    titles = _titles(document) if layout.title else ()
    for n, row in enumerate(table.rows):
        row.row_no = len(titles) + 2 + n
    header = tuple(document.header(name, table) for name in table.columns)
    body = tuple(_cells(row, table) for row in table.rows)
    if layout.serial:
        header = ("序号", *header)
        body = tuple((str(n + 1), *cells) for n, cells in enumerate(body))
    return Block(
        sheet=table.sheet,
        titles=titles,
        header=header,
        body=body,
        total=_total(table.rows) if layout.totals else None,
        quantity_column=table.columns.index("quantity") + layout.serial,
        notes=_notes(document) if layout.notes else (),
    )


def column_number(document: Document, table: Table, column: str) -> int:
    """The 1-based column of a canonical column in a table of a document."""
    return table.columns.index(column) + 1 + document.layout.serial


def _cells(row: Row, table: Table) -> tuple[Cell, ...]:
    return tuple(row.cells.get(name) for name in table.columns)


def _total(rows: list[Row]) -> Decimal | str:
    total = total_of(rows)
    return NO_TOTAL if total is None else total


def _titles(document: Document) -> tuple[str, ...]:
    month = document.month
    code = f"    统一社会信用代码：{document.sender_id}" if document.sender_id else ""
    return (
        f"{month.year}年{month.month}月{document.title}（{LABEL}）",
        f"填报单位：{document.sender}{code}    报告期：{month.year}年{month.month}月",
        "",
    )


def _notes(document: Document) -> tuple[str, ...]:
    sent = (document.month + timedelta(days=32)).replace(day=6)
    filled = f"{sent.year}年{sent.month}月{sent.day}日"
    return (
        f"注：1. 本表为{LABEL}（SYNTHETIC），不代表任何真实企业。",
        "    2. 各品种按实物量填报，热值等为本单位检测值。",
        f"填表人：统计岗    审核人：能源管理岗    填表日期：{filled}",
    )
