"""From a document to the bytes of its file: CSV, Parquet, and by `workbook` XLSX.

What belongs here: encodings, line ends, Parquet types. What does not: what stands in the cells.
The same document gives the same bytes on every run: no clock and no path enters a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from pipelines.sample_city.blocks import Block, block
from pipelines.sample_city.documents import LABEL, Document
from pipelines.sample_city.spelling import Cell, plain
from pipelines.sample_city.workbook import workbook


def render(document: Document) -> bytes:
    """The file's bytes; rows get their row numbers on the way."""
    if document.raw is not None:
        return document.raw
    blocks = [block(document, table) for table in document.tables]
    if document.layout.format == "xlsx":
        return workbook(document.title, blocks, explained=document.layout.sheets != "one")
    if document.layout.format == "parquet":
        return _parquet(blocks[0])
    return _csv(blocks[0]).encode(document.layout.encoding)


def _csv(found: Block) -> str:
    """As a spreadsheet saves it: every line as wide as the header, CRLF at the ends."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(_padded(found, ([title] for title in found.titles)))
    writer.writerow(found.header)
    writer.writerows([_text(cell) for cell in cells] for cells in found.body)
    if found.total is not None:
        writer.writerow(_total_line(found))
    writer.writerows(_padded(found, ([note] for note in found.notes)))
    return out.getvalue()


def _padded(found: Block, lines: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    return ([*line, *[""] * (found.width - len(line))] for line in lines)


def _total_line(found: Block) -> list[str]:
    line = [""] * found.width
    line[0] = "合计"
    line[found.quantity_column] = (
        plain(found.total) if isinstance(found.total, Decimal) else str(found.total)
    )
    return line


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else cell or ""


def _parquet(found: Block) -> bytes:
    """Text columns, numbers as DOUBLE, time stamps as such; the label in the file's metadata."""
    import polars as pl

    columns = list(zip(*found.body, strict=True))
    frame = pl.DataFrame(
        [pl.Series(name, _column(cells)) for name, cells in zip(found.header, columns, strict=True)]
    )
    out = io.BytesIO()
    frame.write_parquet(out, metadata={"title": f"{LABEL} synthetic data"})
    return out.getvalue()


def _column(cells: Sequence[Cell]) -> list[object]:
    if any(isinstance(cell, Decimal) for cell in cells):
        return [float(cell) if isinstance(cell, Decimal) else None for cell in cells]
    return ["" if cell is None else cell for cell in cells]
