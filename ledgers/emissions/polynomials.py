"""The value of a resolution as a polynomial of raw columns, from what is printed (复算式).

What belongs here: reading the formula, the parameters and the multipliers of a resolution and its
proof as text, and what they make of the raw numbers of a row. What does not: streaming entries
(`verification`). Nothing is shared with the kernel: the formula is read by Python's own parser and
evaluated in fractions at the corners 0 and 1 of its raw columns. A formula is affine in each of
them, so the corner values give the coefficient of every product of columns.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from operator import add, mul, sub, truediv
from typing import Any

SCALE = 10**12
_OPERATORS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv}
_RAW = ("activity", "measured")


@dataclass(frozen=True, slots=True)
class Polynomial:
    """quanta = Σ numerator × Π integers of its columns / `denominator`, where a column's integer
    is the raw number in units of 10^-12."""

    terms: tuple[tuple[int, tuple[str, ...]], ...]
    denominator: int

    @property
    def columns(self) -> frozenset[str]:
        """The raw columns that the value depends on."""
        return frozenset(name for _, names in self.terms for name in names)


class Unreadable(ValueError):
    """A printed formula, parameter or multiplier that nothing can be computed from."""


def polynomial(formula: str, sign: int, parameters: str, multipliers: str) -> Polynomial:
    """The polynomial of one proof; `parameters` and `multipliers` are JSON. Raises Unreadable."""
    try:
        sizes = {name: Fraction(text) for name, text in json.loads(multipliers).items()}
        given = json.loads(parameters)
        raw = [item["name"] for item in given if item["origin"] in _RAW]
        fixed = {
            item["name"]: Fraction(item["value"]) * sizes[item["name"]]
            for item in given
            if item["origin"] not in _RAW
        }
        tree = ast.parse(formula, mode="eval").body
        if "dry" in sizes and "moisture" not in raw:
            raw.append("moisture")
        return _expand(raw, lambda corner: sign * _value(tree, fixed, sizes, corner))
    except (KeyError, TypeError, SyntaxError, ZeroDivisionError, ValueError) as error:
        raise Unreadable(f"{formula}: {error}") from error


def _value(
    tree: ast.expr,
    fixed: Mapping[str, Fraction],
    sizes: Mapping[str, Fraction],
    raw: Mapping[str, int],
) -> Fraction:
    names = dict(fixed)
    names.update({name: raw[name] * sizes[name] for name in raw if name in sizes})
    value = _evaluate(tree, names) * sizes["output"]
    if "dry" in sizes:
        value *= 1 - raw["moisture"] * sizes["dry"]
    return value


def _evaluate(node: ast.expr, names: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.BinOp(left, operator, right):
            apply = _OPERATORS[type(operator)]
            return Fraction(apply(_evaluate(left, names), _evaluate(right, names)))
        case ast.Name(name):
            return names[name]
        case ast.Constant(value) if isinstance(value, int):
            return Fraction(value)
        case ast.Constant(value) if isinstance(value, float):
            # repr of the nearest double is the shortest text, which is what was written.
            return Fraction(repr(value))
    raise Unreadable(ast.dump(node))


def _expand(raw: Sequence[str], value: Any) -> Polynomial:
    corners = {
        corner: value(dict(zip(raw, corner, strict=True)))
        for corner in product((0, 1), repeat=len(raw))
    }
    coefficients = {names: found for names, found in _coefficients(raw, corners) if found != 0}
    scaled = {names: found / SCALE ** len(names) for names, found in coefficients.items()}
    denominator = 1
    for found in scaled.values():
        denominator = denominator * found.denominator // _gcd(denominator, found.denominator)
    terms = tuple((int(found * denominator), names) for names, found in scaled.items())
    return Polynomial(terms, denominator)


def _coefficients(
    raw: Sequence[str], corners: Mapping[tuple[int, ...], Fraction]
) -> Iterator[tuple[tuple[str, ...], Fraction]]:
    """By inclusion and exclusion over the corners below each set of columns."""
    for size in range(len(raw) + 1):
        for chosen in combinations(range(len(raw)), size):
            total = Fraction(0)
            for below in range(size + 1):
                for ones in combinations(chosen, below):
                    corner = tuple(int(place in ones) for place in range(len(raw)))
                    total += (-1) ** (size - below) * corners[corner]
            yield tuple(raw[place] for place in chosen), total


def _gcd(first: int, second: int) -> int:
    while second:
        first, second = second, first % second
    return first
