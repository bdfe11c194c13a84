"""Documents as XLSX (工作簿): numbers as numbers, text never as a formula.

What belongs here: laying the parts of a document out on worksheets. What does not: what is shown
(`document`). A number that a double cannot hold has its exact text in a column beside it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from reports.document import (
    Block,
    Cell,
    Document,
    Facts,
    Figure,
    Headline,
    Note,
    References,
    Section,
    Table,
)

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_000
_WIDEST = 60


def workbook(document: Document) -> bytes:
    """The document as the bytes of an XLSX file."""
    import xlsxwriter

    held = io.BytesIO()
    # Nothing that was sent may be taken for a formula, link or number.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(held, {"in_memory": True, "constant_memory": False, **safe})
    book.set_properties(
        {"title": f"{document.title} {document.subtitle}", "comments": document.foot}
    )
    styles = _Styles(book)
    names: set[str] = set()
    for place, section in enumerate(document.sections):
        sheet = book.add_worksheet(_sheet_name(section.sheet or section.title, names))
        _Sheet(sheet, styles, document).fill(section, first=place == 0)
    book.close()
    return held.getvalue()


class _Styles:
    """Formats by what they are for; XlsxWriter wants each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        given = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", **properties}
        key = tuple(sorted(given.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(given)
        return self._made[key]

    def of(self, cell: Cell, kind: str, align: str) -> Any:
        """The format of a cell in a row of that kind."""
        given: dict[str, Any] = {"align": align, "text_wrap": cell.value is None}
        if cell.value is not None:
            given["num_format"] = _number_format(cell)
        if kind == "total" or cell.style == "strong":
            given["bold"] = True
        if kind == "total":
            given["top"] = 1
        if kind == "struck":
            given |= {"font_strikeout": True, "font_color": "#7a858c"}
        if kind == "muted" or cell.style == "muted":
            given["font_color"] = "#7a858c"
        return self(**given)


class _Sheet:
    """One worksheet being written from the top down."""

    def __init__(self, sheet: Any, styles: _Styles, document: Document) -> None:
        self.sheet, self.styles, self.document = sheet, styles, document
        self.row = 0
        self.widths: dict[int, int] = {}

    def fill(self, section: Section, *, first: bool) -> None:
        document = self.document
        self._line(f"{document.title} · {document.subtitle}", bold=True, font_size=14)
        self._line(f"{document.kind} · {section.title}")
        if document.label:
            self._line(document.label, bold=True, font_color="#8a4b00")
        if first:
            self.block(document.facts)
        for block in section.blocks:
            self.block(block)
        self.row += 1
        self._line(document.foot, font_color="#56666f", font_size=8)
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, min(max(width + 2, 8), _WIDEST))
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&L&8{document.foot.replace('&', '&&')}&R&8&P / &N")

    def block(self, block: Block) -> None:
        """One part of the document below the last; charts are for paper and pages."""
        if isinstance(block, Table):
            self._table(block.flat or block)
        elif isinstance(block, Facts):
            self._pairs(block.title, [(label, cell, "") for label, cell in block.pairs])
        elif isinstance(block, Headline):
            rows = [
                (label, cell, f"{unit} {remark}") for label, cell, unit, remark in block.figures
            ]
            self._pairs("", rows)
        elif isinstance(block, References):
            for number, words in block.items:
                self._line(f"[{number}] {words}")
            if not block.items:
                self._line(block.empty)
        elif isinstance(block, Note):
            self._line(block.text, font_color="#8a4b00" if block.tone == "caution" else "#56666f")
        else:
            assert isinstance(block, Figure)

    def _pairs(self, title: str, rows: Sequence[tuple[str, Cell, str]]) -> None:
        self.row += 1
        if title:
            self._line(title, bold=True)
        for label, cell, rest in rows:
            self._text(self.row, 0, label, self.styles(font_color="#56666f"))
            # Facts run on to the right: a wrapped hash would make a tall row.
            self._cell(self.row, 1, cell, self.styles.of(cell, "body", "left"), measured=False)
            if rest.strip():
                self._text(self.row, 2, rest.strip(), self.styles(font_color="#56666f"))
            self.row += 1

    def _table(self, table: Table) -> None:
        self.row += 1
        if table.title:
            self._line(table.title, bold=True)
        if not table.rows:
            self._line(table.empty)
            return
        beside = _needs_text(table)
        places = _places(len(table.columns), beside)
        heading = self.styles(bold=True, bottom=1, bg_color="#eef2f3", text_wrap=True)
        for number, column in enumerate(table.columns):
            self._text(self.row, places[number], column.title, heading)
            if number in beside:
                words = f"{column.title} {self.document.headings['exact']}"
                self._text(self.row, places[number] + 1, words, heading)
        top = self.row
        self.row += 1
        for row in table.rows:
            self._row(table, row, places, beside)
        if (
            table.flat is None
            and len(table.rows) > 40
            and all(r.kind == "body" for r in table.rows)
        ):
            self.sheet.autofilter(top, 0, self.row - 1, places[-1])
            self.sheet.freeze_panes(top + 1, 0)
        if table.note:
            self._line(table.note, font_color="#56666f")

    def _row(self, table: Table, row: Any, places: Sequence[int], beside: set[int]) -> None:
        if row.kind == "group":
            cell = row.cells[0]
            self._line(" · ".join(part for part in (cell.text, cell.sub) if part), bold=True)
            return
        for number, cell in enumerate(row.cells):
            style = self.styles.of(cell, row.kind, table.columns[number].align)
            self._cell(self.row, places[number], cell, style)
            if number in beside and cell.value is not None:
                self._text(self.row, places[number] + 1, cell.exact, self.styles(align="right"))
        self.row += 1

    def _cell(
        self, row: int, column: int, cell: Cell, style: Any, *, measured: bool = True
    ) -> None:
        if cell.value is not None:
            self.sheet.write_number(row, column, float(Fraction(cell.value)), style)
            self._measure(column, cell.text)
            return
        words = "\n".join(part for part in (cell.text, cell.sub) if part)
        self._text(row, column, words, style, measured=measured)

    def _text(
        self, row: int, column: int, words: str, style: Any, *, measured: bool = True
    ) -> None:
        self.sheet.write_string(row, column, words[:_LONGEST_TEXT], style)
        if measured:
            self._measure(column, words)

    def _line(self, words: str, **properties: Any) -> None:
        self.sheet.write_string(self.row, 0, words[:_LONGEST_TEXT], self.styles(**properties))
        self.row += 1

    def _measure(self, column: int, words: str) -> None:
        longest = max((_width(line) for line in words.splitlines()), default=0)
        self.widths[column] = max(self.widths.get(column, 0), longest)


def _needs_text(table: Table) -> set[int]:
    """Columns with a number that a double cannot hold to its last digit."""
    return {
        number
        for row in table.rows
        if row.kind != "group"
        for number, cell in enumerate(row.cells)
        if cell.value is not None and not _fits(cell)
    }


def _fits(cell: Cell) -> bool:
    """Whether the 15 figures that a worksheet keeps hold the number; one that does not end as a
    decimal, such as a share, is shown rounded everywhere."""
    if cell.exact.startswith("≈"):
        return True
    return len(cell.exact.lstrip("-").replace(".", "").strip("0")) <= 15


def _places(columns: int, beside: set[int]) -> list[int]:
    """The worksheet column of each column, exact texts counted."""
    places, place = [], 0
    for number in range(columns):
        places.append(place)
        place += 2 if number in beside else 1
    return places


def _number_format(cell: Cell) -> str:
    percent = cell.text.endswith("%")
    digits = max(cell.digits - 2, 0) if percent else cell.digits
    return ("0" if percent else "#,##0") + ("." + "0" * digits if digits else "") + "%" * percent


def _width(words: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def _sheet_name(words: str, names: set[str]) -> str:
    """A name that a workbook allows and that is not taken."""
    plain = _FORBIDDEN.sub(" ", words).strip() or "-"
    name, count = plain[:_LONGEST_NAME], 2
    while name.casefold() in names:
        name = f"{plain[: _LONGEST_NAME - 4]} {count}"
        count += 1
    names.add(name.casefold())
    return name
