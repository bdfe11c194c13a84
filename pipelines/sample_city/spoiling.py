"""How each kind of mistake is made in a row.

What belongs here: one small function a kind; a kind of `data/mistakes.csv` with a text needs
none, its text goes into its column. What does not: which row is spoiled (`mistakes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sample_city.credit_codes import UNREGISTERED, credit_code
from pipelines.sample_city.documents import Document
from pipelines.sample_city.spelling import Cell, Row, Table, plain, spell_month, spell_number

Kind = Mapping[str, str]
"""A line of `data/mistakes.csv`."""


@dataclass(frozen=True)
class Spot:
    """A row in its table in its document."""

    document: Document
    table: Table
    row: Row


Maker = Callable[[Spot, Random], Row | None]
"""Spoils the row in place, or returns the row that it added below."""


def spoil(kind: Kind, spot: Spot, rng: Random) -> Row:
    """Make the mistake; return the row that holds it."""
    maker = _MAKERS.get(kind["kind"])
    if maker:
        return maker(spot, rng) or spot.row
    year = str(spot.document.month.year)
    spot.row.cells[kind["column"]] = kind["text"].replace("{year}", year)
    return spot.row


def _put_number(spot: Spot, factor: Decimal) -> None:
    """Multiply the quantity as written, and what is true of the row with it."""
    row = spot.row
    row.reading = replace(row.reading, quantity=row.reading.quantity * factor)
    row.cells["quantity"] = spell_number(
        row.reading.quantity / row.multiplier, spot.document.layout, 1
    )


def _scale_test(spot: Spot, column: str, factor: Decimal) -> None:
    value = Decimal(str(spot.row.cells[column])) * factor
    native = spot.document.layout.numbers == "native"
    spot.row.cells[column] = value if native else plain(value)


def _shift_years(spot: Spot, years: int) -> None:
    start = spot.document.month.replace(year=spot.document.month.year + years)
    spot.row.cells["period"] = spell_month(start, spot.document.layout)


def _bad_check_digit(spot: Spot, rng: Random) -> None:
    code = str(spot.row.cells["enterprise_id"])
    wrong = rng.choice([c for c in "0123456789ABCDEFGH" if c != code[-1]])
    spot.row.cells["enterprise_id"] = code[:-1] + wrong


def _short_code(spot: Spot, rng: Random) -> None:
    spot.row.cells["enterprise_id"] = str(spot.row.cells["enterprise_id"])[:-1]


def _unregistered(spot: Spot, rng: Random) -> None:
    district = spot.row.reading.enterprise.district.code
    code = credit_code(district, UNREGISTERED, rng.randint(1, 99_999))
    spot.row.cells |= {"enterprise_id": code, "enterprise_name": "合成·未登记企业"}


def _ended_code(spot: Spot, rng: Random) -> None:
    before = spot.row.reading.enterprise.predecessor
    if before:
        spot.row.cells |= {"enterprise_id": before.enterprise_id, "enterprise_name": before.name}


def _bare_cubic_metre(spot: Spot, rng: Random) -> None:
    spot.row.cells["unit"] = "立方米" if spot.row.multiplier == 1 else "万立方米"
    spot.row.unit, spot.row.condition = "m3", ""


def _ncv_in_other_unit(spot: Spot, rng: Random) -> None:
    small = Decimal(str(spot.row.cells["ncv"])) < 1000
    _scale_test(spot, "ncv", Decimal(1000) if small else Decimal("0.001"))


def _start_after_end(spot: Spot, rng: Random) -> None:
    cells = spot.row.cells
    cells["period_start"], cells["period_end"] = cells["period_end"], cells["period_start"]


def _number(factor: str) -> Maker:
    def put(spot: Spot, rng: Random) -> None:
        _put_number(spot, Decimal(factor))

    return put


def _years(years: int) -> Maker:
    def put(spot: Spot, rng: Random) -> None:
        _shift_years(spot, years)

    return put


def _test(column: str, factor: str) -> Maker:
    def put(spot: Spot, rng: Random) -> None:
        _scale_test(spot, column, Decimal(factor))

    return put


def _twin(spot: Spot) -> Row:
    """A copy of the row, put right below it."""
    row = replace(spot.row, cells=dict(spot.row.cells))
    spot.table.rows.insert(spot.table.rows.index(spot.row) + 1, row)
    return row


def _look_alike(spot: Spot, rng: Random) -> Row:
    return _twin(spot)


def _overlapping_bill(spot: Spot, rng: Random) -> Row:
    """A second bill for the last days of the first one."""
    row = _twin(spot)
    start = row.reading.end - timedelta(days=rng.randint(2, 4))
    tenth = (row.reading.quantity / 10).quantize(Decimal(1))
    row.reading = replace(row.reading, start=start, quantity=tenth)
    row.cells["period_start"] = _bound(start, row.cells["period_start"])
    row.cells["quantity"] = plain(tenth / row.multiplier)
    return row


def _bound(day: date, like: Cell) -> str:
    return day.isoformat() if "-" in str(like) else f"{day:%Y%m%d}"


_MAKERS: Mapping[str, Maker] = {
    "bad_check_digit": _bad_check_digit,
    "short_code": _short_code,
    "unregistered": _unregistered,
    "ended_code": _ended_code,
    "bare_works_gas": _bare_cubic_metre,
    "bare_cubic_metre": _bare_cubic_metre,
    "negative": _number("-1"),
    "decimal_slip": _number("1000"),
    "stock_broken": _number("2"),
    "jump": _number("7"),
    "ncv_in_other_unit": _ncv_in_other_unit,
    "carbon_times_ten": _test("carbon_content", "10"),
    "year_ahead": _years(10),
    "year_long_past": _years(-20),
    "start_after_end": _start_after_end,
    "overlapping_bill": _overlapping_bill,
    "look_alike": _look_alike,
}
