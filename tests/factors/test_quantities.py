import json
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.quantities import (
    NumberError,
    display,
    exact,
    exceeds,
    floor,
    half_even,
    half_up,
    round_quanta,
)

CASES = Path(__file__).parents[1] / "cases" / "accounting.json"
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**20))
DIGITS = st.integers(min_value=-3, max_value=12)


@pytest.mark.parametrize(
    ("value", "digits", "up", "even"),
    [
        ("2.5", 0, "3", "2"),
        ("3.5", 0, "4", "4"),
        ("-2.5", 0, "-3", "-2"),
        ("1.005", 2, "1.01", "1.00"),
        ("1.015", 2, "1.02", "1.02"),
        ("1.0050000000000000000000001", 2, "1.01", "1.01"),
        ("0.0005", 3, "0.001", "0.000"),
        ("-0.0004", 3, "0.000", "0.000"),
        ("12345", -1, "12350", "12340"),
        ("5", 2, "5.00", "5.00"),
        (Fraction(1, 3), 4, "0.3333", "0.3333"),
        (Decimal("1E+2"), 0, "100", "100"),
        (7, 1, "7.0", "7.0"),
    ],
)
def test_half_up_and_half_even(value: Any, digits: int, up: str, even: str) -> None:
    assert str(half_up(value, digits)) == up
    assert str(half_even(value, digits)) == even


def test_floor_goes_down() -> None:
    assert str(floor("1.239", 2)) == "1.23"
    assert str(floor("-1.231", 2)) == "-1.24"
    assert str(floor(Fraction(700, 1000) * 1_000_001)) == "700000"


def test_more_figures_than_the_decimal_context_are_kept() -> None:
    long = "123456789012345678901234567890123456789.123456789012345"
    with localcontext(prec=5):
        assert str(half_up(long, 14)) == "123456789012345678901234567890123456789.12345678901235"
        assert display(long, 2) == "123456789012345678901234567890123456789.12"


@pytest.mark.parametrize(
    "value",
    [0.1, True, float("nan"), Decimal("NaN"), Decimal("-Infinity"), "inf", "1,000", "", "٣"],
)
def test_refuses_what_is_no_finite_decimal(value: Any) -> None:
    with pytest.raises(NumberError) as caught:
        half_up(value, 2)
    assert str(value) in caught.value.text("zh")


def test_half_quanta_go_away_from_zero() -> None:
    assert [round_quanta(n, 2) for n in (-3, -2, -1, 0, 1, 2, 3)] == [-2, -1, -1, 0, 1, 1, 2]
    assert round_quanta(10**60 + 1, 2) == (10**60 + 2) // 2
    with pytest.raises(ZeroDivisionError):
        round_quanta(1, 0)
    with pytest.raises(ZeroDivisionError):
        round_quanta(1, -2)


def test_display_has_no_negative_zero_and_groups_on_request() -> None:
    assert display("-0.004", 2) == "0.00"
    assert display("1234567.895", 2) == "1234567.90"
    assert display("1234567.895", 2, grouped=True) == "1,234,567.90"
    assert display("-1234", 0, grouped=True) == "-1,234"


@given(DECIMALS, DIGITS)
def test_half_up_is_what_decimal_says(value: Decimal, digits: int) -> None:
    with localcontext(prec=60):
        step = Decimal(1).scaleb(-digits)
        assert half_up(value, digits) == value.quantize(step, ROUND_HALF_UP)
        assert half_even(value, digits) == value.quantize(step, ROUND_HALF_EVEN)


@given(DECIMALS, DIGITS)
def test_rounding_is_near_repeatable_and_symmetric(value: Decimal, digits: int) -> None:
    for rule in (half_up, half_even):
        rounded = rule(value, digits)
        assert abs(exact(rounded) - exact(value)) <= Fraction(10) ** -digits / 2
        assert rule(rounded, digits) == rounded
        assert rule(-exact(value), digits) == -exact(rounded)
        assert not (rounded.is_signed() and not rounded)


@given(DECIMALS, DECIMALS, DIGITS)
def test_rounding_keeps_the_order(first: Decimal, second: Decimal, digits: int) -> None:
    low, high = sorted((first, second))
    assert half_up(low, digits) <= half_up(high, digits)
    assert half_even(low, digits) <= half_even(high, digits)


@given(st.integers(), st.integers(min_value=1))
def test_quanta_are_within_half_of_the_fraction(numerator: int, denominator: int) -> None:
    quanta = round_quanta(numerator, denominator)
    error = abs(Fraction(numerator, denominator) - quanta)
    assert error <= Fraction(1, 2)
    assert round_quanta(-numerator, denominator) == -quanta
    if error == Fraction(1, 2):
        assert abs(quanta) > abs(Fraction(numerator, denominator))


@given(DECIMALS, st.integers(min_value=0, max_value=12))
def test_what_is_displayed_is_the_rounded_value(value: Decimal, digits: int) -> None:
    assert Decimal(display(value, digits)) == half_up(value, digits)
    assert display(value, digits, grouped=True).replace(",", "") == display(value, digits)


@pytest.mark.case("C12")
def test_worked_limit_is_compared_in_full_and_shown_rounded() -> None:
    cases = {case["id"]: case for case in json.loads(CASES.read_text(encoding="utf-8"))}
    case = cases["C12"]
    value, limit = case["inputs"]["value"], case["inputs"]["limit"]
    assert case["expected"] == "display 5.00; value<=limit is FALSE"
    assert display(value, 2) == "5.00"
    assert exceeds(value, limit)
    assert not exceeds(limit, limit)
    assert not exceeds("4.9999999", limit)
