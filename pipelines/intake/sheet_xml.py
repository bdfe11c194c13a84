"""What the workbook reader does not tell about an XLSX sheet (工作表细节), read from its XML.

What belongs here: formulas that were saved without a result, cells shown as a percentage or as a
month, merged cells. What does not: values (`workbooks`), what a format shows (`number_formats`).
Nothing is evaluated: a formula stays text.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from pipelines.intake.containers import Refused
from pipelines.intake.number_formats import ShownAs, shown_as
from pipelines.intake.sheet_reach import Bound, Walk, column_index

_CHUNK = 8 * 1024 * 1024
_LONGEST_ROW = 64 * 1024 * 1024
"""Bytes in which a row must end; 16,384 cells take some two million."""
_NO_COLUMN = 1 << 20
_LARGEST_PART = 64 * 1024 * 1024
"""Styles and relations above this are no workbook of ours; the details are then left out."""

_REF = re.compile(rb'\br="([A-Z]{1,3})([0-9]+)"')
_NO_RESULT = re.compile(
    rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_FILLED = re.compile(
    rb'<(?:\w+:)?c\b[^>/]*?\br="([A-Z]{1,3})[0-9]+"[^>/]*>\s*<(?:\w+:)?(?:v|is|f)\b'
)
_STYLED = rb'<(?:\w+:)?c\b(?=[^>]*\ss="(?:%s)")[^>]*?\br="([A-Z]{1,3})([0-9]+)"'

Places = dict[int, list[int]]
"""Column → its rows (1-based)."""


@dataclass
class SheetDetails:
    """Cells by (row 1-based, column 0-based counted from `first_column`)."""

    first_column: int = 0
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    """Formulas without a saved result, as text that begins with '='."""
    percents: Places = field(default_factory=dict)
    months: Places = field(default_factory=dict)
    """Cells that show year and month of a date, and no day."""
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    """Cells merged over rows: (first row, last row, column)."""
    reach: tuple[int, int] = (0, 0)
    """Rows and columns up to the last cell; of a large sheet exact, of others no less than that."""


def sheet_details(path: Path, sheet: str, cells: int) -> SheetDetails:
    """The details of one sheet; none where the file is no XLSX. `cells` is what a sheet may reach:
    up to there a bound for `reach` will do. Raises Refused where the XML is damaged."""
    if not zipfile.is_zipfile(path):
        return SheetDetails()
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None or part not in archive.namelist():
            return SheetDetails()
        found = _scan(archive, part, shown_as(_tree(archive, "xl/styles.xml")))
        if found.reach[0] * found.reach[1] > cells:
            found.reach = _exact_reach(archive, part)
    return _relative(found)


def _exact_reach(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    try:
        with archive.open(part) as stream:
            walk = Walk().read(stream)
    except ExpatError as error:
        raise Refused("damaged", f"{part}: {error}") from error
    return walk.rows, walk.columns


def _scan(archive: zipfile.ZipFile, part: str, shown: ShownAs) -> SheetDetails:
    found = SheetDetails(_NO_COLUMN, percents=defaultdict(list), months=defaultdict(list))
    percents, months, bound = _styled(shown.percents), _styled(shown.months), Bound()
    for text in _pieces(archive, part):
        bound.extend(text)
        filled = set(_FILLED.findall(text))
        columns = [column_index(letters.decode()) for letters in filled]
        found.first_column = min([found.first_column, *columns])
        if b"f" in text and (b"<f" in text or b":f" in text):
            for match in _NO_RESULT.finditer(text):
                formula = html.unescape((match[2] or b"").decode("utf-8", "replace"))
                _put(found.formulas, match[1], "=" + formula)
        _place(percents, text, found.percents)
        _place(months, text, found.months)
        for first, top, _, bottom in _MERGE.findall(text):
            if top != bottom:
                found.merges.append((int(top), int(bottom), column_index(first.decode())))
    found.reach = bound.rows, bound.columns
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
                if len(rest) > _LONGEST_ROW:
                    raise Refused("bomb", part, limit=f"{_LONGEST_ROW // 1024 // 1024} MB")
                continue
            yield text[:cut]
            rest = text[cut:]
    yield rest


def _put(cells: dict[tuple[int, int], str], attributes: bytes, text: str) -> None:
    ref = _REF.search(attributes)
    if ref:
        cells[int(ref[2]), column_index(ref[1].decode())] = text


def _styled(styles: frozenset[str]) -> re.Pattern[bytes] | None:
    """Finds the cells of these styles; None for none."""
    return re.compile(_STYLED % "|".join(sorted(styles)).encode()) if styles else None


def _place(pattern: re.Pattern[bytes] | None, text: bytes, places: Places) -> None:
    for letters, row in pattern.findall(text) if pattern else ():
        places[column_index(letters.decode())].append(int(row))


def _relative(found: SheetDetails) -> SheetDetails:
    """Columns counted from the first that holds anything, as the workbook reader counts them."""
    first = 0 if found.first_column == _NO_COLUMN else found.first_column
    return SheetDetails(
        first,
        {(row, at - first): text for (row, at), text in found.formulas.items()},
        {at - first: rows for at, rows in found.percents.items()},
        {at - first: rows for at, rows in found.months.items()},
        [(top, bottom, at - first) for top, bottom, at in found.merges if at >= first],
        found.reach,
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


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element | None:
    try:
        if archive.getinfo(part).file_size > _LARGEST_PART:
            return None
        return ElementTree.fromstring(archive.read(part))
    except (KeyError, ElementTree.ParseError):
        return None
