"""How a sender writes a reading down: words, units, numbers and dates, cell by cell.

What belongs here: the way from an exact `Reading` to the cells of a row, and the list of columns
of a table. What does not: titles, sheets and bytes (`documents`, `rendering`), and mistakes.
Nothing is rounded here: a quantity is divided by a power of ten, so that the cell and the reading
are equal; heating values are rounded to the digits that the sender writes, which then are the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from pipelines.sample_city import tables
from pipelines.sample_city.consumption import Reading

Cell = str | Decimal | date | datetime | None
"""What stands in a cell: text, a number of the sheet, a date of the sheet, or nothing."""

FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
COLUMNS = tuple(tables.headers("en"))
MEASURED_UNITS = {
    "carbon_content": "tC/GJ",
    "pressure": "MPa",
    "temperature": "degC",
    "enthalpy": "kJ/kg",
}
_ALWAYS = {
    "en": ("data_kind", "correction_of"),
    "statistics": ("data_kind", "correction_of", "evidence"),
    "plant": ("correction_of",),
    "workshop": ("data_kind",),
}
_BASE = ("enterprise_id", "enterprise_name", "facility", "carrier", "flow", "quantity", "unit")


@dataclass
class Row:
    """A reading as written.

    `multiplier` canonical units (`unit`) are one written unit; `condition` of a gas volume is ''
    where nothing on the row declares it; `spoiled` rows must be rejected.
    """

    reading: Reading
    cells: dict[str, Cell]
    multiplier: Decimal
    unit: str
    condition: str
    spoiled: bool = False
    row_no: int = 0


@dataclass
class Table:
    """Rows under one header on one sheet; `unit` when it stands in the header, not in a column."""

    sheet: str
    rows: list[Row]
    columns: tuple[str, ...] = field(default=())
    unit: str = ""


def write(reading: Reading, layout: tables.Layout, style: str, month: date, ordinal: int) -> Row:
    """The row that a sender with that layout and unit style writes for a reading."""
    form = tables.unit_forms()[(style, reading.carrier.group)]
    number = reading.quantity / form.multiplier
    enterprise_id, name = reading.enterprise.identity(month)
    cells: dict[str, Cell] = {
        "enterprise_id": enterprise_id,
        "enterprise_name": name,
        "facility": reading.facility,
        "carrier": _carrier_name(reading, layout),
        "flow": say(layout, "flow", reading.flow),
        "quantity": spell_number(number, layout, ordinal),
        "unit": form.text,
        "data_kind": say(layout, "data_kind", "measured"),
        "evidence_kind": say(layout, "evidence_kind", reading.evidence),
        "evidence": f"合成凭证{month:%Y%m}-{ordinal + 1:04d}",
        "note": "合成数据",
    }
    if form.condition == "20C":
        cells["gas_condition"] = say(layout, "condition", "20C")
    cells |= _period(reading, layout)
    cells |= _measured(reading, layout, style, form.condition)
    canonical = {"0C": "Nm3", "20C": "m3_20"}.get(form.condition, "m3")
    unit = canonical if reading.carrier.canonical == "m3" else reading.carrier.canonical
    return Row(reading, cells, form.multiplier, unit, form.condition)


def say(layout: tables.Layout, kind: str, code: str) -> str:
    """A code as it is, or as the Chinese word where the sender's headers are Chinese."""
    return code if layout.headers == "en" else tables.words(kind)[code]


def plain(value: Decimal) -> str:
    """A decimal as digits without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def spell_number(value: Decimal, layout: tables.Layout, ordinal: int) -> Cell:
    """A number as the sender writes it; by hand, every third one is in full-width digits."""
    if layout.numbers == "native":
        return value
    if layout.numbers == "thousands":
        return f"{Decimal(plain(value)):,f}"
    if layout.numbers == "fullwidth" and ordinal % 3 == 0:
        return plain(value).translate(FULL_WIDTH)
    return plain(value)


def _carrier_name(reading: Reading, layout: tables.Layout) -> str:
    names = reading.carrier.names
    return names[-1] if layout.headers == "workshop" else names[0]


def _period(reading: Reading, layout: tables.Layout) -> dict[str, Cell]:
    native = layout.numbers == "native" and layout.format == "xlsx"
    if reading.starts_at:
        return {"period": reading.starts_at}
    if layout.period == "bounds":
        bounds = {"period_start": reading.start, "period_end": reading.end}
        return {k: day if native else day.isoformat() for k, day in bounds.items()}
    if reading.start == reading.end:
        # As text: a date cell on the first of a month could as well be meant as the month.
        return {"period": reading.start.isoformat()}
    return {"period": spell_month(reading.start, layout)}


def spell_month(start: date, layout: tables.Layout) -> str:
    """A month in the sender's form: 2025-03, 2025年3月 or 202503."""
    if layout.period == "zh":
        return f"{start.year}年{start.month}月"
    return f"{start:%Y%m}" if layout.period == "compact" else f"{start:%Y-%m}"


def _measured(
    reading: Reading, layout: tables.Layout, style: str, condition: str
) -> dict[str, Cell]:
    """The cells of fuel tests and steam states; gas tests only beside volumes at 0 °C."""
    tests = dict(reading.measured)
    form = tables.heating_value_forms().get((style, reading.carrier.group))
    if "ncv" in tests and (not form or (reading.carrier.group == "gas" and condition != "0C")):
        return {}
    cells: dict[str, Cell] = {}
    if "ncv" in tests and form:
        tests["ncv"] = round(tests["ncv"] * form.multiplier, form.decimals)
        cells["ncv_unit"] = form.text
        if reading.carrier.group == "coal":
            cells["coal_basis"] = say(layout, "coal_basis", "ar")
    for name, value in tests.items():
        percent = tables.headers(layout.headers)[name].endswith("(%)")
        cells[name] = _test_number(value * 100 if percent else value, layout)
        if name in MEASURED_UNITS:
            cells[f"{name}_unit"] = MEASURED_UNITS[name]
    return cells


def _test_number(value: Decimal, layout: tables.Layout) -> Cell:
    return value if layout.numbers == "native" else plain(value)


def columns_of(rows: Sequence[Row], layout: tables.Layout, unit_in_header: bool) -> tuple[str, ...]:
    """The columns of a table: the usual ones, and those of which any row has something to say."""
    known = tables.headers(layout.headers)
    used = {name for row in rows for name in row.cells}
    usual = {*_BASE, *_ALWAYS[layout.headers], "evidence_kind", "note"}
    optional = used - {"data_kind", "evidence", "correction_of"}
    chosen = (usual | optional) - ({"unit"} if unit_in_header else set())
    return tuple(name for name in COLUMNS if name in chosen and name in known)


def total_of(rows: Iterable[Row]) -> Decimal | None:
    """The sum of a table's quantities as written, or None where units or flows differ."""
    rows = list(rows)
    if len({(row.cells["unit"], row.reading.flow) for row in rows}) != 1:
        return None
    return sum((row.reading.quantity / row.multiplier for row in rows), Decimal(0))
