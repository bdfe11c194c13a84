"""Formulas of methods: read safely, kept as a product of affine terms.

What belongs here: the grammar and the normal form. What does not: units and the proof of a
dimension (`methods.py`), values (`resolution.py`, `proof.py`).

A formula is text in a data file and is never evaluated as code:

    product := factor (('*' | '/') factor)*        only a number may follow '/'
    factor  := number | name | '(' sum ')'
    sum     := name ('+' | '-') (name | number)
             | number ('+' | '-') name
             | product

Its normal form is  number × Π name × Π (name + offset),  each name once, which is what the
posting statement can calculate exactly for ten million rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import DataFault

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z]\w*)|(?P<sign>[-+*/()]))", re.A)
_LONGEST = 400


class FormulaError(DataFault, ValueError):
    """A formula that cannot be read or is no product of affine terms."""


@dataclass(frozen=True, slots=True)
class Term:
    """(name + offset); the offset is a number, or the name of a constant with its sign."""

    name: str
    offset: Fraction = Fraction(0)
    constant: str = ""
    constant_sign: int = 1


@dataclass(frozen=True, slots=True)
class Formula:
    """`number` × Π terms; `text` is as written."""

    text: str
    number: Fraction
    terms: tuple[Term, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the formula, constants in offsets included."""
        offsets = (term.constant for term in self.terms if term.constant)
        return (*(term.name for term in self.terms), *offsets)

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """The exact value where every name has the number given."""
        result = self.number
        for term in self.terms:
            shift = values[term.constant] * term.constant_sign if term.constant else term.offset
            result *= values[term.name] + shift
        return result


def parse_formula(text: str) -> Formula:
    """Read a formula; raises `FormulaError` that names the place."""
    if not text.strip() or len(text) > _LONGEST:
        raise FormulaError("formula.empty", seen=text[:_LONGEST], limit=_LONGEST)
    reader = _Reader(text)
    formula = reader.product()
    reader.end()
    names = formula.names
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise FormulaError("formula.repeated", seen=text, names=", ".join(repeated))
    return formula


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        token = _TOKEN.match(stripped, at)
        if token is None:
            raise FormulaError("formula.character", seen=text, part=stripped[at:].strip()[:20])
        assert token.lastgroup is not None
        yield token.lastgroup, token[token.lastgroup]
        at = token.end()


class _Reader:
    """Recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*_tokens(text), ("end", "")]
        self.at = 0

    def product(self) -> Formula:
        number, terms = self._factor()
        while self._peek() in ("*", "/"):
            divided = self._next()[1] == "/"
            times, further = self._factor()
            if divided and (further or not times):
                raise self._wrong("formula.divisor")
            number = number / times if divided else number * times
            terms += further
        return Formula(self.text, number, tuple(terms))

    def end(self) -> None:
        if self.tokens[self.at][0] != "end":
            raise self._wrong("formula.unexpected")

    def _factor(self) -> tuple[Fraction, list[Term]]:
        kind, word = self._next()
        if kind == "number":
            return Fraction(word), []
        if kind == "name":
            return Fraction(1), [Term(word)]
        if word == "(":
            result = self._brackets()
            if self._next()[1] != ")":
                raise self._wrong("formula.unexpected")
            return result
        raise self._wrong("formula.unexpected")

    def _brackets(self) -> tuple[Fraction, list[Term]]:
        first, second = self.tokens[self.at], self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if first[0] in ("name", "number") and second[1] in ("+", "-"):
            return self._sum()
        inner = self.product()
        return inner.number, list(inner.terms)

    def _sum(self) -> tuple[Fraction, list[Term]]:
        (left_kind, left), (_, sign), (right_kind, right) = (self._next() for _ in range(3))
        plus = 1 if sign == "+" else -1
        match left_kind, right_kind:
            case "name", "number":
                return Fraction(1), [Term(left, plus * Fraction(right))]
            case "name", "name":
                return Fraction(1), [Term(left, constant=right, constant_sign=plus)]
            case "number", "name":
                # c - p is -(p - c)
                return Fraction(plus), [Term(right, plus * Fraction(left))]
        raise self._wrong("formula.unexpected")

    def _peek(self) -> str:
        return self.tokens[self.at][1]

    def _next(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _wrong(self, code: str) -> FormulaError:
        read = " ".join(word for _, word in self.tokens[: self.at])
        return FormulaError(code, seen=self.text, part=read)
