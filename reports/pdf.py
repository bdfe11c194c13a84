"""Documents as PDF, set by Typst with the Chinese font embedded.

What belongs here: handing a document to the Typst template. What does not: what is shown
(`document`). Data reach the template as JSON and are set as text: nothing in them is markup.
"""

from __future__ import annotations

import json
import tempfile
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from reports.document import Block, Cell, Document, Facts, Figure, Headline, Note, References, Table
from reports.fonts import CHINESE, MONO, font_folder

_ALONE = threading.Lock()
_LETTERS = "#33414a"


def pdf(document: Document) -> bytes:
    """The document as the bytes of a PDF file."""
    data = json.dumps(_document(document), ensure_ascii=False)
    with _ALONE:
        return bytes(_compiler().compile(format="pdf", sys_inputs={"document": data}))


@cache
def _compiler() -> Any:
    """One compiler for the whole process: it keeps the fonts that it has read."""
    import typst

    template = files("reports").joinpath("templates", "document.typ").read_text(encoding="utf-8")
    folder = Path(tempfile.mkdtemp(prefix="tanzhang-typst-"))
    (folder / "document.typ").write_text(template, encoding="utf-8")
    return typst.Compiler(
        input=str(folder / "document.typ"),
        root=str(folder),
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
    )


def _document(document: Document) -> dict[str, Any]:
    return {
        "lang": document.lang,
        "kind": document.kind,
        "title": document.title,
        "subtitle": document.subtitle,
        "label": document.label,
        "foot": document.foot,
        "headings": document.headings,
        "fonts": [CHINESE],
        "mono": MONO,
        "facts": _block(document.facts),
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Facts):
        pairs = [[label, _cell(cell)] for label, cell in block.pairs]
        return {"is": "facts", "title": block.title, "pairs": pairs}
    if isinstance(block, Headline):
        figures = [
            {"label": label, "cell": _cell(cell), "unit": unit, "remark": remark}
            for label, cell, unit, remark in block.figures
        ]
        return {"is": "headline", "figures": figures}
    if isinstance(block, Figure):
        return {
            "is": "figure",
            "title": block.title,
            "svg": _stronger(block.svg),
            "words": block.description,
        }
    if isinstance(block, Note):
        return {"is": "note", "text": block.text, "tone": block.tone}
    assert isinstance(block, References)
    return {"is": "references", "items": [list(item) for item in block.items], "empty": block.empty}


def _stronger(svg: str) -> str:
    """A chart whose letters can be read on paper: of a variable font the SVG renderer knows only
    the thinnest weight, which an outline in the letters' colour makes a regular one."""
    return svg.replace("<text ", f'<text stroke="{_LETTERS}" stroke-width="0.38" ')


def _table(table: Table) -> dict[str, Any]:
    return {
        "is": "table",
        "title": table.title,
        "columns": [[column.title, column.align, column.width] for column in table.columns],
        "rows": [
            {"kind": row.kind, "cells": [_cell(cell) for cell in row.cells]} for row in table.rows
        ],
        "empty": table.empty,
        "note": table.note,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    held: dict[str, Any] = {"text": cell.text}
    if cell.sub:
        held["sub"] = cell.sub
    if cell.style:
        held["style"] = cell.style
    if cell.notes:
        held["notes"] = list(cell.notes)
    if cell.share is not None:
        held["share"] = round(cell.share, 4)
    return held
