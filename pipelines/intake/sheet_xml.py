"""What the workbook reader does not tell about an XLSX sheet (工作表细节), read from its XML.

What belongs here: formulas that were saved without a result, cells shown as a percentage, merged
cells. What does not: values (`workbooks`). Nothing is evaluated: a formula stays text.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

_CHUNK = 8 * 1024 * 1024
_LARGEST_PART = 64 * 1024 * 1024
"""Styles and relations above this are no workbook of ours; the details are then left out."""

_PERCENT_BUILTIN = {"9", "10"}
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>")
_REF = re.compile(rb'\br="([A-Z]{1,3})([0-9]+)"')
_NO_RESULT = re.compile(
    rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_FILLED = re.compile(rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?(?:v|is|f)\b")


@dataclass
class SheetDetails:
    """Cells by (row 1-based, column 0-based counted from `first_column`)."""

    first_column: int = 0
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formulas without a saved result, as text that begins with '='."""
    percents: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    """Cells merged over rows: (first row, last row, column)."""


def sheet_details(path: Path, sheet: str) -> SheetDetails:
    """The details of one sheet; none where the file is no XLSX."""
    if not zipfile.is_zipfile(path):
        return SheetDetails()
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None or part not in archive.namelist():
            return SheetDetails()
        found = _scan(archive, part, _percent_styles(archive))
    return _relative(found)


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _scan(archive: zipfile.ZipFile, part: str, percent: frozenset[bytes]) -> SheetDetails:
    found = SheetDetails(first_column=1 << 20)
    for text in _pieces(archive, part):
        for match in _FILLED.finditer(text):
            ref = _REF.search(match[1])
            if ref:
                found.first_column = min(found.first_column, column_index(ref[1].decode()))
        if b"f" in text and (b"<f" in text or b":f" in text):
            for match in _NO_RESULT.finditer(text):
                formula = html.unescape((match[2] or b"").decode("utf-8", "replace"))
                _put(found.formulas, match[1], "=" + formula)
        if percent:
            found.percents.extend(_styled(text, percent))
        for first, top, _, bottom in _MERGE.findall(text):
            if top != bottom:
                found.merges.append((int(top), int(bottom), column_index(first.decode())))
    return found


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that end with a row, so that no cell is cut."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            cut = text.rfind(b"row>") + 4
            if cut < 4:
                rest = text
                continue
            yield text[:cut]
            rest = text[cut:]
    yield rest


def _put(cells: dict[tuple[int, int], str], attributes: bytes, text: str) -> None:
    ref = _REF.search(attributes)
    if ref:
        cells[int(ref[2]), column_index(ref[1].decode())] = text


def _styled(text: bytes, styles: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    for match in _CELL.finditer(text):
        style = re.search(rb'\bs="([0-9]+)"', match[1])
        ref = _REF.search(match[1])
        if style and ref and style[1] in styles:
            yield int(ref[2]), column_index(ref[1].decode())


def _relative(found: SheetDetails) -> SheetDetails:
    """Columns counted from the first that holds anything, as the workbook reader counts them."""
    first = 0 if found.first_column == 1 << 20 else found.first_column
    return SheetDetails(
        first,
        {(row, at - first): text for (row, at), text in found.formulas.items()},
        [(row, at - first) for row, at in found.percents],
        [(top, bottom, at - first) for top, bottom, at in found.merges if at >= first],
    )


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The archive's part that holds the sheet of that name."""
    workbook, relations = (
        _tree(archive, "xl/workbook.xml"),
        _tree(archive, "xl/_rels/workbook.xml.rels"),
    )
    if workbook is None or relations is None:
        return None
    targets: Mapping[str, str] = {
        node.get("Id", ""): node.get("Target", "") for node in relations.iter()
    }
    for node in workbook.iter():
        if node.tag.endswith("}sheet") and node.get("name") == sheet:
            key = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
            target = targets.get(key, "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return None


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    styles = _tree(archive, "xl/styles.xml")
    if styles is None:
        return frozenset()
    formats = _PERCENT_BUILTIN | {
        node.get("numFmtId", "")
        for node in styles.iter()
        if node.tag.endswith("}numFmt") and "%" in node.get("formatCode", "")
    }
    cells = next((node for node in styles.iter() if node.tag.endswith("}cellXfs")), None)
    return frozenset(
        str(index).encode()
        for index, node in enumerate([] if cells is None else list(cells))
        if node.get("numFmtId") in formats
    )


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element | None:
    try:
        if archive.getinfo(part).file_size > _LARGEST_PART:
            return None
        return ElementTree.fromstring(archive.read(part))
    except (KeyError, ElementTree.ParseError):
        return None
