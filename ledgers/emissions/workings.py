"""The formula of a line with its numbers put in (代入数值的公式).

What belongs here: the numbers of a line as sent and as printed, put into its formula, and the
one factor that the units bring in, so that anybody can follow it on a calculator. What does not:
calculating what is posted (`calculation`) and checking it (`verification`); nothing here feeds on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from factors.formulas import Formula, parse_formula
from factors.gases import QUANTUM
from factors.quantities import half_up
from ledgers.emissions.lines import Line, Parameter

_NAME = re.compile(r"[a-z]\w*", re.ASCII)
_DIGITS = 15
_CARBON_RATIO = {"11/3": "44/12"}
"""The ratio of the molar masses of CO2 and C, as every text prints it."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """One `unit` of `parameter`, as written, is `multiplier` times `formula_unit`. For the result,
    whose parameter is '', `unit` is the product of the formula's units."""

    parameter: str
    unit: str
    multiplier: str
    formula_unit: str

    @property
    def text(self) -> str:
        """1 万千瓦时 = 36 GJ."""
        return f"1 {self.unit} = {self.multiplier} {self.formula_unit}"


@dataclass(frozen=True, slots=True)
class Working:
    """`formula` as declared; `filled` with numbers and units put in and, at its end, the factor
    that all `conversions` come to. It comes to `result` tonnes in `unit`: the booked quanta."""

    formula: str
    filled: str
    result: str
    unit: str
    conversions: tuple[Conversion, ...]

    @property
    def equation(self) -> str:
        """The filled formula and its result."""
        return f"{self.filled} = {self.result} {self.unit}"


def working(line: Line) -> Working:
    """How the value of `line` comes about, in words that no language needs."""
    found = {item.name: item for item in line.resolution.parameters}
    formula = _parsed(line.resolution.formula)
    offsets = {term.constant: term.name for term in formula.terms if term.constant}

    def put_in(match: re.Match[str]) -> str:
        name = match.group()
        if name in offsets:
            return _offset(line, found, name, offsets[name])
        return _shown(line, found.get(name), name)

    filled = _NAME.sub(put_in, formula.text).replace(" * ", " × ").replace(" - ", " − ")
    sign = "−" if _negated(line) else ""
    result = plain(QUANTUM[line.resolution.measure].tonnes(line.value)).replace("-", "−")
    return Working(
        formula=formula.text,
        filled=f"{sign}{filled}{_drying(line)}{_units(line, formula, found)}",
        result=result,
        unit=line.resolution.unit,
        conversions=tuple(_conversions(line)),
    )


def plain(value: Decimal | Fraction) -> str:
    """A number as people write it: no exponent, no idle zeros; one that does not end as a
    decimal is cut at fifteen figures and marked ≈."""
    exact = Fraction(value)
    if not ends(exact):
        places = max(_DIGITS - len(str(abs(int(exact)))), 0)
        return "≈" + f"{half_up(exact, places):f}".rstrip("0").rstrip(".")
    digits = _tens(exact.denominator)
    figures = str(abs(exact.numerator) * (10**digits // exact.denominator)).rjust(digits + 1, "0")
    sign = "-" if exact < 0 else ""
    # In lowest terms the last figure is not an idle zero.
    return f"{sign}{figures[:-digits]}.{figures[-digits:]}" if digits else f"{sign}{figures}"


def ends(value: Fraction) -> bool:
    """Whether a number ends as a decimal."""
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1


def seen_value(line: Line, name: str) -> tuple[str, str]:
    """Number and unit of a measured parameter as sent; ('', '') when it was not sent."""
    if name == "quantity":
        return plain(line.quantity), line.unit
    for measured, value, unit in line.measured:
        if measured == name:
            return plain(value), unit
    return "", ""


_parsed = cache(parse_formula)


def _shown(line: Line, parameter: Parameter | None, name: str) -> str:
    if parameter is None:
        seen, unit = seen_value(line, name)
    else:
        seen, unit = _as_resolved(line, parameter)
    return _with_unit(seen, unit) if seen else name


def _as_resolved(line: Line, parameter: Parameter) -> tuple[str, str]:
    if parameter.origin in ("activity", "measured"):
        return seen_value(line, parameter.name)
    return _CARBON_RATIO.get(parameter.value, parameter.value), parameter.unit


def _offset(line: Line, found: Mapping[str, Parameter], name: str, beside: str) -> str:
    """A constant in the unit of the number that it is added to."""
    sizes = line.proof.multipliers
    value = Fraction(found[name].value) * sizes.get(name, Fraction(1))
    _, unit = _as_resolved(line, found[beside])
    return _with_unit(_ratio(value / sizes.get(beside, Fraction(1))), unit)


def _with_unit(value: str, unit: str) -> str:
    if _is_percent(unit):
        return f"{value}%"
    return value if unit in ("", "1") else f"{value} {unit}"


def _units(line: Line, formula: Formula, found: Mapping[str, Parameter]) -> str:
    """What the units bring in, all together. A per cent sign stands for itself."""
    sizes = line.proof.multipliers
    factor = sizes.get("output", Fraction(1)) / QUANTUM[line.resolution.measure].per_tonne
    for term in formula.terms:
        parameter = found.get(term.name)
        unit = _as_resolved(line, parameter)[1] if parameter else ""
        if not _is_percent(unit):
            factor *= sizes.get(term.name, Fraction(1))
    return "" if factor == 1 else f" × {_ratio(factor)}"


def _conversions(line: Line) -> Iterator[Conversion]:
    units: list[str] = []
    # What is added to a term, or went into a product before, multiplies nothing by itself.
    terms = {term.name for term in _parsed(line.resolution.formula).terms}
    for parameter in line.resolution.parameters:
        multiplier = line.proof.multipliers.get(parameter.name, Fraction(1))
        unit = _as_resolved(line, parameter)[1]
        if parameter.name in terms and parameter.canonical not in ("", "1"):
            units.append(parameter.canonical)
        if multiplier != 1 and unit and not _is_percent(unit):
            yield Conversion(parameter.name, unit, _ratio(multiplier), parameter.canonical)
    output = line.proof.multipliers.get("output", Fraction(0))
    left = output / QUANTUM[line.resolution.measure].per_tonne
    if left not in (0, 1):
        yield Conversion("", " × ".join(units), _ratio(left), line.resolution.unit)


def _drying(line: Line) -> str:
    """A carbon content per dry tonne is brought to the received one by the moisture."""
    moisture, unit = seen_value(line, "moisture")
    if "dry" not in line.proof.multipliers or not moisture:
        return ""
    return f" × (1 − {_with_unit(moisture, unit)})"


def _negated(line: Line) -> bool:
    """Whether the value is the formula's with the other sign: a deduction, or a reversal."""
    return (line.resolution.sign < 0) != (line.status == "reversal")


def _is_percent(unit: str) -> bool:
    return unit.strip() in ("%", "％")


def _ratio(value: Fraction) -> str:
    return plain(value) if ends(value) else str(value)


def _tens(denominator: int) -> int:
    """How many decimals a fraction needs whose denominator has only 2 and 5."""
    digits = 0
    while 10**digits % denominator:
        digits += 1
    return digits
