"""Exact numbers: rounding rules, whole quanta, display, comparison with limits.

What belongs here: arithmetic on decimals and fractions that never passes through a binary float.
What does not: units (`units.py`), and which rounding a method prescribes (`methods.py`). Prescribed
rounding feeds on; what `display` gives is text and is never calculated with again.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from factors.errors import DataFault

Exact = Decimal | Fraction | int | str
"""A number without binary floating point; a text is a plain decimal such as '-1234.50'."""

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


class NumberError(DataFault, ValueError):
    """What was given is not a finite decimal number, or came as a binary float."""


def exact(value: Exact) -> Fraction:
    """The number as a fraction; raises `NumberError` for NaN, infinity, a float or other text."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, Decimal) and value.is_finite():
        return Fraction(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return Fraction(value.strip())
    raise NumberError("number.unreadable", seen=str(value))


def round_quanta(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole number, half away from zero.

    `denominator` is positive. This is the rule of the ledger: a value is rounded once, to the
    quantum of its gas.
    """
    if denominator <= 0:
        raise ZeroDivisionError(f"the denominator must be positive, not {denominator}")
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def half_up(value: Exact, digits: int = 0) -> Decimal:
    """Round to `digits` decimals, half away from zero (四舍五入); exactly `digits` are kept."""
    scaled = exact(value) * Fraction(10) ** digits
    return _decimal(round_quanta(scaled.numerator, scaled.denominator), digits)


def half_even(value: Exact, digits: int = 0) -> Decimal:
    """Round to `digits` decimals, half to even (GB/T 8170, 四舍六入五成双)."""
    return _decimal(round(exact(value) * Fraction(10) ** digits), digits)


def floor(value: Exact, digits: int = 0) -> Decimal:
    """Cut down to `digits` decimals, towards minus infinity."""
    scaled = exact(value) * Fraction(10) ** digits
    return _decimal(scaled.numerator // scaled.denominator, digits)


def display(value: Exact, digits: int, *, grouped: bool = False) -> str:
    """`value` with `digits` decimals for people to read, half up, never '-0.00'.

    `grouped` puts commas between thousands.
    """
    rounded = half_up(value, digits)
    return f"{rounded:,f}" if grouped else f"{rounded:f}"


def exceeds(value: Exact, limit: Exact) -> bool:
    """Whether the full, unrounded value is above the limit: 5.0000004 exceeds 5.0."""
    return exact(value) > exact(limit)


def decimal_of(value: Fraction) -> Decimal | None:
    """The same number as a decimal; None where it does not end as one."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        digits = max(digits, count)
    return half_up(value, digits) if rest == 1 else None


def _decimal(whole: int, digits: int) -> Decimal:
    """whole × 10^-digits; made from its digits, since arithmetic would round to the context."""
    tens = -digits
    if tens > 0:
        whole, tens = whole * 10**tens, 0
    figures = tuple(int(figure) for figure in str(abs(whole)))
    return Decimal((int(whole < 0), figures, tens))
