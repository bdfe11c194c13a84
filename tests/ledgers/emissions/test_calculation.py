"""The posted value is the exact rational rounded once, whatever the numbers are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from factors.proof import Kernel
from ledgers.emissions import calculation
from ledgers.emissions.calculation import COLUMNS, CaseKernel
from tests.ledgers.emissions import book
from warehouse.connect import Connection, scratch

MOST = 2**63 - 1
HALF = Fraction(1, 2)
Row = Mapping[str, Decimal]


@pytest.fixture(scope="module")
def con() -> Connection:
    """A connection with the tables that the calculation reads, one case, no rows yet."""
    con = scratch(threads=2)
    columns = ", ".join(f"{name} DECIMAL(38,12)" for name in COLUMNS)
    con.execute(
        "CREATE TEMP TABLE subject (activity_commit BIGINT, activity_ordinal BIGINT, "
        f"month VARCHAR, tier TINYINT, {columns})"
    )
    keys = {
        "profile_id": "1",
        "own_facility": "''",
        "first_bucket": "0",
        "last_bucket": "0",
        "carrier": "''",
        "flow": "''",
        "unit": "''",
        "mask": "0",
        "measured_units": "''",
        "coal_basis": "''",
        "gas_condition": "''",
        "beside": "''",
    }
    key = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    con.execute(f"CREATE TEMP VIEW keyed AS SELECT *, {key} FROM subject")
    con.execute(f"CREATE TEMP TABLE found_case AS SELECT 1 AS case_id, '2025-03' AS month, {key}")
    return con


def computed(con: Connection, kernel: Kernel, rows: Sequence[Row]) -> list[int | None]:
    con.execute("DELETE FROM subject")
    marks = ", ".join("?" * len(COLUMNS))
    con.executemany(
        f"INSERT INTO subject VALUES (1, ?, '2025-03', 1, {marks})",
        [[place, *(row.get(name) for name in COLUMNS)] for place, row in enumerate(rows)],
    )
    calculation.calculate(con, [CaseKernel(1, 1, 1, kernel)])
    found = con.execute("SELECT value FROM calculated ORDER BY activity_ordinal").fetchall()
    return [value for (value,) in found]


def reference(kernel: Kernel, row: Row) -> int | None:
    """By decimal fractions and floor, no integer division: another way than the module's."""
    value = kernel.constant
    for name, offset in kernel.terms:
        value *= Fraction(row[name]) + offset
    whole = math.floor(abs(value) + HALF)
    rounded = whole if value >= 0 else -whole
    return rounded if abs(rounded) <= MOST else None


def decimals(places: int = 12, digits: int = 20) -> st.SearchStrategy[Decimal]:
    """Numbers with up to 20 integer digits and 12 decimals, of every size and both signs."""
    size = st.integers(0, digits + places).flatmap(
        lambda power: st.integers(-(10**power), 10**power)
    )
    return st.builds(lambda whole: Decimal(f"{whole}e-{places}"), size)


FRACTIONS = st.builds(Fraction, st.integers(-(10**18), 10**18), st.integers(1, 10**12) | st.just(1))
OFFSETS = st.just(Fraction(0)) | st.builds(
    Fraction, st.integers(-(10**9), 10**9), st.sampled_from([1, 3, 100, 1000])
)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Kernel, list[Row]]:
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True))
    terms = tuple((name, draw(OFFSETS)) for name in names)
    kernel = Kernel(draw(FRACTIONS), terms)
    rows = draw(st.lists(st.fixed_dictionaries({name: decimals() for name in names}), max_size=25))
    return kernel, [*rows, *_halves(kernel, names), *_cancelling(terms)]


def _halves(kernel: Kernel, names: Sequence[str]) -> list[Row]:
    """Rows that lie on a half and 10^-12 beside it, where the kernel has one column."""
    if len(names) > 1 or not kernel.constant:
        return []
    found = []
    for whole in (0, 7, 10**9, 10**15, 4 * 10**18):
        exact = (whole + HALF) / kernel.constant - kernel.terms[0][1]
        scaled = exact * 10**12
        for nudge in (-1, 0, 1):
            mantissa = math.floor(scaled) + nudge
            if abs(mantissa) < 10**32:
                found.append({names[0]: book.decimal(mantissa)})
    return found


def _cancelling(terms: Sequence[tuple[str, Fraction]]) -> list[Row]:
    """A row in which every term nearly cancels its offset."""
    near = {name: book.decimal(math.floor(-offset * 10**12) + 1) for name, offset in terms}
    return [near]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches())
@example((Kernel(Fraction(1), (("quantity", Fraction(0)),)), [{"quantity": Decimal("0.5")}]))
@example((Kernel(Fraction(-1), (("quantity", Fraction(0)),)), [{"quantity": Decimal("2.5")}]))
def test_every_value_is_the_exact_one_rounded_once(
    con: Connection, batch: tuple[Kernel, list[Row]]
) -> None:
    kernel, rows = batch
    assert computed(con, kernel, rows) == [reference(kernel, row) for row in rows]


def test_halves_go_away_from_zero(con: Connection) -> None:
    kernel = Kernel(Fraction(1), (("quantity", Fraction(0)),))
    rows = [{"quantity": Decimal(text)} for text in ("0.5", "-0.5", "1.5", "2.5", "-2.5", "0.4")]
    assert computed(con, kernel, rows) == [1, -1, 2, 3, -3, 0]


def test_a_result_beyond_an_entry_is_named(con: Connection) -> None:
    kernel = Kernel(Fraction(10**6), (("quantity", Fraction(0)),))
    rows = [{"quantity": Decimal("1")}, {"quantity": Decimal("99999999999999999999")}]
    assert computed(con, kernel, rows) == [10**6, None]
    beyond = calculation.calculate(con, [CaseKernel(1, 1, 1, kernel)])
    assert [(item.activity_ordinal, item.quanta) for item in beyond] == [
        (1, 99999999999999999999 * 10**6)
    ]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(decimals(digits=24), min_size=1, max_size=40))
def test_the_cast_to_double_loses_at_most_eight_roundings(
    con: Connection, values: list[Decimal]
) -> None:
    rows = con.execute(
        "SELECT unnest(?::DECIMAL(38,12)[]), unnest(?::DECIMAL(38,12)[])::DOUBLE",
        [values, values],
    ).fetchall()
    for exact, double in rows:
        error = abs(Fraction(double) - Fraction(exact))
        assert error <= abs(Fraction(exact)) * 8 / 2**53


def test_the_slack_counts_every_rounding() -> None:
    plain = Kernel(Fraction(3), (("quantity", Fraction(0)),))
    shifted = Kernel(Fraction(3), (("quantity", Fraction(0)), ("enthalpy", Fraction(-8374, 100))))
    assert calculation.slack(plain) == 11 / 2**53
    assert calculation.slack(shifted) == 49 / 2**53
    tiny = Kernel(Fraction(1, 10**320), plain.terms)
    assert calculation.slack(tiny) == math.inf
