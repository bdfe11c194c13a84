"""Reading reports back as a person with the file would: by what stands beside a number."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import openpyxl
import pdfplumber


@dataclass
class Page:
    """An HTML page: tables by caption (rows of cell texts), `<data>` values, all of its text."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    data: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    classes: list[tuple[str, list[str]]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._caption, self._value, self._row_class = "", "", ""
        self._where: list[str] = []
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("caption", "td", "th", "data", "style", "svg", "small"):
            self._where.append(tag)
        if tag == "table":
            self._caption = ""
        if tag == "tr":
            self._row, self._row_class = [], given.get("class") or ""
        if tag in ("td", "th"):
            self._row.append("")
        if tag == "data":
            self.page.data.append((given["value"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._where and self._where[-1] == tag:
            self._where.pop()
        if tag == "tr":
            self.page.tables.setdefault(self._caption, []).append(self._row)
            self.page.classes.append((self._row_class, self._row))

    def handle_data(self, data: str) -> None:
        where = self._where
        if "style" in where or "svg" in where:
            return
        self.page.text += data
        if "caption" in where:
            self._caption += data
        if "data" in where:
            value, text = self.page.data[-1]
            self.page.data[-1] = (value, text + data)
        if self._row and ("td" in where or "th" in where) and "small" not in where:
            self._row[-1] += data.strip()


def read_html(body: bytes) -> Page:
    reader = _Reader()
    reader.feed(body.decode())
    return reader.page


def read_pdf(body: bytes) -> str:
    """The text of all pages, without the spaces that setting puts between scripts."""
    with pdfplumber.open(io.BytesIO(body)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def squeezed(text: str) -> str:
    """Text without any space or break: what is compared between a page and paper."""
    return re.sub(r"\s", "", text)


def read_xlsx(body: bytes) -> dict[str, list[list[object]]]:
    """Sheet → rows of values."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
    }


def xlsx_rows(sheet: list[list[object]], title: str) -> list[list[object]]:
    """The rows of the table with that title: below its heading, up to an empty row."""
    start = next(place for place, row in enumerate(sheet) if row and row[0] == title)
    rows = []
    for row in sheet[start + 2 :]:
        if all(value is None for value in row):
            break
        rows.append(row)
    return rows
