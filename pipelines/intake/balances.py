"""Energy balances (能源平衡表) as files: sheets as grids of text and numbers, and the template.

What belongs here: reading a file of any form that intake reads into cells, and the workbook that a
statistics office may fill in. What does not: which row or column means what
(`ledgers.inventory.balance`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from factors.carriers import CARRIERS
from factors.errors import DataFault
from factors.messages import text as message
from ledgers.inventory.balance import BalanceSheet, SheetCell
from ledgers.inventory.lines import Line, lines
from pipelines.intake.numerals import read_numbers
from pipelines.intake.staging import Staged, Table, grid_rows, staged_temporarily
from pipelines.intake.wording import sentence

KIND = "energy_balance"

COLUMNS = (
    ("raw_coal", "万吨"),
    ("cleaned_coal", "万吨"),
    ("other_washed_coal", "万吨"),
    ("briquette", "万吨"),
    ("coke", "万吨"),
    ("coke_oven_gas", "亿Nm³"),
    ("blast_furnace_gas", "亿Nm³"),
    ("converter_gas", "亿Nm³"),
    ("crude_oil", "万吨"),
    ("gasoline", "万吨"),
    ("kerosene_general", "万吨"),
    ("diesel", "万吨"),
    ("fuel_oil", "万吨"),
    ("lpg", "万吨"),
    ("refinery_gas", "万吨"),
    ("natural_gas", "亿Nm³"),
    ("lng", "万吨"),
    ("heat", "万百万千焦"),
    ("electricity", "亿千瓦时"),
)
"""Carriers and units that the template offers."""

_NOTHING = frozenset({"", "-", "--", "—", "——", "–", "…", "...", "/", "\\", "无"})


class UnreadableBalance(DataFault, ValueError):
    """A file that cannot be read at all; facts: file, faults."""

    def text(self, lang: str = "zh") -> str:
        """The fault in words."""
        return "\n".join(
            sentence(record, lang, file=self.facts["file"]) for record in self.facts["faults"]
        )


@dataclass(frozen=True)
class BalanceFile:
    """A file's sheets as grids, with its name and hash."""

    name: str
    sha256: str
    sheets: tuple[BalanceSheet, ...]


def read_balance_file(path: Path) -> BalanceFile:
    """The sheets of a CSV, XLSX or XLS file. Raises UnreadableBalance, NotAFile."""
    with staged_temporarily(path) as staged:
        if staged.refusal is not None:
            fault = staged.refusal.record(staged.sha256)
            raise UnreadableBalance("fault.IN-01", file=staged.name, faults=[fault])
        sheets = tuple(_sheet(staged, table) for table in staged.tables if not table.hidden)
        return BalanceFile(staged.name, staged.sha256, sheets)


def _sheet(staged: Staged, table: Table) -> BalanceSheet:
    grid = grid_rows(staged, table, table.rows)
    texts = [[(cell or "").strip() for cell in row] for row in grid]
    numbers = _numbers(text for row in texts for text in row)
    rows = tuple(tuple(_cell(text, numbers) for text in row) for row in texts)
    return BalanceSheet(table.sheet, rows)


def _numbers(texts: Any) -> dict[str, tuple[Any, str]]:
    distinct = list(dict.fromkeys(texts))
    frame = read_numbers(pl.Series("text", distinct, dtype=pl.String))
    percent = ["IN-03" if sign else "" for sign in frame["percent"]]
    faults = [fault or other for fault, other in zip(frame["fault"], percent, strict=True)]
    return dict(zip(distinct, zip(frame["value"], faults, strict=True), strict=True))


def _cell(text: str, numbers: dict[str, tuple[Any, str]]) -> SheetCell:
    if text in _NOTHING:
        return SheetCell("")
    value, fault = numbers[text]
    return SheetCell(text, None if fault else value, fault)


def template() -> bytes:
    """The template of an energy balance as the bytes of an XLSX."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        _table(book)
        _help(book)
    return target.getvalue()


def _table(book: xlsxwriter.Workbook) -> None:
    title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True})
    unit = book.add_format({"italic": True, "border": 1, "align": "center"})
    strong = book.add_format({"bold": True, "bg_color": "#F2F5F8"})
    sheet = book.add_worksheet(message("balance.sheet", "zh", {}))
    sheet.merge_range(0, 0, 0, len(COLUMNS), message("balance.title", "zh", {}), title)
    sheet.write_string(1, 0, "项目", head)
    sheet.write_string(2, 0, "计量单位", unit)
    for index, (code, text) in enumerate(COLUMNS, start=1):
        sheet.write_string(1, index, CARRIERS[code].name_zh, head)
        sheet.write_string(2, index, text, unit)
    for row, line in enumerate(lines().values(), start=3):
        sheet.write_string(
            row, 0, "　" * _depth(line) + line.name_zh, strong if not line.parent else None
        )
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(COLUMNS), 12)
    sheet.freeze_panes(3, 1)


def _depth(line: Line) -> int:
    return 1 + _depth(lines()[line.parent]) if line.parent else 0


def _help(book: xlsxwriter.Workbook) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(message("template.help", "zh", {}))
    for index, code in enumerate(("line", "line_en", "use")):
        sheet.write_string(0, index, message(f"balance.column.{code}", "zh", {}), head)
    for row, line in enumerate(lines().values(), start=1):
        use = message(f"balance.use.{line.use or line.role or 'part'}", "zh", {})
        for index, text in enumerate((line.name_zh, line.name_en, use)):
            sheet.write_string(row, index, text, wrap)
    first = len(lines()) + 2
    for row, text in enumerate(message("balance.notes", "zh", {}).split("|"), start=first):
        sheet.write_string(row, 0, text, wrap)
    sheet.set_column(0, 1, 44)
    sheet.set_column(2, 2, 60)
