"""The one pint registry: parse a unit as people write it, prove a dimension, give a multiplier.

What belongs here: units with their dimension, exact multipliers, and the proof that a product of
units is what a formula says it is. What does not: how units are spelled (`spellings.py`,
`unit_grammar.py`), what they are defined as (`units.txt`), and factors: a heating value, a carbon
content or a warming potential is data and never a conversion.

pint is imported on first use. Every size is a `fractions.Fraction`; no binary float takes part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import as_file, files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from factors.errors import OurFault
from factors.spellings import FAMILIAR, SUBSTANCES, UnitError
from factors.unit_grammar import CONDITIONS, Reading, read

if TYPE_CHECKING:
    import pint

__all__ = [
    "CONDITIONS",
    "SUBSTANCES",
    "DimensionError",
    "Unit",
    "UnitError",
    "multiplier",
    "parse_unit",
    "prove",
    "same_dimension",
]

_FAMILIAR = (
    *FAMILIAR,
    *("tCO2", "kgCO2", "tC", "kgCH4", "kgN2O", "tCO2e", "kgCO2e", "kgce", "m3", "m3_20", "L"),
    *(
        "GJ/t",
        "GJ/Nm3",
        "tC/GJ",
        "tC/t",
        "tCO2/MWh",
        "tCO2/GJ",
        "tCO2/t",
        "kJ/kg",
        "percent",
        "CNY",
    ),
)


class DimensionError(UnitError):
    """Two units of different dimensions; the facts name both and units that would fit."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it was written, in canonical ASCII, and its dimension.

    `expression` reads back to itself and is the same for every spelling of the unit; `dimension`
    is a product of names in square brackets, '1' for a plain number.
    """

    text: str
    expression: str
    dimension: str


@dataclass(frozen=True, slots=True)
class _Size:
    """A unit in the base units of units.txt: how many, and of which dimension."""

    factor: Fraction
    dimension: tuple[tuple[str, int], ...]


def parse_unit(text: str, *, substance: str = "material", condition: str = "") -> Unit:
    """Read a unit; raises `UnitError` naming the nearest sensible ones.

    `substance` is what a bare mass above the line is a mass of (below it, of a material); `tCO2`,
    `kgC` and `tce` say it themselves. `condition` is what a bare cubic metre of gas means: '0C' or
    '20C' at 101.325 kPa; '' leaves it a volume that never converts to a reference condition.
    """
    outcome = _parsed(text, substance, condition)
    if isinstance(outcome, UnitError):
        # A fresh one each time: a raised exception collects the frames that it passed.
        raise UnitError(outcome.code, **outcome.facts)
    return outcome


def multiplier(source: Unit | str, target: Unit | str) -> Fraction:
    """How many `target` one `source` is, exactly; raises `DimensionError` naming both."""
    given, wanted = _unit(source), _unit(target)
    from_size, to_size = _size(given.expression), _size(wanted.expression)
    if from_size.dimension != to_size.dimension:
        raise DimensionError(
            "unit.dimension",
            unit=given.text,
            dimension=given.dimension,
            target=wanted.text,
            target_dimension=wanted.dimension,
            nearest=", ".join(_of_dimension(wanted)),
        )
    return from_size.factor / to_size.factor


def same_dimension(first: Unit | str, second: Unit | str) -> bool:
    """Whether one unit converts to the other."""
    return _size(_unit(first).expression).dimension == _size(_unit(second).expression).dimension


def prove(terms: Sequence[Unit | str], output: Unit | str) -> Fraction:
    """Prove that the product of `terms` has the dimension of `output`; how many `output` it is.

    Raises `DimensionError` with the dimension that the product has instead.
    """
    units, wanted = [_unit(term) for term in terms], _unit(output)
    product, target = _product(_size(unit.expression) for unit in units), _size(wanted.expression)
    if product.dimension != target.dimension:
        raise DimensionError(
            "unit.proof",
            terms=" × ".join(unit.text for unit in units),
            dimension=_printed(product.dimension),
            target=wanted.text,
            target_dimension=wanted.dimension,
        )
    return product.factor / target.factor


def _unit(unit: Unit | str) -> Unit:
    return parse_unit(unit) if isinstance(unit, str) else unit


@lru_cache(maxsize=8192)
def _parsed(text: str, substance: str, condition: str) -> Unit | UnitError:
    """Refusals are kept too: a wrong unit comes in as many rows as a right one."""
    try:
        reading = read(text, substance, condition)
    except UnitError as refusal:
        return refusal.with_traceback(None)
    expression = _expression(reading)
    _SIZES.setdefault(expression, _measured(reading))
    return Unit(text, expression, _printed(_SIZES[expression].dimension))


_SIZES: dict[str, _Size] = {}


def _size(expression: str) -> _Size:
    size = _SIZES.get(expression)
    if size is None:  # a Unit that was made by another process and arrived pickled
        size = _SIZES[expression] = _measured(read(expression, "material", ""))
    return size


def _product(sizes: Iterable[_Size]) -> _Size:
    factor = Fraction(1)
    powers: dict[str, int] = {}
    for size in sizes:
        factor *= size.factor
        for name, power in size.dimension:
            powers[name] = powers.get(name, 0) + power
    return _Size(factor, tuple(sorted((name, power) for name, power in powers.items() if power)))


def _expression(reading: Reading) -> str:
    ten = str(10 ** abs(reading.ten)) if reading.ten else ""
    return _fraction(reading.powers, ten if reading.ten > 0 else "", ten if reading.ten < 0 else "")


def _printed(dimension: tuple[tuple[str, int], ...]) -> str:
    return _fraction(dimension, "", "")


def _fraction(powers: Iterable[tuple[str, int]], above: str, below: str) -> str:
    """`a*b/(c*d^2)`, with a number in front of either side where there is one."""
    sides: tuple[list[str], list[str]] = ([above] if above else [], [below] if below else [])
    for name, power in powers:
        raised = name if abs(power) == 1 else f"{name}^{abs(power)}"
        sides[power < 0].append(raised)
    top, bottom = ("*".join(side) for side in sides)
    if not bottom:
        return top or "1"
    return f"{top or '1'}/({bottom})" if len(sides[1]) > 1 else f"{top or '1'}/{bottom}"


def _measured(reading: Reading) -> _Size:
    registry = _registry()
    powers: dict[str, int] = {}
    for name, power in reading.powers:
        for part, each in _in_registry(name).items():
            powers[part] = powers.get(part, 0) + each * power
    container = registry.UnitsContainer(powers)
    factor: Any = registry.get_root_units(container)[0]
    if isinstance(factor, float):
        raise OurFault("unit.inexact", unit=_expression(reading))
    found: Mapping[str, Any] = registry.get_dimensionality(container)
    dimension = tuple(sorted((name, int(power)) for name, power in found.items()))
    return _Size(Fraction(factor) * Fraction(10) ** reading.ten, dimension)


@cache
def _in_registry(name: str) -> Mapping[str, int]:
    """A tonne of carbon is as many kilograms of carbon as a tonne has kilograms."""
    registry = _registry()
    if name in registry:
        return MappingProxyType({name: 1})
    end = max((end for end in SUBSTANCES.values() if end and name.endswith(end)), key=len)
    return MappingProxyType({name.removesuffix(end): 1, "kg": -1, "kg" + end: 1})


@cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    with as_file(files("factors") / "units.txt") as path:
        return pint.UnitRegistry(str(path), non_int_type=Fraction, cache_folder=None)


def _of_dimension(target: Unit) -> tuple[str, ...]:
    fitting = (text for text in _FAMILIAR if same_dimension(text, target))
    return tuple(dict.fromkeys((target.expression, *fitting)))
