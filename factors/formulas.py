"""Formulas of methods: read safely, kept as a product of affine terms.

What belongs here: the grammar and the normal form. What does not: units and the proof of a
dimension (`methods.py`), values (`resolution.py`, `proof.py`).

A formula is text in a data file and is never evaluated as code:

    product := factor (('*' | '/') factor)*        only a number may follow '/'
    factor  := number | name | '(' sum ')'
    sum     := (name | number) (('+' | '-') (name | number))+     with a name in it
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
    """(name + offset); the offset is a number, the name of a constant with its sign, or a number
    and `others`, further names with their signs that no row gives: (1 - sulfur - ash)."""

    name: str
    offset: Fraction = Fraction(0)
    constant: str = ""
    constant_sign: int = 1
    others: tuple[tuple[str, int], ...] = ()

    def shift(self, values: Mapping[str, Fraction]) -> Fraction:
        """What is added to the value of `name`, where every other name has the number given."""
        fixed = values[self.constant] * self.constant_sign if self.constant else self.offset
        return fixed + sum((values[name] * sign for name, sign in self.others), Fraction(0))


@dataclass(frozen=True, slots=True)
class Formula:
    """`number` × Π terms; `text` is as written."""

    text: str
    number: Fraction
    terms: tuple[Term, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the formula, those in offsets included."""
        offsets = (term.constant for term in self.terms if term.constant)
        others = (name for term in self.terms for name, _ in term.others)
        return (*(term.name for term in self.terms), *offsets, *others)

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """The exact value where every name has the number given."""
        result = self.number
        for term in self.terms:
            result *= values[term.name] + term.shift(values)
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
        number = Fraction(0)
        names: list[tuple[str, int]] = []
        sign = 1
        while True:
            kind, word = self._next()
            if kind == "number":
                number += sign * Fraction(word)
            elif kind == "name":
                names.append((word, sign))
            else:
                raise self._wrong("formula.unexpected")
            if self._peek() not in ("+", "-"):
                break
            sign = 1 if self._next()[1] == "+" else -1
        if not names:
            raise self._wrong("formula.unexpected")
        return _affine(number, names)

    def _peek(self) -> str:
        return self.tokens[self.at][1]

    def _next(self) -> tuple[str, str]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _wrong(self, code: str) -> FormulaError:
        read = " ".join(word for _, word in self.tokens[: self.at])
        return FormulaError(code, seen=self.text, part=read)


def _affine(number: Fraction, names: list[tuple[str, int]]) -> tuple[Fraction, list[Term]]:
    """The sum with the sign of its first name before the bracket: c - p is -(p - c)."""
    (lead, sign), *rest = names
    others = tuple((name, own * sign) for name, own in rest)
    if len(others) == 1 and not number:
        ((constant, own),) = others
        return Fraction(sign), [Term(lead, constant=constant, constant_sign=own)]
    return Fraction(sign), [Term(lead, number * sign, others=others)]
