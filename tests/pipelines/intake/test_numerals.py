from __future__ import annotations

import tracemalloc
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.floats import fifteen_digits, float_text
from pipelines.intake.numerals import read_numbers

settings.register_profile("busy", deadline=None)  # A busy machine fails no test.
settings.load_profile("busy")


def one(text: str) -> tuple[Decimal | None, bool, str]:
    return read_numbers(pl.Series([text])).row(0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("-1.5", "-1.5"),
        ("+3", "3"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("１２３．５", "123.5"),
        ("１２３", "123"),
        ("１，２３４", "1234"),
        ("－3", "-3"),
        ("−3", "-3"),
        ("1 234 567", "1234567"),
        ("1.2E+3", "1200"),
        ("1.2e-3", "0.0012"),
        ("1.", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("(1,234.5)", "-1234.5"),
        ("（1234）", "-1234"),
        ("'12", "12"),
        ("12345678901234567890", "12345678901234567890"),
        ("0.123456789012", "0.123456789012"),
        ("00012", "12"),
    ],
)
def test_reads_what_people_write(text: str, value: str) -> None:
    assert one(text) == (Decimal(value), False, "")


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "∞",
        "abc",
        "5吨",
        "1,5",
        "12,34",
        "1.2.3",
        "--3",
        "#DIV/0!",
        "٣٤x",
        "1e",
        "3-4",
    ],
)
def test_refuses_what_is_no_number(text: str) -> None:
    assert one(text) == (None, False, "IN-03")


@pytest.mark.parametrize(
    "text",
    [
        "0.1234567890123",
        "1.0000000000000",
        "123456789012345678901",
        "1e-13",
        "1e20",
        "1e400",
        "1,234.1234567890123",
    ],
)
def test_never_rounds_what_cannot_be_kept(text: str) -> None:
    assert one(text) == (None, False, "IN-04")


@pytest.mark.parametrize(
    "text", ["=1+1", "＝1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-cmd", "=HYPERLINK(1)"]
)
def test_a_formula_is_no_value(text: str) -> None:
    assert one(text) == (None, False, "IN-10")


def test_a_percentage_is_kept_as_written() -> None:
    assert one("98.5%") == (Decimal("98.5"), True, "")
    assert one("９８％") == (Decimal(98), True, "")


def test_an_empty_text_is_no_value_and_no_fault() -> None:
    assert one("") == (None, False, "")


def test_order_is_kept_where_plain_and_odd_texts_mix() -> None:
    texts = ["3", "1,000", "x", "3", "", "1,000", "2"]
    found = read_numbers(pl.Series(texts))
    assert found["value"].to_list() == [3, 1000, None, 3, None, 1000, 2]
    assert found["fault"].to_list() == ["", "", "IN-03", "", "", "", ""]


decimals = st.decimals(
    min_value=-(10**20) + 1, max_value=10**20 - 1, places=12, allow_nan=False, allow_infinity=False
)


@given(decimals)
def test_every_kept_number_comes_back_exactly(value: Decimal) -> None:
    assert one(format(value, "f"))[0] == value


@given(decimals)
def test_thousands_separators_change_nothing(value: Decimal) -> None:
    assert one(format(value, ",f"))[0] == value


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(-12, 5))
def test_exponents_are_exact(mantissa: int, exponent: int) -> None:
    assert one(f"{mantissa}E{exponent:+d}")[0] == Decimal(mantissa).scaleb(exponent)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1e400", "IN-04"),
        ("1e999999999", "IN-04"),
        ("-1.5E-999999999", "IN-04"),
        ("1e" + "9" * 40, "IN-04"),
        ("1e", "IN-03"),
        ("1e5.5", "IN-03"),
        ("0e999999999", ""),
        ("1e0000000003", ""),
    ],
)
def test_exponents_beyond_all_bounds_are_not_written_out(text: str, fault: str) -> None:
    tracemalloc.start()
    assert one(text)[2] == fault
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_becomes_its_fifteen_digits(value: float) -> None:
    text = float_text(pl.Series([value], dtype=pl.Float64))[0]
    assert Decimal(text) == Decimal(f"{value:.15g}")
    assert "e" not in text.lower()


def test_floats_by_name() -> None:
    values = pl.Series([0.1 + 0.2, 1.0, None, float("nan"), float("-inf"), 1e22, 1e-7, 3.5])
    expected = ["0.3", "1", None, "NaN", "-inf", "1" + "0" * 22, "0.0000001", "3.5"]
    assert float_text(values).to_list() == expected
    assert fifteen_digits(123456789.123456789) == "123456789.123457"
