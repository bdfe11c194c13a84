"""The manifest's totals against the files themselves, added up by a plain reading of each table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from factors.carriers import find_carrier
from factors.units import multiplier, parse_unit
from pipelines.sample_city import FileRecord, Manifest, tables
from pipelines.sample_city.spelling import FULL_WIDTH
from tests.pipelines.sample_city.cells import lines

Sums = dict[tuple[str, str, str, str], Fraction]

HALF_WIDTH = {full: half for half, full in FULL_WIDTH.items()}
COLUMNS = {
    text: column
    for name in ("en", "statistics", "plant", "workshop")
    for column, text in tables.headers(name).items()
} | {text: column for column, text in tables.supplier("gas")["columns"].items()}


def _rows(folder: Path, record: FileRecord, sheet: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row as the person sees it, canonical column → cell) of the rows below the header."""
    found = lines(folder / record.file, sheet, record.encoding)
    top = next(n for n, line in enumerate(found) if {"enterprise_id"} & set(map(_column, line)))
    header = [_column(text) for text in found[top]]
    unit = next((str(t).partition("（")[2].rstrip("）") for t in found[top] if _amount(t)), "")
    for n in range(top + 1, len(found)):
        row = dict(zip(header, found[n], strict=True))
        if row.get("quantity") is not None and len(str(row["enterprise_id"] or "")) == 18:
            yield n + 1, {"unit": unit or "标准立方米", "carrier": "天然气", **row}


def _column(text: Any) -> str:
    known = COLUMNS.get(str(text))
    return known or ("quantity" if _amount(text) else str(text))


def _amount(text: Any) -> bool:
    return str(text).startswith("数量（")


def _read(folder: Path, record: FileRecord, spoiled: set[tuple[str, str, int]]) -> tuple[Sums, int]:
    sums: Sums = {}
    rows = 0
    for sheet in record.sheets:
        for n, row in _rows(folder, record, sheet):
            if (record.file, sheet, n) in spoiled:
                continue
            carrier = find_carrier(str(row["carrier"])).code
            unit, amount = _canonical(row, carrier)
            key = (row["enterprise_id"], carrier, _flow(row), unit)
            sums[key] = sums.get(key, Fraction(0)) + amount
            rows += 1
    return sums, rows


def _flow(row: dict[str, Any]) -> str:
    text = row.get("flow", "consumption")
    return {zh: code for code, zh in tables.words("flow").items()}.get(text, text)


def _canonical(row: dict[str, Any], carrier: str) -> tuple[str, Fraction]:
    declared = str(row.get("gas_condition") or "").replace("℃", "C")
    unit = parse_unit(str(row["unit"]), condition=declared)
    target = tables.carriers()[carrier].canonical
    if target == "m3":
        target = "m3_20" if declared else "Nm3"
        target = "m3" if unit.dimension == "[volume]" else target
    text = str(row["quantity"]).translate(HALF_WIDTH).replace(",", "")
    return target, Fraction(text) * multiplier(unit, parse_unit(target))


def test_totals_are_what_the_files_add_up_to(march: Manifest, city_folder: Path):
    spoiled = {(m.file, m.sheet, m.row) for m in march.mistakes if m.severity == "E"}
    read = 0
    for record in march.files:
        if record.kind == "broken":
            continue
        sums, rows = _read(city_folder, record, spoiled)
        expected: Sums = {}
        for t in march.totals:
            if t.file == record.file:
                key = (t.enterprise_id, t.carrier, t.flow, t.unit)
                expected[key] = expected.get(key, Fraction(0)) + Fraction(t.quantity)
        assert sums == expected, record.file
        assert rows == record.good, record.file
        read += rows
    assert read == march.good_rows > 2300
